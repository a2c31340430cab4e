/** Batches in pieces. */
import { Batch } from '../types/batch.ts';
import type { Lane } from '../types/column.ts';
import type { LogicalType } from '../types/logical-type.ts';

/** Rows of a batch as a batch of their own, without marks; each piece takes the place of the one before. */
export class BatchPieces {
  readonly #piece: Batch;

  constructor(types: readonly LogicalType[]) {
    this.#piece = new Batch(types);
  }

  cut(batch: Batch, start: number, end: number): Batch {
    const piece = this.#piece;
    piece.clear();
    piece.rowCount = end - start;
    piece.insertOnly = batch.insertOnly;
    if (!batch.insertOnly) piece.kinds.set(batch.kinds.subarray(start, end));
    for (const [i, from] of batch.columns.entries()) {
      const to = piece.columns[i];
      if (!to) continue;
      copyLane(from.lane0, to.lane0, start, end);
      if (from.lane1 && to.lane1) copyLane(from.lane1, to.lane1, start, end);
      if (from.nulls && to.nulls) to.nulls.set(from.nulls.subarray(start, end));
      else to.nulls?.fill(0, 0, end - start);
    }
    return piece;
  }

  /** Each row on its own, with the marks behind it. */
  byRow(batch: Batch, process: (row: Batch) => void): void {
    let mark = 0;
    for (let end = 0; end <= batch.rowCount; end++) {
      const isMarked = mark < batch.markCount && batch.markRows[mark] === end;
      if (end === 0 && !isMarked) continue;
      const piece = this.cut(batch, Math.max(end - 1, 0), end);
      for (; mark < batch.markCount && batch.markRows[mark] === end; mark++)
        piece.mark(batch.markValues[mark] as number);
      process(piece);
    }
  }
}

function copyLane(from: Lane, to: Lane, start: number, end: number): void {
  (to as Int32Array).set((from as Int32Array).subarray(start, end));
}
