/** Literals: their types as Flink sees them, and their values. */
import { EngineError, type Span } from '../base/error.ts';
import { type Expression, literal } from '../expressions/expression.ts';
import type { SqlExpression } from '../parser/ast.ts';
import { decimalToNumber } from '../types/decimal.ts';
import { type LogicalType, types } from '../types/logical-type.ts';
import { isInterval, isNumeric } from '../types/type-family.ts';
import { bindError } from './bind-error.ts';

type Literal<K extends SqlExpression['kind']> = Extract<SqlExpression, { kind: K }>;

const INT_MAX = 2147483647n;
const LONG_MAX = 9223372036854775807n;
const MAX_PRECISION = 38;
const NANOS_PER_SECOND = 1_000_000_000n;

/** INT or BIGINT by size, DECIMAL with a point or beyond BIGINT, DOUBLE with an exponent. */
export function bindNumber(node: Literal<'number'>, sign: 1 | -1 = 1): Expression {
  const { text } = node;
  if (/[eE]/.test(text)) {
    const value = Number(text) * sign;
    if (!Number.isFinite(value))
      throw bindError(`Numeric literal '${sign < 0 ? '-' : ''}${text.toUpperCase()}' out of range`, node.span);
    // There is no negative zero among Calcite's literals.
    return literal(value === 0 ? 0 : value, types.double(false));
  }
  const point = text.indexOf('.');
  const digits = text.replace('.', '');
  const unscaled = BigInt(digits === '' ? '0' : digits) * BigInt(sign);
  const scale = point < 0 ? 0 : text.length - point - 1;
  if (point < 0 && unscaled <= INT_MAX && unscaled >= -INT_MAX - 1n) return literal(Number(unscaled), types.int(false));
  if (point < 0 && unscaled <= LONG_MAX && unscaled >= -LONG_MAX - 1n) return literal(unscaled, types.bigint(false));
  const precision = Math.min(Math.max(digits.length, 1), MAX_PRECISION);
  const isTooLong = digits.replace(/^0+/, '').length > MAX_PRECISION || scale > MAX_PRECISION;
  if (point < 0 || isTooLong)
    throw bindError(`Numeric literal '${sign < 0 ? '-' : ''}${text}' out of range`, node.span);
  return literal(unscaled, types.decimal(precision, scale, false));
}

export function bindString(node: Literal<'string'>): Expression {
  return literal(node.value, types.char(node.value.length, false));
}

export function bindBinary(node: Literal<'binary'>): Expression {
  return literal(node.value, types.binary(node.value.length, false));
}

/** DATE, TIME and TIMESTAMP literals; the precision is the number of digits. */
export function bindDateTime(node: Literal<'datetime'>): Expression {
  // Blanks in front are read over.
  const text = node.text.trimStart();
  if (node.type === 'DATE') {
    const days = parseDate(text);
    if (days === undefined) throw illegal(node, 'yyyy-MM-dd');
    return literal(days, types.date(false));
  }
  if (node.type === 'TIME') {
    const nanos = parseTime(text);
    if (nanos === undefined) throw illegal(node, 'HH:mm:ss');
    return literal(Number(nanos / 1_000_000n), types.time(fractionDigits(text), false));
  }
  const [date, time = '00:00:00', ...rest] = text.split(/\s+/);
  const days = parseDate(date ?? '');
  const nanos = parseTime(time);
  if (days === undefined || nanos === undefined || rest.length > 0) throw illegal(node, 'yyyy-MM-dd HH:mm:ss');
  return literal(BigInt(days) * 86_400n * NANOS_PER_SECOND + nanos, types.timestamp(fractionDigits(time), false));
}

function illegal(node: Literal<'datetime'>, format: string): Error {
  return bindError(`Illegal ${node.type} literal '${node.text}': not in format '${format}'`, node.span);
}

function fractionDigits(text: string): number {
  const point = text.indexOf('.');
  return point < 0 ? 0 : Math.min(text.length - point - 1, 9);
}

/** Days since the epoch; undefined when it is no date. */
function parseDate(text: string): number | undefined {
  const match = /^(\d{1,9})-(\d{1,2})-(\d{1,2})$/.exec(text);
  if (!match) return undefined;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  if (year > 9999)
    throw new EngineError('SQL_VALIDATION', `Year out of range: [${year}]`, {
      exceptionClass: 'java.lang.IllegalArgumentException',
    });
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (year === 0 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return Math.floor(date.getTime() / 86_400_000);
}

/** Nanoseconds of the day; undefined when it is no time. */
function parseTime(text: string): bigint | undefined {
  const match = /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d*))?$/.exec(text);
  if (!match) return undefined;
  const [hour, minute, second] = match.slice(1, 4).map(Number) as [number, number, number];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const fraction = BigInt((match[4] ?? '').padEnd(9, '0').slice(0, 9));
  return BigInt(hour * 3600 + minute * 60 + second) * NANOS_PER_SECOND + fraction;
}

const DAY_TIME_MS: Readonly<Record<string, bigint>> = {
  WEEK: 604_800_000n,
  DAY: 86_400_000n,
  HOUR: 3_600_000n,
  MINUTE: 60_000n,
  SECOND: 1000n,
};
const MONTHS: Readonly<Record<string, number>> = { YEAR: 12, QUARTER: 3, MONTH: 1 };
const ORDER = ['YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND'];

interface IntervalUnit {
  readonly first: string;
  readonly precision: number;
  readonly last: string;
}

/** `DAY(3) TO SECOND(1)` taken apart. */
function parseUnit(unit: string): IntervalUnit {
  const match = /^\s*(\w+?)S?\s*(?:\(\s*(\d+)[^)]*\))?\s*(?:TO\s+(\w+?)S?\s*(?:\(.*\))?)?\s*$/i.exec(unit);
  const first = (match?.[1] ?? unit).toUpperCase();
  return { first, precision: Number(match?.[2] ?? 2), last: (match?.[3] ?? first).toUpperCase() };
}

/** `INTERVAL '1' DAY`: milliseconds as a bigint, or months as a number. */
export function bindInterval(node: Literal<'interval'>): Expression {
  const unit = parseUnit(node.unit);
  const fields = node.unit.toUpperCase();
  const values = splitInterval(node, unit);
  if (unit.first in MONTHS) {
    const months = values.reduce((sum, { name, value }) => sum + Number(value) * (MONTHS[name] ?? 0), 0);
    return literal(months * signOf(node), types.intervalMonth(fields, false));
  }
  const ms = values.reduce((sum, { name, value }) => sum + intervalMs(name, value), 0n);
  return literal(ms * BigInt(signOf(node)), types.intervalDay(fields, false));
}

/** `CAST(2 AS INTERVAL HOUR)`: a number that is written there counts units; undefined for all else. */
export function intervalOfNumber(operand: Expression, type: LogicalType): Expression | undefined {
  if (operand.kind !== 'literal' || operand.value === null || !isInterval(type) || !isNumeric(operand.type))
    return undefined;
  const { value, type: from } = operand;
  const number = from.kind === 'DECIMAL' ? decimalToNumber(value as bigint, from.scale) : Number(value);
  const unit = 'fields' in type ? String(type.fields).toUpperCase() : '';
  if (type.kind === 'INTERVAL_YEAR_MONTH')
    return unit in MONTHS ? literal(Math.trunc(number * (MONTHS[unit] ?? 0)), type) : undefined;
  const size = DAY_TIME_MS[unit];
  return size === undefined ? undefined : literal(BigInt(Math.trunc(number * Number(size))), type);
}

function signOf(node: Literal<'interval'>): number {
  return node.text.trim().startsWith('-') ? -node.sign : node.sign;
}

function intervalMs(name: string, value: string): bigint {
  const [whole = '0', fraction = ''] = value.split('.');
  const ms = name === 'SECOND' ? BigInt(fraction.padEnd(3, '0').slice(0, 3)) : 0n;
  return BigInt(whole) * (DAY_TIME_MS[name] ?? 0n) + ms;
}

/** The most that a field behind another may say. */
const MOST: Readonly<Record<string, number>> = { MONTH: 11, HOUR: 23, MINUTE: 59, SECOND: 59.999_999_999 };

function splitInterval(node: Literal<'interval'>, unit: IntervalUnit): Array<{ name: string; value: string }> {
  const text = node.text.trim().replace(/^[+-]/, '');
  const parts = text.split(unit.first === 'YEAR' ? /-/ : /[ :]/);
  const from = ORDER.indexOf(unit.first);
  const names = unit.first === unit.last ? [unit.first] : ORDER.slice(from, ORDER.indexOf(unit.last) + 1);
  const valid = parts.every((part, i) => (names[i] === 'SECOND' ? /^\d+(\.\d*)?$/ : /^\d+$/).test(part));
  const fits = parts.every((part, i) => i === 0 || Number(part) <= (MOST[names[i] as string] ?? 0));
  if (parts.length !== names.length || !valid || !fits)
    throw bindError(
      `Illegal interval literal format '${node.text}' for INTERVAL ${node.unit.toUpperCase()}`,
      node.span,
    );
  checkPrecision(parts[0] as string, unit, node.span);
  return parts.map((value, i) => ({ name: names[i] as string, value }));
}

function checkPrecision(leading: string, unit: IntervalUnit, span: Span): void {
  const whole = BigInt(leading.split('.')[0] ?? '0').toString();
  if (whole.length > unit.precision)
    throw bindError(
      `Interval field value ${Number(whole).toLocaleString('en-US')} exceeds precision of ${unit.first}(${unit.precision}) field`,
      span,
    );
}
