/**
 * OVER: one row out for each row in, with aggregates over the rows before it. By event time rows wait for the watermark and are taken in
 * order of time; by processing time they are taken as they come. Other orders: `over-sorted.ts`; batch: `over-batch.ts`.
 */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import { forEachStretch } from '../dataflow/operator.ts';
import type { OperatorSpec } from '../dataflow/operator-spec.ts';
import { BATCH_ROWS, Batch } from '../types/batch.ts';
import type { Column } from '../types/column.ts';
import type { LogicalType } from '../types/logical-type.ts';
import { OverBatch } from './over-batch.ts';
import { OverFrameState } from './over-frame-state.ts';
import { OverSorted } from './over-sorted.ts';
import { OverWaitingRows } from './over-waiting-rows.ts';

export type OverAggregateSpec = Extract<OperatorSpec, { kind: 'OverAggregate' }>;

export function createOverAggregate(spec: OverAggregateSpec, context: OperatorContext): Operator {
  if (context.mode === 'batch') return new OverBatch(spec, context);
  if (spec.timeColumn !== null) return new OverByEventTime(spec, spec.timeColumn, context);
  return spec.order.length === 0 || isArrival(spec, context)
    ? new OverByArrival(spec, context)
    : new OverSorted(spec, context);
}

function isArrival(spec: OverAggregateSpec, context: OperatorContext): boolean {
  const type = context.inputTypes[0]?.[spec.order[0]?.column ?? -1] as LogicalType;
  return 'timeAttribute' in type && type.timeAttribute === 'proctime';
}

class OverByArrival implements Operator {
  readonly #context: OperatorContext;
  readonly #frame: OverFrameState;

  constructor(spec: OverAggregateSpec, context: OperatorContext) {
    this.#context = context;
    this.#frame = new OverFrameState(spec, context);
  }

  processBatch(_input: number, batch: Batch): void {
    const { output } = this.#context;
    const now = this.#context.now();
    forEachStretch(
      batch,
      (start, end) => {
        const view = this.#frame.view(batch);
        for (let row = start; row < end; row++) {
          this.#frame.add(view, row, now);
          this.#frame.emit(view, row);
        }
      },
      (watermark) => output.mark(watermark),
    );
    this.#frame.endBatch();
    output.flush();
  }

  prepareSnapshot(): void {
    this.#frame.flush();
  }
}

class OverByEventTime implements Operator {
  readonly #spec: OverAggregateSpec;
  readonly #context: OperatorContext;
  readonly #timeColumn: number;
  readonly #frame: OverFrameState;
  readonly #waiting: OverWaitingRows;
  readonly #watermark: { get(): number; set(value: number): void };
  /** Rows of one time, read back from the waiting ones. */
  readonly #peers: Batch;
  readonly #isByRow: boolean;

  constructor(spec: OverAggregateSpec, timeColumn: number, context: OperatorContext) {
    this.#spec = spec;
    this.#context = context;
    this.#timeColumn = timeColumn;
    this.#frame = new OverFrameState(spec, context);
    this.#waiting = new OverWaitingRows(timeColumn, context);
    this.#watermark = context.state.value('watermark', Number.NEGATIVE_INFINITY);
    this.#peers = new Batch(context.inputTypes[0] ?? []);
    this.#isByRow = spec.frame.unit === 'ROWS';
  }

  processBatch(_input: number, batch: Batch): void {
    const { output } = this.#context;
    forEachStretch(
      batch,
      (start, end) => {
        const view = this.#waiting.view(batch);
        const keyed = this.#frame.view(batch);
        for (let row = start; row < end; row++) {
          const column = batch.columns[this.#timeColumn] as Column;
          if (column.nulls?.[row] === 1) continue;
          const time = column.lane0[row] as number;
          if (this.#isLate(keyed, row, time)) this.#context.count('numLateRecordsDropped', 1);
          else {
            this.#waiting.add(view, row, time);
            this.#frame.expect(keyed, row, time);
          }
        }
      },
      (watermark) => {
        if (watermark > this.#watermark.get()) this.#watermark.set(watermark);
        this.#fire(watermark);
        output.mark(watermark);
      },
    );
    this.#frame.endBatch();
    output.flush();
  }

  prepareSnapshot(): void {
    this.#frame.flush();
  }

  /** A bounded frame asks what its partition has given out, an unbounded one the watermark. */
  #isLate(view: Batch, row: number, time: number): boolean {
    if (this.#spec.frame.preceding === null) return time <= this.#watermark.get();
    return time <= this.#frame.lastTime(view, row);
  }

  #fire(watermark: number): void {
    while (this.#waiting.earliest <= watermark || this.#frame.earliestCleanUp <= watermark) {
      const cleanUp = this.#frame.earliestCleanUp;
      if (cleanUp <= watermark && !(this.#waiting.earliest <= cleanUp)) {
        this.#frame.cleanUp();
        continue;
      }
      const time = this.#waiting.earliest;
      let count = 0;
      while (this.#waiting.earliest === time && count < BATCH_ROWS) {
        this.#waiting.take(this.#peers, count);
        count++;
      }
      this.#peers.rowCount = count;
      if (this.#isByRow) this.#rows(time, count);
      else this.#range(time, count);
    }
  }

  #rows(time: number, count: number): void {
    const view = this.#frame.view(this.#peers);
    for (let row = 0; row < count; row++) {
      this.#frame.add(view, row, time);
      this.#frame.emit(view, row);
    }
  }

  /** Rows of one time and partition are all in before the first goes out. */
  #range(time: number, count: number): void {
    const view = this.#frame.view(this.#peers);
    for (let row = 0; row < count; row++) this.#frame.add(view, row, time);
    for (let row = 0; row < count; row++) this.#frame.emit(view, row);
  }
}
