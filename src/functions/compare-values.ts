/** Equality and order of boxed values by the rules of SQL; nulls are the caller's. */
import { decimalToNumber, powerOfTen } from '../types/decimal.ts';
import { type LogicalType, types } from '../types/logical-type.ts';
import { encodeValue } from '../types/nested-codec.ts';
import { timeZoneOf } from '../types/time-zone.ts';
import { isApproximate, isNumeric, isTimestamp } from '../types/type-family.ts';
import { MapValue, type Value } from '../types/value.ts';

/** Negative, 0 or positive; NaN when the values have no order. */
export type Compare = (a: Value, b: Value) => number;
export type Equal = (a: Value, b: Value) => boolean;

/** Order of texts as of their UTF-8 bytes. */
function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    let x = a.charCodeAt(i);
    let y = b.charCodeAt(i);
    if (x === y) continue;
    if (x >= 0xd800 && y >= 0xd800) {
      x = x >= 0xe000 ? x - 0x800 : x + 0x2000;
      y = y >= 0xe000 ? y - 0x800 : y + 0x2000;
    }
    return x - y;
  }
  return a.length - b.length;
}

function compareNumbers(a: number, b: number): number {
  if (a === b) return 0;
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN;
  return a < b ? -1 : 1;
}

/** `Double.compare` of values. */
export const totalOrder: Compare = (a, b) => compareTotal(a as number, b as number);

/** `Double.compare`: NaN is above all others. */
function compareTotal(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return compareNumbers(a, b);
}

function compareBigints(a: bigint, b: bigint): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** The order of values of two types that can be compared. */
export function comparatorOf(a: LogicalType, b: LogicalType, timeZone: () => string = () => 'UTC'): Compare {
  if (isNumeric(a) && isNumeric(b)) return numberComparator(a, b);
  if (isTimestamp(a) && isTimestamp(b) && a.kind !== b.kind) return mixedTimestamps(a, timeZone);
  switch (a.kind) {
    case 'CHAR':
    case 'VARCHAR':
      return (x, y) => compareText(x as string, y as string);
    case 'BINARY':
    case 'VARBINARY':
    case 'VARIANT':
    case 'BITMAP':
      // Elements of collections may be of types that have nothing in common.
      if (!['BINARY', 'VARBINARY', a.kind].includes(b.kind)) return () => Number.NaN;
      return (x, y) => Buffer.compare(x as Uint8Array, y as Uint8Array);
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
    case 'INTERVAL_DAY_TIME':
      return (x, y) => compareBigints(x as bigint, y as bigint);
    case 'ARRAY':
      return arrayComparator(comparatorOf(a.element, b.kind === 'ARRAY' ? b.element : a.element, timeZone));
    case 'ROW': {
      const fields = a.fields.map((field, i) =>
        comparatorOf(field.type, (b.kind === 'ROW' ? b.fields[i]?.type : undefined) ?? field.type, timeZone),
      );
      return (x, y) => compareParts(x as readonly Value[], y as readonly Value[], (i) => fields[i] as Compare);
    }
    default:
      return (x, y) => compareNumbers(Number(x), Number(y));
  }
}

function mixedTimestamps(a: LogicalType, timeZone: () => string): Compare {
  const instant = (value: Value) => timeZoneOf(timeZone()).nanosToInstant(value as bigint);
  if (a.kind === 'TIMESTAMP') return (x, y) => compareBigints(instant(x), y as bigint);
  return (x, y) => compareBigints(x as bigint, instant(y));
}

function arrayComparator(element: Compare): Compare {
  return (x, y) => {
    const left = x as readonly Value[];
    const right = y as readonly Value[];
    return compareParts(left, right, () => element) || left.length - right.length;
  };
}

function compareParts(a: readonly Value[], b: readonly Value[], at: (index: number) => Compare): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a[i] ?? null;
    const y = b[i] ?? null;
    if (x === null || y === null) {
      if (x !== y) return x === null ? -1 : 1;
      continue;
    }
    const order = at(i)(x, y);
    if (order !== 0) return order;
  }
  return 0;
}

function numberComparator(a: LogicalType, b: LogicalType): Compare {
  if (isApproximate(a) || isApproximate(b)) {
    const single = (a.kind === 'FLOAT' || b.kind === 'FLOAT') && a.kind !== 'DOUBLE' && b.kind !== 'DOUBLE';
    const left = toFloating(a, single);
    const right = toFloating(b, single);
    if (a.kind === 'DECIMAL' || b.kind === 'DECIMAL') return (x, y) => compareTotal(left(x), right(y));
    return (x, y) => compareNumbers(left(x), right(y));
  }
  if (a.kind !== 'DECIMAL' && b.kind !== 'DECIMAL') {
    if (a.kind === 'BIGINT' || b.kind === 'BIGINT')
      return (x, y) => compareBigints(BigInt(x as number), BigInt(y as number));
    return (x, y) => (x as number) - (y as number);
  }
  const aScale = a.kind === 'DECIMAL' ? a.scale : 0;
  const bScale = b.kind === 'DECIMAL' ? b.scale : 0;
  const aUnit = powerOfTen(Math.max(bScale - aScale, 0));
  const bUnit = powerOfTen(Math.max(aScale - bScale, 0));
  return (x, y) => compareBigints(BigInt(x as bigint) * aUnit, BigInt(y as bigint) * bUnit);
}

function toFloating(type: LogicalType, single: boolean): (value: Value) => number {
  if (type.kind === 'DECIMAL') return (value) => decimalToNumber(value as bigint, type.scale);
  if (single && type.kind !== 'FLOAT') return (value) => Math.fround(Number(value));
  return Number;
}

/** Equality of values of two types that can be compared. */
export function equalityOf(a: LogicalType, b: LogicalType, timeZone: () => string = () => 'UTC'): Equal {
  if (a.kind === 'MAP' && b.kind === 'MAP') return mapEquality(a.key, a.value, b.key, b.value);
  if (a.kind === 'MULTISET' && b.kind === 'MULTISET')
    return mapEquality(a.element, types.int(), b.element, types.int());
  if (a.kind === 'ARRAY' && b.kind === 'ARRAY') {
    const element = nullSafe(equalityOf(a.element, b.element, timeZone));
    return (x, y) => {
      const left = x as readonly Value[];
      const right = y as readonly Value[];
      return left.length === right.length && left.every((item, i) => element(item, right[i] ?? null));
    };
  }
  if (a.kind === 'ROW' && b.kind === 'ROW') {
    const fields = a.fields.map((field, i) =>
      nullSafe(equalityOf(field.type, b.fields[i]?.type ?? field.type, timeZone)),
    );
    return (x, y) =>
      fields.every((equal, i) => equal((x as readonly Value[])[i] ?? null, (y as readonly Value[])[i] ?? null));
  }
  const compare = comparatorOf(a, b, timeZone);
  return (x, y) => compare(x, y) === 0;
}

function nullSafe(equal: Equal): Equal {
  return (x, y) => (x === null || y === null ? x === y : equal(x, y));
}

function mapEquality(aKey: LogicalType, aValue: LogicalType, bKey: LogicalType, bValue: LogicalType): Equal {
  const sameKey = nullSafe(equalityOf(aKey, bKey));
  const sameValue = nullSafe(equalityOf(aValue, bValue));
  return (x, y) => {
    const left = (x as MapValue).entries;
    const right = (y as MapValue).entries;
    if (left.length !== right.length) return false;
    return left.every(([key, value]) => right.some(([k, v]) => sameKey(key, k) && sameValue(value, v)));
  };
}

/** A text that is the same for equal values of a type: for sets of boxed values. */
export function valueKey(type: LogicalType): (value: Value) => string {
  return (value) => (value === null ? '\u0000null' : Buffer.from(encodeValue(type, value)).toString('latin1'));
}

/** A map without double keys: a later entry replaces the value of an earlier one. */
export function mapOf(keyType: LogicalType, entries: Iterable<readonly [Value, Value]>): MapValue {
  const key = valueKey(keyType);
  const byKey = new Map<string, readonly [Value, Value]>();
  for (const entry of entries) byKey.set(key(entry[0]), entry);
  return new MapValue([...byKey.values()]);
}
