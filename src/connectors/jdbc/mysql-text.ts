/** What a jdbc database says to MySQL and reads from it, as text: multi-row statements of our own, literals, names, values. */
import { EngineError } from '../../base/error.ts';
import type { Field, LogicalType } from '../../types/logical-type.ts';
import type { Value } from '../../types/value.ts';
import { fromSqlText, toSqlText } from '../sql-text.ts';
import { isStorable, type TableChange, type TargetTable } from './database.ts';

const STATEMENT_ROWS = 2000;
const STATEMENT_BYTES = 4 << 20;

/** Deletes first, then upserts (or inserts, for tables without a key), many rows a statement. */
export function* changeStatements(target: TargetTable, changes: readonly TableChange[]): Generator<string> {
  const keyFields = target.key.map((i) => target.fields[i] as Field);
  const deletes = changes
    .filter((change) => change.isDelete)
    .map((change) => target.key.map((i) => change.row[i] ?? null));
  for (let at = 0; at < deletes.length; at += STATEMENT_ROWS)
    yield `DELETE FROM ${quoteId(target.name)} WHERE ${keyCondition(keyFields, deletes.slice(at, at + STATEMENT_ROWS))}`;
  const names = target.fields.map((field) => quoteId(field.name));
  const head = `INSERT INTO ${quoteId(target.name)} (${names.join(', ')}) VALUES `;
  const tail =
    target.key.length === 0
      ? ''
      : ` ON DUPLICATE KEY UPDATE ${names.map((name) => `${name} = VALUES(${name})`).join(', ')}`;
  let rows: string[] = [];
  let bytes = 0;
  for (const change of changes) {
    if (change.isDelete) continue;
    const row = `(${target.fields.map((field, i) => sqlLiteral(field.type, change.row[i] ?? null)).join(',')})`;
    rows.push(row);
    bytes += row.length;
    if (rows.length < STATEMENT_ROWS && bytes < STATEMENT_BYTES) continue;
    yield head + rows.join(',') + tail;
    rows = [];
    bytes = 0;
  }
  if (rows.length > 0) yield head + rows.join(',') + tail;
}

/** More words for a text that does not fit into its column: which row it is of, and what to do. Empty for other errors. */
export function whatIsTooLong(error: unknown, target: TargetTable, changes: readonly TableChange[]): string {
  const name = /^Data too long for column '(.+)' at row/.exec((error as Error).message)?.[1];
  const column = target.fields.findIndex((field) => field.name === name);
  if (column < 0) return '';
  const length = ({ row }: TableChange): number => {
    const value = row[column];
    return value instanceof Uint8Array ? value.length : [...String(value ?? '')].length;
  };
  const longest = changes.filter(({ isDelete }) => !isDelete).reduce((a, b) => (length(b) > length(a) ? b : a));
  const key = target.key.map((i) => `${target.fields[i]?.name} = ${longest.row[i]}`).join(', ');
  const row = key === '' ? '' : ` (in the row with ${key})`;
  return `. Its longest value has ${length(longest)} characters${row}: widen the column of table '${target.name}', or cut the value in the query.`;
}

/** `(k1, k2) IN ((…), …)`; a null key part is compared by `<=>`. */
export function keyCondition(fields: readonly Field[], keys: ReadonlyArray<readonly Value[]>): string {
  const names = fields.map((field) => quoteId(field.name));
  const literals = keys.map((key) => key.map((value, i) => sqlLiteral((fields[i] as Field).type, value)));
  if (!keys.some((key) => key.includes(null)))
    return `(${names.join(', ')}) IN (${literals.map((key) => `(${key.join(',')})`).join(',')})`;
  return literals.map((key) => `(${key.map((text, i) => `${names[i]} <=> ${text}`).join(' AND ')})`).join(' OR ');
}

function sqlLiteral(type: LogicalType, value: Value): string {
  if (value === null) return 'NULL';
  if (typeof value === 'boolean') return value ? '1' : '0';
  const text = toSqlText(type, value);
  if (text !== undefined) return type.kind === 'DECIMAL' ? text : `'${text}'`;
  if (value instanceof Uint8Array) return `X'${Buffer.from(value).toString('hex')}'`;
  if (typeof value === 'string') return quoteValue(value);
  return String(value);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\n': '\\n',
  '\r': '\\r',
  '\u001a': '\\Z',
  '\\': '\\\\',
  "'": "\\'",
};

/** A string literal under the session's sql_mode, in which a backslash escapes. */
export function quoteValue(text: string): string {
  return `'${text.replace(/[\p{Cc}\\']/gu, (character) => ESCAPES[character] ?? character)}'`;
}

export function quoteId(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

export function checkType(type: LogicalType): void {
  const isSupported =
    isStorable(type) && type.kind !== 'TIMESTAMP_LTZ' && type.kind !== 'BINARY' && !type.kind.startsWith('INTERVAL');
  if (!isSupported)
    throw new EngineError('CONNECTOR_JDBC_TYPE', `The MySQL dialect doesn't support type: ${type.kind}.`);
}

export function readRow(row: readonly unknown[], fields: readonly Field[]): Value[] {
  return fields.map((field, i) => {
    const raw = row[i];
    if (raw === null || raw === undefined) return null;
    if (Buffer.isBuffer(raw)) return readBytes(field, raw);
    return fromSqlText(field.type, String(raw), field.name);
  });
}

/** BLOBs, and BIT(1) read as BOOLEAN. */
function readBytes(field: Field, raw: Buffer): Value {
  if (field.type.kind === 'BOOLEAN') return raw.some((byte) => byte !== 0);
  if (field.type.kind === 'VARBINARY' || field.type.kind === 'BINARY') return new Uint8Array(raw);
  return fromSqlText(field.type, raw.toString('utf8'), field.name);
}
