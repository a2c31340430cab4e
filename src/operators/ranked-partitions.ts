/**
 * Rows in sort order by partition: a table of rows, chained by partition and numbered in order of arrival, with the order itself beside it
 * in memory. The order is built again from the chain when a partition is first seen after a start.
 */

import type { OperatorContext } from '../dataflow/operator.ts';
import type { SortKey } from '../dataflow/operator-spec.ts';
import { OrderedIndex } from '../state/ordered-index.ts';
import { RowIndex, type RowIndexColumn } from '../state/row-index.ts';
import type { Slot } from '../state/state.ts';
import type { Batch } from '../types/batch.ts';
import { type LogicalType, types } from '../types/logical-type.ts';
import { BatchView } from './batch-view.ts';
import { RowTable } from './row-table.ts';
import { stateSequence } from './state-sequence.ts';

export interface RankedPartitionsSpec {
  readonly partition: readonly number[];
  readonly order: readonly SortKey[];
  /** Rows with the same values here are one row: a new one takes the old one's place. */
  readonly uniqueKey: readonly number[] | null;
  readonly ttlMs: number;
  /** Equal rows go in reverse order of arrival. */
  readonly latestFirst?: boolean;
  /** Rows are taken away by their values: {@link RankedPartitions.positionOf} is fast. */
  readonly retracts?: boolean;
}

export class RankedPartitions {
  readonly rows: RowTable;
  readonly width: number;
  readonly #heap: OperatorContext['heap'];
  readonly #view: BatchView;
  readonly #partition: readonly number[];
  readonly #order: (a: number, b: number) => number;
  readonly #next: () => number;
  readonly #expires: boolean;
  /** All rows by their values, where they are retracted; not with TTL, since records leave by themselves. */
  readonly #byValue: RowIndex | null;
  /** By the partition's first record in the chain at the time it was built; see {@link of}. */
  readonly #lists = new Map<number, OrderedIndex>();

  constructor(spec: RankedPartitionsSpec, context: OperatorContext) {
    const { heap, state } = context;
    const input = context.inputTypes[0] ?? [];
    this.#heap = heap;
    this.width = input.length;
    this.#expires = spec.ttlMs > 0;
    // Own columns: the number of arrival, then a constant partition where there is none.
    this.#view = new BatchView(input, [types.double(false), types.boolean(false)]);
    this.#partition = spec.partition.length > 0 ? spec.partition : [this.#view.column(1)];
    const unique = spec.uniqueKey?.filter((column) => !this.#partition.includes(column));
    const number = this.#view.column(0);
    this.rows = new RowTable(heap, state, {
      name: 'rows',
      types: this.#view.types,
      keys: [...this.#partition, ...(unique ?? [number])],
      stored: [...input.map((_, column) => column), number],
      prefix: this.#partition.length,
      ttlMs: spec.ttlMs,
    });
    this.#next = stateSequence(state, 'sequence');
    const byArrival: SortKey = { column: number, ascending: spec.latestFirst !== true, nullsFirst: true };
    this.#order = this.rows.compileOrder([...spec.order, byArrival]);
    this.#byValue = spec.retracts && !this.#expires ? new RowIndex(heap, this.#columns()) : null;
  }

  view(batch: Batch): Batch {
    return this.#view.over(batch);
  }

  get types(): readonly LogicalType[] {
    return this.#view.types;
  }

  /** The order of the partition of a row of {@link view}. */
  of(view: Batch, row: number): OrderedIndex {
    const head = this.rows.table.chain(view, this.#partition, row);
    if (head === 0) return new OrderedIndex(this.#order);
    const known = this.#lists.get(head);
    if (known) return known;
    const built = this.#build(head);
    if (this.#byValue) for (let at = head; at !== 0; at = this.#following(at)) this.#byValue.add(at);
    this.#remember(head, built);
    return built;
  }

  /** Adds a row; its record. */
  add(list: OrderedIndex, view: Batch, row: number): { address: number; position: number } {
    (this.#view.own[0] as Batch['columns'][number]).lane0[row] = this.#next();
    const address = this.rows.table.findOrInsert(view, this.rows.keys, row);
    this.rows.write(address, view, row);
    const position = list.insert(address);
    this.#byValue?.add(address);
    if (list.length === 1) this.#remember(address, list);
    return { address, position };
  }

  /** Puts a row into the record of the row that it replaces; its place among equal rows stays. */
  replace(address: number, view: Batch, row: number): void {
    const number = this.rows.slots[this.width]?.lanes[0] as number;
    (this.#view.own[0] as Batch['columns'][number]).lane0[row] = this.#heap.f64[(address + number) >>> 3] as number;
    this.rows.write(address, view, row);
  }

  /** Takes out and puts back the record at a position after its row has changed; the new position. */
  moved(list: OrderedIndex, position: number, view: Batch, row: number): number {
    const address = list.at(position);
    list.removeAt(position);
    (this.#view.own[0] as Batch['columns'][number]).lane0[row] = this.#next();
    this.rows.write(address, view, row);
    return list.insert(address);
  }

  /** Takes the record at a position away. Its bytes stay readable for the rest of the batch. */
  removeAt(list: OrderedIndex, position: number): void {
    const address = list.at(position);
    list.removeAt(position);
    this.#byValue?.remove(address);
    if (this.#lists.get(address) === list) {
      this.#lists.delete(address);
      const following = this.#following(address);
      if (following !== 0) this.#remember(following, list);
    }
    this.rows.table.remove(address);
  }

  /** Position of the oldest record that equals a row in every column of the input, or -1; undefined: it must be looked for. */
  positionOf(list: OrderedIndex, view: Batch, row: number): number | undefined {
    if (!this.#byValue) return undefined;
    const number = this.rows.slots[this.width]?.lanes[0] as number;
    const address = this.#byValue.find(view, row, (at) => this.#heap.f64[(at + number) >>> 3] as number);
    return address === 0 ? -1 : list.indexOf(address);
  }

  #columns(): RowIndexColumn[] {
    return Array.from({ length: this.width }, (_, column) => ({
      type: this.rows.storedTypes[column] as LogicalType,
      column,
      slot: this.rows.slots[column] as Slot,
    }));
  }

  /** Takes all records away. */
  clear(): void {
    const records: number[] = [];
    this.rows.table.forEach((address) => {
      records.push(address);
    });
    this.#lists.clear();
    for (const address of records) this.rows.table.remove(address);
  }

  /** Takes the first records away. The order of what stays is looked up anew. */
  removeFirst(list: OrderedIndex, count: number): void {
    this.#lists.clear();
    for (const address of list.removeFirst(count)) this.rows.table.remove(address);
  }

  /** Every partition, in order of its key: batch mode. */
  forEachPartition(visit: (list: OrderedIndex) => void): void {
    const previous = this.rows.table.layout.previous;
    const heads: number[] = [];
    this.rows.table.forEach((address) => {
      if (this.#heap.u32[(address + previous) >>> 2] === 0) heads.push(address);
    });
    const byKey = this.#partition.map((column): SortKey => ({ column, ascending: true, nullsFirst: true }));
    heads.sort(this.rows.compileOrder(byKey.filter((key) => key.column < this.width)));
    for (const head of heads) visit(this.#build(head));
  }

  /** With TTL nothing is remembered, since records leave by themselves. */
  #remember(head: number, list: OrderedIndex): void {
    if (!this.#expires) this.#lists.set(head, list);
  }

  #build(head: number): OrderedIndex {
    const built = new OrderedIndex(this.#order);
    for (let address = head; address !== 0; address = this.#following(address)) built.insert(address);
    return built;
  }

  #following(address: number): number {
    return this.#heap.u32[(address + this.rows.table.layout.next) >>> 2] as number;
  }
}
