/**
 * Computes the watermark of each row and lets it out, behind the row that moved it, when it has risen by more than the interval; what is left
 * goes out as time passes. Rows without a time end the job.
 */
import { EngineError } from '../base/error.ts';
import { IDLE, type Operator, type OperatorContext } from '../dataflow/operator.ts';
import type { OperatorSpec } from '../dataflow/operator-spec.ts';
import { compileScalar, type Scalar } from '../expressions/generate.ts';
import { BATCH_ROWS, type Batch } from '../types/batch.ts';
import { Column } from '../types/column.ts';
import { compileContext } from './expression-over.ts';
import { copyBatch } from './row-copy.ts';
import { SplitWatermarks } from './split-watermarks.ts';

type WatermarkAssignerSpec = Extract<OperatorSpec, { kind: 'WatermarkAssigner' }>;

export function createWatermarkAssigner(spec: WatermarkAssignerSpec, context: OperatorContext): Operator {
  return new WatermarkAssigner(spec, context);
}

interface Progress {
  readonly current: number;
  readonly emitted: number;
  /** The last one that went out with mini-batch. */
  readonly marked?: number;
}

class WatermarkAssigner implements Operator {
  readonly #spec: WatermarkAssignerSpec;
  readonly #context: OperatorContext;
  readonly #compute: Scalar;
  readonly #watermarks: Column;
  readonly #splits: SplitWatermarks | null;
  /** The highest watermark so far and the last that went out. Flink's assigner begins at the epoch. */
  readonly #progress: { get(): Progress; set(value: Progress): void };
  #lastRowMs: number | null = null;
  #isIdle = false;
  #current = 0;
  #marked = 0;
  #emitted = 0;

  constructor(spec: WatermarkAssignerSpec, context: OperatorContext) {
    const types = context.inputTypes[0] ?? [];
    this.#spec = spec;
    this.#context = context;
    this.#compute = compileScalar(spec.watermark, types, compileContext(context));
    this.#progress = context.state.value<Progress>('progress', { current: 0, emitted: 0 });
    this.#watermarks = new Column(spec.watermark.type, BATCH_ROWS);
    this.#splits = spec.splitColumns ? new SplitWatermarks(spec.splitColumns, context) : null;
  }

  processBatch(_input: number, batch: Batch): void {
    const { output } = this.#context;
    this.#load();
    if (batch.rowCount > 0) {
      this.#lastRowMs = this.#context.now();
      this.#wake();
    }
    this.#splits?.begin(batch);
    const nulls = batch.columns[this.#spec.timeColumn]?.nulls ?? null;
    this.#compute(batch, 0, batch.rowCount, this.#watermarks);
    const to = output.batch;
    copyBatch(batch, to);
    const { lane0, nulls: missing } = this.#watermarks;
    for (let row = 0; row < batch.rowCount; row++) {
      if (nulls?.[row] === 1) {
        // What came before the wrong row is not lost.
        to.rowCount = row;
        output.flush();
        throw nullTimeError();
      }
      if (missing?.[row] === 1) continue;
      const own = lane0[row] as number;
      const watermark = this.#splits ? this.#splits.advance(row, own) : own;
      if (watermark <= this.#current) continue;
      this.#current = watermark;
      if (watermark - this.#emitted <= this.#spec.intervalMs) continue;
      to.rowCount = row + 1;
      this.#emit();
    }
    to.rowCount = batch.rowCount;
    this.#refreshSplits();
    this.#forwardEnd(batch);
    this.#save();
    output.flush();
  }

  processTime(nowMs: number): void {
    this.#load();
    this.#refreshSplits();
    if (this.#current <= this.#emitted) {
      this.#idle(nowMs);
      return;
    }
    this.#emit();
    this.#save();
    this.#context.output.flush();
  }

  eventTime(): number {
    return this.#isIdle || this.#progress.get().current === 0 ? Number.NaN : this.#progress.get().current;
  }

  /** A split that is over or idle holds nothing back any more. */
  #refreshSplits(): void {
    const combined = this.#splits?.refresh(this.#context.now(), this.#spec.idleTimeoutMs) ?? this.#current;
    if (combined > this.#current) this.#current = combined;
  }

  #load(): void {
    ({ current: this.#current, emitted: this.#emitted, marked: this.#marked = 0 } = this.#progress.get());
  }

  #save(): void {
    const progress = { current: this.#current, emitted: this.#emitted };
    this.#progress.set(this.#spec.miniBatchMs === undefined ? progress : { ...progress, marked: this.#marked });
  }

  /** The first row after a silence counts again, with the watermark that was there. */
  #wake(): void {
    if (this.#isIdle) this.#context.output.mark(this.#spec.miniBatchMs === undefined ? this.#emitted : this.#marked);
    this.#isIdle = false;
  }

  /** Says once that nothing has come for the idle timeout. */
  #idle(nowMs: number): void {
    const { idleTimeoutMs } = this.#spec;
    this.#lastRowMs ??= nowMs;
    if (idleTimeoutMs <= 0 || this.#isIdle || nowMs - this.#lastRowMs <= idleTimeoutMs) return;
    this.#isIdle = true;
    this.#context.output.mark(IDLE);
    this.#context.output.flush();
  }

  #emit(): void {
    this.#emitted = this.#current;
    const { miniBatchMs } = this.#spec;
    if (miniBatchMs !== undefined) {
      if (this.#current < this.#marked - (this.#marked % miniBatchMs) + miniBatchMs - 1) return;
      this.#marked = this.#current;
    }
    this.#context.output.mark(this.#current);
  }

  /** Watermarks of the source are replaced, but for the last one, which ends the input. */
  #forwardEnd(batch: Batch): void {
    const last = batch.markCount === 0 ? 0 : (batch.markValues[batch.markCount - 1] as number);
    if (last !== Number.POSITIVE_INFINITY || this.#emitted === last) return;
    this.#current = last;
    this.#emit();
  }
}

function nullTimeError(): EngineError {
  return new EngineError(
    'JOB_FAILED',
    'RowTime field should not be null, please convert it to a non-null long value.',
    { exceptionClass: 'java.lang.RuntimeException' },
  );
}
