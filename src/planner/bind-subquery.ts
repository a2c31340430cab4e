/** Sub-queries in expressions: bound here, left behind as markers, and made joins by `attach-subqueries.ts`. */
import { call, type Expression, inputReference } from '../expressions/expression.ts';
import type { Query, SqlExpression } from '../parser/ast.ts';
import { isComparable } from '../types/comparable.ts';
import { types, withNullable } from '../types/logical-type.ts';
import { commonType } from '../types/type-coercion.ts';
import type { BindEnv, BoundQuery } from './bind-env.ts';
import { bindError, spanAround } from './bind-error.ts';
import { bindExpression } from './bind-expression.ts';
import { outerColumns } from './decorrelate.ts';
import { bindScalar, castTo, describeRecord, isStringType } from './function-binder.ts';
import { markerCall, SUBQUERY, type SubqueryMarker } from './markers.ts';
import { columnAt } from './scope.ts';

type Node<K extends SqlExpression['kind']> = Extract<SqlExpression, { kind: K }>;

function bindInner(query: Query, env: BindEnv): BoundQuery {
  return env.bindQuery(query, env.binding, env.withScope, env.scope);
}

function mark(
  env: BindEnv,
  marker: Omit<SubqueryMarker, 'outer' | 'leftCount'>,
  left: readonly Expression[],
): Expression {
  const outer = outerColumns(marker.plan);
  const id = env.markers.subqueries.length;
  env.markers.subqueries.push({ ...marker, outer, leftCount: left.length });
  const columns = outer.map((index) => outerArgument(index, env));
  return markerCall(SUBQUERY, id, [...left, ...columns], marker.type);
}

function outerArgument(index: number, env: BindEnv): Expression {
  const column = columnAt(env.scope, index);
  return column.kind === 'input' ? inputReference(column.index, column.type) : column;
}

export function bindScalarSubquery(node: Node<'subquery'>, env: BindEnv): Expression {
  const { plan } = bindInner(node.query, env);
  const field = plan.fields[0];
  if (!field || plan.fields.length !== 1) {
    const record = describeRecord(plan.fields);
    throw bindError(
      `Cannot apply '$SCALAR_QUERY' to arguments of type '$SCALAR_QUERY(<${record}>)'. Supported form(s): '$SCALAR_QUERY(<RECORDTYPE(SINGLE FIELD)>)'`,
      node.query.span,
    );
  }
  const type = withNullable(field.type, true);
  return mark(env, { kind: 'scalar', operator: '=', quantifier: 'ANY', plan, type }, []);
}

export function bindExists(node: Node<'exists'>, env: BindEnv): Expression {
  const { plan } = bindInner(node.query, env);
  return mark(env, { kind: 'exists', operator: '=', quantifier: 'ANY', plan, type: types.boolean(false) }, []);
}

export function bindIn(node: Node<'in'>, env: BindEnv): Expression {
  const left = bindExpression(node.left, env);
  if (!node.query) return bindInList(node, left, env);
  const bound = bindInMarker(node, left, node.query, env);
  return node.negated ? bindScalar('NOT', [bound], node.span) : bound;
}

function bindInMarker(node: SqlExpression, left: Expression, query: Query, env: BindEnv): Expression {
  const operands = left.kind === 'call' && left.function === 'ROW' ? left.args : [left];
  const { plan } = bindInner(query, env);
  if (plan.fields.length !== operands.length)
    throw bindError('Values passed to IN operator must have compatible types', querySpan(node, query));
  const nullable =
    operands.some((operand) => operand.type.nullable) || plan.fields.some((field) => field.type.nullable);
  const type = types.boolean(nullable);
  return mark(env, { kind: 'in', operator: '=', quantifier: 'ANY', plan, type }, operands);
}

/** Without the parenthesis behind the query. */
function querySpan(node: SqlExpression, query: Query) {
  return node.kind === 'in' ? spanAround(node.left.span, query.span) : node.span;
}

/** `x IN (a, b)`: the list gets one type. */
function bindInList(node: Node<'in'>, left: Expression, env: BindEnv): Expression {
  const list = node.list ?? [];
  const items = list.map((item) => bindExpression(item, env));
  const bound = left.type.kind === 'ROW' ? rowIn(node, left, items) : valueIn(node, left, items);
  return node.negated ? negateIn(bound, node) : bound;
}

function negateIn(bound: Expression, node: Node<'in'>): Expression {
  if (bound.kind === 'call' && bound.function === '=') return { ...bound, function: '<>' };
  return bindScalar('NOT', [bound], node.span);
}

function rowIn(node: Node<'in'>, left: Expression, items: readonly Expression[]): Expression {
  const parts = left.kind === 'call' && left.function === 'ROW' ? left.args : null;
  if (items.every((item) => item.type.kind === 'ROW') && !commonType(items.map((item) => item.type)))
    throw bindError('Values in expression list must have compatible types', listSpan(node));
  const tests = items.map((item) => {
    const others = item.kind === 'call' && item.function === 'ROW' ? item.args : null;
    if (!parts && item.type.kind === 'ROW') return bindScalar('=', [left, item], node.span);
    if (others?.length !== parts?.length || !parts)
      throw bindError('Values passed to IN operator must have compatible types', node.span);
    const pairs = parts.map((part, i) => bindScalar('=', [part, likeLeft(part, others?.[i] as Expression)], node.span));
    return pairs.reduce((a, b) => bindScalar('AND', [a, b], node.span));
  });
  return tests.reduce((a, b) => bindScalar('OR', [a, b], node.span));
}

/** Beside a text a number becomes one, and the other way round: so only in lists. */
function likeLeft(left: Expression, item: Expression): Expression {
  const mixed =
    isStringType(left.type) !== isStringType(item.type) && left.type.kind !== 'NULL' && item.type.kind !== 'NULL';
  return mixed ? castTo(item, withNullable(left.type, item.type.nullable)) : item;
}

function valueIn(node: Node<'in'>, left: Expression, items: readonly Expression[]): Expression {
  const listType = commonType(items.map((item) => item.type));
  if (!listType) throw bindError('Values in expression list must have compatible types', listSpan(node));
  const mixed =
    isStringType(left.type) !== isStringType(listType) && listType.kind !== 'NULL' && left.type.kind !== 'NULL';
  const suits = isComparable(left.type, listType);
  const target = !suits ? undefined : mixed ? left.type : commonType([left.type, listType]);
  if (!target) throw bindError('Values passed to IN operator must have compatible types', node.span);
  if (items.length === 1) {
    const item = items[0] as Expression;
    return bindScalar('=', [left, mixed ? castTo(item, withNullable(target, item.type.nullable)) : item], node.span);
  }
  const casted = [left, ...items].map((item) => castTo(item, withNullable(target, item.type.nullable)));
  const nullable = casted.some((item) => item.type.nullable);
  return call('IN', casted, types.boolean(nullable));
}

function listSpan(node: Node<'in'>) {
  const first = node.list?.[0]?.span ?? node.span;
  const last = node.list?.[(node.list?.length ?? 1) - 1]?.span ?? node.span;
  const open = { ...first, start: first.start - 1, column: first.column - 1 };
  return { ...open, end: last.end + 1, endLine: last.endLine, endColumn: last.endColumn + 1 };
}

/** `x > ALL (…)`: over a list it is written out; `= ANY` and `<> ALL` are IN and NOT IN. */
export function bindQuantified(node: Node<'quantified'>, env: BindEnv): Expression {
  const left = bindExpression(node.left, env);
  const { operator, quantifier, query } = node;
  if (!query) {
    const tests = (node.list ?? []).map((item) => bindScalar(operator, [left, bindExpression(item, env)], node.span));
    return tests.reduce((a, b) => bindScalar(quantifier === 'ANY' ? 'OR' : 'AND', [a, b], node.span));
  }
  if (operator === '=' && quantifier === 'ANY') return bindInMarker(node, left, query, env);
  if (operator === '<>' && quantifier === 'ALL')
    return bindScalar('NOT', [bindInMarker(node, left, query, env)], node.span);
  const { plan } = bindInner(query, env);
  const nullable = left.type.nullable || (plan.fields[0]?.type.nullable ?? true);
  return mark(env, { kind: 'quantified', operator, quantifier, plan, type: types.boolean(nullable) }, [left]);
}
