/** MySQL and MariaDB as a jdbc database, through mysql2: multi-row statements of our own text, one transaction an epoch. */

import type { Connection as CallbackConnection, QueryError, RowDataPacket } from 'mysql2';
import type { Connection } from 'mysql2/promise';
import { EngineError, messageOf } from '../../base/error.ts';
import { interruptible, isInterruption } from '../../base/interruption.ts';
import type { SinkMarker } from '../../dataflow/sink.ts';
import type { Field } from '../../types/logical-type.ts';
import type { Value } from '../../types/value.ts';
import { exportsOf } from '../commonjs.ts';
import { mysqlTls } from '../mysql-tls.ts';
import { type Database, type MarkerKey, SCAN_PAGE_ROWS, type TargetTable, type Transaction } from './database.ts';
import type { JdbcAddress } from './jdbc-url.ts';
import { byKey, type LookupQuery, lookupStatement, lookupStatements } from './mysql-lookup.ts';
import { changeStatements, checkType, quoteId, quoteValue, readRow, whatIsTooLong } from './mysql-text.ts';

const SESSION_TIMEOUT_S = 60;
const MARKERS = '_millrace_commit';
/** Answers of the server after which the same transaction may succeed. Errors that are no answers (lost connections) always may. */
const RETRYABLE = new Set([
  'ER_LOCK_DEADLOCK',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_SERVER_SHUTDOWN',
  'ER_CON_COUNT_ERROR',
  'ER_QUERY_INTERRUPTED',
  'ER_CONNECTION_KILLED',
]);

export class MysqlDatabase implements Database {
  readonly #address: Extract<JdbcAddress, { dialect: 'mysql' }>;
  readonly #user: string;
  readonly #password: string;
  readonly #signal: AbortSignal;
  #connection: Promise<Connection> | null = null;
  #isScanning = false;
  #collations: Map<string, RowDataPacket[]> | null = null;

  /** `signal` ends whatever waits for the server. */
  constructor(
    address: Extract<JdbcAddress, { dialect: 'mysql' }>,
    user: string,
    password: string,
    signal: AbortSignal,
  ) {
    this.#address = address;
    this.#user = user;
    this.#password = password;
    this.#signal = signal;
  }

  async prepareTarget(target: TargetTable, isFirstStart: boolean, notice: (text: string) => void): Promise<void> {
    for (const field of target.fields) checkType(field.type);
    const columns = await this.#columns(target.name);
    if (columns.length === 0)
      throw new EngineError(
        'CONNECTOR_JDBC_TABLE_MISSING',
        `The table '${target.name}' does not exist in the MySQL database '${this.#address.database}'. Create it there first${isFirstStart ? '' : ' (this job has written it before: restore it)'}.`,
      );
    const names = new Set(columns.map((column) => String(column['COLUMN_NAME']).toLowerCase()));
    const missing = target.fields.filter((field) => !names.has(field.name.toLowerCase())).map((field) => field.name);
    if (missing.length > 0)
      throw new EngineError(
        'CONNECTOR_JDBC_COLUMN',
        `The MySQL table '${target.name}' has no column ${missing.join(', ')}.`,
      );
    await this.#checkKeys(target, columns, notice);
    await this.#query(
      `CREATE TABLE IF NOT EXISTS ${MARKERS} (lineage VARCHAR(64) NOT NULL, sink VARCHAR(191) NOT NULL, incarnation BIGINT NOT NULL, epoch BIGINT NOT NULL, PRIMARY KEY (lineage, sink)) ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
    );
  }

  async transaction(marker: MarkerKey, work: (transaction: Transaction) => Promise<void>): Promise<void> {
    await this.#use(async (connection) => {
      await connection.query('START TRANSACTION');
      try {
        const where = markerWhere(marker);
        const [rows] = await connection.query<RowDataPacket[]>(
          `SELECT incarnation, epoch FROM ${MARKERS} WHERE ${where} FOR UPDATE`,
        );
        await work({
          marker: markerOf(rows),
          apply: async (target, changes) => {
            try {
              for (const sql of changeStatements(target, changes)) await connection.query(sql);
            } catch (error) {
              throw this.#error(error, whatIsTooLong(error, target, changes));
            }
          },
          writeMarker: async (next) => {
            await connection.query(
              `INSERT INTO ${MARKERS} VALUES (${quoteValue(marker.lineage)}, ${quoteValue(marker.sink)}, ${next.incarnation}, ${next.epoch}) ON DUPLICATE KEY UPDATE incarnation = VALUES(incarnation), epoch = VALUES(epoch)`,
            );
          },
        });
        await connection.query('COMMIT');
      } catch (error) {
        await connection.query('ROLLBACK').catch(() => this.#drop());
        throw error;
      }
    });
  }

  async readMarker(marker: MarkerKey): Promise<SinkMarker | null> {
    return markerOf(await this.#query(`SELECT incarnation, epoch FROM ${MARKERS} WHERE ${markerWhere(marker)}`));
  }

  async *scan(table: string, fields: readonly Field[], limit: number | null): AsyncGenerator<Value[][]> {
    const columns = fields.length === 0 ? '1' : fields.map((field) => quoteId(field.name)).join(', ');
    const sql = `SELECT ${columns} FROM ${quoteId(table)}${limit === null ? '' : ` LIMIT ${limit}`}`;
    const connection = await interruptible(this.#connect(), this.#signal);
    this.#isScanning = true;
    try {
      // The promise face hides `stream`; the connection under it is documented.
      const { connection: core } = connection as unknown as { connection: CallbackConnection };
      const stream = core.query({ sql, rowsAsArray: true }).stream({ highWaterMark: SCAN_PAGE_ROWS });
      let page: Value[][] = [];
      for await (const row of stream) {
        page.push(readRow(row as readonly unknown[], fields));
        if (page.length < SCAN_PAGE_ROWS) continue;
        yield page;
        page = [];
      }
      if (page.length > 0) yield page;
      this.#isScanning = false;
    } catch (error) {
      throw this.#error(error);
    }
  }

  async lookup(
    table: string,
    keyFields: readonly Field[],
    keys: ReadonlyArray<readonly Value[]>,
    fields: readonly Field[],
  ): Promise<Value[][][]> {
    if (keys.length === 0) return [];
    const query: LookupQuery = { table, keyFields, keys, fields };
    const hasTexts = keyFields.some(({ type }) => type.kind === 'CHAR' || type.kind === 'VARCHAR');
    const hasBlanks =
      hasTexts && keys.some((key) => key.some((value) => typeof value === 'string' && / $/.test(value)));
    if (hasBlanks || (hasTexts && !(await this.#comparesBytes(table, keyFields)))) return await this.#lookupEach(query);
    return byKey(query, await this.#rows(lookupStatement(query))) ?? (await this.#lookupEach(query));
  }

  /** One round trip for many keys, each by itself: what equals a text is for the server to say. */
  async #lookupEach(query: LookupQuery): Promise<Value[][][]> {
    const found: Value[][][] = query.keys.map(() => []);
    for (const statement of lookupStatements(query))
      for (const [index, ...row] of await this.#rows(statement)) found[Number(index)]?.push(readRow(row, query.fields));
    return found;
  }

  async #rows(sql: string): Promise<ReadonlyArray<readonly unknown[]>> {
    let rows: ReadonlyArray<readonly unknown[]> = [];
    await this.#use(async (connection) => {
      const [found] = await connection.query<RowDataPacket[]>({ sql, rowsAsArray: true });
      rows = found as unknown as ReadonlyArray<readonly unknown[]>;
    });
    return rows;
  }

  /** Texts of the columns equal each other only byte by byte, but for blanks at their ends. */
  async #comparesBytes(table: string, fields: readonly Field[]): Promise<boolean> {
    const names = new Set(fields.map(({ name }) => name.toLowerCase()));
    this.#collations ??= new Map();
    let columns = this.#collations.get(table);
    if (!columns) {
      columns = await this.#columns(table);
      this.#collations.set(table, columns);
    }
    return columns
      .filter((column) => names.has(String(column['COLUMN_NAME']).toLowerCase()))
      .every((column) => /^$|bin$|^binary$/.test(String(column['COLLATION_NAME'] ?? '')));
  }

  async close(): Promise<void> {
    const connecting = this.#connection;
    if (!connecting) return;
    const end = async (): Promise<void> => {
      const connection = await connecting;
      // Rows of a scan that nobody will read: a polite end would wait for the last of them.
      if (this.#isScanning) connection.destroy();
      else await connection.end();
    };
    await interruptible(end(), this.#signal).catch(() => this.#drop());
    this.#connection = null;
  }

  /** The columns of a table as information_schema has them; none when the table is absent. */
  #columns(table: string): Promise<RowDataPacket[]> {
    return this.#query(
      `SELECT COLUMN_NAME, COLLATION_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ${quoteValue(this.#address.database)} AND TABLE_NAME = ${quoteValue(table)}`,
    );
  }

  /** MySQL decides by its own unique keys: a second one, or a key text that it compares loosely, would merge rows (rule 12). */
  async #checkKeys(
    target: TargetTable,
    columns: readonly RowDataPacket[],
    notice: (text: string) => void,
  ): Promise<void> {
    const indexes = await this.#query(
      `SELECT INDEX_NAME, GROUP_CONCAT(COLUMN_NAME ORDER BY SEQ_IN_INDEX) AS cols FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ${quoteValue(this.#address.database)} AND TABLE_NAME = ${quoteValue(target.name)} AND NON_UNIQUE = 0 GROUP BY INDEX_NAME`,
    );
    const key = target.key.map((i) => (target.fields[i] as Field).name.toLowerCase());
    const same = (index: RowDataPacket): boolean =>
      String(index['cols']).toLowerCase().split(',').sort().join() === [...key].sort().join();
    if (key.length > 0 && !indexes.some(same))
      throw new EngineError(
        'CONNECTOR_JDBC_KEY',
        `The MySQL table '${target.name}' has no unique key over (${key.join(', ')}), which is the primary key of the sink table: rows could not be replaced. Add it with ALTER TABLE ${target.name} ADD PRIMARY KEY (${key.join(', ')}).`,
      );
    const others = indexes.filter((index) => key.length > 0 && !same(index));
    if (others.length > 0)
      throw new EngineError(
        'CONNECTOR_JDBC_KEY',
        `The MySQL table '${target.name}' has another unique key, ${String(others[0]?.['INDEX_NAME'])} (${String(others[0]?.['cols'])}): an upsert could replace a row of a different primary key. Drop that key, or write to a table without it.`,
      );
    for (const column of columns) {
      const collation = String(column['COLLATION_NAME'] ?? '');
      if (!key.includes(String(column['COLUMN_NAME']).toLowerCase()) || collation === '' || /_bin$/.test(collation))
        continue;
      notice(
        `[WARNING] The key column '${String(column['COLUMN_NAME'])}' of the MySQL table '${target.name}' compares texts by ${collation}: texts that differ in case or accents are one row there. A collation that ends in _bin keeps them apart.`,
      );
    }
  }

  async #query(sql: string): Promise<RowDataPacket[]> {
    let rows: RowDataPacket[] = [];
    await this.#use(async (connection) => {
      [rows] = await connection.query<RowDataPacket[]>(sql);
    });
    return rows;
  }

  async #use(work: (connection: Connection) => Promise<void>): Promise<void> {
    try {
      await interruptible(this.#connect().then(work), this.#signal);
    } catch (error) {
      if (!(error instanceof EngineError) && !isServerAnswer(error)) this.#drop();
      throw isInterruption(error) ? error : this.#error(error);
    }
  }

  #connect(): Promise<Connection> {
    this.#connection ??= this.#open().catch((error: unknown) => {
      this.#connection = null;
      throw this.#error(error);
    });
    return this.#connection;
  }

  async #open(): Promise<Connection> {
    // Loaded when the first statement needs it: it costs 60 ms.
    const { createConnection } = exportsOf(await import('mysql2/promise'));
    const { host, port, database, parameters } = this.#address;
    const ssl = mysqlTls(parameters);
    const connection = await createConnection({
      host,
      port,
      database,
      user: this.#user,
      password: this.#password,
      charset: 'utf8mb4',
      dateStrings: true,
      supportBigNumbers: true,
      jsonStrings: true,
      bigNumberStrings: true,
      connectTimeout: 10_000,
      timezone: 'Z',
      ...(ssl ? { ssl } : {}),
    });
    connection.on('error', () => this.#drop());
    try {
      await connection.query(
        `SET SESSION sql_mode = 'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,NO_ZERO_DATE', time_zone = '+00:00', wait_timeout = ${SESSION_TIMEOUT_S}, group_concat_max_len = 65536`,
      );
    } catch (error) {
      connection.destroy();
      throw error;
    }
    return connection;
  }

  #drop(): void {
    const connection = this.#connection;
    this.#connection = null;
    connection?.then(
      (open) => open.destroy(),
      () => undefined,
    );
  }

  #error(error: unknown, more = ''): EngineError {
    if (error instanceof EngineError) return error;
    const code = (error as { code?: string }).code ?? '';
    const place = `${this.#address.host}:${this.#address.port}/${this.#address.database}`;
    return new EngineError('CONNECTOR_JDBC_MYSQL', `MySQL at ${place}: ${messageOf(error) || code}${more}`, {
      cause: error,
      retryable: RETRYABLE.has(code) || !isServerAnswer(error),
      exceptionClass: 'java.sql.SQLException',
    });
  }
}

/** An error that the server gave leaves the connection usable. */
function isServerAnswer(error: unknown): boolean {
  return (error as Partial<QueryError>).sqlState !== undefined && (error as Partial<QueryError>).fatal !== true;
}

function markerWhere(marker: MarkerKey): string {
  return `lineage = ${quoteValue(marker.lineage)} AND sink = ${quoteValue(marker.sink)}`;
}

function markerOf(rows: readonly RowDataPacket[]): SinkMarker | null {
  const row = rows[0];
  return row ? { incarnation: Number(row['incarnation']), epoch: Number(row['epoch']) } : null;
}
