/**
 * MATCH_RECOGNIZE. By event time rows wait for the watermark and are taken in order; by processing time they are taken as they come, or,
 * when other columns order rows of one millisecond, behind it. Batch: `match-batch.ts`.
 */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import { forEachStretch } from '../dataflow/operator.ts';
import type { MatchSpec } from '../dataflow/operator-spec.ts';
import type { Batch } from '../types/batch.ts';
import type { Column } from '../types/column.ts';
import { MatchBatch } from './match-batch.ts';
import { MatchProcessor } from './match-processor.ts';
import { MatchWaiting } from './match-waiting.ts';

export function createMatch(spec: MatchSpec, context: OperatorContext): Operator {
  if (context.mode === 'batch') return new MatchBatch(spec, context);
  return spec.isEventTime ? new MatchByEventTime(spec, context) : new MatchByArrival(spec, context);
}

class MatchByEventTime implements Operator {
  readonly #context: OperatorContext;
  readonly #processor: MatchProcessor;
  readonly #waiting: MatchWaiting;
  readonly #timeColumn: number;
  readonly #watermark: { get(): number; set(value: number): void };
  #isRestored = false;

  constructor(spec: MatchSpec, context: OperatorContext) {
    this.#context = context;
    this.#processor = new MatchProcessor(spec, context);
    this.#waiting = new MatchWaiting(spec, this.#processor.rows, context);
    this.#timeColumn = spec.order[0]?.column ?? 0;
    this.#watermark = context.state.value('watermark', Number.NEGATIVE_INFINITY);
  }

  processBatch(_input: number, batch: Batch): void {
    this.#restore();
    const { output } = this.#context;
    forEachStretch(
      batch,
      (start, end) => {
        const view = this.#processor.rows.view(batch);
        const { lane0, nulls } = batch.columns[this.#timeColumn] as Column;
        const watermark = this.#watermark.get();
        for (let row = start; row < end; row++) {
          if (nulls?.[row] === 1) continue;
          const time = lane0[row] as number;
          if (time <= watermark) this.#context.count('numLateRecordsDropped', 1);
          else this.#waiting.add(view, row, time);
        }
      },
      (watermark) => {
        if (watermark > this.#watermark.get()) {
          this.#watermark.set(watermark);
          this.#fire(watermark);
        }
        output.mark(watermark);
      },
    );
    this.#processor.endBatch();
    output.flush();
  }

  prepareSnapshot(): void {
    this.#processor.flushState();
  }

  #fire(watermark: number): void {
    this.#waiting.take(watermark, (batch, times, isLast) => {
      this.#processor.process(batch, times);
      if (isLast) this.#processor.endPartition(watermark);
    });
    this.#processor.expire(watermark);
    this.#processor.flushOutput();
  }

  #restore(): void {
    if (this.#isRestored) return;
    this.#isRestored = true;
    this.#waiting.restore();
    this.#processor.restore();
  }
}

class MatchByArrival implements Operator {
  readonly #context: OperatorContext;
  readonly #processor: MatchProcessor;
  readonly #waiting: MatchWaiting | null;
  #isRestored = false;

  constructor(spec: MatchSpec, context: OperatorContext) {
    this.#context = context;
    this.#processor = new MatchProcessor(spec, context);
    this.#waiting = spec.order.length > 1 ? new MatchWaiting(spec, this.#processor.rows, context) : null;
  }

  processBatch(_input: number, batch: Batch): void {
    this.#restore();
    const { output } = this.#context;
    const now = this.#context.now();
    forEachStretch(
      batch,
      (start, end) => {
        if (this.#waiting === null) this.#processor.processArrived(batch, start, end, now);
        else {
          const view = this.#processor.rows.view(batch);
          for (let row = start; row < end; row++) this.#waiting.add(view, row, now);
        }
      },
      (watermark) => {
        this.#processor.flushOutput();
        output.mark(watermark);
      },
    );
    this.#processor.flushOutput();
    this.#processor.endBatch();
    output.flush();
  }

  processTime(now: number): void {
    this.#restore();
    this.#waiting?.take(now - 1, (batch, times, isLast) => {
      this.#processor.process(batch, times);
      if (isLast) this.#processor.endPartition(now);
    });
    this.#processor.expire(now);
    this.#processor.flushOutput();
    this.#processor.endBatch();
    this.#context.output.flush();
  }

  prepareSnapshot(): void {
    this.#processor.flushState();
  }

  #restore(): void {
    if (this.#isRestored) return;
    this.#isRestored = true;
    this.#waiting?.restore();
    this.#processor.restore();
  }
}
