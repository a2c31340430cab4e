/** When the partitions of an OVER aggregation are to be looked at, to be forgotten: keys and times, in order of time. */
import type { OperatorContext } from '../dataflow/operator.ts';
import type { Slot } from '../state/state.ts';
import { Batch } from '../types/batch.ts';
import type { Column } from '../types/column.ts';
import { type LogicalType, withNullable } from '../types/logical-type.ts';
import type { BatchView } from './batch-view.ts';
import { generatedFunction } from './generated-function.ts';
import { assignBatch, recordOperand } from './lane-code.ts';
import { RowTable } from './row-table.ts';
import { TimerHeap } from './timer-heap.ts';

export class OverCleanUps {
  readonly #context: OperatorContext;
  readonly #view: BatchView;
  readonly #timeAt: number;
  readonly #rows: RowTable;
  readonly #order = new TimerHeap();
  readonly #key: Batch;
  readonly #readKey: (address: number, to: Batch, toRow: number) => void;
  #isRestored = false;

  /** `timeAt`: the own column of the view that carries the time. */
  constructor(partition: readonly number[], view: BatchView, timeAt: number, context: OperatorContext) {
    const input = context.inputTypes[0] ?? [];
    this.#context = context;
    this.#view = view;
    this.#timeAt = timeAt;
    this.#rows = new RowTable(context.heap, context.state, {
      name: 'clean-ups',
      types: view.types,
      keys: [...partition, view.column(timeAt)],
      stored: [],
      prefix: 0,
      ttlMs: 0,
    });
    this.#key = new Batch(input.map((type) => withNullable(type, true)));
    const assignments = partition.map((column) => {
      const stored = recordOperand(
        this.#rows.slots[column] as Slot,
        this.#rows.storedTypes[column] as LogicalType,
        'a',
      );
      return assignBatch('to', column, this.#key.types[column] as LogicalType, 'toRow', stored);
    });
    this.#readKey = generatedFunction(context.heap, 'a, to, toRow', assignments.join('\n'));
  }

  /** NaN when there is none. */
  get earliest(): number {
    this.#restore();
    return this.#order.earliest;
  }

  /** For the partition of a row of the view. */
  add(view: Batch, row: number, time: number): void {
    this.#restore();
    (this.#view.own[this.#timeAt] as Column).lane0[row] = time;
    const address = this.#rows.table.findOrInsert(view, this.#rows.keys, row);
    if (!this.#rows.table.lastInserted) return;
    this.#rows.table.markDirty(address);
    this.#order.push(time, address);
  }

  /** Removes the first; a batch whose row 0 has the columns of the partition. */
  take(): Batch {
    const address = this.#order.pop();
    this.#readKey(address, this.#key, 0);
    this.#rows.table.remove(address);
    return this.#key;
  }

  #restore(): void {
    if (this.#isRestored) return;
    this.#isRestored = true;
    const lane = this.#rows.slots[this.#view.column(this.#timeAt)]?.lanes[0] as number;
    this.#rows.table.forEach((address) => {
      this.#order.push(this.#context.heap.f64[(address + lane) >>> 3] as number, address);
    });
  }
}
