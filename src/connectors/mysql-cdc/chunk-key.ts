/**
 * The order in which a table's snapshot is read: by the server's own key and the server's own comparisons. A key stands in a checkpoint as
 * texts; what is after what, only the server knows (collations), so keys are compared in its SQL and never here.
 */
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { EngineError } from '../../base/error.ts';
import type { RawRow } from './binlog-stream.ts';
import { type CapturedName, quoteId } from './mysql-server.ts';

/** Values of a key's columns: digits, text, a time's text, or bytes as hexadecimal digits. */
export type KeyValues = ReadonlyArray<string | null>;

interface KeyColumn {
  readonly name: string;
  readonly isNullable: boolean;
  /** The value in SQL, as the column's own type and collation would compare it. */
  literal(value: string): string;
}

export type ChunkKey = readonly KeyColumn[];

interface ServerColumn {
  readonly name: string;
  readonly type: string;
  readonly charset: string | null;
  readonly collation: string | null;
  readonly isNullable: boolean;
}

const NUMBER = /^-?\d+(\.\d+)?$/;
const NUMBERS: ReadonlySet<string> = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'decimal', 'year']);
const TEXTS: ReadonlySet<string> = new Set(['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext']);
const BYTES: ReadonlySet<string> = new Set(['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob']);
const TIMES: ReadonlyMap<string, string> = new Map([
  ['date', 'DATE'],
  ['datetime', 'DATETIME(6)'],
  ['timestamp', 'DATETIME(6)'],
  ['time', 'TIME(6)'],
]);

/**
 * The columns that order a table: the one that is asked for and the primary key, or the primary key, or a unique index without nulls.
 * Empty when there is none, or when its values do not compare as their texts do (FLOAT, ENUM, …).
 */
export async function findChunkKey(
  connection: Connection,
  table: CapturedName,
  wanted: string | undefined,
): Promise<ChunkKey> {
  const columns = await columnsOf(connection, table);
  const indexes = await uniqueIndexes(connection, table);
  const isUsable = (names: readonly string[]): boolean =>
    names.every((name) => literalOf(columns.get(name)) !== null && !columns.get(name)?.isNullable);
  const unique = indexes.find(isUsable) ?? [];
  if (wanted !== undefined && !columns.has(wanted))
    throw new EngineError(
      'CONNECTOR_CDC_TABLE',
      `Chunk key column '${wanted}' doesn't exist in the columns [${[...columns.keys()].join(',')}] of the table ${table.database}.${table.table}.`,
      { exceptionClass: 'org.apache.flink.table.api.ValidationException' },
    );
  const names = wanted === undefined ? unique : [wanted, ...unique.filter((name) => name !== wanted)];
  return names.flatMap((name) => {
    const column = columns.get(name);
    const literal = literalOf(column);
    return column && literal ? [{ name, isNullable: column.isNullable, literal }] : [];
  });
}

/** How values of a column are written; null: they cannot order a table. */
function literalOf(column: ServerColumn | undefined): ((value: string) => string) | null {
  if (!column) return null;
  const { type, charset, collation } = column;
  if (NUMBERS.has(type)) return numberLiteral;
  if (BYTES.has(type)) return (hex) => `X'${hex}'`;
  const time = TIMES.get(type);
  if (time) return (text) => `CAST(X'${hexOf(text)}' AS ${time})`;
  if (!TEXTS.has(type) || charset === null || collation === null) return null;
  return (text) => `CONVERT(_utf8mb4 X'${hexOf(text)}' USING ${charset}) COLLATE ${collation}`;
}

function numberLiteral(value: string): string {
  if (!NUMBER.test(value)) throw new EngineError('CONNECTOR_CDC_SERVER', `The key value '${value}' is no number.`);
  return value;
}

function hexOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('hex');
}

/** A row's key, whether the row came from a query or from the binlog. */
export function keyValuesOf(key: ChunkKey, row: RawRow): KeyValues {
  return key.map(({ name }) => {
    const raw = row[name];
    if (raw === null || raw === undefined) return null;
    return Buffer.isBuffer(raw) ? raw.toString('hex') : String(raw);
  });
}

export function columnList(key: ChunkKey): string {
  return key.map(({ name }) => quoteId(name)).join(', ');
}

/** Condition for rows behind `values`. The first column stands by itself in front, for the index. */
export function isAfter(key: ChunkKey, values: KeyValues): string {
  const columns = key.map(({ name }) => quoteId(name));
  const first = values[0] ?? null;
  const front = first === null ? '' : `${columns[0]} >= ${key[0]?.literal(first)} AND `;
  return `${front}(${greater(key, columns, literals(key, values))})`;
}

/** Condition for rows up to `values`. */
export function isUpTo(key: ChunkKey, values: KeyValues): string {
  const columns = key.map(({ name }) => quoteId(name));
  const first = values[0] ?? null;
  const front = first === null || key[0]?.isNullable ? '' : `${columns[0]} <= ${key[0]?.literal(first)} AND `;
  return `${front}((${greater(key, columns, literals(key, values))}) IS NOT TRUE)`;
}

/** An expression that is 1 when `values` are behind `bound`. */
export function comparison(key: ChunkKey, values: KeyValues, bound: KeyValues): string {
  return `(${greater(key, literals(key, values), literals(key, bound))}) IS TRUE`;
}

function literals(key: ChunkKey, values: KeyValues): string[] {
  return key.map(({ literal }, i) => {
    const value = values[i] ?? null;
    return value === null ? 'NULL' : literal(value);
  });
}

/** Column by column; a null is before everything else, as in ORDER BY. */
function greater(key: ChunkKey, left: readonly string[], right: readonly string[], i = 0): string {
  const [l, r] = [left[i], right[i]];
  const isGreater = r === 'NULL' ? `${l} IS NOT NULL` : `${l} > ${r}`;
  if (i === key.length - 1) return isGreater;
  return `${isGreater} OR (${l} <=> ${r} AND (${greater(key, left, right, i + 1)}))`;
}

async function columnsOf(connection: Connection, table: CapturedName): Promise<Map<string, ServerColumn>> {
  const [rows] = await connection.query<RowDataPacket[][]>({
    sql: 'SELECT COLUMN_NAME, DATA_TYPE, CHARACTER_SET_NAME, COLLATION_NAME, IS_NULLABLE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION',
    values: [table.database, table.table],
    rowsAsArray: true,
  });
  return new Map(
    rows.map(([name, type, charset, collation, nullable]) => [
      String(name),
      {
        name: String(name),
        type: String(type).toLowerCase(),
        charset: charset === null ? null : String(charset),
        collation: collation === null ? null : String(collation),
        isNullable: String(nullable) === 'YES',
      },
    ]),
  );
}

/** Columns of each unique index, the primary key first. */
async function uniqueIndexes(connection: Connection, table: CapturedName): Promise<string[][]> {
  const [rows] = await connection.query<RowDataPacket[][]>({
    sql: "SELECT INDEX_NAME, COLUMN_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND NON_UNIQUE = 0 ORDER BY INDEX_NAME <> 'PRIMARY', INDEX_NAME, SEQ_IN_INDEX",
    values: [table.database, table.table],
    rowsAsArray: true,
  });
  const found = new Map<string, string[]>();
  for (const [index, column] of rows) found.set(String(index), [...(found.get(String(index)) ?? []), String(column)]);
  return [...found.values()];
}
