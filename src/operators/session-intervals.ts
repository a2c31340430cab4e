/**
 * The open sessions of each key: intervals of local time that grow and merge with their neighbours as rows come, each a record that may carry
 * values of its operator.
 */
import type { OperatorContext } from '../dataflow/operator.ts';
import type { WindowSpec } from '../dataflow/operator-spec.ts';
import type { KeyedTable } from '../state/state.ts';
import type { Batch } from '../types/batch.ts';
import type { Column } from '../types/column.ts';
import { type LogicalType, types, withNullable } from '../types/logical-type.ts';
import { TimerHeap } from './timer-heap.ts';
import type { WindowCutter } from './window-cutter.ts';

export interface SessionIntervalsSpec {
  /** Types of the batches that rows come in. */
  readonly types: readonly LogicalType[];
  readonly keys: readonly number[];
  /** The column of those batches that a session's start is written into. */
  readonly startColumn: number;
  readonly window: WindowSpec;
  readonly cutter: WindowCutter;
  /** Value columns behind a session's end. */
  readonly values: readonly LogicalType[];
  /** A session becomes a part of another. */
  readonly onMerge?: (from: number, into: number) => void;
}

export class SessionIntervals {
  readonly table: KeyedTable;
  readonly #spec: SessionIntervalsSpec;
  readonly #context: OperatorContext;
  readonly #columns: readonly number[];
  readonly #startAt: number;
  readonly #endAt: number;
  /** By the end that a session had when its timer was set. */
  readonly #timers = new TimerHeap();
  /** The sessions that the row at hand touches. */
  readonly #touched: number[] = [];
  #isRestored = false;
  readonly #watermark: { get(): number; set(value: number): void };

  constructor(spec: SessionIntervalsSpec, context: OperatorContext) {
    this.#spec = spec;
    this.#context = context;
    this.#columns = [...spec.keys, spec.startColumn];
    this.table = context.state.table({
      name: 'sessions',
      version: spec.values.length > 0 ? 2 : 1,
      key: this.#columns.map((column) => withNullable(spec.types[column] as LogicalType, true)),
      value: [types.timestamp(3, false), ...spec.values],
      prefix: spec.keys.length,
      ttlMs: 0,
    });
    this.#startAt = this.table.layout.key.at(-1)?.lanes[0] as number;
    this.#endAt = this.table.layout.value[0]?.lanes[0] as number;
    this.#watermark = context.state.value('watermark', Number.NEGATIVE_INFINITY);
  }

  start(session: number): number {
    return this.#context.heap.f64[(session + this.#startAt) >>> 3] as number;
  }

  end(session: number): number {
    return this.#context.heap.f64[(session + this.#endAt) >>> 3] as number;
  }

  /** Local time of a row. */
  timeOf(batch: Batch, row: number): number {
    const { timeColumn } = this.#spec.window;
    const time = timeColumn === null ? this.#context.now() : (batch.columns[timeColumn] as Column).lane0[row];
    return this.#spec.cutter.localOf(time as number);
  }

  /** The session of a row at a local time, grown and merged with those it touches; 0 when it is over already. */
  extend(batch: Batch, row: number, time: number): number {
    this.#restore();
    const [start, end] = [time, time + this.#spec.window.sizeMs];
    const touched = this.#touch(batch, row, start, end);
    let low = start;
    let high = end;
    let session = 0;
    for (const each of touched) {
      high = Math.max(high, this.end(each));
      if (this.start(each) > low) continue;
      low = this.start(each);
      session = each;
    }
    if (session === 0) {
      const mayBeLate = this.#context.mode === 'streaming' && this.#spec.window.timeColumn !== null;
      if (mayBeLate && this.#spec.cutter.dueAt(high) <= this.#watermark.get()) return 0;
      (batch.columns[this.#spec.startColumn] as Column).lane0[row] = low;
      session = this.table.findOrInsert(batch, this.#columns, row);
      this.#timers.push(high, session);
    }
    this.#setEnd(session, high);
    for (const merged of touched) {
      if (merged === session) continue;
      this.#spec.onMerge?.(merged, session);
      this.table.remove(merged);
    }
    return session;
  }

  /** Hands out every session that is over at a watermark, and removes it. */
  fire(watermark: number, give: (session: number) => void): void {
    this.#restore();
    if (watermark > this.#watermark.get()) this.#watermark.set(watermark);
    while (this.#timers.size > 0 && this.#spec.cutter.dueAt(this.#timers.earliest) <= watermark) {
      const due = this.#timers.earliest;
      const session = this.#timers.pop();
      if (!this.table.isLive(session)) continue;
      // A session that has grown since is due later.
      if (this.end(session) > due) this.#timers.push(this.end(session), session);
      else if (this.end(session) === due) {
        give(session);
        this.table.remove(session);
      }
    }
  }

  #touch(batch: Batch, row: number, start: number, end: number): readonly number[] {
    const touched = this.#touched;
    touched.length = 0;
    const { next } = this.table.layout;
    let session = this.table.chain(batch, this.#columns, row);
    for (; session !== 0; session = this.#context.heap.u32[(session + next) >>> 2] as number)
      if (this.start(session) <= end && this.end(session) >= start) touched.push(session);
    return touched;
  }

  #setEnd(session: number, end: number): void {
    if (this.end(session) === end) return;
    this.#context.heap.f64[(session + this.#endAt) >>> 3] = end;
    this.table.markDirty(session);
  }

  #restore(): void {
    if (this.#isRestored) return;
    this.#isRestored = true;
    this.table.forEach((session) => {
      this.#timers.push(this.end(session), session);
    });
  }
}
