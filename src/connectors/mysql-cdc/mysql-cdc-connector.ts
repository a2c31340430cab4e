/** `'connector' = 'mysql-cdc'`: a snapshot of a table and then its changes, from MySQL's or MariaDB's binlog, or from a SQLite file (`'hostname' = 'embedded'`). */
import { join } from 'node:path';
import { EngineError } from '../../base/error.ts';
import type { TableSource } from '../../dataflow/source.ts';
import { findTimeZone } from '../../types/time-zone.ts';
import { defineConnector, type TableContext } from '../connector.ts';
import { mysqlTls } from '../mysql-tls.ts';
import { type BinlogSettings, BinlogSource } from './binlog-source.ts';
import type { BinlogPlace } from './mysql-server.ts';
import type { SnapshotOptions } from './snapshot-reader.ts';
import { SqliteCaptureSource } from './sqlite-capture-source.ts';

const STARTUP_MODES = [
  'initial',
  'snapshot',
  'latest-offset',
  'earliest-offset',
  'specific-offset',
  'timestamp',
] as const;

/** Options that are given together, as examples. */
const SPECIFIC_OFFSET = {
  'scan.startup.specific-offset.file': 'bin.000001',
  'scan.startup.specific-offset.pos': '4',
  'scan.startup.mode': 'specific-offset',
};

export const mysqlCdc = defineConnector({
  name: 'mysql-cdc',
  summary:
    "Captures a table's rows and changes from MySQL or MariaDB, or from a SQLite file of the home ('hostname' = 'embedded').",
  example:
    "CREATE TABLE t (id BIGINT, name STRING, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'mysql-cdc', 'hostname' = 'localhost', 'username' = 'root', 'password' = 'secret', 'database-name' = 'shop', 'table-name' = 'users')",
  formatKeys: [],
  options: [
    {
      key: 'hostname',
      type: 'string',
      example: { hostname: 'localhost' },
      required: true,
      summary: "Host of the server, or 'embedded' for the SQLite file <database-name>.db of the home.",
    },
    { key: 'port', type: 'int', default: '3306', summary: 'Port of the server.' },
    {
      key: 'username',
      type: 'string',
      example: { username: 'root', password: 'secret' },
      required: true,
      summary: 'User with SELECT, REPLICATION SLAVE and REPLICATION CLIENT.',
    },
    {
      key: 'password',
      type: 'string',
      example: { username: 'root', password: 'secret' },
      required: true,
      secret: true,
      summary: 'Password.',
    },
    {
      key: 'database-name',
      type: 'string',
      example: { 'database-name': 'shop' },
      required: true,
      summary: 'Database (a regular expression).',
    },
    {
      key: 'table-name',
      type: 'string',
      example: { 'table-name': 'users' },
      required: true,
      summary: 'Table (a regular expression).',
    },
    {
      key: 'server-id',
      type: 'string',
      example: { 'server-id': '5401' },
      summary: 'Id of this reader among the replicas of the server; a random one when absent.',
    },
    {
      key: 'server-time-zone',
      type: 'string',
      example: { 'server-time-zone': 'UTC' },
      summary: "Zone of the server's TIMESTAMP columns; the session's when absent.",
    },
    {
      key: 'scan.startup.mode',
      type: 'string',
      default: 'initial',
      summary: `Where to begin: ${STARTUP_MODES.join(', ')}.`,
    },
    {
      key: 'scan.startup.specific-offset.file',
      type: 'string',
      example: SPECIFIC_OFFSET,
      summary: 'Binlog file of specific-offset.',
    },
    {
      key: 'scan.startup.specific-offset.pos',
      type: 'long',
      example: SPECIFIC_OFFSET,
      summary: 'Binlog position of specific-offset.',
    },
    {
      key: 'scan.startup.specific-offset.gtid-set',
      type: 'string',
      example: { 'scan.startup.specific-offset.gtid-set': '0-1-100' },
      summary: 'GTID set of specific-offset: of MySQL (uuid:1-100), or the GTID position of MariaDB (0-1-100).',
    },
    {
      key: 'scan.startup.timestamp-millis',
      type: 'long',
      example: { 'scan.startup.timestamp-millis': '1764000000000' },
      summary: 'Time of mode timestamp, in ms.',
    },
    {
      key: 'scan.incremental.snapshot.enabled',
      type: 'boolean',
      default: 'true',
      summary: 'Whether a table is read in chunks, so that a killed job goes on in the middle of the snapshot.',
    },
    {
      key: 'scan.incremental.snapshot.chunk.size',
      type: 'int',
      default: '8096',
      summary: 'Rows of a chunk of the snapshot.',
    },
    {
      key: 'scan.incremental.snapshot.chunk.key-column',
      type: 'string',
      example: { 'scan.incremental.snapshot.chunk.key-column': 'id' },
      summary: "Column that orders the chunks, for tables without a key; the server's primary key when absent.",
    },
    { key: 'scan.snapshot.fetch.size', type: 'int', default: '1024', summary: 'Accepted for scripts of Flink.' },
    { key: 'connect.timeout', type: 'duration', default: '30s', summary: 'How long a connection may take.' },
    { key: 'connect.max-retries', type: 'int', default: '3', summary: 'Tries of a connection.' },
    { key: 'connection.pool.size', type: 'int', default: '20', summary: 'Accepted for scripts of Flink.' },
    { key: 'heartbeat.interval', type: 'duration', default: '30s', summary: 'Accepted; the position moves by itself.' },
    {
      key: 'debezium.*',
      type: 'map',
      example: { 'debezium.snapshot.locking.mode': 'none' },
      summary: 'Accepted for scripts of Flink; database.ssl.mode is obeyed.',
    },
    {
      key: 'jdbc.properties.*',
      type: 'map',
      example: { 'jdbc.properties.useSSL': 'false' },
      summary: 'Connection properties of Connector/J that concern TLS: sslMode, useSSL, trustCertificateKeyStoreUrl.',
    },
  ],
  source: (table) => captureSource(table),
});

function captureSource(table: TableContext): TableSource {
  const mode = table.option('scan.startup.mode') ?? 'initial';
  if (!STARTUP_MODES.some((known) => known === mode))
    throw new EngineError(
      'OPTION_VALUE',
      `Invalid value for option 'scan.startup.mode'. Supported values are [${STARTUP_MODES.join(', ')}], but was: ${mode}`,
    );
  if (table.requiredOption('hostname') !== 'embedded') return binlogSource(table, mode as BinlogSettings['mode']);
  if (mode !== 'initial' && mode !== 'snapshot' && mode !== 'latest-offset')
    throw new EngineError(
      'OPTION_VALUE',
      `'scan.startup.mode' = '${mode}' needs a binlog; a SQLite file knows initial, snapshot and latest-offset.`,
    );
  const path = join(table.home, `${table.requiredOption('database-name')}.db`);
  return new SqliteCaptureSource(table, path, table.requiredOption('table-name'), mode);
}

function binlogSource(table: TableContext, mode: BinlogSettings['mode']): TableSource {
  const file = table.option('scan.startup.specific-offset.file');
  const position = table.option('scan.startup.specific-offset.pos');
  const gtidSet = table.option('scan.startup.specific-offset.gtid-set');
  if (mode === 'specific-offset' && gtidSet === undefined && (file === undefined || position === undefined))
    throw new EngineError(
      'OPTION_VALUE',
      'Unable to find a valid binlog offset. Either scan.startup.specific-offset.gtid-set, or scan.startup.specific-offset.file and scan.startup.specific-offset.pos are required.',
    );
  const sinceMs = table.option('scan.startup.timestamp-millis');
  if (mode === 'timestamp' && sinceMs === undefined)
    throw new EngineError(
      'OPTION_VALUE',
      "'scan.startup.timestamp-millis' is required in 'timestamp' startup mode but missing.",
      { exceptionClass: 'org.apache.flink.table.api.ValidationException' },
    );
  const zone = table.option('server-time-zone');
  if (zone !== undefined && !findTimeZone(zone))
    throw new EngineError(
      'OPTION_VALUE',
      `'server-time-zone' = '${zone}' is no time zone: give an id such as Europe/Berlin, or +08:00.`,
    );
  return new BinlogSource({
    server: {
      host: table.requiredOption('hostname'),
      port: Number(table.option('port') ?? 3306),
      user: table.requiredOption('username'),
      password: table.requiredOption('password'),
      tls: mysqlTls(tlsProperties(table)),
    },
    databases: table.requiredOption('database-name'),
    tables: table.requiredOption('table-name'),
    key: table.table.primaryKey ?? [],
    serverId: table.option('server-id'),
    timeZone: zone ?? null,
    mode,
    start: mode === 'specific-offset' ? startPlace(gtidSet, file, position) : null,
    sinceMs: mode === 'timestamp' ? Number(sinceMs) : Number.NEGATIVE_INFINITY,
    snapshot: snapshotOptions(table),
  });
}

function startPlace(gtidSet: string | undefined, file = '', position = '4'): BinlogPlace {
  return gtidSet === undefined ? { file, position: Number(position) } : { file: '', position: 4, gtidSet };
}

function snapshotOptions(table: TableContext): SnapshotOptions {
  const chunkRows = Number(table.requiredOption('scan.incremental.snapshot.chunk.size'));
  if (chunkRows <= 1)
    throw new EngineError(
      'OPTION_VALUE',
      `The value of option 'scan.incremental.snapshot.chunk.size' must larger than 1, but is ${chunkRows}`,
      { exceptionClass: 'org.apache.flink.table.api.ValidationException' },
    );
  const isChunked = table.option('scan.incremental.snapshot.enabled') !== 'false';
  return {
    chunkRows: isChunked ? chunkRows : 0,
    chunkColumn: table.option('scan.incremental.snapshot.chunk.key-column'),
  };
}

/** Connector/J's properties; Debezium's `database.ssl.mode` means the same as `sslMode`. */
function tlsProperties(table: TableContext): Readonly<Record<string, string>> {
  const mode = table.option('debezium.database.ssl.mode');
  return { ...(mode === undefined ? {} : { sslMode: mode }), ...table.optionsWith('jdbc.properties.') };
}
