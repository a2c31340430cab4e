/**
 * SQLite as a jdbc database, through Node's own `node:sqlite`. It is synchronous: an epoch is applied in small slices with turns of the
 * event loop between, so that the job goes on meanwhile. Rule 13 of exactly-once: WAL, full synchronisation, the file's inode compared at
 * every commit, and no other access to the file by this process.
 */
import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { EngineError, messageOf } from '../../base/error.ts';
import { isInterruption } from '../../base/interruption.ts';
import { isBusy, isPassing, rollback } from '../../base/sqlite-error.ts';
import type { SinkMarker } from '../../dataflow/sink.ts';
import type { Field, LogicalType } from '../../types/logical-type.ts';
import type { Value } from '../../types/value.ts';
import { quoteName, readSqliteRow, toSqlite } from '../sqlite-values.ts';
import {
  type Database,
  isStorable,
  type MarkerKey,
  SCAN_PAGE_ROWS,
  type TableChange,
  type TargetTable,
  type Transaction,
} from './database.ts';

const SLICE_ROWS = 200;
const BUSY_WAIT_MS = 5;
const BUSY_LIMIT_MS = 60_000;
const MARKERS = '_millrace_commit';

/** One writer at a time a file in this process: transactions span turns of the event loop. */
const turns = new Map<string, Promise<void>>();

export class SqliteDatabase implements Database {
  readonly #path: string;
  readonly #db: DatabaseSync;
  readonly #inode: number;
  readonly #signal: AbortSignal;

  /** Makes the file when it is absent and `create`. Throws `CONNECTOR_JDBC_OPEN`. `signal` ends the wait for other writers. */
  constructor(path: string, create: boolean, signal: AbortSignal) {
    this.#path = path;
    this.#signal = signal;
    try {
      if (create) mkdirSync(dirname(path), { recursive: true });
      else if (!statSync(path, { throwIfNoEntry: false })) throw new Error('there is no such file');
      this.#db = new DatabaseSync(path, { timeout: 0 });
      this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    } catch (error) {
      throw new EngineError(
        'CONNECTOR_JDBC_OPEN',
        `The SQLite database ${path} cannot be opened: ${messageOf(error)}`,
        {
          cause: error,
          retryable: true,
        },
      );
    }
    this.#inode = inodeOf(path);
  }

  async prepareTarget(target: TargetTable, isFirstStart: boolean): Promise<void> {
    const exists =
      this.#db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(target.name) !== undefined;
    if (!exists && !isFirstStart)
      throw new EngineError(
        'CONNECTOR_JDBC_TABLE_MISSING',
        `The table ${target.name} is missing in ${this.#path}, although this job has written it before. Restore the file, or start the job anew.`,
      );
    await this.#exclusive(async () => {
      this.#db.exec(
        `CREATE TABLE IF NOT EXISTS ${MARKERS} (lineage TEXT, sink TEXT, incarnation INTEGER, epoch INTEGER, PRIMARY KEY (lineage, sink)) WITHOUT ROWID`,
      );
      if (!exists) this.#db.exec(createTable(target));
    });
    this.#checkColumns(target);
  }

  async transaction(marker: MarkerKey, work: (transaction: Transaction) => Promise<void>): Promise<void> {
    await this.#exclusive(async () => {
      await work({
        marker: this.#marker(marker),
        apply: (target, changes) => this.#apply(target, changes),
        writeMarker: async (next) => {
          this.#db
            .prepare(`INSERT OR REPLACE INTO ${MARKERS} VALUES (?, ?, ?, ?)`)
            .run(marker.lineage, marker.sink, next.incarnation, next.epoch);
        },
      });
      this.#checkFile();
    });
  }

  async readMarker(marker: MarkerKey): Promise<SinkMarker | null> {
    return this.#marker(marker);
  }

  async *scan(table: string, fields: readonly Field[], limit: number | null): AsyncGenerator<Value[][]> {
    const columns = fields.length === 0 ? '1' : fields.map((field) => quoteName(field.name)).join(', ');
    const statement = this.#db.prepare(
      `SELECT ${columns} FROM ${quoteName(table)}${limit === null ? '' : ` LIMIT ${limit}`}`,
    );
    statement.setReadBigInts(true);
    statement.setReturnArrays(true);
    let page: Value[][] = [];
    for (const row of statement.iterate()) {
      page.push(readSqliteRow(row as unknown as readonly unknown[], fields));
      if (page.length < SCAN_PAGE_ROWS) continue;
      yield page;
      page = [];
    }
    if (page.length > 0) yield page;
  }

  async lookup(
    table: string,
    keyFields: readonly Field[],
    keys: ReadonlyArray<readonly Value[]>,
    fields: readonly Field[],
  ): Promise<Value[][][]> {
    const columns = fields.length === 0 ? '1' : fields.map((field) => quoteName(field.name)).join(', ');
    const where = keyFields.map((field) => `${quoteName(field.name)} = ?`).join(' AND ');
    const statement = this.#db.prepare(`SELECT ${columns} FROM ${quoteName(table)} WHERE ${where}`);
    statement.setReadBigInts(true);
    statement.setReturnArrays(true);
    return keys.map((key) =>
      statement
        .all(...key.map((value, i) => toSqlite((keyFields[i] as Field).type, value)))
        .map((row) => readSqliteRow(row as unknown as readonly unknown[], fields)),
    );
  }

  async close(): Promise<void> {
    await turns.get(this.#path)?.catch(() => undefined);
    this.#db.close();
  }

  /** Runs `work` between BEGIN IMMEDIATE and COMMIT, after other writers of this file. */
  async #exclusive(work: () => Promise<void>): Promise<void> {
    const before = turns.get(this.#path) ?? Promise.resolve();
    const turn = before.catch(() => undefined).then(() => this.#inTransaction(work));
    turns.set(
      this.#path,
      turn.catch(() => undefined),
    );
    await turn;
  }

  async #inTransaction(work: () => Promise<void>): Promise<void> {
    await this.#begin();
    try {
      await work();
      this.#db.exec('COMMIT');
    } catch (error) {
      rollback(this.#db);
      throw error instanceof EngineError || isInterruption(error) ? error : sqliteError(this.#path, error);
    }
  }

  async #begin(): Promise<void> {
    const start = performance.now();
    for (;;) {
      try {
        this.#db.exec('BEGIN IMMEDIATE');
        return;
      } catch (error) {
        if (!isBusy(error) || performance.now() - start > BUSY_LIMIT_MS) throw sqliteError(this.#path, error);
        await sleep(BUSY_WAIT_MS, undefined, { signal: this.#signal });
      }
    }
  }

  async #apply(target: TargetTable, changes: readonly TableChange[]): Promise<void> {
    const remove = target.key.length === 0 ? null : this.#db.prepare(deleteSql(target));
    const upsert = this.#db.prepare(upsertSql(target));
    let inSlice = 0;
    for (const isDelete of [true, false]) {
      for (const change of changes) {
        if (change.isDelete !== isDelete) continue;
        if (isDelete)
          remove?.run(...target.key.map((i) => toSqlite((target.fields[i] as Field).type, change.row[i] ?? null)));
        else upsert.run(...target.fields.map((field, i) => toSqlite(field.type, change.row[i] ?? null)));
        if (++inSlice % SLICE_ROWS === 0) await nextTurn();
      }
    }
  }

  #marker(key: MarkerKey): SinkMarker | null {
    const exists = this.#db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(MARKERS);
    if (exists === undefined) return null;
    const row = this.#db
      .prepare(`SELECT incarnation, epoch FROM ${MARKERS} WHERE lineage = ? AND sink = ?`)
      .get(key.lineage, key.sink) as { incarnation: number; epoch: number } | undefined;
    return row ? { incarnation: row.incarnation, epoch: row.epoch } : null;
  }

  #checkColumns(target: TargetTable): void {
    const found = this.#db.prepare(`SELECT name FROM pragma_table_info(?)`).all(target.name) as Array<{ name: string }>;
    const names = new Set(found.map((column) => column.name));
    const missing = target.fields.filter((field) => !names.has(field.name)).map((field) => field.name);
    if (missing.length > 0)
      throw new EngineError(
        'CONNECTOR_JDBC_COLUMN',
        `The table ${target.name} in ${this.#path} has no column ${missing.join(', ')}.`,
      );
  }

  /** A removed or replaced file would take the commit into nothing (rule 13). */
  #checkFile(): void {
    if (inodeOf(this.#path) !== this.#inode)
      throw new EngineError(
        'CONNECTOR_JDBC_FILE_REPLACED',
        `The SQLite file ${this.#path} was removed or replaced while the job wrote to it. The job stops, so that nothing is lost.`,
      );
  }
}

function inodeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? -1;
}

function createTable(target: TargetTable): string {
  const columns = target.fields.map(
    (field) => `${quoteName(field.name)} ${sqliteType(field.type)}${field.type.nullable ? '' : ' NOT NULL'}`,
  );
  if (target.key.length > 0)
    columns.push(`PRIMARY KEY (${target.key.map((i) => quoteName((target.fields[i] as Field).name)).join(', ')})`);
  return `CREATE TABLE IF NOT EXISTS ${quoteName(target.name)} (${columns.join(', ')})`;
}

function sqliteType(type: LogicalType): string {
  if (!isStorable(type))
    throw new EngineError('CONNECTOR_JDBC_TYPE', `The SQLite dialect doesn't support type: ${type.kind}.`);
  switch (type.kind) {
    case 'BOOLEAN':
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'BIGINT':
    case 'INTERVAL_YEAR_MONTH':
    case 'INTERVAL_DAY_TIME':
      return 'INTEGER';
    case 'FLOAT':
    case 'DOUBLE':
      return 'REAL';
    case 'BINARY':
    case 'VARBINARY':
      return 'BLOB';
    default:
      return 'TEXT';
  }
}

function upsertSql(target: TargetTable): string {
  const names = target.fields.map((field) => quoteName(field.name));
  const insert = `INSERT INTO ${quoteName(target.name)} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
  if (target.key.length === 0) return insert;
  const keyNames = target.key.map((i) => names[i] as string);
  const others = names.filter((name) => !keyNames.includes(name));
  const update =
    others.length === 0 ? 'NOTHING' : `UPDATE SET ${others.map((name) => `${name} = excluded.${name}`).join(', ')}`;
  return `${insert} ON CONFLICT (${keyNames.join(', ')}) DO ${update}`;
}

function deleteSql(target: TargetTable): string {
  const where = target.key.map((i) => `${quoteName((target.fields[i] as Field).name)} = ?`);
  return `DELETE FROM ${quoteName(target.name)} WHERE ${where.join(' AND ')}`;
}

function sqliteError(path: string, cause: unknown): EngineError {
  return new EngineError('CONNECTOR_JDBC_WRITE', `SQLite ${path}: ${messageOf(cause)}`, {
    cause,
    retryable: isPassing(cause),
  });
}
