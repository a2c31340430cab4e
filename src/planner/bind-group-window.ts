/** The older group windows: TUMBLE, HOP and SESSION in GROUP BY, with their properties in the select list. */
import { type Expression, inputReference } from '../expressions/expression.ts';
import type { SqlExpression } from '../parser/ast.ts';
import type { Field, LogicalType } from '../types/logical-type.ts';
import { typeSummary } from '../types/type-name.ts';
import type { BindEnv } from './bind-env.ts';
import { bindError, planError } from './bind-error.ts';
import { bindExpression } from './bind-expression.ts';
import { sameExpression } from './conditions.ts';
import { describeType } from './function-binder.ts';
import type { LogicalPlan, NamedAggregateCall, PlanOf } from './logical-plan.ts';
import { type Markers, markerArgs, WINDOW_PROPERTY, type WindowProperty } from './markers.ts';
import { uniqueNames } from './unique-names.ts';

export interface GroupWindow {
  readonly type: 'TUMBLE' | 'HOP' | 'SESSION';
  readonly time: Expression;
  /** All arguments, the time first. */
  readonly args: readonly Expression[];
  readonly sizeMs: number;
  readonly slideMs: number;
  readonly timeZone: string | null;
}

const WINDOWS = new Set(['TUMBLE', 'HOP', 'SESSION']);

export function isGroupWindow(node: SqlExpression): node is Extract<SqlExpression, { kind: 'function' }> {
  return node.kind === 'function' && node.name.length === 1 && WINDOWS.has((node.name[0] as string).toUpperCase());
}

export function bindGroupWindow(node: Extract<SqlExpression, { kind: 'function' }>, env: BindEnv): GroupWindow {
  const type = (node.name[0] as string).toUpperCase() as GroupWindow['type'];
  const args = node.args.map((arg) => bindExpression(arg, env));
  checkArguments(type, args, node);
  const [time, first, second] = args as [Expression, Expression, Expression | undefined];
  if (!isTimeAttribute(time))
    throw planError(
      `Window aggregate can only be defined over a time attribute column, but ${describeType(time.type)} encountered.`,
    );
  const size = type === 'HOP' && second ? second : first;
  const sizeMs = constantMs(size);
  const timeZone =
    time.type.kind === 'TIMESTAMP_LTZ' ? (env.binding.context.config('table.local-time-zone') ?? 'UTC') : null;
  return { type, time, args, sizeMs, slideMs: type === 'HOP' ? constantMs(first) : sizeMs, timeZone };
}

function checkArguments(type: string, args: readonly Expression[], node: SqlExpression): void {
  const wanted = type === 'HOP' ? 3 : 2;
  if (args.length < wanted)
    throw bindError(`Invalid number of arguments to function '$${type}'. Was expecting ${wanted} arguments`, node.span);
  const [time, ...intervals] = args;
  const isTime = time?.type.kind === 'TIMESTAMP' || time?.type.kind === 'TIMESTAMP_LTZ';
  const areIntervals = intervals.every((interval) => interval.type.kind.startsWith('INTERVAL'));
  if (args.length >= wanted && isTime && areIntervals) return;
  const given = args.map((arg) => `<${describeType(arg.type)}>`).join(', ');
  const slots = Array.from({ length: wanted - 1 }, () => '<DATETIME_INTERVAL>').join(', ');
  const forms = `'$${type}(<DATETIME>, ${slots})'\n'$${type}(<DATETIME>, ${slots}, <TIME>)'`;
  throw bindError(
    `Cannot apply '$${type}' to arguments of type '$${type}(${given})'. Supported form(s): ${forms}`,
    node.span,
  );
}

function isTimeAttribute({ type }: Expression): boolean {
  return (type.kind === 'TIMESTAMP' || type.kind === 'TIMESTAMP_LTZ') && type.timeAttribute !== undefined;
}

/** The milliseconds of a literal interval. */
export function constantMs(interval: Expression): number {
  if (interval.kind !== 'literal' || interval.value === null)
    throw planError('Only constant window descriptors are supported.');
  if (interval.type.kind === 'INTERVAL_YEAR_MONTH')
    throw planError(
      'Window aggregate only support SECOND, MINUTE, HOUR, DAY as the time unit. MONTH and YEAR time unit are not supported yet.',
    );
  return Number(interval.value);
}

/** Which property a call like `TUMBLE_START(t, i)` asks for, of the window that GROUP BY has. */
export function matchWindow(
  marker: Expression,
  { window, isGrouped }: { readonly window: GroupWindow | null; readonly isGrouped: boolean },
  markers: Markers,
): WindowProperty {
  const [property, kind, ...args] = markerArgs(marker);
  const name = property?.kind === 'literal' ? (String(property.value) as WindowProperty) : 'start';
  const type = kind?.kind === 'literal' ? String(kind.value) : '';
  const matches =
    window !== null &&
    window.type === type &&
    window.args.length === args.length &&
    window.args.every((arg, i) => sameExpression(arg, args[i] as Expression));
  if (matches) return name;
  if (!isGrouped) throw unsupportedCall(`${type}_${name.toUpperCase()}`, args);
  const place = markers.spans.get(marker);
  const text = `Call to auxiliary group function '${place?.text ?? WINDOW_PROPERTY}' must have matching call to group function '$${type}' in GROUP BY clause`;
  throw bindError(text, place?.span ?? { start: 0, end: 0, line: 0, column: 0, endLine: 0, endColumn: 0 });
}

function unsupportedCall(name: string, args: readonly Expression[]): Error {
  const types = args.map(({ type }) => typeSummary('timeAttribute' in type ? withoutAttribute(type) : type)).join(', ');
  return planError(
    `Unsupported call: ${name}(${types}) \nIf you think this function should be supported, you can create an issue and start a discussion for it.`,
    'org.apache.flink.table.planner.codegen.CodeGenException',
  );
}

function withoutAttribute(type: LogicalType & { kind: 'TIMESTAMP' | 'TIMESTAMP_LTZ' }): LogicalType {
  const { timeAttribute: _, ...plain } = type;
  return plain;
}

/** A window of event times has no processing time. */
export function isNeverSet(property: WindowProperty, window: GroupWindow | null): boolean {
  const time = window?.time.type;
  return property === 'proctime' && time !== undefined && 'timeAttribute' in time && time.timeAttribute === 'rowtime';
}

export interface GroupWindowParts {
  readonly input: LogicalPlan;
  /** Fields of the keys and the aggregates. */
  readonly fields: readonly Field[];
  readonly keys: readonly number[];
  readonly aggregates: readonly NamedAggregateCall[];
  readonly properties: readonly WindowProperty[];
  readonly window: GroupWindow;
  readonly timeColumn: number;
}

export function groupWindowNode(parts: GroupWindowParts): PlanOf<'GroupWindowAggregate'> {
  const { window, input, timeColumn } = parts;
  const time = inputReference(timeColumn, (input.fields[timeColumn] as Field).type);
  const outputs = parts.properties.map(
    (property): Field => ({ name: `w$${property}`, type: typeOfProperty(property, time) }),
  );
  const isProctime = 'timeAttribute' in time.type && time.type.timeAttribute === 'proctime';
  return {
    kind: 'GroupWindowAggregate',
    fields: uniqueNames([...parts.fields, ...outputs]),
    input,
    window: {
      type: window.type,
      timeColumn: isProctime ? null : timeColumn,
      sizeMs: window.sizeMs,
      slideMs: window.slideMs,
      offsetMs: 0,
      timeZone: window.timeZone,
    },
    keys: parts.keys,
    aggregates: parts.aggregates,
    properties: parts.properties,
  };
}

function typeOfProperty(property: WindowProperty, time: Expression): Field['type'] {
  if (property === 'start' || property === 'end') return { kind: 'TIMESTAMP', precision: 3, nullable: false };
  return time.type;
}
