/**
 * Look-ups a CPU-second: rows of a generator, each with a key of its own, joined with a table of 100,000 rows of SQLite and, with `--mysql URL`
 * (user root without a password), of MySQL; without a cache and with one.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { systemClock } from '../../src/base/clock.ts';
import type { Session } from '../../src/engine/session.ts';
import { openStandardEngine } from '../../src/engine/standard-engine.ts';
import { rowsOf } from '../../src/index.ts';

const KEYS = 100_000;
const ROWS = 400_000;

async function run(session: Session, sql: string): Promise<string[][]> {
  const rows: string[][] = [];
  for await (const { values } of rowsOf(session.execute(sql))) rows.push(values.map(String));
  return rows;
}

const home = mkdtempSync(join(tmpdir(), 'lookup-'));
const path = join(home, 'users.db');
const db = new DatabaseSync(path);
db.exec(`CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, city TEXT);
  WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${KEYS - 1})
  INSERT INTO users SELECT i, 'user ' || i, 'city ' || i % 100 FROM n`);
db.close();
const mysql = process.argv.includes('--mysql') ? process.argv[process.argv.indexOf('--mysql') + 1] : undefined;
if (mysql !== undefined) {
  const { createConnection } = await import('mysql2/promise');
  const connection = await createConnection(mysql.replace('jdbc:mysql://', 'mysql://root@'));
  await connection.query('DROP TABLE IF EXISTS users');
  await connection.query('CREATE TABLE users (id BIGINT PRIMARY KEY, name VARCHAR(50), city VARCHAR(50))');
  for (let i = 0; i < KEYS; i += 10_000) {
    const rows = Array.from({ length: 10_000 }, (_, k) => `(${i + k},'user ${i + k}','city ${(i + k) % 100}')`);
    await connection.query(`INSERT INTO users VALUES ${rows.join(',')}`);
  }
  await connection.end();
}

const engine = await openStandardEngine({ home, clock: systemClock, config: {} });
const session = await engine.openSession('bench', { 'execution.runtime-mode': 'streaming', 'table.dml-sync': 'true' });
await run(
  session,
  `CREATE TABLE orders (id BIGINT, amount DOUBLE, p AS PROCTIME()) WITH ('connector' = 'datagen', 'rows-per-second' = '100000000', 'number-of-rows' = '${ROWS}', 'fields.id.min' = '0', 'fields.id.max' = '${KEYS - 1}')`,
);
await run(
  session,
  "CREATE TABLE hole (id BIGINT, amount DOUBLE, name STRING, city STRING) WITH ('connector' = 'blackhole')",
);
const urls = { SQLite: `jdbc:sqlite:${path}`, ...(mysql === undefined ? {} : { MySQL: mysql }) };
for (const [what, url] of Object.entries(urls))
  for (const cache of ['NONE', 'PARTIAL']) {
    const login = what === 'MySQL' ? ", 'username' = 'root', 'password' = ''" : '';
    const options = cache === 'NONE' ? '' : `, 'lookup.cache' = 'PARTIAL', 'lookup.partial-cache.max-rows' = '${KEYS}'`;
    await run(session, 'DROP TABLE IF EXISTS users');
    await run(
      session,
      `CREATE TABLE users (id BIGINT, name STRING, city STRING) WITH ('connector' = 'jdbc', 'url' = '${url}', 'table-name' = 'users'${login}${options})`,
    );
    const begun = process.cpuUsage();
    await run(
      session,
      'INSERT INTO hole SELECT o.id, o.amount, u.name, u.city FROM orders o JOIN users FOR SYSTEM_TIME AS OF o.p AS u ON o.id = u.id',
    );
    const { user, system } = process.cpuUsage(begun);
    console.log(
      `${what}, cache ${cache}: ${Math.round((ROWS / (user + system)) * 1e6).toLocaleString('en')} rows/CPU-second`,
    );
  }
await engine.stop();
rmSync(home, { recursive: true });
