/**
 * What CURRENT_WATERMARK sees. Operators know watermarks as marks inside batches; in a job that asks for the current one, an operator gets
 * its batches cut at the marks, so that the watermark is the same for all rows of a piece and known before the piece is processed.
 */
import type { JobGraph } from '../dataflow/job-graph.ts';
import type { EvalContext } from '../functions/function.ts';
import type { StateBackend } from '../state/state.ts';
import type { Batch } from '../types/batch.ts';
import { BatchPieces } from './batch-pieces.ts';

export function usesCurrentWatermark(graph: JobGraph): boolean {
  return JSON.stringify(graph.vertices, (_key, value) => (typeof value === 'bigint' ? '' : value)).includes(
    'CURRENT_WATERMARK',
  );
}

/** The watermark of one operator, by input: the least of them is the current one. */
export class WatermarkView {
  readonly evaluation: EvalContext;
  /** Null: none has come. Kept over restarts, as the assigners keep theirs. */
  readonly #byInput: { get(): ReadonlyArray<number | null>; set(value: ReadonlyArray<number | null>): void };
  readonly #pieces: Array<BatchPieces | undefined> = [];

  constructor(base: EvalContext, inputs: number, state: StateBackend) {
    this.#byInput = state.value<ReadonlyArray<number | null>>('current-watermark', new Array<null>(inputs).fill(null));
    this.evaluation = { ...base, watermark: () => this.#current() };
  }

  /** Hands a batch on in pieces that end at its marks. */
  cut(input: number, batch: Batch, process: (piece: Batch) => void): void {
    if (batch.markCount === 0) {
      process(batch);
      return;
    }
    let start = 0;
    for (let i = 0; i < batch.markCount; i++) {
      const end = batch.markRows[i] as number;
      const mark = batch.markValues[i] as number;
      const piece = this.#piece(input, batch, start, end);
      piece.mark(mark);
      process(piece);
      if (Number.isFinite(mark)) this.#byInput.set(this.#byInput.get().with(input, mark));
      start = end;
    }
    if (start < batch.rowCount) process(this.#piece(input, batch, start, batch.rowCount));
  }

  #piece(input: number, batch: Batch, start: number, end: number): Batch {
    const pieces = this.#pieces[input] ?? new BatchPieces(batch.types);
    this.#pieces[input] = pieces;
    return pieces.cut(batch, start, end);
  }

  #current(): number | null {
    const all = this.#byInput.get();
    return all.some((each) => each === null) ? null : Math.min(...(all as number[]));
  }
}
