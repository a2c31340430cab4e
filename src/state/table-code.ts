/**
 * Generates the functions of one table that read keys out of batches: hashing, probing, insertion and chains, specialised by layout.
 * The text holds offsets and positions only.
 */
import type { ColumnKind } from '../types/column.ts';
import type { Heap } from '../types/heap.ts';
import { finishHash, HASH_SEED, hashBytes, hashWord, NULL_WORD, SLOT_FACTOR } from './hash.ts';
import { assignWords, batchWords, recordWords, wordCount } from './key-text.ts';
import { bytesEqual } from './owned-bytes.ts';
import { type PairIndex, REMOVED } from './pair-index.ts';
import { RECORD_BORN, RECORD_DIRTY, RECORD_LIVE, type RecordLayout } from './record-layout.ts';
import type { RecordPool } from './record-pool.ts';
import type { RepeatedBytes } from './repeated-bytes.ts';
import { type KeyedTable, type Slot, type TableSpec, TOUCH_FROM } from './state.ts';

/** What generated code needs of its table. */
export interface TableCore {
  readonly spec: TableSpec;
  readonly layout: RecordLayout;
  readonly heap: Heap;
  readonly keys: PairIndex;
  readonly chains: PairIndex;
  readonly pool: RecordPool;
  /** Per row of the batch that was touched last. */
  readonly hashes: Int32Array;
  readonly prefixHashes: Int32Array;
  readonly addresses: Uint32Array;
  lastInserted: boolean;
  nowMs: number;
  /** By key column. */
  readonly keyOwners: readonly RepeatedBytes[];
  remove(address: number): void;
  inserted(address: number): void;
  link(address: number, prefixHash: number, head: number): void;
}

export type TableCode = Pick<
  KeyedTable,
  'touch' | 'touchChains' | 'find' | 'findTouched' | 'findOrInsert' | 'findOrInsertTouched' | 'chain'
>;

export function generateTableCode(core: TableCore): TableCode {
  const text = new TableText(core);
  const body = `'use strict';
const H = T.heap, K = T.keys, C = T.chains, P = T.pool, G = T.hashes, GP = T.prefixHashes, A = T.addresses;
return {
touch(batch, columns, start, end) {${text.touch(core.spec.key.length, 'K')}},
touchChains(batch, columns, start, end) {${text.touch(core.spec.prefix, 'C')}},
find(batch, columns, row) {${text.find(false)}},
findTouched(batch, columns, row) {${text.find(true)}},
findOrInsert(batch, columns, row) {${text.findOrInsert(false)}},
findOrInsertTouched(batch, columns, row) {${text.findOrInsert(true)}},
chain(batch, columns, row) {${text.chain()}},
};`;
  const create = new Function('T', 'M', 'N', 'MB', 'E', body);
  return create(core, hashWord, finishHash, hashBytes, bytesEqual) as TableCode;
}

class TableText {
  readonly #core: TableCore;
  readonly #layout: RecordLayout;
  readonly #nullable: readonly boolean[];
  readonly #prefix: number;

  constructor(core: TableCore) {
    this.#core = core;
    this.#layout = core.layout;
    this.#nullable = core.spec.key.map((type) => type.nullable);
    this.#prefix = core.spec.prefix;
  }

  /**
   * Passes over hashes, index slots, records and their keys' bytes, so that cache misses overlap. Slots are read once before they are looked
   * at: a branch that depends on what is read ends the overlap wherever it is guessed wrong.
   */
  touch(columnCount: number, index: 'K' | 'C'): string {
    if (index === 'C' && this.#prefix === 0) return '';
    const target = index === 'K' ? 'G' : 'GP';
    return `
${index === 'C' ? `if (C.used < ${TOUCH_FROM}) return;` : ''}
const v = H.view;
for (let row = start; row < end; row++) {
${this.#read(columnCount)}
${this.#hash(columnCount)}
${target}[row] = h;
${index === 'K' && this.#prefix > 0 ? 'GP[row] = ph;' : ''}
}
let sum = 0;
for (let row = start; row < end; row++) {
${this.#locate(index, `${target}[row]`)}
sum ^= p[2 * s];
}
for (let row = start; row < end; row++) {
const h = ${target}[row];
${this.#locate(index)}
let a = p[2 * s + 1];
while (a !== 0 && p[2 * s] !== h) { s = (s + 1) & m; a = p[2 * s + 1]; }
A[row] = a === ${REMOVED} ? 0 : a;
}
const x = H.i32;
for (let row = start; row < end; row++) sum ^= x[A[row] >>> 2];
${this.#touchBytes(columnCount)}
T.touched = sum;`;
  }

  #touchBytes(columnCount: number): string {
    const columns = this.#layout.key.slice(0, columnCount).filter((slot) => slot.kind === 'bytes');
    if (columns.length === 0) return '';
    const reads = columns.map(
      (slot) => `for (let row = start; row < end; row++) sum ^= b[x[(A[row] >>> 2) + ${wordsAt(slot)[0]}] >>> 0];`,
    );
    return `const b = H.u8;\n${reads.join('\n')}`;
  }

  find(isTouched: boolean): string {
    const found = this.#expiry('return 0;', 'return a >>> 0;');
    return `
const v = H.view, x = H.i32, b = H.u8;
${this.#read(this.#nullable.length)}
${isTouched ? this.#candidate(found) : this.#hash(this.#nullable.length)}
${this.#probe('K', this.#nullable.length, found)}
return 0;`;
  }

  findOrInsert(isTouched: boolean): string {
    const again = `return T.findOrInsert(batch, columns, row);`;
    const found = this.#expiry(again, 'T.lastInserted = false; return a >>> 0;');
    return `
let v = H.view, x = H.i32, b = H.u8;
${this.#read(this.#nullable.length)}
${isTouched ? this.#candidate(found) : this.#hash(this.#nullable.length)}
${this.#probe('K', this.#nullable.length, found)}
${this.#insert(isTouched)}`;
  }

  chain(): string {
    if (this.#prefix === 0) return 'return 0;';
    return `
const v = H.view, x = H.i32, b = H.u8;
${this.#read(this.#prefix)}
${this.#hash(this.#prefix)}
${this.#probe('C', this.#prefix, 'return a >>> 0;')}
return 0;`;
  }

  /** Locals of the key columns: n1 (null), k1_0 … (words; address and length of bytes). All zero where null. */
  #read(columnCount: number): string {
    const lines: string[] = [];
    for (let i = 0; i < columnCount; i++) {
      const slot = this.#layout.key[i] as Slot;
      const names = this.#words(i);
      lines.push(`const c${i} = batch.columns[columns[${i}]];`);
      lines.push(`let ${names.map((name) => `${name} = 0`).join(', ')};`);
      const load = assignWords(slot.kind, names, batchWords(slot.kind, `c${i}`));
      if (!this.#nullable[i]) lines.push(load);
      else {
        lines.push(`const n${i} = c${i}.nulls !== null && c${i}.nulls[row] !== 0 ? 1 : 0;`);
        lines.push(`if (n${i} === 0) { ${load} }`);
      }
    }
    return lines.join('\n');
  }

  #words(column: number): string[] {
    const kind = (this.#layout.key[column] as Slot).kind;
    return Array.from({ length: wordCount(kind) }, (_, word) => `k${column}_${word}`);
  }

  /** `h`, and `ph` after the prefix where there is one and more columns follow. */
  #hash(columnCount: number): string {
    const lines = [`let h = ${HASH_SEED};`];
    for (let i = 0; i < columnCount; i++) {
      const names = this.#words(i);
      const isBytes = (this.#layout.key[i] as Slot).kind === 'bytes';
      const mix = isBytes ? `h = MB(h, v, ${names.join(', ')});` : names.map((name) => `h = M(h, ${name});`).join(' ');
      lines.push(this.#nullable[i] ? `if (n${i} === 0) { ${mix} } else h = M(h, ${NULL_WORD});` : mix);
      if (i + 1 === this.#prefix && columnCount === this.#nullable.length) lines.push('const ph = N(h);');
    }
    lines.push('h = N(h);');
    return lines.join('\n');
  }

  /** The hash that `touch` left, and its candidate tried at once. */
  #candidate(found: string): string {
    const equal = this.#equal(this.#nullable.length);
    return `const h = G[row];
{ const a = A[row], r = a >>> 2;
if (a !== 0 && x[r] === h && (x[r + 1] & ${RECORD_LIVE}) !== 0 && ${equal}) { ${found} } }`;
  }

  /** `p`, `m`, `s`: the array, its mask and the home slot of `h`. */
  #locate(index: 'K' | 'C', hash = 'h'): string {
    return `let p = ${index}.pairs, m = ${index}.mask, s = Math.imul(${hash}, ${SLOT_FACTOR});
if (${index}.old !== null && s >>> ${index}.oldShift >= ${index}.frontier) { p = ${index}.old; m = ${index}.oldMask; s = s >>> ${index}.oldShift; }
else s = s >>> ${index}.shift;`;
  }

  #probe(index: 'K' | 'C', columnCount: number, found: string, hash = 'h'): string {
    return `${this.#locate(index, hash)}
for (let a = p[2 * s + 1]; a !== 0; s = (s + 1) & m, a = p[2 * s + 1]) {
if (p[2 * s] !== ${hash} || a === ${REMOVED}) continue;
const r = a >>> 2;
if (${this.#equal(columnCount)}) { ${found} }
}`;
  }

  /** Whether the record at `a` (words at `r`) has the key of the locals. */
  #equal(columnCount: number): string {
    const terms: string[] = [];
    for (let i = 0; i < columnCount; i++) {
      const slot = this.#layout.key[i] as Slot;
      if (slot.nullByte >= 0) terms.push(`b[(a >>> 0) + ${slot.nullByte}] === n${i}`);
      const names = this.#words(i);
      if (slot.kind === 'bytes') {
        const [address, length] = wordsAt(slot);
        terms.push(`x[r + ${length}] === ${names[1]}`, `E(v, x[r + ${address}] >>> 0, ${names[0]}, ${names[1]})`);
      } else this.#forEachWord(i, (name, read) => terms.push(`${read} === ${name}`));
    }
    return terms.join(' && ') || 'true';
  }

  /** Each local of a column with the place of the record it belongs to. */
  #forEachWord(column: number, visit: (name: string, place: string) => void): void {
    const places = recordWords(this.#layout.key[column] as Slot);
    this.#words(column).forEach((name, word) => {
      visit(name, places[word] as string);
    });
  }

  #expiry(expired: string, live: string): string {
    if (this.#layout.lastWrite < 0) return live;
    return `if (H.f64[(a + ${this.#layout.lastWrite}) >>> 3] + ${this.#core.spec.ttlMs} <= T.nowMs) { T.remove(a >>> 0); ${expired} }
${live}`;
  }

  #insert(isTouched: boolean): string {
    const layout = this.#layout;
    const lines = ['const a = P.allocate(), r = a >>> 2;'];
    layout.key.forEach((slot, i) => {
      if (slot.kind === 'bytes') lines.push(`k${i}_0 = T.keyOwners[${i}].own(k${i}_0 >>> 0, k${i}_1);`);
    });
    lines.push('v = H.view; x = H.i32; b = H.u8;', 'p[2 * s] = h; p[2 * s + 1] = a;', `x[r] = h;`);
    lines.push(`x[r + 1] = ${RECORD_LIVE | RECORD_DIRTY | RECORD_BORN};`);
    lines.push(zeroWords(this.#firstNarrow(), layout.valueEnd >> 2));
    layout.key.forEach((slot, i) => {
      if (slot.nullByte >= 0) lines.push(`b[a + ${slot.nullByte}] = n${i};`);
      if (slot.kind === 'bytes') {
        const [address, length] = wordsAt(slot);
        lines.push(`x[r + ${address}] = k${i}_0; x[r + ${length}] = k${i}_1;`);
      } else this.#forEachWord(i, (name, place) => lines.push(`${place} = ${name};`));
    });
    for (const slot of layout.value) if (slot.nullByte >= 0) lines.push(`b[a + ${slot.nullByte}] = 1;`);
    if (layout.lastWrite >= 0) lines.push(`H.f64[(a + ${layout.lastWrite}) >>> 3] = T.nowMs;`);
    lines.push('T.inserted(a);');
    if (this.#prefix > 0) lines.push(this.#link(isTouched));
    lines.push('T.lastInserted = true;', 'return a;');
    return lines.join('\n');
  }

  /** First word of the key region that is not wholly a lane: zeroed before narrow lanes are written. */
  #firstNarrow(): number {
    const layout = this.#layout;
    let end = layout.keyStart;
    for (const slot of layout.key)
      for (const [lane, offset] of slot.lanes.entries()) end = Math.max(end, offset + wideLaneBytes(slot.kind, lane));
    return end >> 2;
  }

  #link(isTouched: boolean): string {
    const hash = isTouched ? 'const ph = GP[row];' : '';
    const probe = this.#probe('C', this.#prefix, 'head = a >>> 0; break;', 'ph');
    return `${hash}
let head = 0;
{ const inserted = a;
${probe}
T.link(inserted, ph, head); }`;
  }
}

function wordsAt(slot: Slot): [address: number, length: number] {
  return [(slot.lanes[0] as number) >> 2, (slot.lanes[1] as number) >> 2];
}

/** Bytes of a lane of 4 or 8 bytes, 0 for narrower ones. */
function wideLaneBytes(kind: ColumnKind, lane: number): number {
  if (kind === 'boolean' || kind === 'i8' || kind === 'i16') return 0;
  if (kind === 'i32' || kind === 'f32' || kind === 'bytes' || (kind === 'nanos' && lane === 1)) return 4;
  return 8;
}

function zeroWords(from: number, to: number): string {
  if (to - from > 16) return `x.fill(0, r + ${from}, r + ${to});`;
  return Array.from({ length: to - from }, (_, i) => `x[r + ${from + i}] = 0;`).join(' ');
}
