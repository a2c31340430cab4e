/**
 * Rows of a MATCH_RECOGNIZE in state: how a row is shown to tables that are keyed by partition and a rising number, with the arguments of
 * aggregates computed behind its own columns.
 */

import type { MatchValue } from '../dataflow/match-pattern.ts';
import type { OperatorContext } from '../dataflow/operator.ts';
import type { MatchSpec } from '../dataflow/operator-spec.ts';
import { type Expression, inputsOf } from '../expressions/expression.ts';
import { compileScalar, type Scalar } from '../expressions/generate.ts';
import { Batch } from '../types/batch.ts';
import type { Column } from '../types/column.ts';
import { type LogicalType, types, withNullable } from '../types/logical-type.ts';
import { BatchView } from './batch-view.ts';
import { compileContext } from './expression-over.ts';
import { RowTable } from './row-table.ts';

/** Own columns of the view, behind those that are computed. */
const NUMBER = 0;
const CONSTANT = 1;
const TIME = 2;

export class MatchRows {
  /** Types of the view: columns of the input, then arguments of aggregates, then own ones. */
  readonly types: readonly LogicalType[];
  /** Columns of the view that tell partitions apart. */
  readonly partition: readonly number[];
  readonly #context: OperatorContext;
  readonly #computed: ReadonlyArray<{ readonly text: string; readonly compute: Scalar }>;
  readonly #view: BatchView;
  readonly #spec: MatchSpec;

  constructor(spec: MatchSpec, context: OperatorContext) {
    const input = context.inputTypes[0] ?? [];
    const computed = computedArguments(spec);
    this.#spec = spec;
    this.#context = context;
    this.#computed = [...computed].map(([text, expression]) => ({
      text,
      compute: compileScalar(expression, input, compileContext(context)),
    }));
    const own = [types.double(false), types.boolean(false), types.double(false)];
    this.#view = new BatchView(input, [...[...computed.values()].map(({ type }) => type), ...own]);
    this.types = this.#view.types;
    this.partition = spec.partition.length > 0 ? spec.partition : [this.#own(CONSTANT)];
  }

  /** The view over a batch, valid as long as the batch is. */
  view(batch: Batch): Batch {
    return this.#view.over(batch);
  }

  /** The same, with what is computed of rows [start, end). */
  computed(batch: Batch, start: number, end: number): Batch {
    this.#computed.forEach(({ compute }, i) => {
      compute(batch, start, end, this.#view.own[i] as Column);
    });
    return this.#view.over(batch);
  }

  /** The column of the view that holds an argument of an aggregate. */
  columnOf(argument: Expression): number {
    if (argument.kind === 'input') return argument.index;
    const text = JSON.stringify(argument, plainNumbers);
    return this.#view.column(this.#computed.findIndex((other) => other.text === text));
  }

  /** Gives a row of the view its number and its time. */
  setOwn(row: number, number: number, time: number): void {
    const { own } = this.#view;
    (own[this.#computed.length + NUMBER] as Column).lane0[row] = number;
    (own[this.#computed.length + TIME] as Column).lane0[row] = time;
  }

  /** A table of rows by partition and number, chained by partition. */
  declare(name: string, stored: Iterable<number>): RowTable {
    const { heap, state } = this.#context;
    return new RowTable(heap, state, {
      name,
      types: this.types,
      keys: [...this.partition, this.#own(NUMBER)],
      stored: [...new Set([...stored, this.#own(TIME)])],
      prefix: this.partition.length,
      ttlMs: 0,
    });
  }

  numberOf(table: RowTable, address: number): number {
    return this.#lane(table, NUMBER, address);
  }

  timeOf(table: RowTable, address: number): number {
    return this.#lane(table, TIME, address);
  }

  /** Columns of the view that a match needs of rows before the current one. */
  columnsOfMatches(): Set<number> {
    const columns = new Set<number>();
    for (const value of allValues(this.#spec)) {
      if (value.kind === 'column') columns.add(value.column);
      if (value.kind === 'aggregate') for (const arg of value.args) columns.add(this.columnOf(arg));
    }
    return columns;
  }

  /** Columns of the input that anything needs. */
  columnsOfInput(): Set<number> {
    const columns = new Set([...this.#spec.partition, ...this.#spec.order.map((key) => key.column)]);
    for (const value of allValues(this.#spec)) {
      if (value.kind === 'column') columns.add(value.column);
      if (value.kind === 'aggregate') for (const arg of value.args) for (const at of inputsOf(arg)) columns.add(at);
    }
    return columns;
  }

  /** A batch for one row of the view, any of whose columns may be null. */
  probe(): Batch {
    return new Batch(this.types.map((type) => withNullable(type, true)));
  }

  #own(i: number): number {
    return this.#view.column(this.#computed.length + i);
  }

  #lane(table: RowTable, own: number, address: number): number {
    const at = table.slots[this.#own(own)]?.lanes[0] as number;
    return this.#context.heap.f64[(address + at) >>> 3] as number;
  }
}

function allValues(spec: MatchSpec): MatchValue[] {
  return [...spec.values, ...spec.variables.flatMap((variable) => variable.values)];
}

/** Arguments of aggregates that are no columns, by their text. */
function computedArguments(spec: MatchSpec): Map<string, Expression> {
  const found = new Map<string, Expression>();
  for (const value of allValues(spec))
    if (value.kind === 'aggregate')
      for (const arg of value.args) if (arg.kind !== 'input') found.set(JSON.stringify(arg, plainNumbers), arg);
  return found;
}

function plainNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}
