/** EXTRACT and the functions named after units; FLOOR and CEIL of times. */
import { columnKind } from '../../types/column.ts';
import { type LogicalType, types, withNullable } from '../../types/logical-type.ts';
import { timeZoneOf } from '../../types/time-zone.ts';
import { MILLIS_OF_DAY, millisToNanos, nanosToMillis } from '../../types/timestamp.ts';
import { isDatetime, isInterval, isNumeric, isTimestamp } from '../../types/type-family.ts';
import type { Value } from '../../types/value.ts';
import { codeError, runtimeError, validatorError } from '../call-error.ts';
import { lane, pure } from '../code-helpers.ts';
import { folding } from '../folded-value.ts';
import {
  type ArgumentInfo,
  type CallSite,
  defineScalar,
  type Eval,
  type EvalContext,
  type ScalarFunction,
} from '../function.ts';
import type { CodeSite, Operand } from '../generated-code.ts';
import {
  datePart,
  roundDate,
  roundMillis,
  TIME_UNITS,
  timePart,
  UNIT_MONTHS,
  unitError,
  unitOf,
} from '../time-units.ts';
import { bindFloorCeil, floorType } from './math.ts';

const EXTRACT_FORMS = [
  'EXTRACT(<DATETIME_INTERVAL> FROM <DATETIME_INTERVAL>)',
  'EXTRACT(<DATETIME_INTERVAL> FROM <DATETIME>)',
];

/** Milliseconds of local time of a TIMESTAMP or TIMESTAMP_LTZ. */
function localMillis(type: LogicalType): (value: Value, context: EvalContext) => number {
  if (type.kind === 'TIMESTAMP_LTZ')
    return (value, context) => timeZoneOf(context.timeZone).toLocal(nanosToMillis(value as bigint));
  return (value) => nanosToMillis(value as bigint);
}

/** A unit that is neither of dates nor of times, or that the type does not have. */
function epoch(type: LogicalType): (value: Value) => number {
  if (type.kind === 'DATE') return (value) => (value as number) * 86_400;
  return (value) => Math.trunc(nanosToMillis(value as bigint) / 1000) + 0;
}

function extractor(unit: string, type: LogicalType): (value: Value, context: EvalContext) => number {
  const isDatePart = datePart(unit, 0) !== undefined;
  const isTimePart = timePart(unit, 0) !== undefined;
  if (!TIME_UNITS.has(unit)) throw validatorError(`'${unit}' is not a valid time frame`);
  if (isInterval(type)) return intervalPart(unit, type);
  if (unit === 'EPOCH' && type.kind !== 'TIME') return epoch(type);
  if (type.kind === 'DATE') {
    if (isDatePart) return (value) => datePart(unit, value as number) as number;
    // Flink takes the days for milliseconds here.
    if (isTimePart && unit !== 'MICROSECOND' && unit !== 'NANOSECOND')
      return (value) => timePart(unit, value as number) as number;
    throw unitError(unit, type);
  }
  if (type.kind === 'TIME') {
    if (!isTimePart || unit === 'MICROSECOND' || unit === 'NANOSECOND') throw unitError(unit, type);
    return (value) => timePart(unit, value as number) as number;
  }
  const local = localMillis(type);
  if (isDatePart)
    return (value, context) => datePart(unit, Math.trunc(local(value, context) / MILLIS_OF_DAY) + 0) as number;
  if (isTimePart) return (value, context) => timePart(unit, local(value, context)) as number;
  throw unitError(unit, type);
}

const MONTH_UNITS = new Set(['YEAR', 'QUARTER', 'MONTH', 'ISOYEAR', ...Object.keys(UNIT_MONTHS)]);

/** Parts of months are asked of intervals of months, others of those of days and less. */
function isPartOf(unit: string, type: LogicalType): boolean {
  return !isInterval(type) || MONTH_UNITS.has(unit) === (type.kind === 'INTERVAL_YEAR_MONTH');
}

function intervalPart(unit: string, type: LogicalType): (value: Value) => number {
  if (type.kind === 'INTERVAL_YEAR_MONTH') {
    if (unit === 'MONTH') return (value) => (value as number) % 12;
    if (unit === 'QUARTER') return (value) => Math.trunc(((value as number) % 12) / 3) + 1;
    const months = unit === 'DECADE' ? undefined : UNIT_MONTHS[unit];
    if (months === undefined) throw notSupported(unit);
    return (value) => Math.trunc((value as number) / months);
  }
  if (unit === 'DAY') return (value) => Math.trunc(Number(value) / MILLIS_OF_DAY);
  if (unit === 'MICROSECOND' || unit === 'NANOSECOND') throw unitError(unit, type);
  if (timePart(unit, 0) === undefined) throw notSupported(unit);
  return (value) => timePart(unit, Number(value)) as number;
}

function notSupported(unit: string): Error {
  return codeError(`Unit '${unit}' is not supported.`);
}

function extractCode(unit: string, site: CodeSite, arg: Operand): Operand | undefined {
  const kind = columnKind(arg.type);
  if (arg.type.kind !== 'TIMESTAMP' || (kind !== 'millis' && kind !== 'nanos')) return undefined;
  const part =
    datePart(unit, 0) === undefined
      ? timePart(unit, 0) === undefined
        ? undefined
        : (millis: number) => timePart(unit, millis) as number
      : (millis: number) => datePart(unit, Math.trunc(millis / MILLIS_OF_DAY) + 0) as number;
  return part && pure(site, [`BigInt(${site.constant(part)}(${arg.lanes[0]}))`], arg.isNull);
}

const BIGINT = types.bigint(false);

function partType(unit: string, type: LogicalType | undefined): LogicalType | undefined {
  if (type === undefined || !(isDatetime(type) || isInterval(type) || type.kind === 'NULL')) return undefined;
  return isPartOf(unit, type) ? withNullable(BIGINT, type.nullable) : undefined;
}

const extract = defineScalar({
  name: 'EXTRACT',
  category: 'temporal',
  signatures: EXTRACT_FORMS,
  summary: 'A part of a time or an interval.',
  example: "EXTRACT(DAY FROM DATE '2006-06-05')",
  minArgs: 2,
  maxArgs: 2,
  inferType([unit, arg]) {
    const name = unitOf(String(unit?.literal?.value ?? ''));
    if (!TIME_UNITS.has(name)) throw validatorError(`'${name}' is not a valid time frame`);
    return partType(name, arg?.type);
  },
  bind(site) {
    const unit = unitOf(String(site.literals[0]?.value ?? ''));
    const read = extractor(unit, site.argTypes[1] as LogicalType);
    return ([, value], context) => BigInt(read(value as Value, context));
  },
  generate(site) {
    const unit = site.literal(0)?.value;
    return typeof unit === 'string' ? extractCode(unitOf(unit), site, site.args[1] as Operand) : undefined;
  },
});

function partFunction(name: string, unit: string, summary: string): ScalarFunction {
  return defineScalar({
    name,
    category: 'temporal',
    signatures: EXTRACT_FORMS,
    summary,
    example: `${name}(TIMESTAMP '1994-09-27 13:14:15')`,
    minArgs: 1,
    maxArgs: 1,
    inferType: ([arg]) => partType(unit, arg?.type),
    bind(site) {
      const type = site.argTypes[0] as LogicalType;
      // Flink takes the day's number for milliseconds where it computes HOUR, MINUTE and SECOND of a DATE.
      if (type.kind === 'DATE' && timePart(unit, 0) !== undefined)
        return ([value]) => BigInt(timePart(unit, value as number) as number);
      const read = extractor(unit, type);
      return ([value], context) => BigInt(read(value as Value, context));
    },
    generate: (site) => extractCode(unit, site, site.args[0] as Operand),
  });
}

function roundForms(name: string): string[] {
  return [
    `${name}(<NUMERIC>)`,
    `${name}(<DATETIME_INTERVAL>)`,
    `${name}(<DATE> TO <TIME_UNIT>)`,
    `${name}(<TIME> TO <TIME_UNIT>)`,
    `${name}(<TIMESTAMP> TO <TIME_UNIT>)`,
  ];
}

function roundTime(site: CallSite, unit: string, up: boolean): Eval {
  const type = site.argTypes[0] as LogicalType;
  if (type.kind === 'DATE') {
    if (unit === 'DAY') return ([value]) => (value as number) + (up ? 1 : 0);
    return ([value]) => roundDate(unit, value as number, up) ?? (value as number);
  }
  if (type.kind === 'TIME') {
    const small = ['HOUR', 'MINUTE', 'SECOND', 'MILLISECOND'].includes(unit);
    if (!small && roundMillis(unit, 0, up) === undefined) return () => refuseRounding(unit);
    return ([value]) => (small ? (roundMillis(unit, value as number, up) as number) : (value as Value));
  }
  if (type.kind === 'TIMESTAMP_LTZ' && unit === 'ISOYEAR') return () => refuseRounding(unit);
  const round = (millis: number): number => roundMillis(unit, millis, up) ?? refuseRounding(unit);
  if (type.kind === 'TIMESTAMP') return ([value]) => millisToNanos(round(nanosToMillis(value as bigint)));
  return ([value], context) => {
    const zone = timeZoneOf(context.timeZone);
    const millis = nanosToMillis(value as bigint);
    const offset = zone.offsetAt(millis);
    return millisToNanos(round(millis + offset) - offset);
  };
}

function refuseRounding(unit: string): never {
  if (unit === 'MICROSECOND' || unit === 'NANOSECOND') throw runtimeError('/ by zero', 'java.lang.ArithmeticException');
  throw runtimeError(`Unsupported unit: ${unit}`, 'java.lang.NullPointerException');
}

function roundType(args: readonly ArgumentInfo[]): LogicalType | undefined {
  const type = args[0]?.type;
  if (!type || type.kind === 'NULL') return type;
  if (args.length === 1) return isNumeric(type) || isInterval(type) ? floorType(args) : undefined;
  return isDatetime(type) ? type : undefined;
}

function roundCode(site: CodeSite, up: boolean): Operand | undefined {
  const arg = site.args[0] as Operand;
  const kind = columnKind(arg.type);
  if (site.args.length === 1) {
    if (kind === 'f64' || kind === 'f32') return pure(site, [`Math.${up ? 'ceil' : 'floor'}(${lane(arg)})`]);
    return arg.type.kind !== 'DECIMAL' && isNumeric(arg.type) ? pure(site, arg.lanes) : undefined;
  }
  const unit = site.literal(1)?.value;
  if (typeof unit !== 'string' || arg.type.kind !== 'TIMESTAMP' || !isTimestamp(arg.type)) return undefined;
  const name = unitOf(unit);
  if (roundMillis(name, 0, up) === undefined) return undefined;
  const round = site.constant((millis: number) => roundMillis(name, millis, up) as number);
  return pure(site, [`${round}(${arg.lanes[0]})`, ...(kind === 'nanos' ? ['0'] : [])], arg.isNull);
}

function rounding(name: string, up: boolean, aliases?: readonly string[]): ScalarFunction {
  return defineScalar({
    name,
    ...(aliases ? { aliases } : {}),
    category: 'temporal',
    signatures: roundForms(name),
    summary: `A number or a time rounded ${up ? 'up' : 'down'}, a time to a unit.`,
    example: `${name}(1.5)`,
    minArgs: 1,
    maxArgs: 2,
    inferType: roundType,
    bind(site) {
      const type = site.argTypes[0] as LogicalType;
      if (isInterval(type)) throw codeError(`Unsupported call: ${name}`);
      if (site.argTypes.length === 1) return bindFloorCeil(site, up);
      return folding(site, roundTime(site, unitOf(String(site.literals[1]?.value ?? '')), up));
    },
    generate: (site) => roundCode(site, up),
  });
}

export const timeParts: readonly ScalarFunction[] = [
  extract,
  partFunction('YEAR', 'YEAR', 'The year of a time.'),
  partFunction('QUARTER', 'QUARTER', 'The quarter of a time, 1 to 4.'),
  partFunction('MONTH', 'MONTH', 'The month of a time, 1 to 12.'),
  partFunction('WEEK', 'WEEK', 'The ISO week of a time, 1 to 53.'),
  partFunction('DAYOFYEAR', 'DOY', 'The day of the year of a time, 1 to 366.'),
  partFunction('DAYOFMONTH', 'DAY', 'The day of the month of a time, 1 to 31.'),
  partFunction('DAYOFWEEK', 'DOW', 'The day of the week of a time, 1 is Sunday.'),
  partFunction('HOUR', 'HOUR', 'The hour of a time, 0 to 23.'),
  partFunction('MINUTE', 'MINUTE', 'The minute of a time, 0 to 59.'),
  partFunction('SECOND', 'SECOND', 'The second of a time, 0 to 59.'),
  rounding('FLOOR', false),
  rounding('CEIL', true, ['CEILING']),
];
