/** mysql-cdc against a real MariaDB: snapshot and binlog without a gap, exact resumption, types, large transactions, a killed server. */

import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, createConnection } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SourceReader } from '../../src/dataflow/source.ts';
import { types } from '../../src/types/logical-type.ts';
import { type Service, startMariadb } from '../support/services.ts';
import { type CapturedColumns, ID_AND_NAME, openCapture, read } from './capture-reader.ts';

let server: Service;
let admin: Connection;
const open: SourceReader[] = [];
beforeAll(async () => {
  server = await startMariadb();
});
afterAll(() => server.stop());
beforeEach(async () => {
  admin = await createConnection({
    host: '127.0.0.1',
    port: server.port,
    user: 'root',
    charset: 'utf8mb4',
    multipleStatements: true,
  });
  admin.on('error', () => undefined);
  await admin.query(
    'DROP DATABASE IF EXISTS shop; CREATE DATABASE shop; USE shop; CREATE TABLE t (id BIGINT PRIMARY KEY, name VARCHAR(50)) CHARACTER SET utf8mb4',
  );
});
afterEach(async () => {
  for (const reader of open.splice(0)) await reader.close();
  await admin.end().catch(() => undefined);
});

const start = (
  restored: unknown = null,
  options: Record<string, string> = {},
  columns: CapturedColumns = ID_AND_NAME,
) =>
  openCapture(server.port, { restored, options, columns }).then((opened) => {
    open.push(opened.reader);
    return opened;
  });

describe('mysql-cdc', () => {
  it('gives the rows that are there, then every change', async () => {
    await admin.query("INSERT INTO t VALUES (1, 'a'), (2, '商品 😀')");
    const opened = await start();
    expect(await read(opened, 2)).toEqual([
      ['+I', 1n, 'a'],
      ['+I', 2n, '商品 😀'],
    ]);
    await admin.query(
      "UPDATE t SET name = 'b' WHERE id = 1; DELETE FROM t WHERE id = 2; INSERT INTO t VALUES (3, NULL); REPLACE INTO t VALUES (3, 'r')",
    );
    expect(await read(opened, 6)).toEqual([
      ['-U', 1n, 'a'],
      ['+U', 1n, 'b'],
      ['-D', 2n, '商品 😀'],
      ['+I', 3n, null],
      ['-U', 3n, null],
      ['+U', 3n, 'r'],
    ]);
  });

  it('loses nothing between snapshot and binlog while writers go on', async () => {
    const values = Array.from({ length: 5000 }, (_, i) => `(${i}, 'x')`).join(',');
    await admin.query(`INSERT INTO t VALUES ${values}`);
    const writer = (async () => {
      for (let i = 5000; i < 5300; i++) await admin.query(`INSERT INTO t VALUES (${i}, 'y')`);
    })();
    const opened = await start();
    const rows = await read(opened, 5300);
    await writer;
    expect(new Set(rows.map((row) => row[1])).size).toBe(5300);
    expect(rows.length).toBe(5300);
  });

  it('rule 6: resumes exactly, also within a large transaction', async () => {
    const first = await start();
    await first.reader.ready();
    first.reader.poll();
    await admin.query('START TRANSACTION');
    await admin.query(`INSERT INTO t VALUES ${Array.from({ length: 5000 }, (_, i) => `(${i}, 'n')`).join(',')}`);
    await admin.query('UPDATE t SET name = concat(name, id); COMMIT');
    const seen = await read(first, 2500);
    const position = JSON.parse(JSON.stringify(first.reader.position()));
    expect(position).toMatchObject({ phase: 'binlog', rows: seen.length });
    const second = await start(position);
    const rest = await read(second, 15_000 - seen.length);
    const all = [...seen, ...rest];
    expect(all.length).toBe(15_000);
    const table = new Map<unknown, unknown>();
    for (const [kind, id, name] of all) {
      if (kind === '-U') expect(table.get(id)).toBe(name);
      else table.set(id, name);
    }
    expect(table.get(4999n)).toBe('n4999');
  });

  it('reads types exactly', async () => {
    await admin.query(
      "CREATE TABLE kinds (id BIGINT UNSIGNED PRIMARY KEY, d DECIMAL(20,4), dt DATETIME(3), day DATE, tm TIME, f DOUBLE, flag TINYINT(1), raw VARBINARY(8), e ENUM('x','y'), js JSON, y YEAR); INSERT INTO kinds VALUES (18446744073709551615, -12345678901234.5678, '2021-11-01 10:11:12.123', '2021-11-01', '10:11:12', 1.5, 1, X'00ff', 'y', '{\"a\": 1}', 2021)",
    );
    const columns = [
      { name: 'id', type: types.decimal(20, 0, false) },
      { name: 'd', type: types.decimal(20, 4) },
      { name: 'dt', type: types.timestamp(3) },
      { name: 'day', type: types.date() },
      { name: 'tm', type: types.time(0) },
      { name: 'f', type: types.double() },
      { name: 'flag', type: types.boolean() },
      { name: 'raw', type: types.bytes() },
      { name: 'e', type: types.string() },
      { name: 'js', type: types.string() },
      { name: 'y', type: types.int() },
    ];
    const opened = await start(null, { 'table-name': 'kinds' }, columns);
    const [snapshot] = await read(opened, 1);
    await admin.query('UPDATE kinds SET f = 2.5');
    const [before] = await read(opened, 2);
    expect(snapshot).toEqual([
      '+I',
      18446744073709551615n,
      -123456789012345678n,
      1_635_761_472_123_000_000n,
      18_932,
      36_672_000,
      1.5,
      true,
      new Uint8Array([0, 255]),
      'y',
      '{"a": 1}',
      2021,
    ]);
    expect(before?.slice(1)).toEqual(snapshot?.slice(1));
  });

  it('takes several tables by regular expression, with their names', async () => {
    await admin.query(
      "CREATE TABLE t2 (id BIGINT PRIMARY KEY, name VARCHAR(9)); CREATE TABLE other (id BIGINT PRIMARY KEY, name VARCHAR(9)); INSERT INTO t VALUES (1, 'a'); INSERT INTO t2 VALUES (2, 'b'); INSERT INTO other VALUES (3, 'c')",
    );
    const opened = await start(null, { 'table-name': 't\\d?' }, [
      ...ID_AND_NAME,
      { name: 'from', type: types.string(false), metadata: 'table_name' },
    ]);
    expect(await read(opened, 2)).toEqual([
      ['+I', 1n, 'a', 't'],
      ['+I', 2n, 'b', 't2'],
    ]);
    await admin.query("INSERT INTO other VALUES (4, 'd'); INSERT INTO t2 VALUES (5, 'e')");
    expect(await read(opened, 1)).toEqual([['+I', 5n, 'e', 't2']]);
  });

  it('ends after the snapshot in mode snapshot, and begins at the end in latest-offset', async () => {
    await admin.query("INSERT INTO t VALUES (1, 'a')");
    expect(await read(await start(null, { 'scan.startup.mode': 'snapshot' }), 99)).toEqual([['+I', 1n, 'a']]);
    const latest = await start(null, { 'scan.startup.mode': 'latest-offset' });
    await admin.query("INSERT INTO t VALUES (2, 'b')");
    expect(await read(latest, 1)).toEqual([['+I', 2n, 'b']]);
  });

  it('begins at a time', async () => {
    await admin.query("INSERT INTO t VALUES (1, 'old')");
    const [[{ second }]] = (await admin.query('SELECT UNIX_TIMESTAMP() + 1 AS second')) as unknown as [
      [{ second: number }],
    ];
    await sleep(2000);
    await admin.query("INSERT INTO t VALUES (2, 'new')");
    const from = { 'scan.startup.mode': 'timestamp', 'scan.startup.timestamp-millis': String(second * 1000) };
    const opened = await start(null, from);
    expect(await read(opened, 1)).toEqual([['+I', 2n, 'new']]);
    await admin.query("UPDATE t SET name = 'x' WHERE id = 1");
    expect(await read(opened, 2)).toEqual([
      ['-U', 1n, 'old'],
      ['+U', 1n, 'x'],
    ]);
    const position = opened.reader.position();
    await admin.query("INSERT INTO t VALUES (3, 'later')");
    const again = await start(position, from);
    expect(await read(again, 1)).toEqual([['+I', 3n, 'later']]);
    await expect(start(null, { 'scan.startup.mode': 'timestamp' })).rejects.toThrow();
  });

  it('gives TIMESTAMP columns in the zone of the server, DATETIME columns as they are', async () => {
    await admin.query(
      "SET time_zone = '+00:00'; CREATE TABLE m (id BIGINT PRIMARY KEY, a TIMESTAMP NULL, d DATETIME, l TIMESTAMP NULL); INSERT INTO m VALUES (1, '2026-07-01 10:00:00', '2026-07-01 10:00:00', '2026-07-01 10:00:00')",
    );
    const columns = [
      { name: 'id', type: types.bigint(false) },
      { name: 'a', type: types.timestamp(0) },
      { name: 'd', type: types.timestamp(0) },
      { name: 'l', type: types.timestampLtz(0) },
    ];
    const opened = await start(null, { 'table-name': 'm', 'server-time-zone': 'Europe/Berlin' }, columns);
    const utc = BigInt(Date.UTC(2026, 6, 1, 10)) * 1_000_000n;
    const hour = 3_600_000_000_000n;
    expect(await read(opened, 1)).toEqual([['+I', 1n, utc + 2n * hour, utc, utc]]);
    await admin.query("INSERT INTO m VALUES (2, '2026-01-01 10:00:00', NULL, NULL)");
    const winter = BigInt(Date.UTC(2026, 0, 1, 11)) * 1_000_000n;
    expect(await read(opened, 1)).toEqual([['+I', 2n, winter, null, null]]);
  });

  it('reads TIMESTAMP columns as moments that were added while it reads', async () => {
    const columns = [...ID_AND_NAME, { name: 'at', type: types.timestamp(0) }];
    const opened = await start(null, { 'server-time-zone': 'Asia/Tokyo' }, columns);
    await admin.query(
      "SET time_zone = '+00:00'; INSERT INTO t VALUES (1, 'a'); ALTER TABLE t ADD at TIMESTAMP NULL; INSERT INTO t VALUES (2, 'b', '2026-01-01 10:00:00')",
    );
    const tokyo = BigInt(Date.UTC(2026, 0, 1, 19)) * 1_000_000n;
    expect(await read(opened, 2)).toEqual([
      ['+I', 1n, 'a', null],
      ['+I', 2n, 'b', tokyo],
    ]);
  });

  it('begins behind a GTID position, and goes on by it', async () => {
    await admin.query("INSERT INTO t VALUES (1, 'before')");
    const [[{ gtid }]] = (await admin.query('SELECT @@gtid_binlog_pos AS gtid')) as unknown as [[{ gtid: string }]];
    const from = {
      'scan.startup.mode': 'specific-offset',
      'scan.startup.specific-offset.gtid-set': gtid,
    };
    await admin.query(
      "FLUSH BINARY LOGS; START TRANSACTION; INSERT INTO t VALUES (2, 'a'); INSERT INTO t VALUES (3, 'b'); COMMIT",
    );
    const opened = await start(null, from);
    expect(await read(opened, 2)).toEqual([
      ['+I', 2n, 'a'],
      ['+I', 3n, 'b'],
    ]);
    await admin.query("SET gtid_domain_id = 7; INSERT INTO t VALUES (4, 'other domain')");
    expect(await read(opened, 1)).toEqual([['+I', 4n, 'other domain']]);
    const position = JSON.parse(JSON.stringify(opened.reader.position()));
    await admin.query("INSERT INTO t VALUES (5, 'c'); SET gtid_domain_id = 0; INSERT INTO t VALUES (6, 'd')");
    expect(await read(await start(position, from), 2)).toEqual([
      ['+I', 5n, 'c'],
      ['+I', 6n, 'd'],
    ]);
    const refused = (set: string) => start(null, { ...from, 'scan.startup.specific-offset.gtid-set': set });
    await expect(refused('3e11fa47-71ca-11e1-9e33-c80aa9429562:1-27')).rejects.toThrow('no GTID position of MariaDB');
    await expect(read(await refused('0-1-99999999'), 1)).rejects.toThrow('no longer available on the server');
  });

  it('fault 31: a killed server fails the reader with a retryable error, and its position goes on', async () => {
    const opened = await start();
    await opened.reader.ready();
    opened.reader.poll();
    await admin.query("INSERT INTO t VALUES (1, 'a')");
    await read(opened, 1);
    const position = opened.reader.position();
    await server.restart();
    await expect(read(opened, 1)).rejects.toMatchObject({ retryable: true });
    admin = await createConnection({
      host: '127.0.0.1',
      port: server.port,
      user: 'root',
      database: 'shop',
      multipleStatements: true,
    });
    await admin.query("INSERT INTO t VALUES (2, 'b')");
    expect(await read(await start(position), 1)).toEqual([['+I', 2n, 'b']]);
  });

  it('fault 34: a purged binlog is refused by name', async () => {
    const opened = await start();
    await opened.reader.ready();
    opened.reader.poll();
    await admin.query("INSERT INTO t VALUES (1, 'a')");
    await read(opened, 1);
    const position = opened.reader.position();
    await opened.reader.close();
    open.length = 0;
    await admin.query('RESET MASTER');
    await expect(read(await start(position), 1)).rejects.toThrow('no longer available on the server');
  });

  it('says what is wrong: no such table, wrong password, nobody there', async () => {
    await expect(start(null, { 'table-name': 'nope' })).rejects.toThrow("Can't find any matched tables");
    await expect(start(null, { username: 'nobody', password: 'secret1' })).rejects.toThrow(/Access denied/);
    await expect(start(null, { port: '1' })).rejects.toMatchObject({ retryable: true });
  });
});
