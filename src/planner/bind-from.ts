/** FROM: tables, views, queries of WITH, derived tables, table functions; joins are next door. */
import { type Span, unreachable } from '../base/error.ts';
import { type Expression, literal } from '../expressions/expression.ts';
import { printExpression } from '../expressions/print-expression.ts';
import type { Hint, SqlExpression, TableReference } from '../parser/ast.ts';
import { type Field, type LogicalType, types, withNullable } from '../types/logical-type.ts';
import type { BoundQuery, WithScope } from './bind-env.ts';
import { bareError, bindError, planError, spanAround } from './bind-error.ts';
import { bindExpression } from './bind-expression.ts';
import { bindJoin } from './bind-join.ts';
import { bindMatch } from './bind-match.ts';
import { bindProcessTableFunction, isProcessTableFunction } from './bind-process-table.ts';
import { bindWindowFunction, isWindowFunction } from './bind-window.ts';
import { type Binding, objectOf } from './binding.ts';
import { isVolatile } from './conditions.ts';
import { emptyEnv, type QueryBinder } from './empty-env.ts';
import { describeType, functionNotFound } from './function-binder.ts';
import type { LogicalPlan } from './logical-plan.ts';
import type { CommonColumn, Scope, ScopeRelation } from './scope.ts';
import { scanTable } from './table-scan.ts';
import { uniqueNames } from './unique-names.ts';

export interface FromItem {
  readonly plan: LogicalPlan;
  readonly relations: ReadonlyArray<ScopeRelation & { readonly span: Span }>;
  readonly common: readonly CommonColumn[];
}

export interface FromEnv {
  readonly binding: Binding;
  readonly withScope: WithScope | null;
  readonly outer: Scope | null;
  /** Hints of the SELECT: LOOKUP, STATE_TTL and the like. */
  readonly hints: readonly Hint[];
  readonly bindQuery: QueryBinder;
}

/** `left` is what LATERAL and UNNEST may refer to. */
export function bindFrom(reference: TableReference, env: FromEnv): FromItem {
  switch (reference.kind) {
    case 'table-name':
      if (reference.systemTime) {
        const scopeless = emptyEnv(env.binding, env.withScope, env.outer, env.bindQuery, 'SELECT');
        throw timeTravel(bindExpression(reference.systemTime, scopeless));
      }
      return bindTableName(reference, env);
    case 'derived':
      return derivedItem(env.bindQuery(reference.query, env.binding, env.withScope, env.outer), reference.span);
    case 'table-function':
      return bindTableFunction(reference.call, env, reference.span);
    case 'unnest':
      return bindUnnest(reference, singleRow(), 'INNER', env);
    case 'aliased':
      return aliased(bindFrom(reference.table, env), reference);
    case 'join':
      return bindJoin(reference, env);
    case 'match-recognize':
      return bindMatch(reference, bindFrom(reference.table, env), env);
    default:
      return unreachable(reference);
  }
}

/** FOR SYSTEM_TIME AS OF a time that is not a column's: no catalog has tables of other times. */
export function timeTravel(time: Expression): Error {
  if (isVolatile(time))
    return bareError(
      `Unsupported time travel expression: ${printExpression(time, { style: 'logical' })} for the expression can not be reduced to a constant by Flink.`,
    );
  return bareError(
    'getTable(ObjectPath, long) is not implemented for class org.apache.flink.table.catalog.GenericInMemoryCatalog.',
    'java.lang.UnsupportedOperationException',
  );
}

export function scopeOf(item: FromItem, parent: Scope | null): Scope {
  return { fields: item.plan.fields, relations: item.relations, common: item.common, parent };
}

/** One row with one column that nobody sees: what SELECT without FROM reads. */
export function singleRow(): FromItem {
  const type = types.int(false);
  const plan: LogicalPlan = { kind: 'Values', fields: [{ name: 'ZERO', type }], rows: [[literal(0, type)]] };
  return { plan, relations: [], common: [] };
}

export function derivedItem(bound: BoundQuery, span: Span): FromItem {
  return {
    plan: bound.plan,
    relations: [{ name: null, path: [], columns: bound.names, offset: 0, span }],
    common: [],
  };
}

export function bindTableName(reference: Extract<TableReference, { kind: 'table-name' }>, env: FromEnv): FromItem {
  const { name, span } = reference;
  const { parts } = name;
  const last = parts[parts.length - 1] as string;
  const query = parts.length === 1 ? findWith(env.withScope, last) : undefined;
  if (query) return named(derivedItem(query, span), last, [last]);
  const object = objectOf(env.binding, name);
  const path = [object.path.catalog, object.path.database, object.path.name];
  if (object.kind === 'table')
    return named(derivedItem(withNames(scanTable(object, reference.hints, env.binding)), span), last, path);
  const bound = env.bindQuery(object.query, env.binding, null, null);
  const names = object.view.columns.map((column) => column.name);
  const plan = renamed(bound.plan, names);
  return named(derivedItem({ plan, names }, span), last, path);
}

function withNames(plan: LogicalPlan): BoundQuery {
  return { plan, names: plan.fields.map((field) => field.name) };
}

function findWith(scope: WithScope | null, name: string): BoundQuery | undefined {
  for (let at = scope; at; at = at.next) if (at.name === name) return at.bound;
  return undefined;
}

function named(item: FromItem, name: string, path: readonly string[]): FromItem {
  return { ...item, relations: item.relations.map((relation) => ({ ...relation, name, path })) };
}

/** The same rows under other column names. */
export function renamed(plan: LogicalPlan, names: readonly string[]): LogicalPlan {
  const fields = uniqueNames(plan.fields.map((field, i) => ({ ...field, name: names[i] ?? field.name })));
  if (fields.every((field, i) => field.name === plan.fields[i]?.name)) return plan;
  return { ...plan, fields };
}

export function aliased(item: FromItem, reference: Extract<TableReference, { kind: 'aliased' }>): FromItem {
  const { alias, columns, span } = reference;
  if (reference.table.kind === 'match-recognize' && columns.length > 0)
    throw bindError(`Duplicate relation name '${alias}' in FROM clause`, spanAround(reference.table.clause.span, span));
  const given = item.relations.flatMap((relation) => relation.columns);
  if (columns.length > 0 && columns.length !== given.length) throw aliasMismatch(reference, given);
  const repeated = columns.find((column, i) => columns.indexOf(column) !== i);
  if (repeated !== undefined) throw bindError(`Duplicate name '${repeated}' in column alias list`, span);
  const names = columns.length > 0 ? columns : given;
  const first = item.relations[0]?.offset ?? 0;
  const relation = { name: alias, path: [alias], columns: names, offset: first, span };
  const plan = item.plan.kind === 'Values' ? renamed(item.plan, names) : item.plan;
  return { plan, relations: [relation], common: [] };
}

function aliasMismatch(reference: Extract<TableReference, { kind: 'aliased' }>, given: readonly string[]): Error {
  const { columns, span } = reference;
  const list = given.map((name) => `'${name}'`).join(', ');
  const endColumn = span.endColumn - 1;
  const column = endColumn - columns.join(', ').length + 1;
  const place: Span = { ...span, line: span.endLine, column, endColumn };
  return bindError(
    `List of column aliases must have same degree as table; table has ${given.length} columns (${list}), whereas alias list has ${columns.length} columns`,
    place,
  );
}

/** Functions that are tables by themselves. */
export function isTableFunction(name: string): boolean {
  return isWindowFunction(name) || isProcessTableFunction(name);
}

function bindTableFunction(call: SqlExpression, env: FromEnv, span: Span): FromItem {
  if (call.kind !== 'function') throw bindError('Table function call expected', call.span);
  const name = call.name.join('.').toUpperCase();
  if (isWindowFunction(name)) return bindWindowFunction(call, name, env);
  if (isProcessTableFunction(name)) return bindProcessTableFunction(call, name, env);
  const scopeless = emptyEnv(env.binding, env.withScope, env.outer, env.bindQuery, 'SELECT');
  const args = call.args.map((arg) => bindExpression(arg, scopeless));
  throw functionNotFound(call.name.join('.'), args, call.span ?? span);
}

/** UNNEST over the columns of `input`: one row an element, ROW elements spread out. */
export function bindUnnest(
  reference: Extract<TableReference, { kind: 'unnest' }>,
  input: FromItem,
  joinType: 'INNER' | 'LEFT',
  env: FromEnv,
): FromItem {
  const inner = emptyEnv(env.binding, env.withScope, env.outer, env.bindQuery, 'SELECT');
  const args = reference.expressions.map((expression) =>
    bindExpression(expression, { ...inner, scope: scopeOf(input, env.outer) }),
  );
  const [arg] = args;
  const [columns] = args.map((each) => unnestedFields(each, args, reference.span));
  if (!arg || !columns || args.length > 1)
    throw planError(
      'UNNEST takes one collection: Flink cannot run it over several. UNNEST each WITH ORDINALITY and join them by their numbers.',
    );
  if (reference.ordinality) columns.push({ name: 'ORDINALITY', type: types.int(false) });
  const padded = columns.map((field) =>
    joinType === 'LEFT' ? { ...field, type: withNullable(field.type, true) } : field,
  );
  const plan: LogicalPlan = {
    kind: 'Correlate',
    fields: uniqueNames([...input.plan.fields, ...padded]),
    input: input.plan,
    function: reference.ordinality ? 'UNNEST_WITH_ORDINALITY' : 'UNNEST',
    args: [arg],
    joinType,
    condition: null,
  };
  const names = columns.map((field) => field.name);
  const relation = { name: null, path: [], columns: names, offset: input.plan.fields.length, span: reference.span };
  return { plan, relations: [...input.relations, relation], common: input.common };
}

function unnestedFields(arg: Expression, all: readonly Expression[], span: Span): Field[] {
  const { type } = arg;
  if (type.kind === 'MAP')
    return [
      { name: 'KEY', type: type.key },
      { name: 'VALUE', type: type.value },
    ];
  if (type.kind === 'ARRAY' || type.kind === 'MULTISET') return elementFields(type.element);
  const forms = ['MULTISET', 'ARRAY', 'MAP'];
  throw bindError(
    `Cannot apply 'UNNEST' to arguments of type 'UNNEST(${all.map((each) => `<${describeType(each.type)}>`).join(', ')})'. Supported form(s): ${forms.map((form) => `'UNNEST(<${form}>)'`).join('\n')}\n${forms.map((form) => `UNNEST(<${form}>)`).join('\n')}`,
    span,
  );
}

function elementFields(element: LogicalType): Field[] {
  if (element.kind !== 'ROW') return [{ name: 'EXPR$0', type: element }];
  return element.fields.map((field) => (element.nullable ? { ...field, type: withNullable(field.type, true) } : field));
}

/** Two relations of one name in a FROM clause. */
export function checkRelationNames(item: FromItem): void {
  const seen = new Set<string>();
  for (const { name, span } of item.relations) {
    if (name === null) continue;
    if (seen.has(name)) throw bindError(`Duplicate relation name '${name}' in FROM clause`, span);
    seen.add(name);
  }
}
