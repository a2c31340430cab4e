/**
 * The rows of one side of a join by time: chained by key in order of arrival, with their time, their kind and a flag. Which of them
 * match, and when they leave, is the joins' business.
 */
import type { OperatorContext } from '../dataflow/operator.ts';
import { Batch } from '../types/batch.ts';
import type { Column } from '../types/column.ts';
import { types, withNullable } from '../types/logical-type.ts';
import { BatchView } from './batch-view.ts';
import { RowTable } from './row-table.ts';

/** Own columns of the view. */
const NUMBER = 0;
const CONSTANT = 1;
const TIME = 2;
const KIND = 3;

export interface TimedRowsSpec {
  readonly name: string;
  readonly input: 0 | 1;
  readonly keys: readonly number[];
  /** Null: the processing time. */
  readonly timeColumn: number | null;
  /** One row for each key and time: a new one takes the old one's place. */
  readonly isVersioned: boolean;
}

export class TimedRows {
  readonly rows: RowTable;
  readonly keys: readonly number[];
  readonly width: number;
  readonly #heap: OperatorContext['heap'];
  readonly #view: BatchView;
  readonly #spec: TimedRowsSpec;
  readonly #now: () => number;
  readonly #sequence: { get(): number; set(value: number): void };
  /** Holds a key that is sought. */
  readonly #probe: Batch;
  readonly #timeAt: number;
  readonly #kindAt: number;
  readonly #flagAt: number;

  constructor(spec: TimedRowsSpec, context: OperatorContext) {
    const input = context.inputTypes[spec.input] ?? [];
    this.#spec = spec;
    this.#now = () => context.now();
    this.#heap = context.heap;
    this.width = input.length;
    this.#view = new BatchView(input, [
      types.double(false),
      types.boolean(false),
      types.double(false),
      types.tinyint(false),
    ]);
    this.keys = spec.keys.length > 0 ? spec.keys : [this.#view.column(CONSTANT)];
    const number = this.#view.column(spec.isVersioned ? TIME : NUMBER);
    this.rows = new RowTable(context.heap, context.state, {
      name: spec.name,
      types: this.#view.types,
      keys: [...this.keys, number],
      stored: [...input.map((_, column) => column), this.#view.column(TIME), this.#view.column(KIND)],
      prefix: this.keys.length,
      ttlMs: 0,
      extra: [types.boolean(false)],
    });
    this.#probe = new Batch(this.#view.types.map((type) => withNullable(type, true)));
    this.#sequence = context.state.value(`${spec.name}-sequence`, 0);
    const laneOf = (own: number): number => this.rows.slots[this.#view.column(own)]?.lanes[0] as number;
    this.#timeAt = laneOf(TIME);
    this.#kindAt = laneOf(KIND);
    this.#flagAt = this.rows.extraSlots[0]?.lanes[0] as number;
  }

  view(batch: Batch): Batch {
    return this.#view.over(batch);
  }

  /** Time of a row of {@link view}. */
  timeOf(view: Batch, row: number): number {
    if (this.#spec.timeColumn === null) return this.#now();
    return (view.columns[this.#spec.timeColumn] as Column).lane0[row] as number;
  }

  /** Adds a row of {@link view}; its record. */
  add(view: Batch, row: number, kind: number, flag: boolean): number {
    const next = this.#sequence.get() + 1;
    this.#sequence.set(next);
    const { own } = this.#view;
    (own[NUMBER] as Column).lane0[row] = next;
    (own[TIME] as Column).lane0[row] = this.timeOf(view, row);
    (own[KIND] as Column).lane0[row] = kind;
    const address = this.rows.table.findOrInsert(view, this.rows.keys, row);
    this.rows.write(address, view, row);
    this.setFlag(address, flag);
    return address;
  }

  /** First record with the key of a row of the other side's view, whose key columns are `keys`. */
  first(view: Batch, keys: readonly number[], row: number): number {
    return this.rows.table.chain(view, keys, row);
  }

  next(address: number): number {
    return this.#heap.u32[(address + this.rows.layout.next) >>> 2] as number;
  }

  remove(address: number): void {
    this.rows.table.remove(address);
  }

  time(address: number): number {
    return this.#heap.f64[(address + this.#timeAt) >>> 3] as number;
  }

  kind(address: number): number {
    return this.#heap.i8[address + this.#kindAt] as number;
  }

  flag(address: number): boolean {
    return this.#heap.u8[address + this.#flagAt] === 1;
  }

  setFlag(address: number, flag: boolean): void {
    this.#heap.u8[address + this.#flagAt] = flag ? 1 : 0;
    this.rows.table.markDirty(address);
  }

  isLive(address: number): boolean {
    return this.rows.table.isLive(address);
  }

  /** Records of the chain that a record is in, oldest first. */
  chainOf(address: number): number[] {
    const records: number[] = [];
    for (let at = this.rows.table.chainOf(address); at !== 0; at = this.next(at)) records.push(at);
    return records;
  }

  /** Records here that have the key of a record of the other side, oldest first. */
  partnersOf(other: TimedRows, address: number): number[] {
    other.readKey(address, this.#probe, this.keys);
    const records: number[] = [];
    for (let at = this.first(this.#probe, this.keys, 0); at !== 0; at = this.next(at)) records.push(at);
    return records;
  }

  /** Writes a record's key into columns of a batch's first row. */
  readKey(address: number, to: Batch, columns: readonly number[]): void {
    columns.forEach((column, i) => {
      this.rows.table.read(address, 'key', i, to, column, 0);
    });
  }

  /** Every record by order of arrival: after a restore. */
  all(): number[] {
    const records: number[] = [];
    this.rows.table.forEach((address) => {
      records.push(address);
    });
    if (this.#spec.isVersioned) return records.sort((a, b) => this.time(a) - this.time(b));
    const number = this.rows.slots[this.#view.column(NUMBER)]?.lanes[0] as number;
    const { f64 } = this.#heap;
    return records.sort((a, b) => (f64[(a + number) >>> 3] as number) - (f64[(b + number) >>> 3] as number));
  }
}
