/** What session aggregation and the SESSION table function share: rows come in, sessions that are over go out. */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import { forEachStretch } from '../dataflow/operator.ts';
import type { WindowSpec } from '../dataflow/operator-spec.ts';
import type { Batch } from '../types/batch.ts';
import { SessionRows } from './session-rows.ts';
import { WindowCutter } from './window-cutter.ts';

export abstract class SessionOperator implements Operator {
  protected readonly context: OperatorContext;
  protected readonly cutter: WindowCutter;
  readonly #window: WindowSpec;

  constructor(window: WindowSpec, context: OperatorContext) {
    this.context = context;
    this.#window = window;
    this.cutter = new WindowCutter(window);
  }

  processBatch(_input: number, batch: Batch): void {
    const view = this.view(batch);
    const { mode, output } = this.context;
    forEachStretch(
      batch,
      (start, end) => {
        for (let row = start; row < end; row++) {
          const kind = batch.insertOnly ? 0 : (batch.kinds[row] as number);
          if (!this.add(view, row, kind)) this.context.count('numLateRecordsDropped', 1);
        }
      },
      (watermark) => {
        if (mode === 'streaming' && this.#window.timeColumn !== null) this.fire(watermark);
        output.mark(watermark);
      },
    );
    output.flush();
  }

  processTime(nowMs: number): void {
    if (this.#window.timeColumn !== null || this.context.mode === 'batch') return;
    this.fire(nowMs);
    this.context.output.flush();
  }

  endInput(): void {
    if (this.context.mode !== 'batch') return;
    this.fire(Number.POSITIVE_INFINITY);
    this.context.output.flush();
  }

  /** The batch with the operator's own columns. */
  protected abstract view(batch: Batch): Batch;

  /** Adds a row of {@link view}; false when its session is over already. */
  protected abstract add(view: Batch, row: number, kind: number): boolean;

  /** Gives out the sessions that are over at a watermark. */
  protected abstract fire(watermark: number): void;
}

/** Keeps the rows of sessions until these are over. */
export abstract class SessionRowsOperator extends SessionOperator {
  protected readonly sessions: SessionRows;

  constructor(keys: readonly number[], window: WindowSpec, context: OperatorContext) {
    super(window, context);
    this.sessions = new SessionRows(keys, window, this.cutter, context);
  }

  protected view(batch: Batch): Batch {
    return this.sessions.view(batch);
  }

  protected add(view: Batch, row: number, kind: number): boolean {
    return this.sessions.add(view, row, kind);
  }

  protected fire(watermark: number): void {
    this.sessions.fire(watermark, (start, end, rows) => this.give(start, end, rows));
  }

  /** A session is over; `rows` are records of {@link sessions} in order of arrival. */
  protected abstract give(start: number, end: number, rows: readonly number[]): void;
}
