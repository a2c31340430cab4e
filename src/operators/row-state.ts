/** One row a key: what deduplication and normalising keep. */
import type { OperatorContext } from '../dataflow/operator.ts';
import type { Batch } from '../types/batch.ts';
import { allColumns, type CopyRow, compileCopy } from './row-copy.ts';
import { RowTable } from './row-table.ts';

export class RowState {
  readonly rows: RowTable;
  readonly #output: OperatorContext['output'];
  readonly #read: (address: number, to: Batch, toRow: number) => void;
  readonly #copy: CopyRow;

  constructor(keys: readonly number[], ttlMs: number, context: OperatorContext) {
    const types = context.inputTypes[0] ?? [];
    this.#output = context.output;
    this.rows = new RowTable(context.heap, context.state, { name: 'rows', types, keys, prefix: 0, ttlMs });
    this.#read = this.rows.compileRead(context.outputTypes, 0, types.length);
    this.#copy = compileCopy(context.heap, types, allColumns(types), context.outputTypes);
  }

  /** The record of a row's key, or 0. */
  find(batch: Batch, row: number): number {
    return this.rows.table.find(batch, this.rows.keys, row);
  }

  /** Makes the row the one of its key, whose record is `known` (0: there is none). */
  put(batch: Batch, row: number, known: number): void {
    const address = known === 0 ? this.rows.table.findOrInsert(batch, this.rows.keys, row) : known;
    this.rows.write(address, batch, row);
  }

  emitStored(address: number, kind: number): void {
    const { batch } = this.#output;
    this.#read(address, batch, batch.rowCount);
    this.#output.advance(kind);
  }

  emitRow(from: Batch, row: number, kind: number): void {
    const { batch } = this.#output;
    this.#copy(from, row, batch, batch.rowCount);
    this.#output.advance(kind);
  }
}
