/** Implicit casts: what a sink column takes, and the common type of branches (CASE, COALESCE, UNION, ARRAY[…]). */

import { type Field, type LogicalType, types, withNullable } from './logical-type.ts';
import {
  asDecimal,
  isApproximate,
  isBinary,
  isDatetime,
  isExactNumeric,
  isInteger,
  isInterval,
  isNested,
  isNumeric,
  isText,
  isTimestamp,
  sameType,
} from './type-family.ts';

const INTEGER_ORDER = ['TINYINT', 'SMALLINT', 'INT', 'BIGINT'];
const MAX_PRECISION = 38;

/** True when a query's column of type `from` may be written to a sink's column of type `to` (nullability is checked at run time). */
export function supportsImplicitCast(from: LogicalType, to: LogicalType): boolean {
  if (from.kind === 'NULL' || sameType(from, to)) return true;
  switch (to.kind) {
    case 'SMALLINT':
    case 'INT':
    case 'BIGINT':
      return isInteger(from) && INTEGER_ORDER.indexOf(from.kind) <= INTEGER_ORDER.indexOf(to.kind);
    case 'DECIMAL':
    case 'DOUBLE':
      return isNumeric(from);
    case 'FLOAT':
      return isNumeric(from) && from.kind !== 'DOUBLE';
    case 'VARCHAR':
      return isText(from);
    case 'CHAR':
      return from.kind === 'CHAR';
    case 'VARBINARY':
      return isBinary(from);
    case 'BINARY':
      return from.kind === 'BINARY';
    case 'DATE':
    case 'TIME':
      return from.kind === to.kind || isTimestamp(from);
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return isTimestamp(from);
    case 'INTERVAL_YEAR_MONTH':
    case 'INTERVAL_DAY_TIME':
      return from.kind === to.kind;
    default:
      return nestedImplicitCast(from, to);
  }
}

function nestedImplicitCast(from: LogicalType, to: LogicalType): boolean {
  if (from.kind === 'ARRAY' && to.kind === 'ARRAY') return supportsImplicitCast(from.element, to.element);
  if (from.kind === 'MULTISET' && to.kind === 'MULTISET') return supportsImplicitCast(from.element, to.element);
  if (from.kind === 'MAP' && to.kind === 'MAP')
    return supportsImplicitCast(from.key, to.key) && supportsImplicitCast(from.value, to.value);
  if (from.kind === 'ROW' && to.kind === 'ROW')
    return (
      from.fields.length === to.fields.length &&
      from.fields.every((field, i) => supportsImplicitCast(field.type, to.fields[i]?.type ?? field.type))
    );
  return from.kind === to.kind;
}

/** Whose rules find a common type where they differ: Calcite's (CASE, set operations, collections), or those of Flink's own functions. */
type MergeRules = 'calcite' | 'flink';

/**
 * The type that holds the values of all: nullable if one is. Undefined when there is none. NULL types do not count.
 */
export function commonType(list: readonly LogicalType[], rules: MergeRules = 'calcite'): LogicalType | undefined {
  const nullable = list.some((type) => type.nullable);
  let result: LogicalType | undefined;
  for (const type of list) {
    if (type.kind === 'NULL') continue;
    result = result === undefined ? type : merge(result, type, rules);
    if (result === undefined) return undefined;
  }
  return result === undefined ? list[0] : withNullable(result, nullable);
}

function merge(a: LogicalType, b: LogicalType, rules: MergeRules): LogicalType | undefined {
  const nullable = a.nullable || b.nullable;
  if (sameType(a, b) && !isNested(a)) return withNullable(a, nullable);
  if (isText(a) && isText(b)) return mergeText(a, b, nullable);
  if (isBinary(a) && isBinary(b)) return mergeBinary(a, b, nullable);
  if (isNumeric(a) && isNumeric(b))
    return withNullable((rules === 'flink' ? mergeWider : mergeNumbers)(a, b), nullable);
  if (isInterval(a) && a.kind === b.kind) return withNullable(mergeIntervals(a, b), nullable);
  if (isDatetime(a) && isDatetime(b)) return mergeTimes(a, b, nullable, rules);
  if (isDatetime(a) && isInterval(b)) return withNullable(a, nullable);
  if (rules === 'calcite') {
    // What a cast makes of it is found out later.
    if (isDatetime(a) && isInteger(b)) return withNullable(a, nullable);
    if (isDatetime(b) && (isInterval(a) || isExactNumeric(a))) return withNullable(b, nullable);
  }
  return mergeNested(a, b, nullable, rules);
}

function lengthOf(type: LogicalType): number {
  return 'length' in type ? type.length : 0;
}

function mergeText(a: LogicalType, b: LogicalType, nullable: boolean): LogicalType {
  const length = Math.max(lengthOf(a), lengthOf(b));
  const fixed = a.kind === 'CHAR' && b.kind === 'CHAR' && lengthOf(a) === lengthOf(b);
  return fixed ? types.char(length, nullable) : types.varchar(length, nullable);
}

function mergeBinary(a: LogicalType, b: LogicalType, nullable: boolean): LogicalType {
  const length = Math.max(lengthOf(a), lengthOf(b));
  const fixed = a.kind === 'BINARY' && b.kind === 'BINARY' && lengthOf(a) === lengthOf(b);
  return fixed ? types.binary(length, nullable) : types.varbinary(length, nullable);
}

/** As Flink's functions have it: DOUBLE is wider than FLOAT, and FLOAT holds the DECIMALs before it. */
function mergeWider(a: LogicalType, b: LogicalType): LogicalType {
  if (isApproximate(a) && isApproximate(b)) return a.kind === 'DOUBLE' ? a : b;
  return a.kind === 'DECIMAL' && b.kind === 'FLOAT' ? b : mergeNumbers(a, b);
}

/** The wider of two number types: DOUBLE beats all, integers count as DECIMAL beside a DECIMAL. */
export function mergeNumbers(a: LogicalType, b: LogicalType): LogicalType {
  if (isApproximate(a) || isApproximate(b)) {
    // Both count as equally wide: the first one stays.
    if (isApproximate(a) && isApproximate(b)) return a;
    if (a.kind === 'DOUBLE' || b.kind === 'DOUBLE') return types.double();
    return (a.kind === 'FLOAT' ? b : a).kind === 'DECIMAL' ? types.double() : types.float();
  }
  if (isInteger(a) && isInteger(b)) return INTEGER_ORDER.indexOf(a.kind) >= INTEGER_ORDER.indexOf(b.kind) ? a : b;
  const left = asDecimal(a) as { precision: number; scale: number };
  const right = asDecimal(b) as { precision: number; scale: number };
  const whole = Math.max(left.precision - left.scale, right.precision - right.scale);
  const scale = Math.max(left.scale, right.scale);
  return types.decimal(
    Math.min(whole + scale, MAX_PRECISION),
    Math.min(scale, MAX_PRECISION - Math.min(whole, MAX_PRECISION)),
  );
}

function mergeIntervals(a: LogicalType, b: LogicalType): LogicalType {
  if (a.kind === 'INTERVAL_YEAR_MONTH')
    return types.intervalMonth(b.kind === a.kind && b.fields === a.fields ? a.fields : 'YEAR TO MONTH');
  const same =
    a.kind === b.kind && a.kind === 'INTERVAL_DAY_TIME' && b.kind === 'INTERVAL_DAY_TIME' && a.fields === b.fields;
  return types.intervalDay(same ? a.fields : 'DAY TO SECOND(3)');
}

function precisionOf(type: LogicalType): number {
  return type.kind === 'TIME' || type.kind === 'TIMESTAMP' || type.kind === 'TIMESTAMP_LTZ' ? type.precision : 0;
}

function mergeTimes(a: LogicalType, b: LogicalType, nullable: boolean, rules: MergeRules): LogicalType | undefined {
  const precision = Math.max(precisionOf(a), precisionOf(b));
  if (a.kind === b.kind) return withPrecision(a, precision, nullable);
  const [less, more] = a.kind === 'DATE' || a.kind === 'TIME' ? [a, b] : [b, a];
  if (less.kind !== 'DATE' && less.kind !== 'TIME')
    return rules === 'calcite'
      ? withPrecision(zoned(a, b), precision, nullable)
      : types.timestampLtz(precision, nullable);
  return rules === 'flink' && more.kind === 'TIMESTAMP' ? withNullable(less, nullable) : undefined;
}

/** Of a local and a zoned time of one precision the first stays, else the second. */
function zoned(a: LogicalType, b: LogicalType): LogicalType {
  return precisionOf(a) === precisionOf(b) ? a : b;
}

function withPrecision(type: LogicalType, precision: number, nullable: boolean): LogicalType {
  switch (type.kind) {
    case 'TIME':
      return types.time(precision, nullable);
    case 'TIMESTAMP':
      return types.timestamp(precision, nullable);
    case 'TIMESTAMP_LTZ':
      return types.timestampLtz(precision, nullable);
    default:
      return withNullable(type, nullable);
  }
}

function mergeNested(a: LogicalType, b: LogicalType, nullable: boolean, rules: MergeRules): LogicalType | undefined {
  const merge2 = (one: LogicalType, other: LogicalType) => commonType([one, other], rules);
  if (a.kind === 'ARRAY' && b.kind === 'ARRAY') {
    const element = merge2(a.element, b.element);
    return element && types.array(element, nullable);
  }
  if (a.kind === 'MULTISET' && b.kind === 'MULTISET') {
    const element = merge2(a.element, b.element);
    return element && types.multiset(element, nullable);
  }
  if (a.kind === 'MAP' && b.kind === 'MAP') {
    const key = merge2(a.key, b.key);
    const value = merge2(a.value, b.value);
    return key && value && types.map(key, value, nullable);
  }
  if (a.kind !== 'ROW' || b.kind !== 'ROW' || a.fields.length !== b.fields.length) return undefined;
  const fields: Field[] = [];
  for (let i = 0; i < a.fields.length; i++) {
    const field = a.fields[i] as Field;
    const type = merge2(field.type, (b.fields[i] as Field).type);
    if (!type) return undefined;
    fields.push({ ...field, type });
  }
  return types.row(fields, nullable);
}
