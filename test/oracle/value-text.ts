/** Values and rows as texts that are equal when the values are. */
import { MapValue, type Value } from '../../src/types/value.ts';

export function rowText(row: readonly Value[]): string {
  return row.map((value) => valueText(value)).join(' | ');
}

/** With `digits`, floating point is told apart by so many of them only. */
export function valueText(value: Value, digits?: number): string {
  if (typeof value === 'number' && !Number.isInteger(value) && digits !== undefined) return value.toPrecision(digits);
  if (value instanceof Uint8Array) return `x'${Buffer.from(value).toString('hex')}'`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (Object.is(value, -0)) return '-0';
  if (value instanceof MapValue) {
    const entries = value.entries.map((entry) => entry.map((part) => valueText(part, digits)).join('='));
    return `{${entries.sort().join(', ')}}`;
  }
  if (Array.isArray(value)) return `[${value.map((part: Value) => valueText(part, digits)).join(', ')}]`;
  return String(value);
}
