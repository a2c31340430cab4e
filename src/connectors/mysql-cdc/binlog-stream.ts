/** Row changes of captured tables from a server's binlog, in order, with the places between transactions; it stops reading while it is ahead. */
import { randomInt } from 'node:crypto';
import ZongJi, { type BinlogEvent } from '@vlasky/zongji';
import { EngineError, messageOf } from '../../base/error.ts';
import { RowKind } from '../../types/row-kind.ts';
import {
  type BinlogPlace,
  type CapturedName,
  connectionSettings,
  type ServerAddress,
  serverError,
} from './mysql-server.ts';

/** Columns by name, as the server gives them. */
export type RawRow = Readonly<Record<string, unknown>>;

export interface BinlogRow {
  readonly kind: number;
  readonly row: RawRow;
  readonly name: CapturedName;
  readonly atMs: number;
  /** Columns of type TIMESTAMP. */
  readonly moments: ReadonlySet<string>;
  /** Where its event ends in the binlog file. */
  readonly end: number;
}

export type BinlogItem =
  | BinlogRow
  /** A transaction has ended: everything before is whole. */
  | { readonly place: BinlogPlace };

const AHEAD_MAX = 20_000;
const AHEAD_LOW = 5000;
/** A wide range: a server disconnects the older of two readers that chose the same id, and one job may have dozens. */
const SERVER_ID_MIN = 2 ** 20;
const SERVER_ID_MAX = 2 ** 31;
/** The server no longer has what is asked for; the last two are MariaDB's, for GTIDs. */
const PURGED: ReadonlySet<unknown> = new Set([1236, 1945, 1955]);
/** TIMESTAMP and TIMESTAMP2. */
const MOMENT_TYPES: ReadonlySet<number> = new Set([7, 17]);

/** A table as the binlog described it before its rows; made anew for each statement. */
interface TableEntry {
  readonly parentSchema: string;
  readonly tableName: string;
  readonly columns?: ReadonlyArray<{ readonly name: string; readonly type: number }>;
}

interface RowsEvent extends BinlogEvent {
  readonly tableId: number;
  readonly tableMap: Readonly<Record<number, TableEntry>>;
  readonly rows: ReadonlyArray<RawRow & { readonly before?: RawRow; readonly after?: RawRow }>;
}

export class BinlogStream {
  readonly #server: ServerAddress;
  /** Columns whose change makes a row another row. */
  readonly #key: readonly string[];
  readonly #start: BinlogPlace;
  readonly #moments = new WeakMap<TableEntry, ReadonlySet<string>>();
  readonly #zongji: ZongJi;
  readonly #isCaptured: (name: CapturedName) => boolean;
  #items: BinlogItem[] = [];
  #file: string;
  #isPaused = false;
  #failure: EngineError | null = null;
  #wake: (() => void) | null = null;

  constructor(
    server: ServerAddress,
    start: BinlogPlace,
    serverId: string | undefined,
    isCaptured: (name: CapturedName) => boolean,
    key: readonly string[],
  ) {
    this.#server = server;
    this.#key = key;
    this.#isCaptured = isCaptured;
    this.#start = start;
    this.#file = start.file;
    this.#zongji = new ZongJi(connectionSettings(server));
    this.#zongji.on('error', (error: Error) => this.#fail(error));
    this.#zongji.on('binlog', (event: BinlogEvent) => this.#take(event));
    this.#zongji.start({
      serverId: serverId === undefined ? randomInt(SERVER_ID_MIN, SERVER_ID_MAX) : Number(serverId.split('-')[0]),
      ...(start.gtidSet === undefined
        ? { filename: start.file, position: start.position }
        : { gtidSet: start.gtidSet }),
      includeEvents: ['tablemap', 'writerows', 'updaterows', 'deleterows', 'xid', 'query', 'rotate'],
    });
  }

  /** Up to `most` items; none when nothing has come. Throws when the stream has failed and all before it has been taken. */
  take(most: number): BinlogItem[] {
    if (this.#items.length === 0 && this.#failure) throw this.#failure;
    const taken = this.#items.splice(0, most);
    if (this.#isPaused && this.#items.length < AHEAD_LOW) {
      this.#isPaused = false;
      this.#connection?.resume();
    }
    return taken;
  }

  /** Resolves when items have come, or the stream has failed. */
  async arrival(): Promise<void> {
    if (this.#items.length > 0 || this.#failure) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  async stop(): Promise<void> {
    this.#wakeUp();
    this.#zongji.stop();
  }

  get #connection(): { pause(): void; resume(): void } | undefined {
    return (this.#zongji as unknown as { connection?: { pause(): void; resume(): void } }).connection;
  }

  #take(event: BinlogEvent): void {
    switch (event.getEventName()) {
      case 'rotate':
        this.#rotate(event as BinlogEvent & { readonly binlogName: string; readonly position: number });
        break;
      case 'writerows':
        this.#rows(event as RowsEvent, RowKind.INSERT);
        break;
      case 'deleterows':
        this.#rows(event as RowsEvent, RowKind.DELETE);
        break;
      case 'updaterows':
        this.#rows(event as RowsEvent, RowKind.UPDATE_AFTER);
        break;
      case 'xid':
        this.#endTransaction(event.nextPosition);
        break;
      case 'query':
        // DDL, and COMMIT of tables without transactions: whole by themselves. BEGIN is not.
        if (!/^\s*BEGIN/i.test((event as BinlogEvent & { readonly query: string }).query))
          this.#endTransaction(event.nextPosition);
        break;
      default:
        return;
    }
    if (this.#items.length > AHEAD_MAX && !this.#isPaused) {
      this.#isPaused = true;
      this.#connection?.pause();
    }
    this.#wakeUp();
  }

  /** The server begins every stream with one, and a file never ends within a transaction. */
  #rotate({ binlogName, position }: { readonly binlogName: string; readonly position: number }): void {
    const isNew = binlogName !== this.#file && this.#file !== '';
    this.#file = binlogName;
    if (isNew) this.#endTransaction(position);
  }

  /** A reader that began by GTIDs goes on by them: its set may lack transactions that lie before others in the file. */
  #endTransaction(position: number): void {
    const gtidSet = this.#start.gtidSet === undefined ? undefined : this.#zongji.gtidSet;
    this.#items.push({ place: { file: this.#file, position, ...(gtidSet === undefined ? {} : { gtidSet }) } });
  }

  #momentsOf(entry: TableEntry): ReadonlySet<string> {
    const known = this.#moments.get(entry);
    if (known) return known;
    const columns = (entry.columns ?? []).filter(({ type }) => MOMENT_TYPES.has(type));
    const moments = new Set(columns.map(({ name }) => name));
    this.#moments.set(entry, moments);
    return moments;
  }

  #rows(event: RowsEvent, kind: number): void {
    const entry = event.tableMap[event.tableId];
    if (!entry) return;
    const name = { database: entry.parentSchema, table: entry.tableName };
    if (!this.#isCaptured(name)) return;
    const of = { name, atMs: event.timestamp, moments: this.#momentsOf(entry), end: event.nextPosition };
    for (const row of event.rows) {
      if (kind !== RowKind.UPDATE_AFTER) this.#items.push({ kind, row, ...of });
      else {
        const { before = {}, after = {} } = row;
        const moves = movesKey(this.#key, before, after);
        this.#items.push({ kind: moves ? RowKind.DELETE : RowKind.UPDATE_BEFORE, row: before, ...of });
        this.#items.push({ kind: moves ? RowKind.INSERT : kind, row: after, ...of });
      }
    }
  }

  #fail(error: Error): void {
    const { errno } = error as { errno?: number };
    if (/same server_uuid\/server_id/.test(error.message)) {
      this.#failure = new EngineError(
        'CONNECTOR_CDC_SERVER',
        `Another reader took this one's server id: ${error.message}`,
        {
          retryable: true,
          cause: error,
        },
      );
      this.#wakeUp();
      return;
    }
    this.#failure = PURGED.has(errno)
      ? new EngineError(
          'CONNECTOR_CDC_PURGED',
          `The connector is trying to read binlog starting at ${this.#start.gtidSet ?? `${this.#start.file}:${this.#start.position}`}, but this is no longer available on the server (${messageOf(error)}). Keep binlogs longer (binlog_expire_logs_seconds), and start the job anew for a fresh snapshot.`,
        )
      : serverError(this.#server, error);
    this.#wakeUp();
  }

  #wakeUp(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}

/** An update that changes the key is another row's birth: whoever follows updates by key alone would keep the old row. */
export function movesKey(key: readonly string[], before: RawRow, after: RawRow): boolean {
  return key.some((name) => !isSame(before[name], after[name]));
}

function isSame(a: unknown, b: unknown): boolean {
  return Buffer.isBuffer(a) && Buffer.isBuffer(b) ? a.equals(b) : String(a) === String(b);
}
