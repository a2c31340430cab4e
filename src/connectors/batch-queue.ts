/** Decoded rows waiting to be polled: batches from a pool, each valid until the next one is taken. */
import type { RowOutput } from '../formats/format.ts';
import { BATCH_ROWS, Batch } from '../types/batch.ts';
import type { LogicalType } from '../types/logical-type.ts';
import { RowKind } from '../types/row-kind.ts';

export class BatchQueue implements RowOutput {
  readonly #types: readonly LogicalType[];
  readonly #ready: Batch[] = [];
  readonly #free: Batch[] = [];
  #taken: Batch | null = null;
  batch: Batch;

  constructor(types: readonly LogicalType[]) {
    this.#types = types;
    this.batch = new Batch(types);
  }

  advance(kind: number): void {
    const { batch } = this;
    if (kind !== RowKind.INSERT) {
      if (batch.insertOnly) {
        batch.kinds.fill(RowKind.INSERT, 0, batch.rowCount);
        batch.insertOnly = false;
      }
      batch.kinds[batch.rowCount] = kind;
    } else if (!batch.insertOnly) batch.kinds[batch.rowCount] = kind;
    batch.rowCount++;
    if (batch.rowCount === BATCH_ROWS) this.flush();
  }

  flush(): void {
    if (this.batch.rowCount === 0) return;
    this.#ready.push(this.batch);
    this.batch = this.#free.pop() ?? new Batch(this.#types);
  }

  /** Whole batches that wait. */
  get readyCount(): number {
    return this.#ready.length;
  }

  /** The next batch, or null; the one before goes back to the pool. */
  take(): Batch | null {
    if (this.#taken) {
      this.#taken.clear();
      this.#free.push(this.#taken);
    }
    this.#taken = this.#ready.shift() ?? null;
    return this.#taken;
  }
}
