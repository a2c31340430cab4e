/** Sessions through the whole engine, jobs in this process. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EngineError } from '../../src/base/error.ts';
import type { Session } from '../../src/engine/session.ts';
import { openTestEngine, type TestHome } from '../support/test-engine.ts';

let world: TestHome;
beforeAll(async () => {
  world = await openTestEngine();
});
afterAll(() => world.close());

async function run(session: Session, sql: string, config?: Record<string, string>): Promise<unknown[][]> {
  const operation = session.execute(sql, config ? { config } : {});
  const rows: unknown[][] = [];
  for (let token: number | null = 0; token !== null; ) {
    const fetched = await operation.fetch(token);
    if (!fetched) continue;
    rows.push(...fetched.page.rows.map((row) => [...row.values]));
    token = fetched.page.next;
  }
  return rows;
}

async function failure(promise: Promise<unknown>): Promise<string[]> {
  const error = await promise.then(
    () => new Error('it did not fail'),
    (thrown: unknown) => thrown,
  );
  const chain: string[] = [];
  for (let at: unknown = error; at instanceof Error; at = at.cause)
    chain.push(`${at instanceof EngineError ? at.exceptionClass.split('.').at(-1) : at.name}: ${at.message}`);
  return chain;
}

const NUMBERS =
  "('connector' = 'datagen', 'fields.a.kind' = 'sequence', 'fields.a.start' = '1', 'fields.a.end' = '200', 'rows-per-second' = '100000')";

test('SET changes the session, settings of one statement do not', async () => {
  const session = await world.engine.openSession('s', {});
  await run(session, "SET 'k' = 'v'", { other: 'x' });
  expect(session.config.get('k')).toBe('v');
  expect(session.config.get('other')).toBeUndefined();
  await run(session, "RESET 'k'");
  expect(session.config.get('k')).toBeUndefined();
});

test.each([
  ['parallelism.default', 'abc', 'NumberFormatException: For input string: "abc"'],
  ['parallelism.default', '3000000000', 'NumberFormatException: For input string: "3000000000"'],
  [
    'parallelism.default',
    '0',
    'IllegalArgumentException: Parallelism must be at least one, or ExecutionConfig.PARALLELISM_DEFAULT (use system default).',
  ],
  [
    'execution.checkpointing.interval',
    'abc',
    'NumberFormatException: text does not start with a number, and is not a valid ISO-8601 duration format: abc',
  ],
  [
    'execution.checkpointing.interval',
    '5 ms',
    'IllegalArgumentException: Checkpoint interval must be larger than or equal to 10 ms',
  ],
  [
    'execution.checkpointing.timeout',
    '1 ms',
    'IllegalArgumentException: Checkpoint timeout must be larger than or equal to 10 ms',
  ],
  [
    'execution.checkpointing.tolerable-failed-checkpoints',
    '-1',
    'IllegalArgumentException: The tolerable failure checkpoint number must be non-negative.',
  ],
  [
    'execution.runtime-mode',
    'abc',
    'IllegalArgumentException: Could not parse value for enum class org.apache.flink.api.common.RuntimeExecutionMode. Expected one of: [[STREAMING, BATCH, AUTOMATIC]]',
  ],
  [
    'pipeline.object-reuse',
    'abc',
    'IllegalArgumentException: Unrecognized option for boolean: abc. Expected either true or false(case insensitive)',
  ],
])("SET '%s' = '%s' is refused and changes nothing", async (key, value, root) => {
  const session = await world.engine.openSession('refused', {});
  const before = session.config.get(key);
  const chain = await failure(run(session, `SET '${key}' = '${value}'`));
  expect(chain).toContain(`SqlExecutionException: Failed to set key ${key} with value ${value}.`);
  expect(chain.at(-1)).toBe(root);
  expect(session.config.get(key)).toBe(before);
});

test('settings that Flink reads when they are used are taken', async () => {
  const session = await world.engine.openSession('taken', {});
  for (const [key, value] of [
    ['table.exec.state.ttl', 'abc'],
    ['restart-strategy.type', 'abc'],
    ['execution.runtime-mode', 'Batch'],
    ['execution.checkpointing.interval', '0'],
    ['parallelism.default', '-1'],
  ] as const) {
    await run(session, `SET '${key}' = '${value}'`);
    expect(session.config.get(key)).toBe(value);
  }
});

test('one statement after the other, whoever is asked for first', async () => {
  const session = await world.engine.openSession('s', {});
  session.execute(`CREATE TABLE d (a BIGINT) WITH ${NUMBERS}`);
  expect(await run(session, 'SELECT COUNT(*) FROM d WHERE a > 190')).toHaveLength(19);
});

test('a query sees the session of its own only', async () => {
  const one = await world.engine.openSession('one', {});
  const two = await world.engine.openSession('two', {});
  await run(one, "CREATE TABLE only_here (a INT) WITH ('connector' = 'blackhole')");
  expect((await failure(run(two, 'SELECT * FROM only_here'))).join()).toContain("Object 'only_here' not found");
});

test('table.dml-sync waits for the job, and fails with it', async () => {
  const session = await world.engine.openSession('s', { 'table.dml-sync': 'true' });
  await run(session, "CREATE TABLE t (a INT) WITH ('connector' = 'blackhole')");
  await run(session, `CREATE TABLE d (a BIGINT) WITH ${NUMBERS}`);
  await run(session, 'INSERT INTO t SELECT CAST(a AS INT) FROM d');
  expect(world.engine.jobs.list().at(-1)?.status).toBe('FINISHED');
  const chain = await failure(run(session, "INSERT INTO t SELECT CAST(CONCAT('x', CAST(a AS STRING)) AS INT) FROM d"));
  expect(chain[1]).toBe('TableException: Failed to wait job finish');
  expect(chain.at(-1)).toMatch(/^NumberFormatException: /);
  expect(world.engine.jobs.announcements.at(-1)?.text).toMatch(/has failed: /);
});

test('the same operation twice is one job (rule 19)', async () => {
  const session = await world.engine.openSession('s', { 'table.dml-sync': 'true' });
  await run(session, "CREATE TABLE t (a BIGINT) WITH ('connector' = 'blackhole')");
  await run(session, `CREATE TABLE d (a BIGINT) WITH ${NUMBERS}`);
  const before = world.engine.jobs.list().length;
  const operationId = '01234567-89ab-4def-8123-456789abcdef';
  for (let i = 0; i < 2; i++) {
    const operation = session.execute('INSERT INTO t SELECT a FROM d', { operationId });
    await operation.finished();
  }
  expect(world.engine.jobs.list().length).toBe(before + 1);
});

test('a named job that runs already is not submitted a second time', async () => {
  const session = await world.engine.openSession('s', { 'pipeline.name': 'only one' });
  await run(session, "CREATE TABLE t (a BIGINT) WITH ('connector' = 'blackhole')");
  await run(session, "CREATE TABLE d (a BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '10')");
  const [[first] = []] = await run(session, 'INSERT INTO t SELECT a FROM d');
  const again = session.execute('INSERT INTO t SELECT a FROM d');
  await again.finished();
  expect(again.takeNotices().join()).toContain('is running already');
  expect((await again.fetch(0))?.page.rows[0]?.values[0]).toBe(first);
  const [[other] = []] = await run(session, 'INSERT INTO t SELECT a + 1 FROM d');
  expect(other).not.toBe(first);
  await world.engine.jobs.cancel(String(first));
  await world.engine.jobs.cancel(String(other));
});

test('CURRENT_WATERMARK is that of the rows before', async () => {
  const session = await world.engine.openSession('s', { 'table.local-time-zone': 'UTC' });
  const folder = join(world.home, 'events');
  mkdirSync(folder);
  const times = ['10:00:00', '10:00:10', '10:00:05'];
  writeFileSync(join(folder, 'e.json'), times.map((time) => `{"ts": "2024-01-01 ${time}"}\n`).join(''));
  await run(
    session,
    `CREATE TABLE e (ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND) WITH ('connector' = 'filesystem', 'format' = 'json', 'path' = '${folder}')`,
  );
  const rows = await run(session, 'SELECT CURRENT_WATERMARK(ts) FROM e');
  const nanos = (text: string): bigint => BigInt(Date.parse(`2024-01-01T${text}Z`)) * 1_000_000n;
  expect(rows).toEqual([[null], [nanos('09:59:59')], [nanos('10:00:09')]]);
});

test('state recovery: a job begins where a savepoint ended, at the same sink', async () => {
  const session = await world.engine.openSession('s', { 'execution.checkpointing.interval': '20 ms' });
  const out = join(world.home, 'counts.db');
  await run(
    session,
    "CREATE TABLE slow (a BIGINT) WITH ('connector' = 'datagen', 'fields.a.kind' = 'sequence', 'fields.a.start' = '1', 'fields.a.end' = '600', 'rows-per-second' = '1000')",
  );
  await run(
    session,
    `CREATE TABLE counts (k BIGINT, c BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'jdbc', 'url' = 'jdbc:sqlite:${out}', 'table-name' = 'counts')`,
  );
  const insert = 'INSERT INTO counts SELECT MOD(a, 2), COUNT(*) FROM slow GROUP BY MOD(a, 2)';
  const [[first] = []] = await run(session, insert);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const path = await world.engine.jobs.stop(String(first), { savepoint: true, drain: false });
  await run(session, `SET 'execution.state-recovery.path' = '${path}'`);
  await run(session, "SET 'table.dml-sync' = 'true'");
  const [[second] = []] = await run(session, insert);
  expect(second).not.toBe(first);
  await run(session, "SET 'execution.runtime-mode' = 'batch'");
  const rows = await run(session, 'SELECT k, c FROM counts ORDER BY k');
  expect(rows).toEqual([
    [0n, 300n],
    [1n, 300n],
  ]);
});

test('settings that are none of their values are refused by the next statement', async () => {
  const session = await world.engine.openSession('s', { 'execution.runtime-mode': 'bach' });
  expect((await failure(run(session, 'SELECT 1'))).join()).toContain(
    "Could not parse value 'bach' for key 'execution.runtime-mode'.",
  );
  const other = await world.engine.openSession('s', { 'table.local-time-zone': 'Mars/X' });
  expect((await failure(run(other, 'SELECT 1'))).join()).toContain('Invalid time zone.');
});
