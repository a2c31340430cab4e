/** The result of a SELECT: a bounded buffer of boxed rows between the job and whoever reads. Full means: the job waits. */
import type { Batch } from '../types/batch.ts';
import type { Heap } from '../types/heap.ts';
import { boxFor } from '../types/lane-value.ts';
import type { Field } from '../types/logical-type.ts';
import type { Value } from '../types/value.ts';
import type { ResultRow } from './job-service.ts';

const ROWS_MAX = 5000;

export class CollectBuffer {
  #rows: ResultRow[] = [];
  #taken = 0;
  #end: { error: unknown } | 'ok' | null = null;
  #readable: (() => void) | null = null;
  #room: { promise: Promise<void>; resolve: () => void } | null = null;

  /** Copies the rows of a batch into the buffer. */
  consumerFor(fields: readonly Field[], heap: Heap): (batch: Batch) => void {
    const boxes = fields.map((field) => boxFor(field.type));
    return (batch) => {
      for (let row = 0; row < batch.rowCount; row++) {
        const values = boxes.map((box, i): Value => {
          const column = batch.columns[i];
          if (!column || column.nulls?.[row] === 1) return null;
          return box(heap, column.lane0[row] as number, column.lane1 ? (column.lane1[row] as number) : 0);
        });
        this.#rows.push({ kind: batch.insertOnly ? 0 : (batch.kinds[row] as number), values });
      }
      this.#wakeReader();
    };
  }

  /** Adds rows that are boxed already. */
  push(rows: readonly ResultRow[]): void {
    for (const row of rows) this.#rows.push(row);
    this.#wakeReader();
  }

  /** A promise while the buffer is full, else null. */
  backPressure(): Promise<void> | null {
    if (this.#rows.length - this.#taken < ROWS_MAX || this.#end) return null;
    this.#room ??= Promise.withResolvers<void>();
    return this.#room.promise;
  }

  /** No more rows will come; with an error the reader gets it after the rows. */
  end(error?: unknown): void {
    this.#end ??= error === undefined ? 'ok' : { error };
    this.#wakeReader();
    this.#freeRoom();
  }

  async next(max: number): Promise<{ rows: ResultRow[]; end: boolean }> {
    while (this.#rows.length === this.#taken && !this.#end)
      await new Promise<void>((resolve) => {
        this.#readable = resolve;
      });
    return this.take(max);
  }

  /** What is there now. */
  take(max: number): { rows: ResultRow[]; end: boolean } {
    const rows = this.#rows.slice(this.#taken, this.#taken + max);
    this.#taken += rows.length;
    if (this.#taken === this.#rows.length) {
      this.#rows = [];
      this.#taken = 0;
    }
    this.#freeRoom();
    if (rows.length === 0 && this.#end && this.#end !== 'ok') throw this.#end.error;
    return { rows, end: this.#end === 'ok' && this.#rows.length === 0 };
  }

  #wakeReader(): void {
    const readable = this.#readable;
    this.#readable = null;
    readable?.();
  }

  #freeRoom(): void {
    const room = this.#room;
    if (!room || (this.#rows.length - this.#taken >= ROWS_MAX / 2 && !this.#end)) return;
    this.#room = null;
    room.resolve();
  }
}
