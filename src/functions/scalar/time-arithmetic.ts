/** TIMESTAMPADD, TIMESTAMPDIFF, OVERLAPS and the difference of two times. */
import { columnKind } from '../../types/column.ts';
import { type LogicalType, types, withNullable } from '../../types/logical-type.ts';
import { addMonths, MILLIS_OF_DAY, millisToNanos, nanosToMillis } from '../../types/timestamp.ts';
import { isDatetime, isInteger, isInterval, isTimestamp } from '../../types/type-family.ts';
import { sqlTypeName, typeSummary } from '../../types/type-name.ts';
import type { Value } from '../../types/value.ts';
import { codeError, validatorError } from '../call-error.ts';
import { lane, pure } from '../code-helpers.ts';
import { folding } from '../folded-value.ts';
import { type ArgumentInfo, type CallSite, defineScalar, type Eval, type ScalarFunction } from '../function.ts';
import type { CodeSite, Operand } from '../generated-code.ts';
import { anyNullable } from '../operand.ts';
import { monthsBetween, TIME_UNITS, UNIT_MONTHS, UNIT_MS, unitOf } from '../time-units.ts';
import { addMonthsToNanos } from './add-interval.ts';

function unitLiteral(literal: { readonly value: Value } | undefined): string {
  const unit = unitOf(String(literal?.value ?? ''));
  if (!TIME_UNITS.has(unit)) throw validatorError(`'${unit}' is not a valid time frame`);
  return unit;
}

/** A DATE stays one when whole days are added; smaller units make a TIMESTAMP. */
function addType(unit: string, type: LogicalType): LogicalType {
  const small =
    UNIT_MS[unit] !== undefined ? (UNIT_MS[unit] as number) < MILLIS_OF_DAY : UNIT_MONTHS[unit] === undefined;
  if (type.kind === 'DATE') return small ? types.timestamp(6, type.nullable) : type;
  const digits = unit === 'MILLISECOND' ? 3 : unit === 'MICROSECOND' ? 6 : unit === 'NANOSECOND' ? 9 : 0;
  if (type.kind === 'TIMESTAMP') return types.timestamp(Math.max(type.precision, digits), type.nullable);
  if (type.kind === 'TIMESTAMP_LTZ') return types.timestampLtz(Math.max(type.precision, digits), type.nullable);
  return type;
}

const UNIT_NANOS: Readonly<Record<string, bigint>> = { MICROSECOND: 1000n, NANOSECOND: 1n };

function nanosOfUnit(unit: string): bigint {
  const millis = UNIT_MS[unit];
  return millis === undefined ? (UNIT_NANOS[unit] ?? 0n) : millisToNanos(millis);
}

/** Units that Flink's generator has no code for. */
function refuseFractions(unit: string, site: CallSite): void {
  const type = site.argTypes[2] as LogicalType;
  const fraction = UNIT_NANOS[unit] !== undefined;
  if (!fraction && !(unit === 'MILLISECOND' && type.kind === 'DATE')) return;
  const amount = typeSummary(site.argTypes[1] as LogicalType);
  throw codeError(
    `Unsupported call: /INT(INTERVAL SECOND(3) NOT NULL, ${amount}) \nIf you think this function should be supported, you can create an issue and start a discussion for it.`,
  );
}

/** Units that are no lengths of time: what moves by one is NULL. */
const NO_SIZE = new Set(['DOW', 'ISODOW', 'DOY', 'EPOCH']);

function bindAdd(site: CallSite): Eval {
  const unit = unitLiteral(site.literals[0]);
  const type = site.argTypes[2] as LogicalType;
  const months = UNIT_MONTHS[unit];
  if (NO_SIZE.has(unit)) {
    if (!site.type.nullable) throw codeError(`Unit '${unit}' is not supported.`);
    return () => null;
  }
  if (months !== undefined) {
    if (type.kind === 'DATE') return ([, amount, value]) => addMonths(value as number, Number(amount) * months);
    if (type.kind === 'TIME') return ([, , value]) => value as Value;
    return ([, amount, value]) => addMonthsToNanos(value as bigint, Number(amount) * months);
  }
  refuseFractions(unit, site);
  const size = nanosOfUnit(unit);
  if (type.kind === 'TIME')
    return ([, amount, value]) => {
      const moved = (BigInt(value as number) + (BigInt(amount as number) * size) / 1_000_000n) % BigInt(MILLIS_OF_DAY);
      return Number((moved + BigInt(MILLIS_OF_DAY)) % BigInt(MILLIS_OF_DAY));
    };
  if (type.kind !== 'DATE') return ([, amount, value]) => (value as bigint) + BigInt(amount as number) * size;
  if (site.type.kind === 'DATE')
    return ([, amount, value]) =>
      (value as number) + Number((BigInt(amount as number) * size) / millisToNanos(MILLIS_OF_DAY));
  return ([, amount, value]) => millisToNanos((value as number) * MILLIS_OF_DAY) + BigInt(amount as number) * size;
}

function addCode(site: CodeSite): Operand | undefined {
  const literal = site.literal(0)?.value;
  const [, amount, value] = site.args as [Operand, Operand, Operand];
  if (typeof literal !== 'string') return undefined;
  const size = UNIT_MS[unitOf(literal)];
  const kind = columnKind(value.type);
  if (size === undefined || (kind !== 'millis' && kind !== 'nanos') || columnKind(site.type) !== kind) return undefined;
  const count = columnKind(amount.type) === 'i64' ? `Number(${lane(amount)})` : lane(amount);
  return pure(site, [`(${value.lanes[0]} + ${count} * ${size})`, ...value.lanes.slice(1)]);
}

const timestampAdd = defineScalar({
  name: 'TIMESTAMPADD',
  category: 'temporal',
  signatures: ['TIMESTAMPADD(<ANY>, <INTEGER>, <DATETIME>)'],
  summary: 'A time moved by a number of units.',
  example: "TIMESTAMPADD(WEEK, 1, DATE '2003-01-02')",
  minArgs: 3,
  maxArgs: 3,
  inferType(args) {
    const [unit, amount, value] = args as [ArgumentInfo, ArgumentInfo, ArgumentInfo];
    const name = unitLiteral(unit.literal);
    if (!isInteger(amount.type) && amount.type.kind !== 'NULL') return undefined;
    if (!isDatetime(value.type) && value.type.kind !== 'NULL') return undefined;
    return withNullable(addType(name, value.type), amount.type.nullable || value.type.nullable);
  },
  bind: (site) => folding(site, bindAdd(site)),
  generate: addCode,
});

function millisOf(type: LogicalType): (value: Value) => number {
  if (type.kind === 'DATE') return (value) => (value as number) * MILLIS_OF_DAY;
  return type.kind === 'TIME' ? (value) => value as number : (value) => nanosToMillis(value as bigint);
}

/** Places in a week or year are counted in days, and years of weeks are years. */
const COUNTED_AS: Readonly<Record<string, string>> = { DOW: 'DAY', ISODOW: 'DAY', DOY: 'DAY', ISOYEAR: 'YEAR' };

/** Units from the first time to the second, in ms. */
function differenceIn(given: string): (from: number, to: number) => number {
  const unit = COUNTED_AS[given] ?? given;
  const months = UNIT_MONTHS[unit];
  if (months !== undefined) return (from, to) => Math.trunc(monthsBetween(from, to) / months) + 0;
  const size = unit === 'MILLISECOND' ? undefined : UNIT_MS[unit];
  if (size !== undefined) return (from, to) => Math.trunc((to - from) / size) + 0;
  // Below the second Flink multiplies whole seconds.
  const factor = FRACTIONS[unit] ?? 1;
  return (from, to) => Math.trunc((to - from) / 1000) * factor + 0;
}

const FRACTIONS: Readonly<Record<string, number>> = { MILLISECOND: 1e3, MICROSECOND: 1e6, NANOSECOND: 1e9 };

function bindDifference(site: CallSite): Eval {
  const unit = unitLiteral(site.literals[0]);
  const [, from, to] = site.argTypes as [LogicalType, LogicalType, LogicalType];
  if ((from.kind === 'TIMESTAMP_LTZ') !== (to.kind === 'TIMESTAMP_LTZ'))
    throw codeError('TIMESTAMP_LTZ only supports diff between the same type.');
  const left = millisOf(from);
  const right = millisOf(to);
  const difference = differenceIn(unit);
  return ([, a, b]) => Number(BigInt.asIntN(32, BigInt(difference(left(a as Value), right(b as Value)))));
}

function millisCode(operand: Operand): string | undefined {
  const kind = columnKind(operand.type);
  if (operand.type.kind === 'DATE') return `${lane(operand)} * ${MILLIS_OF_DAY}`;
  return kind === 'millis' || kind === 'nanos' ? operand.lanes[0] : undefined;
}

function differenceCode(site: CodeSite): Operand | undefined {
  const literal = site.literal(0)?.value;
  const [, from, to] = site.args as [Operand, Operand, Operand];
  if (typeof literal !== 'string' || site.type.kind !== 'INT') return undefined;
  if ((from.type.kind === 'TIMESTAMP_LTZ') !== (to.type.kind === 'TIMESTAMP_LTZ')) return undefined;
  const left = millisCode(from);
  const right = millisCode(to);
  if (left === undefined || right === undefined) return undefined;
  const unit = unitOf(literal);
  if (FRACTIONS[unit] !== undefined) return undefined;
  return pure(site, [`(${site.constant(differenceIn(unit))}(${left}, ${right}) | 0)`]);
}

const timestampDiff = defineScalar({
  name: 'TIMESTAMPDIFF',
  category: 'temporal',
  signatures: ['TIMESTAMPDIFF(<ANY>, <DATETIME>, <DATETIME>)'],
  summary: 'The number of whole units from one time to another.',
  example: "TIMESTAMPDIFF(DAY, TIMESTAMP '2003-01-02 10:00:00', TIMESTAMP '2003-01-03 10:00:00')",
  minArgs: 3,
  maxArgs: 3,
  inferType(args) {
    const [unit, from, to] = args as [ArgumentInfo, ArgumentInfo, ArgumentInfo];
    unitLiteral(unit.literal);
    if (!isDatetime(from.type) && from.type.kind !== 'NULL') return undefined;
    if (!isDatetime(to.type) && to.type.kind !== 'NULL') return undefined;
    return types.int(from.type.nullable || to.type.nullable);
  },
  bind: bindDifference,
  generate: differenceCode,
});

function notTimes(a: LogicalType, b: LogicalType, unit: ArgumentInfo | undefined): Error {
  const shown = [sqlTypeName(a), sqlTypeName(b), `INTERVAL ${unit?.literal?.value}`].map((name) => `<${name}>`);
  return validatorError(
    `Cannot apply '-' to arguments of type '-(${shown.join(', ').toUpperCase()})'. Supported form(s): '-(<DATETIME>, <DATETIME>, <DATETIME_INTERVAL>)'`,
  );
}

/** Why two times of different types have no difference. */
function notAlike(a: LogicalType, b: LogicalType): Error {
  if (isTimestamp(a) && isTimestamp(b)) return codeError('TIMESTAMP_LTZ only supports diff between the same type.');
  return validatorError('Parameters must be of the same type');
}

/** `(a - b) DAY TO SECOND`: the difference of two times as an interval. */
const minusDate = defineScalar({
  name: 'MINUS_DATE',
  category: 'temporal',
  signatures: ['<DATETIME> - <DATETIME>'],
  summary: 'The difference of two times as an interval.',
  example: "(TIMESTAMP '2020-01-02 00:00:00' - TIMESTAMP '2020-01-01 00:00:00') DAY TO SECOND",
  minArgs: 2,
  maxArgs: 3,
  inferType(args) {
    const [a, b, unit] = args as [ArgumentInfo, ArgumentInfo, ArgumentInfo?];
    if (!isDatetime(a.type) || !isDatetime(b.type)) throw notTimes(a.type, b.type, unit);
    if (a.type.kind !== b.type.kind) throw notAlike(a.type, b.type);
    const fields = String(unit?.literal?.value ?? 'DAY TO SECOND(3)');
    const nullable = a.type.nullable || b.type.nullable;
    return /YEAR|MONTH|QUARTER/.test(fields)
      ? types.intervalMonth(fields, nullable)
      : types.intervalDay(fields, nullable);
  },
  bind(site) {
    const [left, right] = site.argTypes.slice(0, 2).map(millisOf) as [
      (value: Value) => number,
      (value: Value) => number,
    ];
    if (site.type.kind === 'INTERVAL_YEAR_MONTH') return ([a, b]) => monthsBetween(right(b as Value), left(a as Value));
    return ([a, b]) => BigInt(left(a as Value) - right(b as Value));
  },
});

/** Ends of a period: a time and another, or a time and how long. */
function endOf(start: Value, end: Value, startType: LogicalType, endType: LogicalType): [number, number] {
  const from = millisOf(startType)(start);
  if (!isInterval(endType)) return [from, millisOf(endType)(end)];
  if (endType.kind === 'INTERVAL_DAY_TIME') return [from, from + Number(end)];
  const days = Math.floor(from / MILLIS_OF_DAY);
  return [from, from + (addMonths(days, end as number) - days) * MILLIS_OF_DAY];
}

/** The same of two rows of two values each. */
function overlapsRows(site: CallSite): Eval {
  const fields = site.argTypes.flatMap((type) => (type.kind === 'ROW' ? type.fields.map((f) => f.type) : []));
  const evaluate = overlaps.bind({ type: site.type, argTypes: fields, literals: [] });
  return (args, context) => {
    const values = args.flatMap((arg) => arg as readonly Value[]);
    return values.includes(null) ? null : evaluate(values, context);
  };
}

/** Both periods are of one type of time; an end may be an interval. */
function checkPeriods(args: readonly ArgumentInfo[]): void {
  const periods =
    args.length === 4
      ? [args.slice(0, 2), args.slice(2)].map((pair) => pair.map((arg) => arg.type))
      : args.map(({ type }) => (type.kind === 'ROW' ? type.fields.map((field) => field.type) : []));
  const start = periods[0]?.[0];
  const alike = periods.every(
    ([from, to]) =>
      from?.kind === start?.kind && from && isDatetime(from) && to && (to.kind === from.kind || isInterval(to)),
  );
  if (alike) return;
  const names = periods.map((types) => {
    const fields = types.map((type, i) => `${sqlTypeName(type)} EXPR$${i}`.toUpperCase());
    return `<RECORDTYPE:PEEK_NO_EXPAND(${fields.join(', ')})>`;
  });
  const forms = ['DATETIME', 'DATETIME', 'INTERVAL', 'INTERVAL'].map((end) => `'<DATETIME> OVERLAPS <${end}>'`);
  throw validatorError(
    `Cannot apply 'OVERLAPS' to arguments of type '${names.join(' OVERLAPS ')}'. Supported form(s): ${forms.join('\n')}`,
  );
}

const overlaps: ScalarFunction = defineScalar({
  name: 'OVERLAPS',
  category: 'temporal',
  signatures: ['(<DATETIME>, <DATETIME>) OVERLAPS (<DATETIME>, <DATETIME>)'],
  summary: 'Whether two periods have a point of time in common.',
  example: "(TIME '2:55:00', INTERVAL '1' HOUR) OVERLAPS (TIME '3:30:00', INTERVAL '2' HOUR)",
  minArgs: 2,
  maxArgs: 4,
  inferType(args) {
    checkPeriods(args);
    return types.boolean(anyNullable(args));
  },
  bind(site) {
    if (site.argTypes.length === 2) return overlapsRows(site);
    const [a, b, c, d] = site.argTypes as [LogicalType, LogicalType, LogicalType, LogicalType];
    return (args) => {
      const [s, e, t, f] = args as [Value, Value, Value, Value];
      const first = endOf(s, e, a, b);
      const second = endOf(t, f, c, d);
      return Math.min(...first) <= Math.max(...second) && Math.min(...second) <= Math.max(...first);
    };
  },
});

export const timeArithmetic: readonly ScalarFunction[] = [timestampAdd, timestampDiff, minusDate, overlaps];
