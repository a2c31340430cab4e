/** The state of one operator in the heap of its thread: packed tables and plain values. */
import { assert } from '../base/error.ts';
import { decodeJson, encodeJson } from '../base/json.ts';
import type { Heap } from '../types/heap.ts';
import { gatherChanges } from './gather.ts';
import { PackedTable } from './keyed-table.ts';
import type { OperatorState, StateSegment } from './operator-state.ts';
import { restoreBlock } from './restore.ts';
import { BLOCK_MORE, BLOCK_VALUES, FORMAT_VERSION, incompatible, type TableDescription } from './segment.ts';
import { type Block, readBlocks } from './segment-reading.ts';
import { openBlock, sealBlock } from './segment-writing.ts';
import type { KeyedTable, StateBackend, TableSpec } from './state.ts';

const SWEEP_RECORDS = 256;

class PlainValue<T> {
  #current: T;
  isDirty = true;

  constructor(initial: T) {
    this.#current = initial;
  }

  get(): T {
    return this.#current;
  }

  set(value: T): void {
    this.#current = value;
    this.isDirty = true;
  }
}

export class HeapState implements OperatorState, StateBackend {
  readonly #heap: Heap;
  readonly #tables = new Map<string, PackedTable>();
  readonly #values = new Map<string, PlainValue<unknown>>();
  /** Sealed and not acknowledged: it goes again with the next seal after an abort. */
  #unacknowledged: Uint8Array[] = [];
  #isSealed = false;
  #nowMs = 0;

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  get backend(): StateBackend {
    return this;
  }

  table(spec: TableSpec): KeyedTable {
    assert(!this.#tables.has(spec.name), `table ${spec.name} is declared twice`);
    const table = new PackedTable(spec, this.#heap);
    table.nowMs = this.#nowMs;
    this.#tables.set(spec.name, table);
    return table;
  }

  value<T>(name: string, initial: T): { get(): T; set(value: T): void } {
    assert(!this.#values.has(name), `value ${name} is declared twice`);
    const value = new PlainValue(initial);
    this.#values.set(name, value as PlainValue<unknown>);
    return value;
  }

  setTime(nowMs: number): void {
    this.#nowMs = nowMs;
    for (const table of this.#tables.values()) table.nowMs = nowMs;
  }

  sweep(): void {
    for (const table of this.#tables.values()) table.sweep(this.#nowMs, SWEEP_RECORDS);
  }

  seal(): StateSegment | null {
    assert(!this.#isSealed, 'a checkpoint is sealed before the last one is settled');
    const chunks = this.#unacknowledged;
    for (const table of this.#tables.values()) {
      const block = gatherChanges(table);
      if (block) chunks.push(block);
    }
    if (this.#valuesChanged) chunks.push(this.#gatherValues());
    this.#isSealed = chunks.length > 0;
    return this.#isSealed ? { chunks: [...chunks], isBase: false } : null;
  }

  acknowledge(): void {
    if (!this.#isSealed) return;
    this.#isSealed = false;
    this.#unacknowledged = [];
  }

  abort(): void {
    this.#isSealed = false;
  }

  restore(segments: readonly Uint8Array[], source: string): void {
    const blocks = segments.flatMap((segment) => readBlocks(segment, source));
    for (const [i, block] of blocks.entries()) {
      if (block.kind === BLOCK_VALUES) {
        this.#restoreValues(block, source);
        continue;
      }
      const description = JSON.parse(block.description) as TableDescription;
      const table = this.#tables.get(description.table);
      if (!table) throw incompatible(source, `it holds table ${description.table}, ${goneBecause(block)}`);
      if (table.size === 0) table.keys.reserve(baseRows(blocks, i));
      restoreBlock(table, block, description, source);
    }
    for (const table of this.#tables.values()) table.changes.clear();
    this.#heap.release();
  }

  get #valuesChanged(): boolean {
    return [...this.#values.values()].some((value) => value.isDirty);
  }

  get usedBytes(): number {
    let bytes = 0;
    for (const table of this.#tables.values()) bytes += table.usedBytes;
    return bytes;
  }

  /** Gives all memory back. */
  close(): void {
    for (const table of this.#tables.values()) table.close();
    this.#tables.clear();
  }

  #gatherValues(): Uint8Array {
    const stored: Record<string, unknown> = {};
    for (const [name, value] of this.#values) {
      stored[name] = value.get();
      value.isDirty = false;
    }
    return sealBlock(
      openBlock({
        kind: BLOCK_VALUES,
        description: encodeJson(stored),
        groups: [],
        removedWords: [],
        storedWords: [],
        removedCount: 0,
        storedCount: 0,
      }),
    );
  }

  #restoreValues(block: Block, source: string): void {
    for (const [name, stored] of Object.entries(decodeJson<Record<string, unknown>>(block.description))) {
      const value = this.#values.get(name);
      if (!value) throw incompatible(source, `it holds value ${name}, ${goneBecause(block)}`);
      value.set(stored);
      value.isDirty = false;
    }
  }
}

function goneBecause({ version }: Block): string {
  if (version < FORMAT_VERSION) return `as an older version of this program kept it (state format ${version})`;
  return 'which the job no longer has';
}

/** Rows of a block and, where it begins a base, of the base's other blocks. */
function baseRows(blocks: readonly Block[], at: number): number {
  let rows = blocks[at]?.storedCount ?? 0;
  for (let i = at + 1; blocks[i]?.kind === BLOCK_MORE; i++) rows += blocks[i]?.storedCount ?? 0;
  return rows;
}
