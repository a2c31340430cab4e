/** Families of types, as Flink's rules name them. */
import type { LogicalType } from './logical-type.ts';

export function isText(type: LogicalType): boolean {
  return type.kind === 'CHAR' || type.kind === 'VARCHAR';
}

export function isBinary(type: LogicalType): boolean {
  return type.kind === 'BINARY' || type.kind === 'VARBINARY';
}

export function isInteger(type: LogicalType): boolean {
  return type.kind === 'TINYINT' || type.kind === 'SMALLINT' || type.kind === 'INT' || type.kind === 'BIGINT';
}

export function isExactNumeric(type: LogicalType): boolean {
  return isInteger(type) || type.kind === 'DECIMAL';
}

export function isApproximate(type: LogicalType): boolean {
  return type.kind === 'FLOAT' || type.kind === 'DOUBLE';
}

export function isNumeric(type: LogicalType): boolean {
  return isExactNumeric(type) || isApproximate(type);
}

export function isInterval(type: LogicalType): boolean {
  return type.kind === 'INTERVAL_YEAR_MONTH' || type.kind === 'INTERVAL_DAY_TIME';
}

export function isTimestamp(type: LogicalType): boolean {
  return type.kind === 'TIMESTAMP' || type.kind === 'TIMESTAMP_LTZ';
}

/** DATE, TIME, TIMESTAMP, TIMESTAMP_LTZ. */
export function isDatetime(type: LogicalType): boolean {
  return isTimestamp(type) || type.kind === 'DATE' || type.kind === 'TIME';
}

export function isNested(type: LogicalType): boolean {
  return type.kind === 'ARRAY' || type.kind === 'MAP' || type.kind === 'MULTISET' || type.kind === 'ROW';
}

const INTEGER_BITS: Partial<Record<LogicalType['kind'], number>> = { TINYINT: 8, SMALLINT: 16, INT: 32, BIGINT: 64 };

/** Width of an integer type in bits, 0 for others. */
export function integerBits(type: LogicalType): number {
  return INTEGER_BITS[type.kind] ?? 0;
}

/** Decimal digits of a number type: an integer counts as DECIMAL of 3, 5, 10 or 19 digits. Undefined for others. */
export function asDecimal(type: LogicalType): { readonly precision: number; readonly scale: number } | undefined {
  switch (type.kind) {
    case 'DECIMAL':
      return { precision: type.precision, scale: type.scale };
    case 'TINYINT':
      return { precision: 3, scale: 0 };
    case 'SMALLINT':
      return { precision: 5, scale: 0 };
    case 'INT':
      return { precision: 10, scale: 0 };
    case 'BIGINT':
      return { precision: 19, scale: 0 };
    default:
      return undefined;
  }
}

/** Types alike but for nullability, comments and marks (time attributes, texts that are JSON). */
export function sameType(a: LogicalType, b: LogicalType): boolean {
  return isAlike(a, b);
}

const MARKS = new Set(['nullable', 'timeAttribute', 'comment', 'json']);

function isAlike(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  for (const key in a) {
    if (!MARKS.has(key) && !isAlike(a[key as keyof typeof a], b[key as keyof typeof b])) return false;
  }
  for (const key in b) {
    if (!MARKS.has(key) && b[key as keyof typeof b] !== undefined && !(key in a)) return false;
  }
  return true;
}
