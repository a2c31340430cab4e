/** A batch that shows another one's columns, then columns of its own: for keys that are computed or numbered by an operator. */
import { BATCH_ROWS, Batch } from '../types/batch.ts';
import { Column } from '../types/column.ts';
import type { LogicalType } from '../types/logical-type.ts';

interface Showable {
  types: readonly LogicalType[];
  columns: readonly Column[];
}

export class BatchView {
  readonly batch: Batch;
  readonly types: readonly LogicalType[];
  readonly own: readonly Column[];
  readonly #inputWidth: number;

  constructor(inputTypes: readonly LogicalType[], ownTypes: readonly LogicalType[]) {
    this.types = [...inputTypes, ...ownTypes];
    this.#inputWidth = inputTypes.length;
    this.own = ownTypes.map((type) => new Column(type, BATCH_ROWS));
    this.batch = new Batch([]);
    (this.batch as Showable).types = this.types;
  }

  /** Number of the own column `i` in the view. */
  column(i: number): number {
    return this.#inputWidth + i;
  }

  /** The view over a batch, valid as long as that batch is. Kinds are not shown. */
  over(batch: Batch): Batch {
    (this.batch as Showable).columns = [...batch.columns, ...this.own];
    this.batch.rowCount = batch.rowCount;
    return this.batch;
  }
}
