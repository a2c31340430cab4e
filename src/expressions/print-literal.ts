/** Literals as plans show them: `_UTF-16LE'abc'`, `5:BIGINT`, `2020-01-01`. */
import type { LogicalType } from '../types/logical-type.ts';
import { withNullable } from '../types/logical-type.ts';
import { formatDate, formatTime, formatTimestamp } from '../types/timestamp.ts';
import type { Value } from '../types/value.ts';
import { calciteType } from './calcite-type.ts';

/**
 * `isShort`: as in the execution plan. `withType` false: where the other operand tells the type. `shownType`: the type that an implicit cast
 * gives the literal.
 */
export function printLiteral(
  value: Value,
  ownType: LogicalType,
  isShort: boolean,
  withType = true,
  shownType = ownType,
): string {
  const type = shownType;
  const plain = withNullable(type, true);
  if (value === null) return withType ? `null:${calciteType(plain, isShort)}` : 'null';
  const text = valueText(value, ownType, isShort);
  if (isInterval(type)) return withType ? `${text}:${calciteType(plain, isShort)}` : text;
  return withType && !isShort && !isSelfEvident(value, type) ? `${text}:${calciteType(plain, false)}` : text;
}

function isInterval(type: LogicalType): boolean {
  return type.kind === 'INTERVAL_DAY_TIME' || type.kind === 'INTERVAL_YEAR_MONTH';
}

/** Whether the text alone tells the type. */
function isSelfEvident(value: Value, type: LogicalType): boolean {
  switch (type.kind) {
    case 'INT':
    case 'BOOLEAN':
    case 'DATE':
      return true;
    case 'CHAR':
      return typeof value === 'string' && value.length === type.length;
    case 'TIME':
    case 'TIMESTAMP':
      return type.precision === 0;
    default:
      return false;
  }
}

function valueText(value: Value, type: LogicalType, isShort: boolean): string {
  if (typeof value === 'string') return isShort ? `'${value}'` : `_UTF-16LE'${value.replaceAll("'", "''")}'`;
  if (value instanceof Uint8Array) return `X'${Buffer.from(value).toString('hex').toUpperCase()}'`;
  switch (type.kind) {
    case 'DECIMAL':
      return decimalText(value as bigint, type.scale);
    case 'DOUBLE':
      return scientific(value as number);
    case 'DATE':
      return formatDate(value as number);
    case 'TIME':
      return formatTime(value as number, Math.min(type.precision, 3));
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return timestampText(value as bigint, type.precision);
    default:
      return String(value);
  }
}

function decimalText(value: bigint, scale: number): string {
  if (scale === 0) return String(value);
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** `1E3`, `1.5E0`: Calcite's form of approximate numbers. */
function scientific(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const [digits, exponent] = value.toExponential().split('e') as [string, string];
  return `${digits}E${Number(exponent)}`;
}

function timestampText(localNanos: bigint, precision: number): string {
  const text = formatTimestamp(localNanos, precision);
  return precision === 0 ? text : text.replace(/\.?0+$/, '');
}
