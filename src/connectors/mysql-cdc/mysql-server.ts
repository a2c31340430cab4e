/** The server side of mysql-cdc: connecting, checking that its binlog can be read, finding tables, and a snapshot with its position. */
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { EngineError, messageOf } from '../../base/error.ts';
import { exportsOf } from '../commonjs.ts';
import type { MysqlTls } from '../mysql-tls.ts';
import { nameMatcher } from '../name-matcher.ts';

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly tls: MysqlTls | null;
}

/** A place in the binlog: always between two transactions. */
export interface BinlogPlace {
  readonly file: string;
  readonly position: number;
  /** Where a reader began by a GTID set: what it has read, which is where it goes on. */
  readonly gtidSet?: string;
}

/** Files of one server are numbered in order. */
export function isBefore(a: BinlogPlace, b: BinlogPlace): boolean {
  if (a.file === b.file) return a.position < b.position;
  return fileNumber(a.file) < fileNumber(b.file);
}

function fileNumber(file: string): number {
  return Number(file.slice(file.lastIndexOf('.') + 1));
}

export interface CapturedName {
  readonly database: string;
  readonly table: string;
}

const SNAPSHOT_TRIES = 20;
const PATIENCE_SECONDS = 7 * 86_400;

/** The settings that both the control connection and the binlog reader use: exact numbers and times as text. */
export function connectionSettings(server: ServerAddress) {
  return {
    host: server.host,
    port: server.port,
    user: server.user,
    password: server.password,
    charset: 'utf8mb4',
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    jsonStrings: true,
    timezone: 'Z',
    connectTimeout: 10_000,
    ...(server.tls ? { ssl: server.tls } : {}),
  };
}

export async function connectServer(server: ServerAddress): Promise<Connection> {
  const { createConnection } = exportsOf(await import('mysql2/promise'));
  try {
    const connection = await createConnection(connectionSettings(server));
    // A job that is held back may leave a result half read, and the connection idle, for as long as it is held.
    await connection.query(
      `SET SESSION time_zone = '+00:00', net_write_timeout = ${PATIENCE_SECONDS}, wait_timeout = ${PATIENCE_SECONDS}`,
    );
    return connection;
  } catch (error) {
    throw serverError(server, error);
  }
}

/** What the server or the network said, with the place. Answers of the server are final, lost connections are not. */
export function serverError(server: ServerAddress, error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  const { code, sqlState } = error as { code?: string; sqlState?: string };
  return new EngineError(
    'CONNECTOR_CDC_SERVER',
    `MySQL at ${server.host}:${server.port}: ${messageOf(error) || (code ?? 'no answer')}`,
    {
      cause: error,
      retryable: sqlState === undefined || code === 'ER_SERVER_SHUTDOWN',
      exceptionClass: 'java.sql.SQLException',
    },
  );
}

/** Throws Flink CDC's texts when changes could not be read whole. */
export async function checkBinlog(connection: Connection): Promise<void> {
  const values = await variables(connection, ['log_bin', 'binlog_format', 'binlog_row_image']);
  if (values.get('log_bin') !== 'ON')
    throw new EngineError(
      'CONNECTOR_CDC_SERVER',
      'The MySQL server writes no binlog (log_bin is OFF), so its changes cannot be read.',
    );
  check(values, 'binlog_format', 'ROW');
  check(values, 'binlog_row_image', 'FULL');
}

function check(values: ReadonlyMap<string, string>, name: string, wanted: string): void {
  const value = values.get(name) ?? wanted;
  if (value.toUpperCase() === wanted) return;
  throw new EngineError(
    'CONNECTOR_CDC_SERVER',
    `The MySQL server is configured with ${name} ${value} rather than ${wanted}, which is required for this connector to work properly. Change the MySQL configuration to use a ${name}=${wanted} and restart the connector.`,
  );
}

/** Throws when the server's binlog cannot be read from behind a GTID set. */
export async function checkGtidSet(connection: Connection, gtidSet: string): Promise<void> {
  const [rows] = await connection.query<RowDataPacket[]>('SELECT VERSION() AS version');
  const isMariadb = /mariadb/i.test(String(rows[0]?.['version']));
  const given = `'scan.startup.specific-offset.gtid-set' = '${gtidSet}'`;
  if (!(isMariadb ? MARIADB_GTIDS : MYSQL_GTIDS).test(gtidSet))
    throw new EngineError(
      'OPTION_VALUE',
      isMariadb
        ? `${given} is no GTID position of MariaDB: give domain-server-sequence, one for each domain, as SELECT @@gtid_binlog_pos shows (0-1-100).`
        : `${given} is no GTID set of MySQL: give server-uuid:intervals, as SELECT @@gtid_executed shows.`,
    );
  if (isMariadb) return;
  const mode = (await variables(connection, ['gtid_mode'])).get('gtid_mode') ?? 'OFF';
  if (mode !== 'ON')
    throw new EngineError(
      'CONNECTOR_CDC_SERVER',
      `The MySQL server has gtid_mode = ${mode}, so its binlog cannot be read by a GTID set. Set gtid_mode = ON, or give scan.startup.specific-offset.file and scan.startup.specific-offset.pos.`,
    );
}

async function variables(connection: Connection, names: readonly string[]): Promise<Map<string, string>> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${names.map((name) => `'${name}'`).join(', ')})`,
  );
  return new Map(rows.map((row) => [String(row['Variable_name']), String(row['Value'])]));
}

const MARIADB_GTIDS = /^\d+-\d+-\d+(\s*,\s*\d+-\d+-\d+)*$/;
const MYSQL_GTIDS = /^[0-9a-f-]{36}(:[\w-]+)+(\s*,\s*[0-9a-f-]{36}(:[\w-]+)+)*$/i;
const SYSTEM_DATABASES: ReadonlySet<string> = new Set(['information_schema', 'performance_schema', 'sys', 'mysql']);

/** Says whether a table is captured: both options are regular expressions over the whole name. */
export function tableFilter(databases: string, tables: string): (name: CapturedName) => boolean {
  const database = nameMatcher(databases);
  const table = nameMatcher(tables);
  return (name) => database.test(name.database) && table.test(name.table);
}

/** Database by database: the server's own `information_schema` would open every view of `sys` for the same answer. */
export async function findTables(
  connection: Connection,
  isCaptured: (name: CapturedName) => boolean,
): Promise<CapturedName[]> {
  const found: CapturedName[] = [];
  for (const database of await firstColumn(connection, 'SHOW DATABASES')) {
    if (SYSTEM_DATABASES.has(database.toLowerCase())) continue;
    const sql = `SHOW FULL TABLES FROM ${quoteId(database)} WHERE Table_type = 'BASE TABLE'`;
    const tables = await firstColumn(connection, sql).catch((error) => {
      // It was dropped since the databases were listed.
      if ((error as { code?: string }).code === 'ER_BAD_DB_ERROR') return [];
      throw error;
    });
    for (const table of tables) if (isCaptured({ database, table })) found.push({ database, table });
  }
  return found;
}

/** A name as the server's SQL takes it. */
export function quoteId(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

async function firstColumn(connection: Connection, sql: string): Promise<string[]> {
  const [rows] = await connection.query<RowDataPacket[][]>({ sql, rowsAsArray: true });
  return rows.map(([value]) => String(value)).sort();
}

/** Where the binlog ends now. */
export async function currentPlace(connection: Connection): Promise<BinlogPlace> {
  for (const sql of ['SHOW BINLOG STATUS', 'SHOW BINARY LOG STATUS', 'SHOW MASTER STATUS']) {
    try {
      const [rows] = await connection.query<RowDataPacket[]>(sql);
      const row = rows[0];
      if (row) return { file: String(row['File']), position: Number(row['Position']) };
    } catch (error) {
      // Each server knows one of the three spellings.
      if ((error as { code?: string }).code !== 'ER_PARSE_ERROR') throw error;
    }
  }
  throw new EngineError(
    'CONNECTOR_CDC_SERVER',
    'The MySQL server shows no binlog position: the user needs REPLICATION CLIENT.',
  );
}

/**
 * Opens a consistent read whose place in the binlog is known. MariaDB tells it; on MySQL the place before and after must agree, and on a
 * server that never rests a short global read lock makes them.
 */
export async function beginSnapshot(connection: Connection): Promise<BinlogPlace> {
  await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
  for (let i = 0; i < SNAPSHOT_TRIES; i++) {
    const before = await currentPlace(connection);
    await connection.query('START TRANSACTION WITH CONSISTENT SNAPSHOT');
    const told = await snapshotPlace(connection);
    if (told) return told;
    const after = await currentPlace(connection);
    if (before.file === after.file && before.position === after.position) return before;
    await connection.query('ROLLBACK');
  }
  await connection.query('FLUSH TABLES WITH READ LOCK');
  try {
    const place = await currentPlace(connection);
    await connection.query('START TRANSACTION WITH CONSISTENT SNAPSHOT');
    return place;
  } finally {
    await connection.query('UNLOCK TABLES');
  }
}

async function snapshotPlace(connection: Connection): Promise<BinlogPlace | null> {
  const [rows] = await connection.query<RowDataPacket[]>("SHOW STATUS LIKE 'binlog_snapshot_%'");
  const values = new Map(rows.map((row) => [String(row['Variable_name']).toLowerCase(), String(row['Value'])]));
  const file = values.get('binlog_snapshot_file');
  return file ? { file, position: Number(values.get('binlog_snapshot_position')) } : null;
}
