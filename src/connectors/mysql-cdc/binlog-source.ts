/** mysql-cdc over a real server: a consistent snapshot with its place in the binlog, then every change from there; resumes exactly. */

import type { Connection } from 'mysql2/promise';
import { EngineError } from '../../base/error.ts';
import { interruptible } from '../../base/interruption.ts';
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
  type CapturedName,
  checkBinlog,
  checkGtidSet,
  connectServer,
  currentPlace,
  findTables,
  isBefore,
  type ServerAddress,
  serverError,
  tableFilter,
} from './mysql-server.ts';
import { type PlacedItem, SnapshotCatchUp } from './snapshot-catch-up.ts';
import {
  marked,
  readSnapshot,
  type SnapshotOptions,
  type SnapshotPage,
  type SnapshotProgress,
} from './snapshot-reader.ts';

/** Items of the binlog taken at once: fewer than a batch holds. */
const TAKEN_ITEMS = 1000;

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
  readonly snapshot: SnapshotOptions;
}

/**
 * What a barrier stores (rule 6): the chunks of the snapshot that have been emitted; or a place between transactions, how many rows of the
 * next one have been emitted, and the chunks as long as the binlog is older than one of them.
 */
type CdcPosition =
  | { readonly phase: 'snapshot'; readonly progress: SnapshotProgress }
  | { readonly phase: 'end' }
  | {
      readonly phase: 'binlog';
      readonly place: BinlogPlace;
      readonly rows: number;
      readonly progress: SnapshotProgress | null;
    };

const NO_MOMENTS: ReadonlySet<string> = new Set();
const NOTHING_READ: SnapshotProgress = { tables: [], marks: [] };

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
    const connecting = connectServer(this.#settings.server);
    const opening = connecting.then((connection) => this.#begin(context, connection));
    try {
      return await interruptible(opening, context.signal);
    } catch (error) {
      // What still waits ends with its connection.
      connecting.then(
        (connection) => connection.destroy(),
        () => undefined,
      );
      throw error;
    }
  }

  async #begin(context: SourceContext, connection: Connection): Promise<SourceReader> {
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
  readonly #notice: (text: string) => void;
  #phase: CdcPosition['phase'] = 'snapshot';
  /** The chunks that have been emitted, while anything depends on them. */
  #progress: SnapshotProgress | null = NOTHING_READ;
  #snapshot: AsyncIterator<SnapshotPage> | null = null;
  #page: SnapshotPage | null = null;
  #isInChunk = false;
  #place: BinlogPlace = { file: '', position: 4 };
  #emitted = 0;
  #skip = 0;
  #stream: BinlogStream | null = null;
  #catchUp: SnapshotCatchUp | null = null;
  #placed: readonly PlacedItem[] = [];
  #failure: unknown = null;
  #fetching: Promise<void> | null = null;

  constructor(context: SourceContext, settings: BinlogSettings, connection: Connection, stream: typeof BinlogStream) {
    this.#settings = settings;
    this.#Stream = stream;
    this.#connection = connection;
    this.#isCaptured = tableFilter(settings.databases, settings.tables);
    this.#produced = context.produced;
    this.#notice = (text) => context.notice(text);
    this.#zone = timeZoneOf(settings.timeZone ?? context.timeZone);
    const columnTypes = context.produced.map(({ field }) => field.type);
    this.#queue = new BatchQueue(columnTypes);
    this.#rows = new BoxedRowWriter(columnTypes, this.#queue, context.heap);
    connection.on('error', (error: unknown) => {
      if (this.#phase === 'snapshot') this.#failure = serverError(settings.server, error);
    });
  }

  async begin(restored: CdcPosition | null): Promise<void> {
    const { mode } = this.#settings;
    if (restored?.phase === 'binlog') {
      this.#skip = restored.rows;
      await this.#startStream(restored.place, restored.progress ?? null);
    } else if (restored?.phase === 'end') this.#phase = 'end';
    else if (mode === 'initial' || mode === 'snapshot') await this.#beginSnapshot(restored?.progress ?? NOTHING_READ);
    else await this.#startStream(await this.#firstPlace(), null);
  }

  async #firstPlace(): Promise<BinlogPlace> {
    const { start, mode } = this.#settings;
    if (start?.gtidSet !== undefined) await checkGtidSet(this.#connection, start.gtidSet);
    if (start) return start;
    if (mode === 'latest-offset') return currentPlace(this.#connection);
    const [rows] = await this.#connection.query('SHOW BINARY LOGS');
    const first = (rows as Array<{ Log_name: string }>)[0];
    return { file: first?.Log_name ?? '', position: 4 };
  }

  /** Tables that are made while the snapshot is read stand in the binlog with all their rows. */
  async #beginSnapshot(progress: SnapshotProgress): Promise<void> {
    const tables = progress.marks.length > 0 ? progress.tables : await findTables(this.#connection, this.#isCaptured);
    if (tables.length === 0)
      throw new EngineError(
        'CONNECTOR_CDC_TABLE',
        `Can't find any matched tables, please check your configured database-name: ${this.#settings.databases} and table-name: ${this.#settings.tables}`,
        { exceptionClass: 'java.lang.IllegalArgumentException' },
      );
    this.#progress = { tables, marks: progress.marks };
    this.#snapshot = readSnapshot(this.#connection, this.#progress, this.#settings.snapshot, this.#notice);
  }

  /** `progress`: of the snapshot before, while its parts are as of different places. */
  async #startStream(place: BinlogPlace, progress: SnapshotProgress | null): Promise<void> {
    const { server, serverId, key, snapshot } = this.#settings;
    this.#phase = 'binlog';
    this.#place = place;
    this.#progress = progress;
    if (progress) this.#catchUp = await SnapshotCatchUp.open(this.#connection, progress, snapshot.chunkColumn, place);
    const keys = [...key, ...(this.#catchUp?.keyColumns ?? [])];
    this.#stream = new this.#Stream(server, place, serverId, this.#isCaptured, keys);
  }

  poll(): Batch | null | 'end' {
    const waiting = this.#queue.take();
    if (waiting) return waiting;
    if (this.#failure !== null) throw this.#failure;
    if (this.#phase === 'end') return 'end';
    if (this.#phase === 'snapshot') this.#takePage();
    else if (this.#placed.length > 0 || this.#catchUp) {
      for (const { item, isNew } of this.#placed) this.#take(item, isNew);
      this.#placed = [];
    } else for (const item of this.#stream?.take(TAKEN_ITEMS) ?? []) this.#take(item, true);
    this.#queue.flush();
    return this.#queue.take();
  }

  #takePage(): void {
    const page = this.#page;
    if (!page) return;
    this.#page = null;
    for (const row of page.rows) this.#emit(RowKind.INSERT, row, page.name, 0, page.moments);
    if (page.end && this.#progress) this.#progress = marked(this.#progress, page.end);
    this.#isInChunk = page.end === null;
  }

  #take(item: BinlogItem, isNew: boolean): void {
    if ('place' in item) {
      this.#place = item.place;
      this.#emitted = 0;
      const last = this.#progress?.marks.at(-1);
      if (last && !isBefore(item.place, last.place)) {
        this.#progress = null;
        this.#catchUp = null;
      }
      return;
    }
    this.#emitted++;
    if (this.#skip > 0) this.#skip--;
    else if (isNew && item.atMs >= this.#settings.sinceMs)
      this.#emit(item.kind, item.row, item.name, item.atMs, item.moments);
  }

  #emit(kind: number, row: RawRow, name: CapturedName, atMs: number, moments = NO_MOMENTS): void {
    const values = this.#produced.map(({ column, field }) => {
      if (column.kind === 'metadata') return metadataValue(column.key, kind, name, atMs);
      const columnName = column.path[0] as string;
      const value = readRaw(field, row[columnName]);
      const isLocal = field.type.kind === 'TIMESTAMP' && moments.has(columnName);
      return isLocal && value !== null ? localNanos(value as bigint, this.#zone) : value;
    });
    this.#rows.write(kind, values);
  }

  ready(): Promise<void> {
    this.#fetching ??= this.#fetch()
      .catch((error) => {
        this.#failure = serverError(this.#settings.server, error);
      })
      .finally(() => {
        this.#fetching = null;
      });
    return this.#fetching;
  }

  async #fetch(): Promise<void> {
    if (this.#phase === 'binlog') {
      if (this.#placed.length > 0) return;
      await this.#stream?.arrival();
      if (this.#catchUp && this.#stream) this.#placed = await this.#catchUp.place(this.#stream.take(TAKEN_ITEMS));
      return;
    }
    if (this.#page || !this.#snapshot) return;
    const next = await this.#snapshot.next();
    if (next.done) await this.#endSnapshot();
    else this.#page = next.value;
  }

  async #endSnapshot(): Promise<void> {
    this.#snapshot = null;
    const progress = this.#progress;
    const first = progress?.marks[0];
    if (this.#settings.mode === 'snapshot' || !first) this.#phase = 'end';
    else await this.#startStream(first.place, progress.marks.length > 1 ? progress : null);
  }

  position(): CdcPosition {
    if (this.#phase === 'binlog')
      return { phase: 'binlog', place: this.#place, rows: this.#emitted, progress: this.#progress };
    if (this.#phase === 'end') return { phase: 'end' };
    return { phase: 'snapshot', progress: this.#progress ?? NOTHING_READ };
  }

  get canSnapshot(): boolean {
    return !this.#isInChunk && this.#queue.readyCount === 0;
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
