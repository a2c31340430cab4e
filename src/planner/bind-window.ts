/** Window table functions: TUMBLE, HOP, CUMULATE and SESSION over a table or a query. */
import { validationError } from '../base/error.ts';
import type { WindowSpec } from '../dataflow/operator-spec.ts';
import type { Expression } from '../expressions/expression.ts';
import type { SqlExpression } from '../parser/ast.ts';
import { type Field, type LogicalType, types, withNullable } from '../types/logical-type.ts';
import { bareError, bindError, planError } from './bind-error.ts';
import { bindExpression } from './bind-expression.ts';
import { bindFrom, derivedItem, type FromEnv, type FromItem, scopeOf } from './bind-from.ts';
import { constantMs } from './bind-group-window.ts';
import { referencesTo } from './conditions.ts';
import { emptyEnv } from './empty-env.ts';
import { describeRecord, describeType } from './function-binder.ts';
import type { LogicalPlan } from './logical-plan.ts';
import { runtimeMode } from './setting-value.ts';
import { uniqueNames } from './unique-names.ts';

type FunctionNode = Extract<SqlExpression, { kind: 'function' }>;
type WindowType = WindowSpec['type'];

/** Names of the arguments behind the time column; those in brackets may be left out. */
const INTERVALS: Readonly<Record<WindowType, readonly string[]>> = {
  TUMBLE: ['SIZE', '[OFFSET]'],
  HOP: ['SLIDE', 'SIZE', '[OFFSET]'],
  CUMULATE: ['STEP', 'SIZE', '[OFFSET]'],
  SESSION: ['GAP'],
};

const SIGNATURES: Readonly<Record<WindowType, string>> = {
  TUMBLE: 'TUMBLE(TABLE table_name, DESCRIPTOR(timecol), datetime interval[, datetime interval])',
  HOP: 'HOP(TABLE table_name, DESCRIPTOR(timecol), datetime interval, datetime interval[, datetime interval])',
  CUMULATE:
    'CUMULATE(TABLE table_name, DESCRIPTOR(timecol), datetime interval, datetime interval[, datetime interval])',
  SESSION: 'SESSION(TABLE table_name [PARTITION BY (k1, ...)], DESCRIPTOR(timecol), datetime interval)',
};

export function isWindowFunction(name: string): name is WindowType {
  return Object.hasOwn(INTERVALS, name);
}

export function bindWindowFunction(node: FunctionNode, type: WindowType, env: FromEnv): FromItem {
  const args = inOrder(node, type);
  const required = INTERVALS[type].filter((name) => !name.startsWith('[')).length + 2;
  const [table, descriptor, ...rest] = args;
  if (!table || !descriptor || args.length < required || args.length > INTERVALS[type].length + 2)
    throw bindError(
      `Invalid number of arguments to function '${type}'. Was expecting ${required} arguments`,
      node.span,
    );
  const input = inputOf(table, env, node);
  const scopeless = emptyEnv(env.binding, env.withScope, env.outer, env.bindQuery, 'SELECT');
  const intervals = rest.map((arg) => bindExpression(arg, scopeless));
  if (descriptor.kind !== 'descriptor') bindExpression(descriptor, scopeless);
  const column = timeColumnOf(descriptor, input, node);
  const field = input.plan.fields[column] as Field;
  if (!intervals.every((interval) => interval.type.kind.startsWith('INTERVAL')))
    throw wrongArguments(node, type, input, intervals);
  checkTime(field.type, type, env);
  if (type === 'SESSION' && runtimeMode(env.binding.context) === 'batch')
    throw planError('Unaligned windows like session are not supported in batch mode yet.');
  const window = windowOf(type, intervals, field.type, column, env);
  const partition = partitionOf(table, input, env);
  const copy: LogicalPlan = {
    kind: 'Project',
    fields: input.plan.fields,
    input: input.plan,
    expressions: referencesTo(input.plan.fields),
  };
  const added = windowFields(field.type);
  const plan: LogicalPlan = {
    kind: 'WindowTableFunction',
    fields: uniqueNames([...copy.fields, ...added]),
    input: copy,
    window,
    partition,
  };
  const names = [...input.relations.flatMap((relation) => relation.columns), ...added.map(({ name }) => name)];
  return derivedItem({ plan, names }, node.span);
}

function windowFields(time: LogicalType): Field[] {
  return [
    { name: 'window_start', type: types.timestamp(3, false) },
    { name: 'window_end', type: types.timestamp(3, false) },
    { name: 'window_time', type: withNullable(time, false) },
  ];
}

/** Named arguments put in their places. */
function inOrder(node: FunctionNode, type: WindowType): SqlExpression[] {
  if (!node.argNames?.some((name) => name !== null)) return [...node.args];
  const names = ['DATA', 'TIMECOL', ...INTERVALS[type].map((name) => name.replace(/[[\]]/g, ''))];
  return names.flatMap((name) => {
    const at = node.argNames?.findIndex((given) => given?.parts[0]?.toUpperCase() === name) ?? -1;
    const arg = node.args[at];
    return arg ? [arg] : [];
  });
}

function inputOf(table: SqlExpression, env: FromEnv, node: FunctionNode): FromItem {
  if (table.kind === 'table-argument') return bindFrom(table.table, env);
  if (table.kind === 'subquery')
    return derivedItem(env.bindQuery(table.query, env.binding, env.withScope, env.outer), table.span);
  bindExpression(table, emptyEnv(env.binding, env.withScope, env.outer, env.bindQuery, 'SELECT'));
  throw bindError(`Cannot apply '${node.name.join('.').toUpperCase()}' to arguments without a table`, table.span);
}

function timeColumnOf(descriptor: SqlExpression, input: FromItem, node: FunctionNode): number {
  const column = descriptor.kind === 'descriptor' ? descriptor.columns[0] : undefined;
  if (!column) throw bindError(`DESCRIPTOR expected in ${node.name.join('.')}`, descriptor.span);
  const name = column.parts[column.parts.length - 1] as string;
  const place = input.relations.flatMap((relation) => relation.columns).indexOf(name);
  if (place < 0) throw bindError(`Unknown identifier '${name}'`, column.span);
  return place;
}

function wrongArguments(
  node: FunctionNode,
  type: WindowType,
  input: FromItem,
  intervals: readonly Expression[],
): Error {
  const given = [
    describeRecord(input.plan.fields),
    'COLUMN_LIST',
    ...intervals.map((interval) => describeType(interval.type)),
  ];
  const list = given.map((text) => `<${text}>`).join(', ');
  return bindError(
    `Cannot apply '${type}' to arguments of type '${type}(${list})'. Supported form(s): ${SIGNATURES[type]}`,
    node.span,
  );
}

function checkTime(time: LogicalType, type: WindowType, env: FromEnv): void {
  if (time.kind !== 'TIMESTAMP' && time.kind !== 'TIMESTAMP_LTZ')
    throw bareError(
      `The window function ${SIGNATURES[type]} requires the timecol to be TIMESTAMP or TIMESTAMP_LTZ, but is ${describeType(time)}.\nBesides, the timecol must be a time attribute type in streaming mode.`,
    );
  if (time.timeAttribute === undefined && runtimeMode(env.binding.context) === 'streaming')
    throw planError(
      `The window function requires the timecol is a time attribute type, but is ${describeType(time)}.`,
      'org.apache.flink.table.api.ValidationException',
    );
}

function windowOf(
  type: WindowType,
  intervals: readonly Expression[],
  time: LogicalType,
  column: number,
  env: FromEnv,
): WindowSpec {
  const millis = intervals.map(constantMs);
  const [first = 0, second] = millis;
  const twofold = type === 'HOP' || type === 'CUMULATE';
  const sizeMs = twofold ? (second ?? first) : first;
  const offsetMs = (twofold ? millis[2] : millis[1]) ?? 0;
  checkLengths(type, sizeMs, twofold ? first : sizeMs, offsetMs);
  const isProctime = 'timeAttribute' in time && time.timeAttribute === 'proctime';
  const timeZone =
    time.kind === 'TIMESTAMP_LTZ' ? (env.binding.context.config('table.local-time-zone') ?? 'UTC') : null;
  return {
    type,
    timeColumn: isProctime ? null : column,
    sizeMs,
    slideMs: twofold ? first : sizeMs,
    offsetMs,
    timeZone,
  };
}

/** Flink's refusals of lengths; that a HOP's size is no multiple of its slide is refused in an aggregation only. */
function checkLengths(type: WindowType, sizeMs: number, slideMs: number, offsetMs: number): void {
  const refuse = (text: string) => validationError(`${type} table function ${text}`);
  const [size, slide] = [`${sizeMs} ms`, `${slideMs} ms`];
  if (type === 'TUMBLE' && sizeMs <= 0) throw refuse(`based aggregate requires size to be positive, but got ${size}.`);
  if (type === 'HOP' && (sizeMs <= 0 || slideMs <= 0))
    throw refuse(`based aggregate requires slide and size to be positive, but got slide ${slide} and size ${size}.`);
  if (type === 'CUMULATE' && (sizeMs <= 0 || slideMs <= 0))
    throw refuse(
      `based aggregate requires maxSize and step to be positive, but got maxSize ${size} and step ${slide}.`,
    );
  if (type === 'CUMULATE' && sizeMs % slideMs !== 0)
    throw refuse(
      `based aggregate requires maxSize must be an integral multiple of step, but got maxSize ${size} and step ${slide}.`,
    );
  if (type === 'SESSION' && sizeMs <= 0)
    throw refuse(`based aggregate requires gap to be positive, but got gap ${size}.`);
  if (type === 'TUMBLE' && Math.abs(offsetMs) >= sizeMs)
    throw refuse(`parameters must satisfy abs(offset) < size, but got size ${size} and offset ${offsetMs} ms.`);
}

function partitionOf(table: SqlExpression, input: FromItem, env: FromEnv): number[] {
  if (table.kind !== 'table-argument') return [];
  const inner = {
    ...emptyEnv(env.binding, env.withScope, env.outer, env.bindQuery, 'SELECT'),
    scope: scopeOf(input, null),
  };
  return table.partitionBy.map((key) => {
    const bound = bindExpression(key, inner);
    if (bound.kind !== 'input') throw bindError('PARTITION BY of a table argument takes columns only', key.span);
    return bound.index;
  });
}
