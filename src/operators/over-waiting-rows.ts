/** Rows of an OVER aggregation by event time that the watermark has not passed yet, in order of time, then of arrival. */
import type { OperatorContext } from '../dataflow/operator.ts';
import type { Batch } from '../types/batch.ts';
import type { Column } from '../types/column.ts';
import { types } from '../types/logical-type.ts';
import { BatchView } from './batch-view.ts';
import { RowTable } from './row-table.ts';
import { stateSequence } from './state-sequence.ts';
import { TimerHeap } from './timer-heap.ts';

export class OverWaitingRows {
  readonly #context: OperatorContext;
  readonly #view: BatchView;
  readonly #rows: RowTable;
  readonly #next: () => number;
  readonly #read: (address: number, to: Batch, toRow: number) => void;
  readonly #order = new TimerHeap();
  readonly #timeColumn: number;
  #isRestored = false;

  constructor(timeColumn: number, context: OperatorContext) {
    const input = context.inputTypes[0] ?? [];
    this.#context = context;
    this.#timeColumn = timeColumn;
    this.#view = new BatchView(input, [types.double(false)]);
    this.#rows = new RowTable(context.heap, context.state, {
      name: 'waiting',
      types: this.#view.types,
      keys: [this.#view.column(0)],
      prefix: 0,
      ttlMs: 0,
    });
    this.#next = stateSequence(context.state, 'waiting-sequence');
    this.#read = this.#rows.compileRead(input, 0, input.length);
  }

  /** Time of the first row; NaN when there is none. */
  get earliest(): number {
    this.#restore();
    return this.#order.earliest;
  }

  view(batch: Batch): Batch {
    this.#restore();
    return this.#view.over(batch);
  }

  add(view: Batch, row: number, time: number): void {
    (this.#view.own[0] as Column).lane0[row] = this.#next();
    const address = this.#rows.table.findOrInsert(view, this.#rows.keys, row);
    this.#rows.write(address, view, row);
    this.#order.push(time, address);
  }

  /** Reads the first row into row `toRow` of a batch and forgets it. */
  take(to: Batch, toRow: number): void {
    const address = this.#order.pop();
    this.#read(address, to, toRow);
    this.#rows.table.remove(address);
  }

  #restore(): void {
    if (this.#isRestored) return;
    this.#isRestored = true;
    const { f64 } = this.#context.heap;
    const lane = (column: number, address: number): number =>
      f64[(address + (this.#rows.slots[column]?.lanes[0] as number)) >>> 3] as number;
    const addresses: number[] = [];
    this.#rows.table.forEach((address) => {
      addresses.push(address);
    });
    const number = this.#view.column(0);
    addresses.sort((a, b) => lane(number, a) - lane(number, b));
    for (const address of addresses) this.#order.push(lane(this.#timeColumn, address), address);
  }
}
