/** The values of a match that a condition or a measure reads: columns of some of its rows, and aggregates over them. */

import type { MatchValue } from '../dataflow/match-pattern.ts';
import type { OperatorContext } from '../dataflow/operator.ts';
import type { BoxedAggregate } from '../functions/aggregate-function.ts';
import { lookupAggregate } from '../functions/index.ts';
import type { Slot } from '../state/state.ts';
import { Batch } from '../types/batch.ts';
import type { Column } from '../types/column.ts';
import { readValue, writeValue } from '../types/lane-value.ts';
import { type LogicalType, withNullable } from '../types/logical-type.ts';
import type { Value } from '../types/value.ts';
import { generatedFunction } from './generated-function.ts';
import { assignBatch, batchOperand, recordOperand } from './lane-code.ts';
import type { MatchPartition } from './match-partitions.ts';
import type { MatchRows } from './match-rows.ts';
import { type RowRange, type Run, rowsOf } from './match-run.ts';
import type { RowTable } from './row-table.ts';

/** What a match is looked at from: while it grows, the row that it may take next. One object is moved from row to row. */
export interface MatchSite {
  partition: MatchPartition;
  run: Run | null;
  /** In ms. */
  time: number;
  /** The variable that may take the current row; -1: the match is complete. */
  variable: number;
  /** The current row of the view, whose number is the partition's next. */
  view: Batch;
  row: number;
}

type Write = (site: MatchSite, to: Batch, toRow: number) => void;

const ANY = '*';

export class MatchValues {
  /** All nullable: there may be no such row. */
  readonly types: readonly LogicalType[];
  readonly #writes: readonly Write[];
  readonly #context: OperatorContext;
  readonly #names: readonly string[];
  readonly #rows: MatchRows;
  readonly #table: RowTable;
  /** Holds the values of {@link types}, behind `at` other columns of the batches that are written to. */
  readonly #at: number;

  constructor(
    values: readonly MatchValue[],
    at: number,
    names: readonly string[],
    rows: MatchRows,
    table: RowTable,
    context: OperatorContext,
  ) {
    this.#at = at;
    this.#context = context;
    this.#names = names;
    this.#rows = rows;
    this.#table = table;
    this.types = values.map(({ type }) => withNullable(type, true));
    this.#writes = values.map((value, i) => this.#writer(value, at + i));
  }

  /** Writes all values of a site into a row of a batch. */
  write(site: MatchSite, to: Batch, toRow: number): void {
    for (const write of this.#writes) write(site, to, toRow);
  }

  #writer(value: MatchValue, column: number): Write {
    switch (value.kind) {
      case 'column':
        return this.#columnWriter(value, column);
      case 'aggregate':
        return this.#aggregateWriter(value, column);
      default: {
        const { now } = this.#context;
        const timeOf = value.kind === 'rowtime' ? (site: MatchSite) => site.time : () => now();
        return (site, to, toRow) => {
          const { lane0, nulls } = to.columns[column] as Column;
          lane0[toRow] = timeOf(site);
          if (nulls) nulls[toRow] = 0;
        };
      }
    }
  }

  #columnWriter(value: Extract<MatchValue, { kind: 'column' }>, column: number): Write {
    const variable = this.#names.indexOf(value.variable);
    const isAny = value.variable === ANY;
    const { navigation, offset } = value;
    const fromRecord = this.#recordCopy(value.column, column);
    const fromView = this.#viewCopy(value.column, column);
    return (site, to, toRow) => {
      const { from, to: last } = rangeOf(site, variable, isAny);
      const row = navigation === 'FIRST' ? from + offset : last - offset;
      if (row < from || row > last) setNull(to, column, toRow);
      else if (site.variable >= 0 && row === site.partition.nextRow) fromView(site.view, site.row, to, toRow);
      else fromRecord(site.partition.addressOf(row), to, toRow);
    };
  }

  #recordCopy(from: number, to: number): (address: number, to: Batch, toRow: number) => void {
    const type = this.#rows.types[from] as LogicalType;
    const value = recordOperand(this.#table.slots[from] as Slot, this.#table.storedTypes[from] as LogicalType, 'a');
    return generatedFunction(
      this.#context.heap,
      'a, to, toRow',
      assignBatch('to', to, withNullable(type, true), 'toRow', value),
    );
  }

  #viewCopy(from: number, to: number): (view: Batch, row: number, to: Batch, toRow: number) => void {
    const type = this.#rows.types[from] as LogicalType;
    // A batch without nulls may have no array of them.
    const value = batchOperand('view', from, type, 'row');
    const isNull = type.nullable ? `(view.columns[${from}].nulls?.[row] === 1)` : 'false';
    return generatedFunction(
      this.#context.heap,
      'view, row, to, toRow',
      assignBatch('to', to, withNullable(type, true), 'toRow', { ...value, isNull }),
    );
  }

  #aggregateWriter(value: Extract<MatchValue, { kind: 'aggregate' }>, column: number): Write {
    const { heap } = this.#context;
    const fn = lookupAggregate(value.function);
    const aggregate = fn?.bind({
      type: value.type,
      argTypes: value.args.map(({ type }) => type),
      literals: value.args.map((_, i) => value.literals?.[i] ?? undefined),
      retracts: false,
      isOver: true,
    }) as BoxedAggregate;
    const variable = this.#names.indexOf(value.variable);
    const isAny = value.variable === ANY;
    const read = this.#arguments(value.args.map((arg) => this.#rows.columnOf(arg)));
    const type = this.types[column - this.#at] as LogicalType;
    return (site, to, toRow) => {
      const { from, to: last } = rangeOf(site, variable, isAny);
      let accumulator = aggregate.create();
      for (let row = from; row <= last; row++) {
        const args = read(site, row);
        if (fn?.skipsNulls === true && args.includes(null)) continue;
        accumulator = aggregate.accumulate(accumulator, args);
      }
      writeValue(type, to.columns[column] as Column, toRow, aggregate.value(accumulator), heap);
    };
  }

  /** Reads columns of a numbered row. */
  #arguments(columns: readonly number[]): (site: MatchSite, row: number) => Value[] {
    const { heap } = this.#context;
    const types = columns.map((column) => this.#rows.types[column] as LogicalType);
    const one = new Batch(types.map((type) => withNullable(type, true)));
    const copies = columns.map((column, i) => this.#recordCopy(column, i));
    return (site, row) => {
      const isCurrent = site.variable >= 0 && row === site.partition.nextRow;
      if (!isCurrent) for (const copy of copies) copy(site.partition.addressOf(row), one, 0);
      return types.map((type, i) =>
        isCurrent
          ? readValue(type, site.view.columns[columns[i] as number] as Column, site.row, heap)
          : readValue(type, one.columns[i] as Column, 0, heap),
      );
    };
  }
}

/** Numbers of the rows of a variable, the current row among them where the variable may take it. */
function rangeOf(site: MatchSite, variable: number, isAny: boolean): RowRange {
  const run = site.run as Run;
  const current = site.partition.nextRow;
  const end = site.variable < 0 ? run.end : current - 1;
  const rows = isAny ? { from: run.start, to: end } : rowsOf(run, variable, end);
  if (site.variable < 0 || (!isAny && site.variable !== variable)) return rows;
  return { from: rows.to < rows.from ? current : rows.from, to: current };
}

function setNull(to: Batch, column: number, row: number): void {
  const { nulls } = to.columns[column] as Column;
  if (nulls) nulls[row] = 1;
}
