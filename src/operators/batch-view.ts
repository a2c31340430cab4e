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

interface Projected extends Showable {
  kinds: Uint8Array;
}

/** Shows some columns of a batch, in an order of its own, with all its rows, kinds and marks. */
export class ProjectedBatch {
  readonly #batch = new Batch([]);
  readonly #columns: readonly number[];

  constructor(types: readonly LogicalType[], columns: readonly number[]) {
    (this.#batch as Showable).types = types;
    this.#columns = columns;
  }

  /** Valid as long as that batch is, and until the next call. */
  over(batch: Batch): Batch {
    const shown = this.#batch;
    (shown as Projected).columns = this.#columns.map((column) => batch.columns[column] as Column);
    (shown as Projected).kinds = batch.kinds;
    shown.insertOnly = batch.insertOnly;
    shown.rowCount = batch.rowCount;
    shown.markCount = batch.markCount;
    shown.markRows = batch.markRows;
    shown.markValues = batch.markValues;
    return shown;
  }
}
