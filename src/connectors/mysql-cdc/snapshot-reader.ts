/**
 * The snapshot of captured tables, chunk by chunk in the order of each table's key. All chunks that one transaction reads are as of one
 * place in the binlog; a transaction is not kept open for long, so that DDL and the server's clean-up do not wait for it. Which part was
 * read at which place are the marks: a checkpoint keeps them, and `snapshot-catch-up.ts` reads the binlog by them.
 */
import type { Connection as CallbackConnection } from 'mysql2';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { RawRow } from './binlog-stream.ts';
import { type ChunkKey, columnList, findChunkKey, isAfter, isUpTo, type KeyValues, keyValuesOf } from './chunk-key.ts';
import { type BinlogPlace, beginSnapshot, type CapturedName, quoteId } from './mysql-server.ts';

/** Everything behind the mark before it, up to a key of a table (null: to the table's end), as it was at a place. */
export interface SnapshotMark {
  readonly place: BinlogPlace;
  readonly table: number;
  readonly key: KeyValues | null;
}

/** How far a snapshot has come; plain data for a checkpoint. */
export interface SnapshotProgress {
  readonly tables: readonly CapturedName[];
  readonly marks: readonly SnapshotMark[];
}

export interface SnapshotPage {
  readonly name: CapturedName;
  readonly rows: readonly RawRow[];
  /** Columns of type TIMESTAMP. */
  readonly moments: ReadonlySet<string>;
  /** Where the chunk ends, with its last page. */
  readonly end: SnapshotMark | null;
}

export interface SnapshotOptions {
  /** Rows of a chunk; 0: a table is one chunk. */
  readonly chunkRows: number;
  readonly chunkColumn: string | undefined;
}

/** Rows of a page: fewer than a batch holds. */
const PAGE_ROWS = 1000;
/** How long one transaction is read from. */
const TRANSACTION_MS = 60_000;
/** The server's type of TIMESTAMP columns. */
const TIMESTAMP = 7;

/** The progress behind a chunk that ends at `end`. */
export function marked({ tables, marks }: SnapshotProgress, end: SnapshotMark): SnapshotProgress {
  const last = marks.at(-1);
  const isSame = last?.place.file === end.place.file && last.place.position === end.place.position;
  return { tables, marks: isSame ? [...marks.slice(0, -1), end] : [...marks, end] };
}

/** Pages of all that lies behind `from`. `notice` hears of tables that cannot be divided. */
export async function* readSnapshot(
  connection: Connection,
  from: SnapshotProgress,
  options: SnapshotOptions,
  notice: (text: string) => void,
): AsyncGenerator<SnapshotPage> {
  const last = from.marks.at(-1);
  let after = last?.key ?? null;
  let table = last ? last.table + (last.key === null ? 1 : 0) : 0;
  let place: BinlogPlace | null = null;
  let begun = 0;
  for (; table < from.tables.length; table++) {
    const name = from.tables[table] as CapturedName;
    const key = options.chunkRows === 0 ? [] : await findChunkKey(connection, name, options.chunkColumn);
    if (key.length === 0 && options.chunkRows > 0) notice(undividedText(name));
    for (let isOver = false; !isOver; ) {
      if (!place || performance.now() - begun > TRANSACTION_MS) {
        place = await beginSnapshot(connection);
        begun = performance.now();
      }
      const end: KeyValues | null =
        key.length === 0 ? null : await chunkEnd(connection, name, key, after, options.chunkRows);
      yield* readChunk(connection, name, key, after, { place, table, key: end });
      after = end;
      isOver = end === null;
    }
  }
  await connection.query('COMMIT');
}

function undividedText({ database, table }: CapturedName): string {
  return `The table ${database}.${table} has no key by which its snapshot could be read in parts: it is read in one, and begins again when the job is killed in it. Name a column by 'scan.incremental.snapshot.chunk.key-column'.`;
}

/** The key of the row that ends a chunk; null when fewer rows than that are left. */
async function chunkEnd(
  connection: Connection,
  name: CapturedName,
  key: ChunkKey,
  after: KeyValues | null,
  rows: number,
): Promise<KeyValues | null> {
  const columns = columnList(key);
  const where = after ? ` WHERE ${isAfter(key, after)}` : '';
  const [found] = await connection.query<RowDataPacket[]>(
    `SELECT ${columns} FROM ${tableName(name)}${where} ORDER BY ${columns} LIMIT 1 OFFSET ${rows - 1}`,
  );
  return found[0] ? keyValuesOf(key, found[0]) : null;
}

async function* readChunk(
  connection: Connection,
  name: CapturedName,
  key: ChunkKey,
  after: KeyValues | null,
  end: SnapshotMark,
): AsyncGenerator<SnapshotPage> {
  const conditions = [after ? isAfter(key, after) : '', end.key ? isUpTo(key, end.key) : ''].filter(Boolean);
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  const order = key.length === 0 ? '' : ` ORDER BY ${columnList(key)}`;
  const { connection: core } = connection as unknown as { connection: CallbackConnection };
  const moments = new Set<string>();
  const stream = core.query(`SELECT * FROM ${tableName(name)}${where}${order}`).stream({ highWaterMark: PAGE_ROWS });
  stream.on('fields', (fields: ReadonlyArray<{ readonly name: string; readonly columnType: number }>) => {
    for (const field of fields) if (field.columnType === TIMESTAMP) moments.add(field.name);
  });
  let rows: RawRow[] = [];
  for await (const row of stream) {
    rows.push(row as RawRow);
    if (rows.length < PAGE_ROWS) continue;
    yield { name, rows, moments, end: null };
    rows = [];
  }
  yield { name, rows, moments, end };
}

function tableName({ database, table }: CapturedName): string {
  return `${quoteId(database)}.${quoteId(table)}`;
}
