/** Queries: WITH, set operations, VALUES, ORDER BY, OFFSET and FETCH. */
import type { SortKey } from '../dataflow/operator-spec.ts';
import { call, type Expression } from '../expressions/expression.ts';
import type { OrderItem, Query, QueryBody, SqlExpression } from '../parser/ast.ts';
import { type Field, type LogicalType, withNullable } from '../types/logical-type.ts';
import { commonType } from '../types/type-coercion.ts';
import { sameType } from '../types/type-family.ts';
import { cutTo } from './attach-subqueries.ts';
import type { BoundQuery, WithScope } from './bind-env.ts';
import { bindError, planError } from './bind-error.ts';
import { bindExpression, rejectUntypedNull } from './bind-expression.ts';
import { bindTableName, type FromEnv, renamed } from './bind-from.ts';
import { direction } from './bind-over.ts';
import { type BoundSelect, bindSelect } from './bind-select.ts';
import type { Binding } from './binding.ts';
import { referencesTo } from './conditions.ts';
import { emptyEnv } from './empty-env.ts';
import { castTo } from './function-binder.ts';
import type { LogicalPlan } from './logical-plan.ts';
import type { Scope } from './scope.ts';
import { uniqueNames } from './unique-names.ts';

/** A query inside another: an order without LIMIT means nothing there. */
export function bindQueryTree(
  query: Query,
  binding: Binding,
  withScope: WithScope | null,
  outer: Scope | null,
): BoundQuery {
  const bound = bindTopQuery(query, binding, withScope, outer);
  return { ...bound, plan: withoutOrder(bound.plan) };
}

function withoutOrder(plan: LogicalPlan): LogicalPlan {
  if (plan.kind === 'Sort' && plan.fetch === null && plan.offset === 0) return plan.input;
  if (plan.kind !== 'Project' || plan.input.kind !== 'Sort') return plan;
  const input = withoutOrder(plan.input);
  return input === plan.input ? plan : { ...plan, input };
}

/** The query of a statement. */
export function bindTopQuery(
  query: Query,
  binding: Binding,
  withScope: WithScope | null,
  outer: Scope | null,
): BoundQuery {
  binding.countQuery();
  let scope = withScope;
  for (const item of query.with) {
    const bound = bindQueryTree(item.query, binding, scope, outer);
    if (item.columns.length > 0 && item.columns.length !== bound.names.length)
      throw bindError('Number of columns must match number of query columns', columnListSpan(item));
    checkColumnNames(item, bound.names);
    const names = item.columns.length > 0 ? item.columns : bound.names;
    scope = { name: item.name, bound: { plan: renamed(bound.plan, names), names }, next: scope };
  }
  const env: FromEnv = { binding, withScope: scope, outer, hints: [], bindQuery: bindQueryTree };
  return bindOrdered(query, env);
}

/** Columns of WITH must have names of their own. */
function checkColumnNames(item: Query['with'][number], own: readonly string[]): void {
  const { columns, name, span } = item;
  const names = columns.length > 0 ? columns : own;
  const at = names.findIndex((column, i) => names.indexOf(column) < i);
  if (at < 0) return;
  const repeated = names[at] as string;
  if (columns.length === 0)
    throw bindError(`Column has duplicate column name '${repeated}' and no column list specified`, item.query.span);
  const before = columns.slice(0, at).reduce((sum, column) => sum + column.length + 2, 0);
  const column = span.column + name.length + 1 + before;
  const place = { ...span, endLine: span.line, column, endColumn: column + repeated.length - 1 };
  throw bindError(`Duplicate name '${repeated}' in column list`, place);
}

/** `(x, y)` behind the name of a WITH item. */
function columnListSpan(item: Query['with'][number]) {
  const { span, name, columns } = item;
  const start = span.column + name.length;
  return { ...span, endLine: span.line, column: start, endColumn: start + columns.join(', ').length + 1 };
}

function bindOrdered(query: Query, env: FromEnv): BoundQuery {
  const { body } = query;
  const bound = body.kind === 'select' ? bindSelect(body, env, query.orderBy) : orderBody(body, env, query.orderBy);
  const offset = query.offset ? constantCount(query.offset, env) : 0;
  const fetch = query.fetch ? constantCount(query.fetch, env) : null;
  if (bound.order.length === 0 && offset === 0 && fetch === null) return { plan: bound.plan, names: bound.names };
  const sort: LogicalPlan = {
    kind: 'Sort',
    fields: bound.plan.fields,
    input: bound.plan,
    order: bound.order,
    offset,
    fetch,
  };
  return { plan: cutTo(sort, bound.plan.fields.slice(0, bound.names.length)), names: bound.names };
}

function constantCount(node: SqlExpression, env: FromEnv): number {
  const bound = bindExpression(node, emptyEnv(env.binding, null, null, env.bindQuery, 'VALUES'));
  if (bound.kind !== 'literal' || bound.value === null) throw planError('LIMIT and OFFSET must be constants');
  return Number(bound.value);
}

/** Sort keys over anything but a SELECT: its own columns. */
function orderBody(body: QueryBody, env: FromEnv, items: readonly OrderItem[]): BoundSelect {
  const bound = bindBody(body, env);
  if (items.length === 0) return { ...bound, order: [] };
  const copy: LogicalPlan =
    body.kind === 'set'
      ? { kind: 'Project', fields: bound.plan.fields, input: bound.plan, expressions: referencesTo(bound.plan.fields) }
      : bound.plan;
  const columns = referencesTo(copy.fields);
  const relation = { name: null, path: [], columns: bound.names, offset: 0 };
  const scope: Scope = { fields: copy.fields, relations: [relation], common: [], parent: env.outer };
  const inner = { ...emptyEnv(env.binding, env.withScope, env.outer, env.bindQuery, 'ORDER BY'), scope };
  const extra: Expression[] = [];
  const order = items.map((item): SortKey => {
    const key = orderKey(item.expression, columns, () => bindExpression(item.expression, inner));
    const column = key.kind === 'input' ? key.index : columns.length + extra.push(key) - 1;
    return { column, ...direction(item) };
  });
  if (extra.length === 0) return { plan: copy, names: bound.names, order };
  const added = extra.map((expression, i): Field => ({ name: `EXPR$${columns.length + i}`, type: expression.type }));
  const fields = uniqueNames([...copy.fields, ...added]);
  return {
    plan: { kind: 'Project', fields, input: copy, expressions: [...columns, ...extra] },
    names: bound.names,
    order,
  };
}

function orderKey(node: SqlExpression, columns: readonly Expression[], bind: () => Expression): Expression {
  if (node.kind !== 'number' || !/^\d+$/.test(node.text)) return bind();
  const column = columns[Number(node.text) - 1];
  if (!column) throw bindError('Ordinal out of range', node.span);
  return column;
}

function bindBody(body: QueryBody, env: FromEnv): BoundQuery {
  switch (body.kind) {
    case 'select': {
      const { plan, names } = bindSelect(body, env, []);
      return { plan, names };
    }
    case 'values':
      return bindValues(body, env);
    case 'set':
      return bindSet(body, env);
    case 'nested':
      return bindQueryTree(body.query, env.binding, env.withScope, env.outer);
    default: {
      const item = bindTableName({ kind: 'table-name', name: body.name, hints: [], span: body.span }, env);
      return { plan: item.plan, names: item.relations.flatMap((relation) => relation.columns) };
    }
  }
}

type ValuesBody = Extract<QueryBody, { kind: 'values' }>;

/** Rows of one width, column by column of one type. */
function bindValues(body: ValuesBody, env: FromEnv): BoundQuery {
  const inner = emptyEnv(env.binding, env.withScope, env.outer, env.bindQuery, 'VALUES');
  const rows = body.rows.map((row) =>
    row.map((node) => {
      const bound = bindExpression(node, inner);
      rejectUntypedNull(bound, node);
      return bound;
    }),
  );
  const width = rows[0]?.length ?? 0;
  const mismatch = () => bindError('Values passed to VALUES operator must have compatible types', body.span);
  if (rows.some((row) => row.length !== width)) throw mismatch();
  const columns = Array.from({ length: width }, (_, i) => {
    const type = commonType(rows.map((row) => (row[i] as Expression).type));
    if (!type) throw mismatch();
    return type;
  });
  const fields = columns.map((type, i): Field => ({ name: `EXPR$${i}`, type }));
  const casted = rows.map((row) => row.map((item, i) => castColumn(item, columns[i] as LogicalType)));
  return { plan: { kind: 'Values', fields, rows: casted }, names: fields.map((field) => field.name) };
}

function castColumn(item: Expression, type: LogicalType): Expression {
  return castTo(item, withNullable(type, item.type.nullable));
}

type SetBody = Extract<QueryBody, { kind: 'set' }>;

/** Both sides of one width; columns get their common types. Chains of UNION ALL stay a tree, as typed. */
function bindSet(body: SetBody, env: FromEnv): BoundQuery {
  const left = bindBody(body.left, env);
  const right = bindBody(body.right, env);
  const word = `${body.operator}${body.all ? ' ALL' : ''}`;
  if (left.names.length !== right.names.length)
    throw bindError(`Column count mismatch in ${word}`, selectListSpan(body.right));
  const typesOf = left.names.map((_, i) => {
    const [a, b] = [left.plan.fields[i] as Field, right.plan.fields[i] as Field];
    const type = commonType([a.type, b.type]);
    if (!type) throw bindError(`Type mismatch in column ${i + 1} of ${word}`, columnSpan(body.left, i));
    return keepTimeAttribute(type, a.type, b.type);
  });
  const fields = left.plan.fields.map((field, i): Field => ({ name: field.name, type: typesOf[i] as LogicalType }));
  const inputs = [left, right].map(({ plan }) => castInput(plan, typesOf));
  const plan: LogicalPlan = { kind: 'SetOperation', fields, operator: body.operator, all: body.all, inputs };
  return { plan, names: left.names };
}

/** The common column is a time attribute if one of them is: Calcite is generous here. */
function keepTimeAttribute(type: LogicalType, a: LogicalType, b: LogicalType): LogicalType {
  if (type.kind !== 'TIMESTAMP' && type.kind !== 'TIMESTAMP_LTZ') return type;
  const [first, second] = [a, b].map((side) => ('timeAttribute' in side ? side.timeAttribute : undefined));
  const { timeAttribute: _, ...plain } = type;
  const kept = first ?? second;
  return kept === undefined ? plain : { ...plain, timeAttribute: kept };
}

function castInput(plan: LogicalPlan, wanted: readonly LogicalType[]): LogicalPlan {
  const casts = referencesTo(plan.fields).map((column, i) => {
    const type = withNullable(wanted[i] as LogicalType, column.type.nullable);
    return sameType(column.type, type) ? column : call('CAST', [column], type);
  });
  if (casts.every((cast) => cast.kind === 'input')) return plan;
  const fields = plan.fields.map((field, i): Field => ({ ...field, type: (casts[i] as Expression).type }));
  return { kind: 'Project', fields, input: plan, expressions: casts };
}

/** From the first to the last item of a select list. */
function selectListSpan(body: QueryBody) {
  const items = body.kind === 'select' ? body.items : [];
  const first = items[0]?.span;
  const last = items[items.length - 1]?.span;
  return first && last ? { ...first, end: last.end, endLine: last.endLine, endColumn: last.endColumn } : body.span;
}

/** The item of a column, as far as the syntax tells. */
function columnSpan(body: QueryBody, index: number) {
  if (body.kind === 'set') return columnSpan(body.left, index);
  if (body.kind === 'nested') return columnSpan(body.query.body, index);
  if (body.kind !== 'select') return body.span;
  const item = body.items[index];
  return item ? item.expression.span : body.span;
}
