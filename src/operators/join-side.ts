/**
 * The rows of one side of a join, chained by join key. How they are found again depends on what is known of them:
 * `unique` by a key of the rows, `bag` by the whole row with a count, `log` not at all (input that only grows).
 */
import type { JoinSideSpec } from '../dataflow/operator-spec.ts';
import { type Slot, type StateBackend, TOUCH_FROM } from '../state/state.ts';
import type { Batch } from '../types/batch.ts';
import type { Heap } from '../types/heap.ts';
import { type LogicalType, types } from '../types/logical-type.ts';
import { BatchView } from './batch-view.ts';
import { RowTable } from './row-table.ts';

export interface JoinSideOptions {
  readonly name: 'left' | 'right';
  readonly heap: Heap;
  readonly state: StateBackend;
  readonly types: readonly LogicalType[];
  readonly spec: JoinSideSpec;
  readonly insertOnly: boolean;
  /** Rows without a partner are of interest: the number of partners is kept with each row. */
  readonly isOuter: boolean;
}

export class JoinSide {
  readonly isOuter: boolean;
  readonly rows: RowTable;
  /** Columns of {@link view} that hold the join key. */
  readonly joinKeys: readonly number[];
  readonly width: number;
  readonly #heap: Heap;
  readonly #shape: 'unique' | 'bag' | 'log';
  readonly #view: BatchView;
  /** The number of the last row of a log. */
  readonly #numbers: { get(): number; set(value: number): void } | null;
  #isTouched = false;
  readonly #count: number;
  readonly #partners: number;

  constructor(options: JoinSideOptions) {
    const { heap, spec, state } = options;
    this.#heap = heap;
    this.isOuter = options.isOuter;
    this.width = options.types.length;
    this.#shape = spec.uniqueKey ? 'unique' : options.insertOnly ? 'log' : 'bag';
    // Own columns: the number of a row in a log, then a constant key where there is no equality.
    this.#view = new BatchView(options.types, [types.double(false), types.boolean(false)]);
    this.joinKeys = spec.keys.length > 0 ? spec.keys : [this.#view.column(1)];
    this.#numbers = this.#shape === 'log' ? state.value(`${options.name}-sequence`, 0) : null;
    const extra = [
      ...(this.#shape === 'bag' ? [types.int(false)] : []),
      ...(options.isOuter ? [types.int(false)] : []),
    ];
    this.rows = new RowTable(heap, state, {
      name: options.name,
      types: this.#view.types,
      keys: this.#rowKeys(spec),
      stored: this.#storedColumns(),
      prefix: this.joinKeys.length,
      ttlMs: spec.ttlMs,
      extra,
    });
    const slots = this.rows.extraSlots.map((slot: Slot) => slot.lanes[0] as number);
    this.#count = this.#shape === 'bag' ? (slots[0] as number) : -1;
    this.#partners = options.isOuter ? (slots.at(-1) as number) : -1;
  }

  /** The batch with the side's own columns; valid until the next call. */
  view(batch: Batch): Batch {
    return this.#view.over(batch);
  }

  /** First record with the join key of a row of the other side, or 0. */
  chain(batch: Batch, keys: readonly number[], row: number): number {
    return this.rows.table.chain(batch, keys, row);
  }

  next(address: number): number {
    return this.#heap.u32[(address + this.rows.table.layout.next) >>> 2] as number;
  }

  /** The records of a log in order of arrival. */
  inOrder(): number[] {
    const records: number[] = [];
    this.rows.table.forEach((address) => {
      records.push(address);
    });
    const number = this.rows.slots[this.#view.column(0)]?.lanes[0] as number;
    const { f64 } = this.#heap;
    return records.sort((a, b) => (f64[(a + number) >>> 3] as number) - (f64[(b + number) >>> 3] as number));
  }

  /** Readies rows [start, end) of {@link view} for {@link add} and {@link retract}. */
  prepare(batch: Batch, start: number, end: number): void {
    const { table, keys } = this.rows;
    if (this.#numbers) {
      const lane = (this.#view.own[0] as Batch['columns'][number]).lane0;
      const first = this.#numbers.get() + 1 - start;
      for (let row = start; row < end; row++) lane[row] = first + row;
      this.#numbers.set(first + end - 1);
    }
    this.#isTouched = table.size > TOUCH_FROM;
    if (!this.#isTouched) return;
    if (this.#shape !== 'unique') table.touchChains(batch, keys, start, end);
    table.touch(batch, keys, start, end);
  }

  /** Adds a row that {@link prepare} has seen. */
  add(batch: Batch, row: number, partners: number): void {
    const { table, keys } = this.rows;
    const address = this.#isTouched
      ? table.findOrInsertTouched(batch, keys, row)
      : table.findOrInsert(batch, keys, row);
    if (this.#partners >= 0) this.#heap.i32[(address + this.#partners) >>> 2] = partners;
    if (this.#shape === 'bag') {
      const at = (address + this.#count) >>> 2;
      this.#heap.i32[at] = (this.#heap.i32[at] as number) + 1;
      table.markDirty(address);
    } else this.rows.write(address, batch, row);
  }

  /** Takes a row away; an unknown one is ignored. */
  retract(batch: Batch, row: number): void {
    const { table, keys } = this.rows;
    const address = this.#isTouched ? table.findTouched(batch, keys, row) : table.find(batch, keys, row);
    if (address === 0) return;
    const left = this.count(address) - 1;
    if (left <= 0) {
      table.remove(address);
      return;
    }
    this.#heap.i32[(address + this.#count) >>> 2] = left;
    table.markDirty(address);
  }

  /** How often the record's row is there. */
  count(address: number): number {
    return this.#count < 0 ? 1 : (this.#heap.i32[(address + this.#count) >>> 2] as number);
  }

  partners(address: number): number {
    return this.#heap.i32[(address + this.#partners) >>> 2] as number;
  }

  setPartners(address: number, partners: number): void {
    this.#heap.i32[(address + this.#partners) >>> 2] = partners;
    this.rows.table.markDirty(address);
  }

  /** Text of an expression of {@link count} for a record, for generated code. */
  countText(address: string): string {
    return this.#count < 0 ? '1' : `H.i32[(${address} + ${this.#count}) >>> 2]`;
  }

  #rowKeys(spec: JoinSideSpec): number[] {
    const others = (columns: readonly number[]) => columns.filter((column) => !this.joinKeys.includes(column));
    if (this.#shape === 'log') return [...this.joinKeys, this.#view.column(0)];
    if (this.#shape === 'unique') return [...this.joinKeys, ...others(spec.uniqueKey ?? [])];
    return [...this.joinKeys, ...others(this.#view.types.slice(0, this.width).map((_, i) => i))];
  }

  #storedColumns(): number[] {
    return this.#view.types.slice(0, this.width).map((_, i) => i);
  }
}
