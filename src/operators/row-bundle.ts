/**
 * The last change of each key in a bundle of rows, for operators that look at no more than that. A bundle is full after a number of rows and
 * due after the latency; whoever owns it empties it then, at each watermark, at each barrier and with the input.
 */
import type { OperatorContext } from '../dataflow/operator.ts';
import type { Bundle } from '../dataflow/operator-spec.ts';
import { Batch } from '../types/batch.ts';
import { types, withNullable } from '../types/logical-type.ts';
import { allColumns } from './row-copy.ts';
import { RowTable } from './row-table.ts';

export class RowBundle {
  readonly #spec: Bundle;
  readonly #context: OperatorContext;
  readonly #rows: RowTable;
  readonly #read: (address: number, to: Batch, toRow: number) => void;
  readonly #kindAt: number;
  /** Holds one row. */
  readonly #row: Batch;
  /** Records in the order of their keys' first rows. */
  #records: number[] = [];
  #count = 0;
  #firstRowMs = 0;

  constructor(spec: Bundle, keys: readonly number[], context: OperatorContext) {
    const input = context.inputTypes[0] ?? [];
    this.#spec = spec;
    this.#context = context;
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

  get isFull(): boolean {
    return this.#count >= this.#spec.size;
  }

  isDue(nowMs: number): boolean {
    return this.#count > 0 && nowMs - this.#firstRowMs >= this.#spec.latencyMs;
  }

  add(batch: Batch, row: number, kind: number): void {
    if (this.#count++ === 0) this.#firstRowMs = this.#context.now();
    const { table, keys } = this.#rows;
    const address = table.findOrInsert(batch, keys, row);
    if (table.lastInserted) this.#records.push(address);
    this.#rows.write(address, batch, row);
    this.#context.heap.i8[address + this.#kindAt] = kind;
  }

  /** Empties the bundle: `visit` sees each change as a row of a batch. */
  drain(visit: (batch: Batch, row: number, kind: number) => void): void {
    for (const address of this.#records) {
      this.#read(address, this.#row, 0);
      visit(this.#row, 0, this.#context.heap.i8[address + this.#kindAt] as number);
      this.#rows.table.remove(address);
    }
    this.#records = [];
    this.#count = 0;
  }
}
