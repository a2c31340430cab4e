/** Rows of a MATCH_RECOGNIZE whose time has not come yet, given out by partition and in order once it has. */
import type { OperatorContext } from '../dataflow/operator.ts';
import type { MatchSpec } from '../dataflow/operator-spec.ts';
import type { Slot } from '../state/state.ts';
import { BATCH_ROWS, Batch } from '../types/batch.ts';
import type { LogicalType } from '../types/logical-type.ts';
import { generatedFunction } from './generated-function.ts';
import { assignBatch, recordOperand } from './lane-code.ts';
import type { MatchRows } from './match-rows.ts';
import type { RowTable } from './row-table.ts';
import { stateSequence } from './state-sequence.ts';
import { TimerHeap } from './timer-heap.ts';

/** Rows of one partition with their times; `isLast`: there are no more of it. */
type Visit = (batch: Batch, times: Float64Array, isLast: boolean) => void;

export class MatchWaiting {
  readonly #shape: MatchRows;
  readonly #rows: RowTable;
  readonly #next: () => number;
  readonly #order = new TimerHeap();
  readonly #compare: ((a: number, b: number) => number) | null;
  readonly #read: (address: number, to: Batch, toRow: number) => void;
  readonly #chunk: Batch;
  readonly #times = new Float64Array(BATCH_ROWS);

  constructor(spec: MatchSpec, shape: MatchRows, context: OperatorContext) {
    const input = context.inputTypes[0] ?? [];
    const columns = [...shape.columnsOfInput()];
    this.#shape = shape;
    this.#rows = shape.declare('waiting', columns);
    this.#next = stateSequence(context.state, 'waiting-sequence');
    this.#chunk = new Batch(input);
    const others = spec.order.slice(1);
    this.#compare = others.length === 0 ? null : this.#rows.compileOrder(others);
    const { slots, storedTypes } = this.#rows;
    const reads = columns.map((column) => {
      const value = recordOperand(slots[column] as Slot, storedTypes[column] as LogicalType, 'a');
      return assignBatch('to', column, input[column] as LogicalType, 'toRow', value);
    });
    this.#read = generatedFunction(context.heap, 'a, to, toRow', reads.join('\n'));
  }

  /** Time of the first row; NaN when there is none. */
  get earliest(): number {
    return this.#order.earliest;
  }

  /** Keeps a row of the view until `time`. */
  add(view: Batch, row: number, time: number): void {
    this.#shape.setOwn(row, this.#next(), time);
    const address = this.#rows.table.findOrInsert(view, this.#rows.keys, row);
    this.#rows.write(address, view, row);
    this.#order.push(time, address);
  }

  /** Gives out all rows up to a time: batches of one partition after the other. */
  take(upTo: number, visit: Visit): void {
    const partitions = new Map<number, number[]>();
    while (this.#order.earliest <= upTo) {
      const address = this.#order.pop();
      const chain = this.#rows.table.chainOf(address);
      const known = partitions.get(chain);
      if (known) known.push(address);
      else partitions.set(chain, [address]);
    }
    for (const addresses of partitions.values()) this.#give(this.#sorted(addresses), visit);
  }

  /** Finds the order again: after a restore. */
  restore(): void {
    const addresses: number[] = [];
    this.#rows.table.forEach((address) => {
      addresses.push(address);
    });
    addresses.sort((a, b) => this.#shape.numberOf(this.#rows, a) - this.#shape.numberOf(this.#rows, b));
    for (const address of addresses) this.#order.push(this.#shape.timeOf(this.#rows, address), address);
  }

  /** By time, then by the other columns; they come by time and arrival. */
  #sorted(addresses: number[]): number[] {
    const compare = this.#compare;
    if (compare === null || addresses.length < 2) return addresses;
    const timeOf = (address: number): number => this.#shape.timeOf(this.#rows, address);
    return addresses.sort((a, b) => timeOf(a) - timeOf(b) || compare(a, b));
  }

  #give(addresses: readonly number[], visit: Visit): void {
    for (let from = 0; from < addresses.length; from += BATCH_ROWS) {
      const count = Math.min(BATCH_ROWS, addresses.length - from);
      for (let i = 0; i < count; i++) {
        const address = addresses[from + i] as number;
        this.#read(address, this.#chunk, i);
        this.#times[i] = this.#shape.timeOf(this.#rows, address);
        this.#rows.table.remove(address);
      }
      this.#chunk.rowCount = count;
      visit(this.#chunk, this.#times, from + count === addresses.length);
    }
  }
}
