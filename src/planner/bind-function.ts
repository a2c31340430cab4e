/** Calls: scalar functions, aggregates, window properties, and what looks like a call but is not. */
import type { Span } from '../base/error.ts';
import { call, type Expression, literal } from '../expressions/expression.ts';
import type { SqlExpression } from '../parser/ast.ts';
import { unparseExpression } from '../parser/unparse.ts';
import { type LogicalType, types, withNullable } from '../types/logical-type.ts';
import { commonType } from '../types/type-coercion.ts';
import type { BindEnv } from './bind-env.ts';
import { bindError, planError } from './bind-error.ts';
import { bindCondition, bindExpression } from './bind-expression.ts';
import { bindOver, isRankFunction } from './bind-over.ts';
import {
  aggregateCall,
  bindScalar,
  castTo,
  functionNotFound,
  isAggregateFunction,
  isKnownFunction,
  ownsInference,
} from './function-binder.ts';
import { AGGREGATE, hasMarker, markerCall, WINDOW_PROPERTY, type WindowProperty } from './markers.ts';
import { isMatchFunction, onlyInMatch } from './match-syntax.ts';
import { qualifiedBy } from './scope.ts';

type FunctionNode = Extract<SqlExpression, { kind: 'function' }>;

const GROUP_WINDOWS = new Set(['TUMBLE', 'HOP', 'SESSION']);
const GROUPING_FUNCTIONS = new Set(['GROUPING', 'GROUPING_ID']);
/** These take NULL without a type. */
const TAKES_NULL = new Set('COALESCE NULLIF GREATEST LEAST ARRAY MAP JSON_ARRAY JSON_OBJECT'.split(' '));

/** What the others are compared with has a type. */
const NEEDS_TYPE = /^(?:ARRAY_|ELT$)/;
const NEEDS_TYPES = new Set(
  (
    'ARRAY_UNION ARRAY_CONCAT ARRAY_EXCEPT ARRAY_INTERSECT TRANSLATE MAP_UNION MAP_FROM_ARRAYS MAP_KEYS MAP_VALUES MAP_ENTRIES ' +
    'BITMAP_AND BITMAP_OR BITMAP_XOR BITMAP_ANDNOT BITMAP_CARDINALITY BITMAP_TO_ARRAY BITMAP_TO_BYTES BITMAP_TO_STRING ' +
    'TRY_PARSE_JSON CURRENT_WATERMARK'
  ).split(' '),
);

/** Whether the place takes a NULL without a type. */
function takesNull(name: string, place: number, node: FunctionNode): boolean {
  const alone = node.args.every((arg) => arg.kind === 'null');
  if (name === 'COALESCE' || name === 'IFNULL') return !alone;
  if (TAKES_NULL.has(name)) return true;
  if (!ownsInference(name) || NEEDS_TYPES.has(name)) return false;
  // A text has a pattern and a zone, if any.
  if (name === 'TO_TIMESTAMP_LTZ' && place > 0) return node.args[0]?.kind !== 'string';
  return place > 0 || !NEEDS_TYPE.test(name);
}

export function bindFunctionCall(node: FunctionNode, env: BindEnv): Expression {
  const name = node.name.join('.').toUpperCase();
  if (node.over) return bindOver(node, name, env);
  const property = windowProperty(name);
  if (property) return bindWindowProperty(node, property, env);
  if (GROUP_WINDOWS.has(name) && !isKnownFunction(name))
    throw bindError(`Group function '$${name}' can only appear in GROUP BY clause`, node.span);
  if (GROUPING_FUNCTIONS.has(name)) return bindGrouping(node, name, env);
  if (name === 'GROUP_ID') return literal(0n, types.bigint(false));
  if (isRankFunction(name)) throw bindError('OVER clause is necessary for window functions', node.span);
  if (isMatchFunction(name)) throw onlyInMatch(node, qualifiedBy(env.scope));
  if (isAggregateFunction(name)) return bindAggregate(node, name, env);
  if (node.filter) throw bindError('FILTER must be applied to aggregate function', beforeFilter(node, node.filter));
  return bindScalarCall(node, name, env);
}

/** The call without its WITHIN GROUP. */
function beforeWithin(node: FunctionNode): Span {
  const last = node.args.at(-1)?.span;
  if (!last) return node.span;
  return { ...node.span, end: last.end + 1, endLine: last.endLine, endColumn: last.endColumn + 1 };
}

/** The call without its FILTER. */
function beforeFilter(node: FunctionNode, filter: SqlExpression): Span {
  const gap = ' FILTER (WHERE '.length;
  const { start, line, column } = filter.span;
  return { ...node.span, end: start - gap, endLine: line, endColumn: column - gap - 1 };
}

function bindScalarCall(node: FunctionNode, name: string, env: BindEnv): Expression {
  checkTimeFrame(node, name);
  if (node.distinct) throw bindError(`DISTINCT/ALL not allowed with ${name} function`, node.span);
  const args = bindArguments(node, name, env);
  if (name === 'NULLIF' && args.length === 2) return nullIf(args[0] as Expression, args[1] as Expression, node);
  if (name === 'COALESCE') return coalesce(args, node);
  if (name === 'JSON_OBJECT') checkKeys(args, node, env);
  if (name === 'CURRENT_DATABASE' && args.length === 0)
    return literal(env.binding.context.currentDatabase, types.string(false));
  if (!isKnownFunction(name)) throw functionNotFound(node.name.join('.'), args, node.span);
  return bindScalar(name, [...args, ...clauseArguments(node, env)], node.span, clauseType(node));
}

const TIMED = new Set(['EXTRACT', 'FLOOR', 'CEIL', 'CEILING', 'TIMESTAMPADD', 'TIMESTAMPDIFF']);
const TIME_FRAMES = new Set(
  (
    'YEAR QUARTER MONTH WEEK DAY HOUR MINUTE SECOND MILLISECOND MICROSECOND NANOSECOND DOW DOY ISODOW ISOYEAR EPOCH DECADE ' +
    'CENTURY MILLENNIUM'
  ).split(' '),
);

/** Calcite points at the unit. */
function checkTimeFrame(node: FunctionNode, name: string): void {
  if (!TIMED.has(name)) return;
  const unit = node.args.find((arg) => arg.kind === 'symbol');
  if (unit?.kind !== 'symbol' || TIME_FRAMES.has(unit.name.replace(/^SQL_TSI_/, ''))) return;
  throw bindError(`'${unit.name}' is not a valid time frame`, unit.span);
}

export function bindArguments(node: FunctionNode, name: string, env: BindEnv): Expression[] {
  const bound = node.args.map((arg, i) => {
    if (arg.kind === 'null' && !takesNull(name, i, node)) throw bindError(`Illegal use of 'NULL'`, arg.span);
    return bindExpression(arg, env);
  });
  const known = name === 'MAP' ? bound.find((arg) => arg.type.kind !== 'NULL')?.type : undefined;
  if (!known) return bound;
  return bound.map((arg) => (arg.type.kind === 'NULL' ? literal(null, withNullable(known, true)) : arg));
}

/** Clauses of JSON functions travel as text arguments behind the others: `NULL ON EMPTY`; a DEFAULT's value follows its clause. */
function clauseArguments(node: FunctionNode, env: BindEnv): Expression[] {
  return (node.clauses ?? []).flatMap((clause) => {
    if (clause.name === 'RETURNING') return [];
    const text = literal(clause.name, types.char(clause.name.length, false));
    return clause.value ? [text, bindExpression(clause.value, env)] : [text];
  });
}

function clauseType(node: FunctionNode): LogicalType | undefined {
  return node.clauses?.find((clause) => clause.name === 'RETURNING')?.type;
}

/** A key of a JSON object may not be NULL. */
function checkKeys(args: readonly Expression[], node: FunctionNode, env: BindEnv): void {
  const place = args.findIndex((arg, i) => i % 2 === 0 && arg.type.nullable);
  const key = node.args[place];
  if (!key) return;
  const shown = unparseExpression(key.kind === 'identifier' ? qualifiedBy(env.scope)(key) : key);
  throw bindError(`Argument to function '${shown.replaceAll('`', '')}' must not be NULL`, node.span);
}

const NO_VALUE = 'ELSE clause or at least one THEN clause must be non-NULL';

/** `NULLIF(a, b)`: `CASE WHEN a = b THEN NULL ELSE a END`. */
function nullIf(a: Expression, b: Expression, node: FunctionNode): Expression {
  const type = withNullable(a.type, true);
  if (a.type.kind === 'NULL') throw bindError(NO_VALUE, node.span);
  return call('CASE', [bindScalar('=', [a, b], node.span), literal(null, type), a], type);
}

function coalesce(args: readonly Expression[], node: FunctionNode): Expression {
  const common = commonType(
    args.map((arg) => arg.type),
    'flink',
  );
  if (!common || common.kind === 'NULL') return bindScalar('COALESCE', args, node.span);
  const casted = args.map((arg) => castTo(arg, withNullable(common, arg.type.nullable)));
  return bindScalar('COALESCE', casted, node.span);
}

const PROPERTY = /^(?:TUMBLE|HOP|SESSION)_(START|END|ROWTIME|PROCTIME)$/;

function windowProperty(name: string): WindowProperty | undefined {
  return PROPERTY.exec(name)?.[1]?.toLowerCase() as WindowProperty | undefined;
}

/** `TUMBLE_START(t, i)`: the arguments say which window of GROUP BY is meant. */
function bindWindowProperty(node: FunctionNode, property: WindowProperty, env: BindEnv): Expression {
  const args = bindArguments(node, '', env);
  const time = args[0]?.type ?? types.timestamp(3);
  const kind = node.name.join('.').toUpperCase().split('_')[0] ?? '';
  const name = literal(kind, types.char(kind.length, false));
  const marker = markerCall(
    WINDOW_PROPERTY,
    0,
    [literal(property, types.char(8, false)), name, ...args],
    propertyType(property, time),
  );
  env.markers.spans.set(marker, { span: node.span, text: node.name.join('.').toUpperCase() });
  return marker;
}

function propertyType(property: WindowProperty, time: LogicalType): LogicalType {
  if (property === 'start' || property === 'end') return types.timestamp(3, false);
  return time;
}

function bindGrouping(node: FunctionNode, name: string, env: BindEnv): Expression {
  if (node.args.length === 0)
    throw bindError(`Invalid number of arguments to function '${name}'. Was expecting 1 arguments`, node.span);
  const args = bindArguments(node, name, env);
  const marker = registerAggregate(env, name, args, types.bigint(false), false, false);
  env.markers.spans.set(marker, { span: node.span, text: name });
  node.args.forEach((arg, i) => {
    const bound = args[i];
    if (bound) env.markers.spans.set(bound, { span: arg.span, text: '' });
  });
  return marker;
}

function bindAggregate(node: FunctionNode, name: string, env: BindEnv): Expression {
  if (env.inAggregate) return nestedMarker(env);
  const inner: BindEnv = { ...env, inAggregate: true };
  const before = env.markers.aggregates.length + env.markers.overs.length;
  if (node.withinGroup)
    throw bindError(`Aggregate expression '${name}' must not contain a WITHIN GROUP clause`, beforeWithin(node));
  const star = node.args.length === 1 && node.args[0]?.kind === 'star';
  if (star && name !== 'COUNT') throw bindError(`Unknown identifier '*'`, node.args[0]?.span ?? node.span);
  if (!star && name === 'COUNT' && node.args.length === 0)
    throw bindError(`Invalid number of arguments to function 'COUNT'. Was expecting 1 arguments`, node.span);
  const args = star ? [] : bindArguments(node, name, inner);
  if (env.markers.aggregates.length + env.markers.overs.length > before)
    throw bindError('Aggregate expressions cannot be nested', node.span);
  rejectIn(env.clause, 'Aggregate expression', node);
  if (name === 'COUNT' && args.length > 1) throw planError('We now only support the count of one field.');
  checkOrdered(name, args[0]?.type);
  const filter = node.filter && bindCondition(node.filter, inner, 'FILTER');
  const typed = aggregateCall(name, [...args, ...clauseArguments(node, env)], node.span);
  const filters = filter ? [call('IS TRUE', [filter], types.boolean(false))] : [];
  const type = aggregateType(typed.type, typed.args, filters.length > 0);
  const countsAll = name === 'COUNT' && !node.distinct && typed.args.every((arg) => !arg.type.nullable);
  const kept = countsAll ? [] : typed.args;
  return registerAggregate(env, typed.function, [...kept, ...filters], type, node.distinct, filters.length > 0);
}

const UNORDERED = new Set<LogicalType['kind']>(['ARRAY', 'MAP', 'MULTISET', 'ROW']);

/** Flink's planner has no MIN and MAX of what has no order. */
function checkOrdered(name: string, type: LogicalType | undefined): void {
  if ((name !== 'MIN' && name !== 'MAX') || !type || !UNORDERED.has(type.kind)) return;
  const word = name === 'MIN' ? 'Min' : 'Max';
  throw planError(
    `${word} aggregate function does not support type: ''${type.kind}''.\nPlease re-check the data type.`,
  );
}

/** An aggregate in an aggregate: the outer one refuses. */
function nestedMarker(env: BindEnv): Expression {
  return registerAggregate(env, 'COUNT', [], types.bigint(false), false, false);
}

/** FILTER may leave nothing to aggregate. */
function aggregateType(type: LogicalType, args: readonly Expression[], filtered: boolean): LogicalType {
  const fromArgument = args.length > 0 && type.kind !== 'BIGINT' && filtered;
  return fromArgument ? withNullable(type, true) : type;
}

function registerAggregate(
  env: BindEnv,
  name: string,
  args: readonly Expression[],
  type: LogicalType,
  distinct: boolean,
  hasFilter: boolean,
): Expression {
  const id = env.markers.aggregates.length;
  env.markers.aggregates.push({
    function: name,
    argCount: args.length - (hasFilter ? 1 : 0),
    distinct,
    hasFilter,
    type,
  });
  return markerCall(AGGREGATE, id, args, type);
}

export function rejectIn(clause: string, what: string, node: SqlExpression): void {
  if (clause === 'WHERE' || clause === 'GROUP BY' || clause === 'ON')
    throw bindError(`${what} is illegal in ${clause} clause`, node.span);
}

export function containsAggregate(expression: Expression): boolean {
  return hasMarker(expression, AGGREGATE) || hasMarker(expression, WINDOW_PROPERTY);
}
