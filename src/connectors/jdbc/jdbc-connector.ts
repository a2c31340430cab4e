/** `'connector' = 'jdbc'`: tables of MySQL, MariaDB and SQLite; bounded scan, look-up, and an exactly-once upsert sink. */
import { EngineError } from '../../base/error.ts';
import { defineConnector, type TableContext } from '../connector.ts';
import type { Database } from './database.ts';
import { JdbcSink } from './jdbc-sink.ts';
import { JdbcLookup, JdbcSource } from './jdbc-source.ts';
import { parseJdbcUrl } from './jdbc-url.ts';
import { MysqlDatabase } from './mysql-database.ts';
import { SqliteDatabase } from './sqlite-database.ts';

/** Options that are given together, as examples. */
const USER = { username: 'root', password: 'secret' };
const PARTITIONS = {
  'scan.partition.column': 'id',
  'scan.partition.num': '4',
  'scan.partition.lower-bound': '1',
  'scan.partition.upper-bound': '1000',
};

/** One of them bounds a partial cache. */
const CACHE_BOUNDS = [
  'lookup.partial-cache.expire-after-write',
  'lookup.partial-cache.expire-after-access',
  'lookup.partial-cache.max-rows',
];

export const jdbc = defineConnector({
  name: 'jdbc',
  picksColumns: true,
  summary: 'Reads, looks up and writes tables of MySQL, MariaDB (jdbc:mysql://…) and SQLite (jdbc:sqlite:FILE).',
  example:
    "CREATE TABLE t (id BIGINT, name STRING) WITH ('connector' = 'jdbc', 'url' = 'jdbc:sqlite:sample.db', 'table-name' = 'users')",
  formatKeys: [],
  changesRows: true,
  options: [
    {
      key: 'url',
      type: 'string',
      example: { url: 'jdbc:sqlite:sample.db' },
      required: true,
      summary: 'jdbc:mysql://host:port/database, or jdbc:sqlite:FILE (relative to the home).',
    },
    {
      key: 'table-name',
      type: 'string',
      example: { 'table-name': 'users' },
      required: true,
      summary: 'The table in the database.',
    },
    {
      key: 'driver',
      type: 'string',
      example: { driver: 'com.mysql.cj.jdbc.Driver' },
      summary: 'Accepted for scripts of Flink; the driver follows from the URL.',
    },
    {
      key: 'username',
      type: 'string',
      example: USER,
      summary: 'User name; give both or neither.',
    },
    {
      key: 'password',
      type: 'string',
      example: USER,
      secret: true,
      summary: 'Password.',
    },
    {
      key: 'compatible-mode',
      type: 'string',
      example: { 'compatible-mode': 'mysql' },
      summary: 'Accepted for scripts of Flink.',
    },
    {
      key: 'connection.max-retry-timeout',
      type: 'duration',
      default: '60s',
      summary: 'How long a connection may take.',
    },
    {
      key: 'scan.partition.column',
      type: 'string',
      example: PARTITIONS,
      summary: 'Column of a partitioned scan.',
    },
    {
      key: 'scan.partition.num',
      type: 'int',
      example: PARTITIONS,
      summary: 'Number of partitions.',
    },
    {
      key: 'scan.partition.lower-bound',
      type: 'long',
      example: PARTITIONS,
      summary: 'Smallest value of the first partition.',
    },
    {
      key: 'scan.partition.upper-bound',
      type: 'long',
      example: PARTITIONS,
      summary: 'Largest value of the last partition.',
    },
    { key: 'scan.fetch-size', type: 'int', default: '0', summary: 'Accepted for scripts of Flink; rows are streamed.' },
    { key: 'scan.auto-commit', type: 'boolean', default: 'true', summary: 'Accepted for scripts of Flink.' },
    {
      key: 'lookup.cache',
      type: 'enum',
      values: ['NONE', 'PARTIAL', 'FULL'],
      default: 'NONE',
      summary: 'Cache of look-ups; FULL looks each key up, as Flink does for this connector.',
    },
    {
      key: 'lookup.partial-cache.max-rows',
      type: 'long',
      example: { 'lookup.partial-cache.max-rows': '1000' },
      summary: 'Rows that the cache holds.',
    },
    {
      key: 'lookup.partial-cache.expire-after-write',
      type: 'duration',
      example: { 'lookup.partial-cache.expire-after-write': '10 min' },
      summary: 'Age at which a cached row goes.',
    },
    {
      key: 'lookup.partial-cache.expire-after-access',
      type: 'duration',
      example: { 'lookup.partial-cache.expire-after-access': '10 min' },
      summary: 'Idle time after which a cached row goes.',
    },
    {
      key: 'lookup.partial-cache.cache-missing-key',
      type: 'boolean',
      default: 'true',
      summary: 'Whether misses are cached.',
    },
    { key: 'lookup.max-retries', type: 'int', default: '3', summary: 'How often a failing look-up is tried again.' },
    {
      key: 'lookup.cache.max-rows',
      type: 'long',
      example: { 'lookup.cache.max-rows': '1000' },
      summary: 'Older name of lookup.partial-cache.max-rows.',
    },
    {
      key: 'lookup.cache.ttl',
      type: 'duration',
      example: { 'lookup.cache.ttl': '10 min' },
      summary: 'Older name of lookup.partial-cache.expire-after-write.',
    },
    {
      key: 'lookup.cache.caching-missing-key',
      type: 'boolean',
      example: { 'lookup.cache.caching-missing-key': 'true' },
      summary: 'Older name of lookup.partial-cache.cache-missing-key.',
    },
    {
      key: 'sink.buffer-flush.max-rows',
      type: 'int',
      default: '100',
      summary: 'Rows a flush, when checkpoints are off.',
    },
    {
      key: 'sink.buffer-flush.interval',
      type: 'duration',
      default: '1s',
      summary: 'Time between flushes, when checkpoints are off.',
    },
    { key: 'sink.max-retries', type: 'int', default: '3', summary: 'Tries of a failing write.' },
    {
      key: 'sink.parallelism',
      type: 'int',
      example: { 'sink.parallelism': '1' },
      summary: 'Accepted; a sink runs in its job.',
    },
    {
      key: 'filter.handling.policy',
      type: 'enum',
      values: ['always', 'never'],
      default: 'always',
      summary: 'Accepted for scripts of Flink.',
    },
  ],
  source: (table) => {
    check(table);
    checkCache(table);
    return new JdbcSource(table, (signal) => openDatabase(table, false, signal));
  },
  sink: (table) => {
    check(table);
    return new JdbcSink(table, (create, signal) => openDatabase(table, create, signal));
  },
  lookup: (table) => {
    check(table);
    checkCache(table);
    return new JdbcLookup(table, (signal) => openDatabase(table, false, signal));
  },
});

function check(table: TableContext): void {
  parseJdbcUrl(table.requiredOption('url'), table.home);
  together(table, Object.keys(USER));
  together(table, Object.keys(PARTITIONS));
  const retries = Number(table.option('lookup.max-retries') ?? 3);
  if (retries < 0)
    throw argumentError(`The value of 'lookup.max-retries' option shouldn't be negative, but is ${retries}.`);
  const lower = table.option('scan.partition.lower-bound');
  const upper = table.option('scan.partition.upper-bound');
  if (lower !== undefined && upper !== undefined && BigInt(lower) > BigInt(upper))
    throw argumentError(
      `'scan.partition.lower-bound'='${lower}' must not be larger than 'scan.partition.upper-bound'='${upper}'.`,
    );
}

function checkCache(table: TableContext): void {
  if (table.option('lookup.cache')?.toUpperCase() !== 'PARTIAL') return;
  if (CACHE_BOUNDS.some((key) => table.option(key) !== undefined)) return;
  const [write, access, rows] = CACHE_BOUNDS;
  throw argumentError(
    `Missing '${access}', '${write}' or '${rows}' in the configuration. The cache will not have evictions under this configuration and could lead to potential memory issues as the cache size may grow indefinitely.`,
  );
}

function together(table: TableContext, keys: readonly string[]): void {
  const given = keys.filter((key) => table.option(key) !== undefined).length;
  if (given !== 0 && given !== keys.length)
    throw argumentError(`Either all or none of the following options should be provided:\n${keys.join('\n')}`);
}

function argumentError(message: string): EngineError {
  return new EngineError('OPTION_VALUE', message, { exceptionClass: 'java.lang.IllegalArgumentException' });
}

function openDatabase(table: TableContext, create: boolean, signal: AbortSignal): Database {
  const address = parseJdbcUrl(table.requiredOption('url'), table.home);
  if (address.dialect === 'sqlite') return new SqliteDatabase(address.path, create, signal);
  return new MysqlDatabase(address, table.option('username') ?? '', table.option('password') ?? '', signal);
}
