/** MATCH_RECOGNIZE: its clause bound to a Match node over the table. */

import type { MatchSkip, MatchValue } from '../dataflow/match-pattern.ts';
import type { SortKey } from '../dataflow/operator-spec.ts';
import type { Expression } from '../expressions/expression.ts';
import { unsupportedCall } from '../functions/call-error.ts';
import type { MatchRecognize, OrderItem, Pattern, SqlExpression, TableReference } from '../parser/ast.ts';
import type { Field } from '../types/logical-type.ts';
import type { BindEnv } from './bind-env.ts';
import { bareError, bindError, planError } from './bind-error.ts';
import { type FromEnv, type FromItem, scopeOf } from './bind-from.ts';
import { bindInterval } from './bind-literal.ts';
import { direction } from './bind-over.ts';
import { emptyEnv } from './empty-env.ts';
import type { MatchDefinition, PlanOf } from './logical-plan.ts';
import { type BoundMatchExpression, MatchExpressionBinder } from './match-expressions.ts';
import { shownExpression } from './match-syntax.ts';
import { measureTexts } from './match-text.ts';
import { resolveName, type Scope } from './scope.ts';

type MatchReference = Extract<TableReference, { kind: 'match-recognize' }>;

export function bindMatch(reference: MatchReference, item: FromItem, env: FromEnv): FromItem {
  const plan = new MatchBinder(reference.clause, item, env).bind();
  const names = plan.fields.map((field) => field.name);
  const relation = { name: null, path: [], columns: names, offset: 0, span: reference.span };
  return { plan, relations: [relation], common: [] };
}

class MatchBinder {
  readonly #clause: MatchRecognize;
  readonly #item: FromItem;
  readonly #scope: Scope;
  readonly #env: BindEnv;
  readonly #variables: readonly string[];

  constructor(clause: MatchRecognize, item: FromItem, env: FromEnv) {
    this.#clause = clause;
    this.#item = item;
    this.#scope = scopeOf(item, null);
    this.#env = emptyEnv(env.binding, env.withScope, null, env.bindQuery, 'SELECT');
    this.#variables = rowCounts(clause.pattern).map(([name]) => name);
  }

  bind(): PlanOf<'Match'> {
    const clause = this.#clause;
    const partition = this.#partition();
    const order = clause.orderBy.map((key) => this.#orderKey(key));
    this.#checkNames();
    const values: MatchValue[] = [];
    const measures = clause.measures.map((measure) => this.#measure(measure, values));
    const defines = clause.define.map((definition) => this.#define(definition));
    const input = this.#item.plan;
    const columns = partition.map((column) => input.fields[column] as Field);
    const outputs = clause.measures.map(({ alias }, i) => ({ name: alias, type: (measures[i] as Expression).type }));
    const plan: PlanOf<'Match'> = {
      kind: 'Match',
      fields: [...columns, ...outputs],
      input,
      partition,
      order,
      pattern: clause.pattern,
      strictStart: clause.strictStart,
      strictEnd: clause.strictEnd,
      allRows: clause.rowsPerMatch === 'ALL',
      skip: skipOf(clause.after),
      within: clause.within ? withinOf(clause.within) : null,
      defines,
      measures,
      values,
    };
    checkOutput(plan, columns);
    return plan;
  }

  #partition(): number[] {
    return this.#clause.partitionBy.map((key) => this.#columnOf(key));
  }

  /** PARTITION BY and ORDER BY take names of columns only. */
  #columnOf(node: SqlExpression): number {
    const column = node.kind === 'identifier' ? resolveName(this.#scope, node) : null;
    if (column?.kind !== 'input')
      throw bareError('PARTITION BY and ORDER BY of MATCH_RECOGNIZE take names of columns only.');
    return column.index;
  }

  #orderKey(item: OrderItem): SortKey {
    const column = this.#columnOf(item.expression);
    if (item.nullsFirst !== undefined)
      throw bareError('ORDER BY of MATCH_RECOGNIZE takes neither NULLS FIRST nor NULLS LAST.');
    return { column, ...direction(item) };
  }

  /** Names of variables where they are mentioned. */
  #checkNames(): void {
    const { after, subsets, define } = this.#clause;
    const known = new Set([...this.#variables, ...subsets.map(({ name }) => name)]);
    if (after.variable && !known.has(after.variable.name))
      throw bindError(`Unknown pattern '${after.variable.name}'`, after.variable.span);
    for (const name of subsets.flatMap(({ items }) => items))
      if (!this.#variables.includes(name.name)) throw bindError(`Unknown pattern '${name.name}'`, name.span);
    define.forEach(({ variable, span }, i) => {
      if (define.findIndex((other) => other.variable === variable) < i)
        throw bindError(`Pattern variable '${variable}' has already been defined`, span);
    });
  }

  #binder(defines: string | null, values?: MatchValue[]): MatchExpressionBinder {
    const { subsets, define, pattern } = this.#clause;
    const others = [...subsets.map(({ name }) => name), ...define.map(({ variable }) => variable)];
    // A condition sees a match that is not complete.
    const counts = new Map(others.map((name) => [name, 0]));
    for (const [name, count] of rowCounts(pattern)) counts.set(name, defines === null ? count : 0);
    if (defines !== null) counts.set(defines, 1);
    return new MatchExpressionBinder(this.#env, this.#scope, counts, defines, values);
  }

  #measure({ expression, semantics }: MatchRecognize['measures'][number], values: MatchValue[]): Expression {
    const bound = this.#binder(null, values).bind(expression).expression;
    if (semantics === 'RUNNING') throw unsupportedCall('RUNNING', [bound.type]);
    return bound;
  }

  #define({ variable, condition, semantics, span }: MatchRecognize['define'][number]): MatchDefinition {
    if (semantics) throw modified(semantics, condition, span);
    if (condition.kind === 'null') throw bindError(`Illegal use of 'NULL'`, condition.span);
    const bound: BoundMatchExpression = this.#binder(variable).bind(condition);
    if (bound.expression.type.kind !== 'BOOLEAN')
      throw bindError('DEFINE clause must be a condition', { ...condition.span, line: 0, column: 0 });
    return { variable, condition: bound.expression, values: bound.values };
  }
}

function modified(semantics: string, condition: SqlExpression, span: MatchRecognize['span']): Error {
  const first = firstOperand(condition);
  const column = first.span.column - semantics.length - 1;
  return bindError(`Cannot use RUNNING/FINAL in DEFINE '${semantics} ${shownExpression(first)}'`, {
    ...span,
    ...first.span,
    column,
  });
}

/** FINAL and RUNNING belong to the first operand of what follows. */
function firstOperand(node: SqlExpression): SqlExpression {
  const [first] = node.kind === 'operator' && node.operands.length > 1 ? node.operands : [];
  return first ? firstOperand(first) : node;
}

/** Variables in the order of the pattern, with the least number of their rows. */
function rowCounts(pattern: Pattern): Array<readonly [string, number]> {
  switch (pattern.kind) {
    case 'variable':
      return [[pattern.name, 1]];
    case 'quantified':
      return rowCounts(pattern.item).map(([name, count]) => [name, count * (pattern.min ?? 0)]);
    case 'exclusion':
      return rowCounts(pattern.item);
    default:
      return pattern.items.flatMap(rowCounts);
  }
}

function skipOf({ kind, variable }: MatchRecognize['after']): MatchSkip {
  const to = kind === 'variable' ? 'last' : kind;
  return variable ? { to, variable: variable.name } : { to };
}

function withinOf(node: SqlExpression): Expression {
  const interval = node.kind === 'interval' ? bindInterval(node) : null;
  if (interval?.kind !== 'literal' || interval.type.kind !== 'INTERVAL_DAY_TIME')
    throw planError(
      'Only constant intervals with millisecond resolution are supported as time constraints of patterns.',
    );
  return interval;
}

/** Columns of the output must differ, and there must be measures. */
function checkOutput(plan: PlanOf<'Match'>, columns: readonly Field[]): void {
  const measured = plan.fields.slice(columns.length);
  measured.forEach(({ name }, i) => {
    const first = measured.findIndex((other) => other.name === name);
    if (first === i) return;
    const texts = measureTexts(plan);
    throw planError(
      `Multiple entries with same key: ${name}=${texts[i]} and ${name}=${texts[first]}`,
      'java.lang.IllegalArgumentException',
    );
  });
  const doubled = measured.filter(({ name }) => columns.some((column) => column.name === name));
  if (doubled.length > 0 || measured.length === 0)
    throw planError(
      `Columns ambiguously defined: {${doubled.map(({ name }) => name).join(', ')}}`,
      'org.apache.flink.table.api.ValidationException',
    );
}
