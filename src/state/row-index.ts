/**
 * Finds records by the values of any of their columns: a hash over whole rows beside a table, in memory only. Whoever keeps it adds and
 * removes records, and fills it anew after a restore. Rows may repeat.
 */
import type { Batch } from '../types/batch.ts';
import { columnKind } from '../types/column.ts';
import type { Heap } from '../types/heap.ts';
import type { LogicalType } from '../types/logical-type.ts';
import { finishHash, HASH_SEED, hashBytes, hashWord, NULL_WORD } from './hash.ts';
import { assignWords, batchWords, recordWords, wordCount } from './key-text.ts';
import { bytesEqual } from './owned-bytes.ts';
import { PairIndex } from './pair-index.ts';
import type { Slot } from './state.ts';

/** A column of a batch and where its value lies in a record. */
export interface RowIndexColumn {
  readonly type: LogicalType;
  readonly column: number;
  readonly slot: Slot;
}

interface RowIndexCode {
  hashRow(batch: Batch, row: number): number;
  hashRecord(address: number): number;
  isSame(address: number, batch: Batch, row: number): boolean;
}

export class RowIndex {
  readonly #pairs: PairIndex;
  readonly #code: RowIndexCode;

  constructor(heap: Heap, columns: readonly RowIndexColumn[]) {
    this.#pairs = new PairIndex(heap);
    this.#code = generate(heap, columns);
  }

  get size(): number {
    return this.#pairs.used;
  }

  add(address: number): void {
    this.#pairs.put(this.#code.hashRecord(address), address);
  }

  /** Before the record changes or is removed. */
  remove(address: number): void {
    this.#pairs.remove(this.#code.hashRecord(address), address);
  }

  /** Of the records equal to a row the one for which `order` is lowest, or 0. */
  find(batch: Batch, row: number, order: (address: number) => number): number {
    let found = 0;
    let lowest = Number.POSITIVE_INFINITY;
    this.#pairs.search(this.#code.hashRow(batch, row), (address) => {
      if (!this.#code.isSame(address, batch, row)) return false;
      const place = order(address);
      if (place < lowest) {
        lowest = place;
        found = address;
      }
      return false;
    });
    return found;
  }
}

function generate(heap: Heap, columns: readonly RowIndexColumn[]): RowIndexCode {
  const names = columns.map(({ type }, i) =>
    Array.from({ length: wordCount(columnKind(type)) }, (_, word) => `k${i}_${word}`),
  );
  const other = (name: string) => name.replace('k', 'q');
  const views = 'const v = H.view, x = H.i32, b = H.u8;';
  const declare = names.flat().map((name) => `let ${name} = 0;`);
  const fromRow = columns.map(({ type, column }, i) => {
    const load = assignWords(columnKind(type), names[i] as string[], batchWords(columnKind(type), `c${i}`));
    const isNull = `c${i}.nulls !== null && c${i}.nulls[row] !== 0`;
    return `const c${i} = batch.columns[${column}]; const n${i} = ${isNull} ? 1 : 0; if (n${i} === 0) { ${load} }`;
  });
  const fromRecord = (rename: (name: string) => string, nullName: string) =>
    columns.map(({ type, slot }, i) => {
      const own = (names[i] as string[]).map(rename);
      const isNull = slot.nullByte < 0 ? '0' : `b[(a >>> 0) + ${slot.nullByte}]`;
      return `const ${nullName}${i} = ${isNull}; if (${nullName}${i} === 0) { ${assignWords(columnKind(type), own, recordWords(slot))} }`;
    });
  const hash = columns.map(({ type }, i) => {
    const own = names[i] as string[];
    const mix =
      columnKind(type) === 'bytes'
        ? `h = MB(h, v, ${own[0]} >>> 0, ${own[1]});`
        : own.map((name) => `h = M(h, ${name});`).join(' ');
    return `if (n${i} === 0) { ${mix} } else h = M(h, ${NULL_WORD});`;
  });
  const equal = columns.map(({ type }, i) => {
    const own = names[i] as string[];
    const same =
      columnKind(type) === 'bytes'
        ? `${own[1]} === ${other(own[1] as string)} && E(v, ${own[0]} >>> 0, ${other(own[0] as string)} >>> 0, ${own[1]})`
        : own.map((name) => `${name} === ${other(name)}`).join(' && ');
    return `if (n${i} !== m${i}) return false;\nif (n${i} === 0 && !(${same})) return false;`;
  });
  const text = `'use strict';
return {
hashRow(batch, row) { ${[views, ...declare, ...fromRow].join('\n')} let h = ${HASH_SEED};
${hash.join('\n')} return N(h); },
hashRecord(a) { ${[views, 'const r = a >>> 2;', ...declare, ...fromRecord((name) => name, 'n')].join('\n')} let h = ${HASH_SEED};
${hash.join('\n')} return N(h); },
isSame(a, batch, row) { ${[views, 'const r = a >>> 2;', ...declare, ...declare.map(other), ...fromRow, ...fromRecord(other, 'm'), ...equal].join('\n')} return true; },
};`;
  return new Function('H', 'M', 'N', 'MB', 'E', text)(
    heap,
    hashWord,
    finishHash,
    hashBytes,
    bytesEqual,
  ) as RowIndexCode;
}
