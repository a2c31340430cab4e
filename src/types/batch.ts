/**
 * What travels: up to 1,024 changes in columns, with watermarks between rows.
 *
 * A batch belongs to whoever made it, and is valid until `processBatch` of the receiver returns: receivers read it, never
 * write to it, and copy what they keep. Strings are (address, length) in the thread's heap.
 */

import { Column } from './column.ts';
import type { LogicalType } from './logical-type.ts';
import { RowKind } from './row-kind.ts';

export const BATCH_ROWS = 1024;

export class Batch {
  readonly types: readonly LogicalType[];
  readonly columns: readonly Column[];
  /** RowKind of each row; read it only when `insertOnly` is false. */
  readonly kinds = new Uint8Array(BATCH_ROWS);
  /** True when every row is +I; `kinds` is then not filled. */
  insertOnly = true;
  rowCount = 0;
  /**
   * Watermarks inside the batch, ascending by row: after rows [0, markRows[k]) have been processed the watermark is
   * markValues[k] (ms since the epoch; Infinity at the end of a bounded input).
   */
  markCount = 0;
  markRows = new Int32Array(8);
  markValues = new Float64Array(8);

  constructor(types: readonly LogicalType[]) {
    this.types = types;
    this.columns = types.map((type) => new Column(type, BATCH_ROWS));
  }

  /** Adds a watermark behind the rows so far. */
  mark(watermark: number): void {
    if (this.markCount === this.markRows.length) {
      this.markRows = doubled(this.markRows, new Int32Array(this.markRows.length * 2));
      this.markValues = doubled(this.markValues, new Float64Array(this.markValues.length * 2));
    }
    this.markRows[this.markCount] = this.rowCount;
    this.markValues[this.markCount] = watermark;
    this.markCount++;
  }

  clear(): void {
    this.rowCount = 0;
    this.markCount = 0;
    this.insertOnly = true;
  }
}

function doubled<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from as never);
  return to;
}

/** Where batches go: the next operator of the chain. */
export type BatchConsumer = (batch: Batch) => void;

/**
 * Fills one reused batch and hands it on when it is full. Generated code writes straight into `batch.columns[i]` at row
 * `batch.rowCount`, then calls {@link advance}.
 */
export class BatchWriter {
  readonly batch: Batch;
  readonly #consumer: BatchConsumer;

  constructor(types: readonly LogicalType[], consumer: BatchConsumer) {
    this.batch = new Batch(types);
    this.#consumer = consumer;
  }

  /** Ends the row that was just written. */
  advance(kind: number): void {
    const batch = this.batch;
    if (kind !== RowKind.INSERT) {
      if (batch.insertOnly) this.#startKinds();
      batch.kinds[batch.rowCount] = kind;
    } else if (!batch.insertOnly) batch.kinds[batch.rowCount] = kind;
    batch.rowCount++;
    if (batch.rowCount === BATCH_ROWS) this.flush();
  }

  /** A watermark behind the rows written so far. */
  mark(watermark: number): void {
    this.batch.mark(watermark);
  }

  /** Hands on what is there; does nothing when there is neither a row nor a watermark. */
  flush(): void {
    const batch = this.batch;
    if (batch.rowCount === 0 && batch.markCount === 0) return;
    this.#consumer(batch);
    batch.clear();
  }

  /** Hands on another batch of the same types, behind what is there. */
  pass(batch: Batch): void {
    this.flush();
    if (batch.rowCount > 0 || batch.markCount > 0) this.#consumer(batch);
  }

  #startKinds(): void {
    this.batch.kinds.fill(RowKind.INSERT, 0, this.batch.rowCount);
    this.batch.insertOnly = false;
  }
}
