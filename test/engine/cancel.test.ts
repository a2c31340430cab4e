/** CANCEL JOB while a server that the job waits for does not answer: the job ends at once, whatever it waits for. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Session } from '../../src/engine/session.ts';
import { linesOf, openTestEngine, type TestHome } from '../support/test-engine.ts';

const MOST_MS = 400;
let world: TestHome;
let session: Session;
let mute: Server;
let port: number;
const sockets: Socket[] = [];

beforeEach(async () => {
  world = await openTestEngine();
  session = await world.engine.openSession('s', { 'execution.checkpointing.interval': '50 ms' });
  // It takes connections and says nothing.
  mute = createServer((socket) => sockets.push(socket));
  mute.listen(0, '127.0.0.1');
  await once(mute, 'listening');
  port = (mute.address() as AddressInfo).port;
  await linesOf(session, "CREATE TABLE fast (id BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '1000')");
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  mute.close();
  await world.close();
});

/** Submits, waits until the job is held up, cancels it. */
async function cancelTime(insert: string, isHeldUp: () => boolean): Promise<number> {
  const submitted = linesOf(session, insert).catch(() => []);
  const deadline = performance.now() + 10_000;
  while (!isHeldUp()) {
    if (performance.now() > deadline) throw new Error('the job waits for nobody');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await new Promise((resolve) => setTimeout(resolve, 100));
  const [job] = world.engine.jobs.list();
  const begun = performance.now();
  const other = await world.engine.openSession('other', {});
  await linesOf(other, `CANCEL JOB '${job?.id}'`);
  const { status } = await world.engine.jobs.wait(job?.id ?? '');
  expect(status).toBe('CANCELED');
  const took = performance.now() - begun;
  await submitted;
  return took;
}

const kafka = () =>
  `'connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = '127.0.0.1:${port}', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset'`;
const jdbc = () =>
  `'connector' = 'jdbc', 'url' = 'jdbc:mysql://127.0.0.1:${port}/shop', 'table-name' = 't', 'username' = 'u', 'password' = 'p'`;
const cdc = () =>
  `'connector' = 'mysql-cdc', 'hostname' = '127.0.0.1', 'port' = '${port}', 'username' = 'u', 'password' = 'p', 'database-name' = 'shop', 'table-name' = 't'`;

test.each([
  [
    'a Kafka source',
    kafka,
    (options: string) => `CREATE TABLE t (id BIGINT) WITH (${options})`,
    'INSERT INTO hole SELECT id FROM t',
  ],
  [
    'a Kafka sink',
    kafka,
    (options: string) => `CREATE TABLE t (id BIGINT) WITH (${options})`,
    'INSERT INTO t SELECT id FROM fast',
  ],
  [
    'a MySQL scan',
    jdbc,
    (options: string) => `CREATE TABLE t (id BIGINT) WITH (${options})`,
    'INSERT INTO hole SELECT id FROM t',
  ],
  [
    'a MySQL sink',
    jdbc,
    (options: string) => `CREATE TABLE t (id BIGINT) WITH (${options})`,
    'INSERT INTO t SELECT id FROM fast',
  ],
  [
    'a MySQL look-up',
    jdbc,
    (options: string) => `CREATE TABLE t (id BIGINT) WITH (${options})`,
    'INSERT INTO hole SELECT t.id FROM (SELECT id, PROCTIME() AS p FROM fast) f JOIN t FOR SYSTEM_TIME AS OF f.p ON t.id = f.id',
  ],
  [
    'a captured MySQL table',
    cdc,
    (options: string) => `CREATE TABLE t (id BIGINT, PRIMARY KEY (id) NOT ENFORCED) WITH (${options})`,
    'INSERT INTO hole SELECT id FROM t',
  ],
])('%s that does not answer', async (_what, options, create, insert) => {
  await linesOf(session, "CREATE TABLE hole (id BIGINT) WITH ('connector' = 'blackhole')");
  await linesOf(session, create(options()));
  expect(await cancelTime(insert, () => sockets.length > 0)).toBeLessThan(MOST_MS);
});

test('a SQLite file that another program has locked', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'locked-'));
  const path = join(folder, 'x.db');
  await linesOf(
    session,
    `CREATE TABLE t (id BIGINT) WITH ('connector' = 'jdbc', 'url' = 'jdbc:sqlite:${path}', 'table-name' = 't')`,
  );
  const other = new DatabaseSync(path);
  other.exec('CREATE TABLE t (id INTEGER); BEGIN IMMEDIATE');
  expect(await cancelTime('INSERT INTO t SELECT id FROM fast', () => world.engine.jobs.list().length > 0)).toBeLessThan(
    MOST_MS,
  );
  other.close();
  rmSync(folder, { recursive: true });
});
