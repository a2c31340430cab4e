/** Look-ups of many keys in one statement of MySQL, and whose rows are whose. */
import type { Field } from '../../types/logical-type.ts';
import type { Value } from '../../types/value.ts';
import { keyCondition, quoteId, readRow } from './mysql-text.ts';

export interface LookupQuery {
  readonly table: string;
  readonly keyFields: readonly Field[];
  readonly keys: ReadonlyArray<readonly Value[]>;
  readonly fields: readonly Field[];
}

/** Keys of a statement that asks for each by itself. */
const KEYS_MAX = 250;

function columnsOf(fields: readonly Field[]): string[] {
  return fields.map(({ name }) => quoteId(name));
}

/** All keys by one condition. Rows: the key fields, then the fields. */
export function lookupStatement({ table, keyFields, keys, fields }: LookupQuery): string {
  const columns = columnsOf([...keyFields, ...fields]).join(', ');
  return `SELECT ${columns} FROM ${quoteId(table)} WHERE ${keyCondition(keyFields, keys)}`;
}

/** Each key by a condition of its own. Rows: the key's number, then the fields. */
export function* lookupStatements({ table, keyFields, keys, fields }: LookupQuery): Generator<string> {
  for (let from = 0; from < keys.length; from += KEYS_MAX)
    yield keys
      .slice(from, from + KEYS_MAX)
      .map((key, i) => {
        const columns = [String(from + i), ...columnsOf(fields)].join(', ');
        return `SELECT ${columns} FROM ${quoteId(table)} WHERE ${keyCondition(keyFields, [key])}`;
      })
      .join(' UNION ALL ');
}

/** The rows of each key; null when a row equals none of them to the letter, so that only the server knows whose it is. */
export function byKey(
  { keyFields, keys, fields }: LookupQuery,
  rows: ReadonlyArray<readonly unknown[]>,
): Value[][][] | null {
  const found = new Map<string, Value[][]>(keys.map((key) => [keyText(key), []]));
  for (const row of rows) {
    const group = found.get(keyText(readRow(row, keyFields)));
    if (!group) return null;
    group.push(readRow(row.slice(keyFields.length), fields));
  }
  return keys.map((key) => found.get(keyText(key)) ?? []);
}

function keyText(values: readonly Value[]): string {
  if (values.length === 1) return String(values[0]);
  return values
    .map((value) => String(value))
    .map((text) => `${text.length}:${text}`)
    .join('');
}
