/** DEFINE: whether a row may be a variable's. Conditions on the row alone are asked once a row, others once a run. */

import type { MatchValue, PatternVariable } from '../dataflow/match-pattern.ts';
import type { OperatorContext } from '../dataflow/operator.ts';
import type { MatchSpec } from '../dataflow/operator-spec.ts';
import { inputReference, mapInputs } from '../expressions/expression.ts';
import { compilePredicate, type Predicate } from '../expressions/generate.ts';
import { Batch } from '../types/batch.ts';
import type { LogicalType } from '../types/logical-type.ts';
import { compileContext } from './expression-over.ts';
import type { MatchRows } from './match-rows.ts';
import type { Run } from './match-run.ts';
import { type MatchSite, MatchValues } from './match-values.ts';
import type { RowTable } from './row-table.ts';

const UNKNOWN = 0;
const FALSE = 1;
const TRUE = 2;

interface Condition {
  /** Over the view's row and the values of a run. */
  readonly test: Predicate;
  /** What it reads of rows before; null: nothing. */
  readonly values: MatchValues | null;
  readonly row: Batch;
}

export class MatchConditions {
  readonly #site: MatchSite;
  readonly #conditions: ReadonlyArray<Condition | null>;
  readonly #known: Uint8Array;
  /** Conditions whose answers hold for one run only. */
  readonly #ofRuns: readonly number[];
  #run: Run | null = null;

  /** `site`: where the row is that is asked about. */
  constructor(spec: MatchSpec, site: MatchSite, rows: MatchRows, table: RowTable, context: OperatorContext) {
    const names = spec.variables.map(({ name }) => name);
    this.#site = site;
    this.#conditions = spec.variables.map((variable) => compile(variable, names, rows, table, context));
    this.#known = new Uint8Array(spec.variables.length);
    this.#ofRuns = this.#conditions.flatMap((condition, i) => (condition?.values ? [i] : []));
  }

  /** The site has moved. */
  forget(): void {
    this.#run = null;
    this.#known.fill(UNKNOWN);
  }

  holds(variable: number, run: Run): boolean {
    const condition = this.#conditions[variable];
    if (!condition) return true;
    if (run !== this.#run) {
      this.#run = run;
      for (const other of this.#ofRuns) this.#known[other] = UNKNOWN;
    }
    if (this.#known[variable] === UNKNOWN) this.#known[variable] = this.#ask(condition, variable, run) ? TRUE : FALSE;
    return this.#known[variable] === TRUE;
  }

  #ask({ test, values, row }: Condition, variable: number, run: Run): boolean {
    const site = this.#site;
    if (values !== null) {
      site.run = run;
      site.variable = variable;
      values.write(site, row, 0);
    }
    return test(site.view, site.row, row, 0);
  }
}

function compile(
  { condition, values, name }: PatternVariable,
  names: readonly string[],
  rows: MatchRows,
  table: RowTable,
  context: OperatorContext,
): Condition | null {
  if (condition === null) return null;
  const others = values.filter((value) => currentColumn(value, name) === null);
  const width = rows.types.length;
  const moved = mapInputs(condition, (index, type) => {
    const value = values[index] as MatchValue;
    const column = currentColumn(value, name);
    if (column === null) return inputReference(width + others.indexOf(value), type);
    return inputReference(column, rows.types[column] as LogicalType);
  });
  const read = new MatchValues(others, 0, names, rows, table, context);
  const test = compilePredicate(moved, { types: rows.types }, { types: read.types }, compileContext(context));
  return { test, values: others.length > 0 ? read : null, row: new Batch(read.types) };
}

/** The column of the current row that a value of a variable's condition is; null: it is something else. */
function currentColumn(value: MatchValue, variable: string): number | null {
  if (value.kind !== 'column' || value.navigation === 'FIRST' || value.offset > 0) return null;
  return value.variable === variable || value.variable === '*' ? value.column : null;
}
