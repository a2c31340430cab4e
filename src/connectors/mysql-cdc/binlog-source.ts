/** mysql-cdc over a real server: a consistent snapshot with its place in the binlog, then every change from there; resumes exactly. */

import type { Connection as CallbackConnection } from 'mysql2';
import type { Connection } from 'mysql2/promise';
import { EngineError } from '../../base/error.ts';
import type { SourceContext, SourceReader, TableSource } from '../../dataflow/source.ts';
import type { Batch } from '../../types/batch.ts';
import { changelogModes } from '../../types/changelog-mode.ts';
import { type Field, types } from '../../types/logical-type.ts';
import { RowKind, rowKindSigns } from '../../types/row-kind.ts';
import { type TimeZone, timeZoneOf } from '../../types/time-zone.ts';
import { nanosToMillis } from '../../types/timestamp.ts';
import type { Value } from '../../types/value.ts';
import { BatchQueue } from '../batch-queue.ts';
import { BoxedRowWriter } from '../boxed-rows.ts';
import { fromSqlText } from '../sql-text.ts';
import type { BinlogItem, BinlogStream, RawRow } from './binlog-stream.ts';
import {
  type BinlogPlace,
  beginSnapshot,
  type CapturedName,
  checkBinlog,
  connectServer,
  currentPlace,
  findTables,
  momentColumns,
  quoteId,
  type ServerAddress,
  serverError,
  tableFilter,
} from './mysql-server.ts';

/** Rows of a page of the snapshot, and items of the binlog taken at once: fewer than a batch holds. */
const PAGE_ROWS = 1000;

export interface BinlogSettings {
  readonly server: ServerAddress;
  readonly databases: string;
  readonly tables: string;
  /** Columns of the declared primary key; none when there is none. */
  readonly key: readonly string[];
  readonly serverId: string | undefined;
  /** Of the server's TIMESTAMP columns; null: the session's. */
  readonly timeZone: string | null;
  readonly mode: 'initial' | 'snapshot' | 'latest-offset' | 'earliest-offset' | 'specific-offset' | 'timestamp';
  /** Of mode specific-offset. */
  readonly start: BinlogPlace | null;
  /** Of mode timestamp: older changes are left out. */
  readonly sinceMs: number;
}

/** What a barrier stores: a place between transactions, and how many rows of the next one have been emitted (rule 6). */
type CdcPosition =
  | { readonly phase: 'snapshot' }
  | { readonly phase: 'end' }
  | { readonly phase: 'binlog'; readonly place: BinlogPlace; readonly rows: number };

const CDC_METADATA: readonly Field[] = [
  { name: 'table_name', type: types.string(false) },
  { name: 'database_name', type: types.string(false) },
  { name: 'op_ts', type: types.timestampLtz(3, false) },
  { name: 'row_kind', type: types.string(false) },
];

export class BinlogSource implements TableSource {
  readonly changelogMode;
  readonly bounded: boolean;
  readonly replayable = true;
  readonly metadata = CDC_METADATA;
  readonly #settings: BinlogSettings;

  constructor(settings: BinlogSettings) {
    this.#settings = settings;
    this.bounded = settings.mode === 'snapshot';
    this.changelogMode = this.bounded ? changelogModes.insertOnly : changelogModes.all;
  }

  async open(context: SourceContext): Promise<SourceReader> {
    const connection = await connectServer(this.#settings.server);
    try {
      await checkBinlog(connection);
      // Loaded with the first real server: the binlog client costs 60 ms.
      const { BinlogStream: Stream } = await import('./binlog-stream.ts');
      const reader = new BinlogReader(context, this.#settings, connection, Stream);
      await reader.begin(context.restored as CdcPosition | null);
      return reader;
    } catch (error) {
      connection.destroy();
      throw serverError(this.#settings.server, error);
    }
  }
}

class BinlogReader implements SourceReader {
  readonly #settings: BinlogSettings;
  readonly #Stream: typeof BinlogStream;
  readonly #connection: Connection;
  readonly #isCaptured: (name: CapturedName) => boolean;
  readonly #queue: BatchQueue;
  readonly #rows: BoxedRowWriter;
  readonly #produced: SourceContext['produced'];
  readonly #zone: TimeZone;
  /** Columns of the server's type TIMESTAMP, which is a moment, by database and table. */
  readonly #moments = new Map<string, ReadonlySet<string>>();
  #phase: CdcPosition['phase'] = 'snapshot';
  #place: BinlogPlace = { file: '', position: 4 };
  #emitted = 0;
  #skip = 0;
  #snapshot: AsyncIterator<Array<{ name: CapturedName; row: RawRow }>> | null = null;
  #page: ReadonlyArray<{ name: CapturedName; row: RawRow }> = [];
  #stream: BinlogStream | null = null;
  #failure: unknown = null;

  constructor(context: SourceContext, settings: BinlogSettings, connection: Connection, stream: typeof BinlogStream) {
    this.#settings = settings;
    this.#Stream = stream;
    this.#connection = connection;
    this.#isCaptured = tableFilter(settings.databases, settings.tables);
    this.#produced = context.produced;
    this.#zone = timeZoneOf(settings.timeZone ?? context.timeZone);
    const columnTypes = context.produced.map(({ field }) => field.type);
    this.#queue = new BatchQueue(columnTypes);
    this.#rows = new BoxedRowWriter(columnTypes, this.#queue, context.heap);
    connection.on('error', (error: unknown) => {
      if (this.#phase === 'snapshot') this.#failure = serverError(settings.server, error);
    });
  }

  async begin(restored: CdcPosition | null): Promise<void> {
    const tables = await findTables(this.#connection, this.#isCaptured);
    for (const name of tables) this.#moments.set(keyOf(name), await momentColumns(this.#connection, name));
    if (restored?.phase === 'binlog') {
      this.#skip = restored.rows;
      this.#startStream(restored.place);
    } else if (restored?.phase === 'end') this.#phase = 'end';
    else if (this.#settings.mode === 'initial' || this.#settings.mode === 'snapshot') await this.#beginSnapshot(tables);
    else this.#startStream(await this.#firstPlace());
  }

  async #firstPlace(): Promise<BinlogPlace> {
    if (this.#settings.start) return this.#settings.start;
    if (this.#settings.mode === 'latest-offset') return currentPlace(this.#connection);
    const [rows] = await this.#connection.query('SHOW BINARY LOGS');
    const first = (rows as Array<{ Log_name: string }>)[0];
    return { file: first?.Log_name ?? '', position: 4 };
  }

  async #beginSnapshot(tables: readonly CapturedName[]): Promise<void> {
    if (tables.length === 0)
      throw new EngineError(
        'CONNECTOR_CDC_TABLE',
        `Can't find any matched tables, please check your configured database-name: ${this.#settings.databases} and table-name: ${this.#settings.tables}`,
        { exceptionClass: 'java.lang.IllegalArgumentException' },
      );
    this.#place = await beginSnapshot(this.#connection);
    this.#snapshot = this.#readTables(tables);
  }

  async *#readTables(tables: readonly CapturedName[]): AsyncGenerator<Array<{ name: CapturedName; row: RawRow }>> {
    const { connection: core } = this.#connection as unknown as { connection: CallbackConnection };
    for (const name of tables) {
      const rows = core
        .query(`SELECT * FROM ${quoteId(name.database)}.${quoteId(name.table)}`)
        .stream({ highWaterMark: PAGE_ROWS });
      let page: Array<{ name: CapturedName; row: RawRow }> = [];
      for await (const row of rows) {
        page.push({ name, row: row as RawRow });
        if (page.length < PAGE_ROWS) continue;
        yield page;
        page = [];
      }
      if (page.length > 0) yield page;
    }
  }

  #startStream(place: BinlogPlace): void {
    this.#phase = 'binlog';
    this.#place = place;
    const { server, serverId, key } = this.#settings;
    this.#stream = new this.#Stream(server, place, serverId, this.#isCaptured, key);
  }

  poll(): Batch | null | 'end' {
    const waiting = this.#queue.take();
    if (waiting) return waiting;
    if (this.#failure !== null) throw this.#failure;
    if (this.#phase === 'end') return 'end';
    if (this.#phase === 'snapshot') {
      for (const { name, row } of this.#page) this.#emit(RowKind.INSERT, row, name, 0);
      this.#page = [];
    } else for (const item of this.#stream?.take(PAGE_ROWS) ?? []) this.#take(item);
    this.#queue.flush();
    return this.#queue.take();
  }

  #take(item: BinlogItem): void {
    if ('place' in item) {
      this.#place = item.place;
      this.#emitted = 0;
      return;
    }
    this.#emitted++;
    if (this.#skip > 0) this.#skip--;
    else if (item.atMs >= this.#settings.sinceMs) this.#emit(item.kind, item.row, item.name, item.atMs);
  }

  #emit(kind: number, row: RawRow, name: CapturedName, atMs: number): void {
    const moments = this.#moments.get(keyOf(name));
    const values = this.#produced.map(({ column, field }) => {
      if (column.kind === 'metadata') return metadataValue(column.key, kind, name, atMs);
      const columnName = column.path[0] as string;
      const value = readRaw(field, row[columnName]);
      const isLocal = field.type.kind === 'TIMESTAMP' && moments?.has(columnName);
      return isLocal && value !== null ? localNanos(value as bigint, this.#zone) : value;
    });
    this.#rows.write(kind, values);
  }

  async ready(): Promise<void> {
    if (this.#phase === 'binlog') {
      await this.#stream?.arrival();
      return;
    }
    if (this.#page.length > 0 || !this.#snapshot) return;
    try {
      const next = await this.#snapshot.next();
      if (!next.done) this.#page = next.value;
      else await this.#endSnapshot();
    } catch (error) {
      this.#failure = serverError(this.#settings.server, error);
    }
  }

  async #endSnapshot(): Promise<void> {
    this.#snapshot = null;
    await this.#connection.query('COMMIT');
    if (this.#settings.mode === 'snapshot') this.#phase = 'end';
    else this.#startStream(this.#place);
  }

  position(): CdcPosition {
    if (this.#phase === 'binlog') return { phase: 'binlog', place: this.#place, rows: this.#emitted };
    return { phase: this.#phase };
  }

  get canSnapshot(): boolean {
    return this.#phase !== 'snapshot' && this.#queue.readyCount === 0;
  }

  /** The binlog ends where the last transaction that was read ends; transactions of other tables count, too. */
  async hasCaughtUp(): Promise<boolean> {
    if (this.#phase !== 'binlog') return this.#phase === 'end';
    const end = await currentPlace(this.#connection);
    return this.#place.file === end.file && this.#place.position === end.position;
  }

  async close(): Promise<void> {
    await this.#stream?.stop();
    this.#connection.destroy();
  }
}

function localNanos(instant: bigint, zone: TimeZone): bigint {
  return instant + BigInt(zone.offsetAt(nanosToMillis(instant))) * 1_000_000n;
}

function keyOf({ database, table }: CapturedName): string {
  return JSON.stringify([database, table]);
}

function metadataValue(key: string, kind: number, name: CapturedName, atMs: number): Value {
  if (key === 'table_name') return name.table;
  if (key === 'database_name') return name.database;
  if (key === 'row_kind') return rowKindSigns[kind as 0] as string;
  return BigInt(atMs) * 1_000_000n;
}

/** A column's value as the server's protocol or its binlog gives it; a DECIMAL or date that does not fit is null. */
function readRaw(field: Field, raw: unknown): Value {
  if (raw === null || raw === undefined) return null;
  const { type } = field;
  if (Buffer.isBuffer(raw)) {
    if (type.kind === 'BOOLEAN') return raw.some((byte) => byte !== 0);
    if (type.kind === 'BINARY' || type.kind === 'VARBINARY') return new Uint8Array(raw);
    return fromSqlText(type, raw.toString('utf8'), field.name);
  }
  const text = typeof raw === 'object' ? JSON.stringify(raw) : String(raw);
  if (/^0000-00-00/.test(text)) return null;
  return fromSqlText(type, text, field.name);
}
