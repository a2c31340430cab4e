/**
 * The rows of open sessions by key. A session is an interval of local time that grows and merges with its neighbours as rows come; when it
 * is over its rows are handed out in order of arrival and forgotten.
 */

import type { OperatorContext } from '../dataflow/operator.ts';
import type { WindowSpec } from '../dataflow/operator-spec.ts';
import type { KeyedTable } from '../state/state.ts';
import { Batch } from '../types/batch.ts';
import type { Column } from '../types/column.ts';
import { type LogicalType, types, withNullable } from '../types/logical-type.ts';
import { BatchView } from './batch-view.ts';
import { RowTable } from './row-table.ts';
import { stateSequence } from './state-sequence.ts';
import { TimerHeap } from './timer-heap.ts';
import type { WindowCutter } from './window-cutter.ts';

/** Own columns of the view. */
const NUMBER = 0;
const CONSTANT = 1;
const TIME = 2;
const KIND = 3;
const START = 4;

export class SessionRows {
  readonly rows: RowTable;
  readonly width: number;
  readonly #context: OperatorContext;
  readonly #window: WindowSpec;
  readonly #cutter: WindowCutter;
  readonly #view: BatchView;
  readonly #keys: readonly number[];
  readonly #intervals: KeyedTable;
  readonly #intervalKeys: readonly number[];
  readonly #endAt: number;
  readonly #startAt: number;
  readonly #next: () => number;
  readonly #timers = new TimerHeap();
  readonly #probe: Batch;
  /** The sessions that the row at hand touches. */
  readonly #touched: number[] = [];
  #isRestored = false;
  readonly #watermark: { get(): number; set(value: number): void };

  constructor(keys: readonly number[], window: WindowSpec, cutter: WindowCutter, context: OperatorContext) {
    const { heap, state } = context;
    const input = context.inputTypes[0] ?? [];
    this.#context = context;
    this.#window = window;
    this.#cutter = cutter;
    this.width = input.length;
    const time = types.timestamp(3, false);
    this.#view = new BatchView(input, [types.double(false), types.boolean(false), time, types.tinyint(false), time]);
    this.#keys = keys.length > 0 ? keys : [this.#view.column(CONSTANT)];
    this.rows = new RowTable(heap, state, {
      name: 'rows',
      types: this.#view.types,
      keys: [...this.#keys, this.#view.column(NUMBER)],
      stored: [...input.map((_, column) => column), this.#view.column(TIME), this.#view.column(KIND)],
      prefix: this.#keys.length,
      ttlMs: 0,
    });
    this.#intervalKeys = [...this.#keys, this.#view.column(START)];
    this.#intervals = state.table({
      name: 'sessions',
      version: 1,
      key: this.#intervalKeys.map((column) => withNullable(this.#view.types[column] as LogicalType, true)),
      value: [time],
      prefix: this.#keys.length,
      ttlMs: 0,
    });
    this.#startAt = this.#intervals.layout.key.at(-1)?.lanes[0] as number;
    this.#endAt = this.#intervals.layout.value[0]?.lanes[0] as number;
    this.#watermark = state.value('watermark', Number.NEGATIVE_INFINITY);
    this.#next = stateSequence(state, 'sequence');
    this.#probe = new Batch(this.#view.types.map((type) => withNullable(type, true)));
  }

  view(batch: Batch): Batch {
    this.#restore();
    return this.#view.over(batch);
  }

  /** Kind of a stored row. */
  kind(address: number): number {
    return this.#context.heap.i8[address + (this.rows.slots[this.#view.column(KIND)]?.lanes[0] as number)] as number;
  }

  /** Adds a row of {@link view}; false when its session is over already. */
  add(view: Batch, row: number, kind: number): boolean {
    const { timeColumn, sizeMs } = this.#window;
    const time =
      timeColumn === null ? this.#context.now() : ((view.columns[timeColumn] as Column).lane0[row] as number);
    const local = this.#cutter.localOf(time);
    if (!this.#extend(view, row, local, local + sizeMs)) return false;
    const { own } = this.#view;
    (own[NUMBER] as Column).lane0[row] = this.#next();
    (own[TIME] as Column).lane0[row] = local;
    (own[KIND] as Column).lane0[row] = kind;
    this.rows.write(this.rows.table.findOrInsert(view, this.rows.keys, row), view, row);
    return true;
  }

  /** Hands out every session that is over at a watermark. */
  fire(watermark: number, give: (start: number, end: number, rows: readonly number[]) => void): void {
    this.#restore();
    if (watermark > this.#watermark.get()) this.#watermark.set(watermark);
    while (this.#timers.size > 0 && this.#cutter.dueAt(this.#timers.earliest) <= watermark) {
      const due = this.#timers.earliest;
      const address = this.#timers.pop();
      if (!this.#intervals.isLive(address)) continue;
      // A session that has grown since is due later.
      if (this.#end(address) > due) this.#timers.push(this.#end(address), address);
      else if (this.#end(address) === due) this.#close(address, give);
    }
  }

  /** Makes room for [start, end) among the sessions of a row's key, merging those it touches. */
  #extend(view: Batch, row: number, start: number, end: number): boolean {
    let low = start;
    let high = end;
    const touched = this.#touched;
    touched.length = 0;
    const { next } = this.#intervals.layout;
    let address = this.#intervals.chain(view, this.#intervalKeys, row);
    for (; address !== 0; address = this.#context.heap.u32[(address + next) >>> 2] as number) {
      if (this.#start(address) > end || this.#end(address) < start) continue;
      touched.push(address);
      low = Math.min(low, this.#start(address));
      high = Math.max(high, this.#end(address));
    }
    if (touched.length === 1 && this.#start(touched[0] as number) === low) {
      this.#setEnd(touched[0] as number, high);
      return true;
    }
    const mayBeLate = this.#context.mode === 'streaming' && this.#window.timeColumn !== null;
    if (mayBeLate && this.#cutter.dueAt(high) <= this.#watermark.get()) return false;
    for (const merged of touched) this.#intervals.remove(merged);
    (this.#view.own[START] as Column).lane0[row] = low;
    const session = this.#intervals.findOrInsert(view, this.#intervalKeys, row);
    this.#setEnd(session, high);
    this.#timers.push(high, session);
    return true;
  }

  #setEnd(session: number, end: number): void {
    if (this.#end(session) === end) return;
    this.#context.heap.f64[(session + this.#endAt) >>> 3] = end;
    this.#intervals.markDirty(session);
  }

  #close(session: number, give: (start: number, end: number, rows: readonly number[]) => void): void {
    const start = this.#start(session);
    const end = this.#end(session);
    this.#keys.forEach((column, i) => {
      this.#intervals.read(session, 'key', i, this.#probe, column, 0);
    });
    const time = this.rows.slots[this.#view.column(TIME)]?.lanes[0] as number;
    const { heap } = this.#context;
    const rows: number[] = [];
    let address = this.rows.table.chain(this.#probe, this.#keys, 0);
    for (; address !== 0; address = heap.u32[(address + this.rows.layout.next) >>> 2] as number) {
      const at = heap.f64[(address + time) >>> 3] as number;
      if (at >= start && at < end) rows.push(address);
    }
    give(start, end, rows);
    for (const row of rows) this.rows.table.remove(row);
    this.#intervals.remove(session);
  }

  #start(session: number): number {
    return this.#context.heap.f64[(session + this.#startAt) >>> 3] as number;
  }

  #end(session: number): number {
    return this.#context.heap.f64[(session + this.#endAt) >>> 3] as number;
  }

  #restore(): void {
    if (this.#isRestored) return;
    this.#isRestored = true;
    this.#intervals.forEach((session) => {
      this.#timers.push(this.#end(session), session);
    });
  }
}
