/**
 * The last change of each key in a bundle of rows, for operators that look at no more than that. A bundle empties itself when it is full and
 * when its latency is over; whoever owns it empties it at each watermark, at each barrier and with the input.
 */
import type { OperatorContext } from '../dataflow/operator.ts';
import type { Bundle } from '../dataflow/operator-spec.ts';
import { Batch } from '../types/batch.ts';
import { types, withNullable } from '../types/logical-type.ts';
import { allColumns } from './row-copy.ts';
import { RowTable } from './row-table.ts';

/** Sees a change as a row of a batch. */
type Visit = (batch: Batch, row: number, kind: number) => void;

export class RowBundle {
  readonly #spec: Bundle;
  readonly #context: OperatorContext;
  readonly #visit: Visit;
  readonly #rows: RowTable;
  readonly #read: (address: number, to: Batch, toRow: number) => void;
  readonly #kindAt: number;
  /** Holds one row. */
  readonly #row: Batch;
  /** Records in the order of their keys' first rows. */
  #records: number[] = [];
  #count = 0;
  #firstRowMs = 0;

  /** `visit` gets what is emptied. */
  constructor(spec: Bundle, keys: readonly number[], context: OperatorContext, visit: Visit) {
    const input = context.inputTypes[0] ?? [];
    this.#spec = spec;
    this.#context = context;
    this.#visit = visit;
    this.#rows = new RowTable(context.heap, context.state, {
      name: 'bundle',
      types: input,
      keys,
      prefix: 0,
      ttlMs: 0,
      extra: [types.tinyint(false)],
    });
    const stored = input.map((type, column) => (keys.includes(column) ? withNullable(type, true) : type));
    this.#row = new Batch(stored);
    this.#read = this.#rows.compileRead(stored, 0, allColumns(input).length);
    this.#kindAt = this.#rows.extraSlots[0]?.lanes[0] as number;
  }

  add(batch: Batch, row: number, kind: number): void {
    if (this.#count++ === 0) this.#firstRowMs = this.#context.now();
    const { table, keys } = this.#rows;
    const address = table.findOrInsert(batch, keys, row);
    if (table.lastInserted) this.#records.push(address);
    this.#rows.write(address, batch, row);
    this.#context.heap.i8[address + this.#kindAt] = kind;
    if (this.#count >= this.#spec.size) this.drain();
  }

  passTime(nowMs: number): void {
    if (this.#count > 0 && nowMs - this.#firstRowMs >= this.#spec.latencyMs) this.drain();
  }

  /** Empties the bundle. */
  drain(): void {
    for (const address of this.#records) {
      this.#read(address, this.#row, 0);
      this.#visit(this.#row, 0, this.#context.heap.i8[address + this.#kindAt] as number);
      this.#rows.table.remove(address);
    }
    this.#records = [];
    this.#count = 0;
  }
}
