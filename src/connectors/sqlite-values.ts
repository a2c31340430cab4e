/** Values on their way to and from SQLite: DECIMAL and times as canonical text, integers as bigints. */
import type { SQLInputValue } from 'node:sqlite';
import type { Field, LogicalType } from '../types/logical-type.ts';
import type { Value } from '../types/value.ts';
import { fromSqlText, toSqlText } from './sql-text.ts';

/** An identifier in double quotes. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A value as SQLite stores it. */
export function toSqlite(type: LogicalType, value: Value): SQLInputValue {
  if (value === null) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return toSqlText(type, value) ?? (value as SQLInputValue);
}

/** A row (as an array, with bigints) of a SQLite table as values of the fields. */
export function readSqliteRow(row: readonly unknown[], fields: readonly Field[]): Value[] {
  return fields.map((field, i) => fromSqlite(field, row[i]));
}

function fromSqlite(field: Field, raw: unknown): Value {
  if (raw === null || raw === undefined) return null;
  const { type } = field;
  if (raw instanceof Uint8Array)
    return type.kind === 'VARBINARY' || type.kind === 'BINARY' ? raw : new TextDecoder().decode(raw);
  if (type.kind === 'VARBINARY' || type.kind === 'BINARY') return new TextEncoder().encode(String(raw));
  if (type.kind === 'INTERVAL_DAY_TIME') return BigInt(raw as bigint);
  if (type.kind === 'INTERVAL_YEAR_MONTH') return Number(raw);
  return fromSqlText(type, String(raw), field.name);
}
