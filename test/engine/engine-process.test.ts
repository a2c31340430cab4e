/** The engine as a process: found or started by its home, killed, and what becomes of its jobs. */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import type { Operation } from '../../src/engine/operation.ts';
import { openStandardEngine } from '../../src/engine/standard-engine.ts';
import { GatewayClient } from '../../src/gateway/client.ts';
import { connectEngine, type EngineLauncher, engineEnd, stopEngine } from '../../src/gateway/engine-finder.ts';
import { rowsOf } from '../../src/index.ts';
import { types } from '../../src/types/logical-type.ts';
import { sequence, tableOf } from '../support/test-engine.ts';

const main = new URL('../../src/main.ts', import.meta.url).pathname;
const launcher: EngineLauncher = {
  command: [process.execPath, '--disable-warning=ExperimentalWarning', main, 'engine'],
  environment: process.env,
  build: createHash('sha256').update(readFileSync(main)).digest('hex').slice(0, 16),
};
const ROWS = 6000;
/** Rows a second: on a busy machine a job must outlive the start of an engine by far. */
const RATE = 300;
let home: string;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'home-'));
  const engine = await openStandardEngine({ home, clock: systemClock });
  const session = await engine.openSession('setup', {});
  const catalog = await session.catalogs.getCatalog('myhive');
  const columns = { a: types.bigint() };
  await catalog.createObject('default', 'd', tableOf(columns, sequence('a', ROWS, RATE)), false);
  const sink = { connector: 'filesystem', format: 'json', path: join(home, 'out') };
  await catalog.createObject('default', 'f', tableOf(columns, sink), false);
  await engine.stop();
});
afterEach(async () => {
  await stopEngine(home).catch(() => false);
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
});

async function connect(): Promise<GatewayClient> {
  return new GatewayClient(await connectEngine(home, launcher));
}

async function submit(client: GatewayClient): Promise<string> {
  const session = await client.openSession('s', {
    'execution.checkpointing.interval': '200 ms',
    'restart-strategy.type': 'fixed-delay',
    'restart-strategy.fixed-delay.attempts': '10',
    'restart-strategy.fixed-delay.delay': '20 ms',
  });
  const operation = await session.execute('INSERT INTO myhive.`default`.f SELECT a FROM myhive.`default`.d');
  let page = await operation.fetch(null);
  while (page.notReady) page = await operation.fetch(null);
  return page.jobId ?? '';
}

async function pidOf(client: GatewayClient): Promise<{ pid: number; runningJobs: number }> {
  return (await client.call('GET', '/v4/millrace/engine')).body as { pid: number; runningJobs: number };
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 6000; i++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('it did not happen');
}

function committedRows(): number[] {
  let names: string[];
  try {
    names = readdirSync(join(home, 'out'));
  } catch {
    return [];
  }
  const files = names.filter((name) => !name.startsWith('.') && !name.startsWith('_'));
  const lines = files.flatMap((name) =>
    readFileSync(join(home, 'out', name), 'utf8')
      .trim()
      .split('\n'),
  );
  return lines.map((line) => (JSON.parse(line) as { a: number }).a).sort((x, y) => x - y);
}

const expected = Array.from({ length: ROWS }, (_, i) => i + 1);

function jobPid(): number {
  const list = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' });
  const line = list.split('\n').find((text) => text.includes(`${main} job --home ${home}`));
  return Number(line?.trim().split(' ')[0] ?? 0);
}

test('two shells that start at once get the same engine, and stop ends it', async () => {
  const [one, two] = await Promise.all([connect(), connect()]);
  expect((await pidOf(one)).pid).toBe((await pidOf(two)).pid);
  one.close();
  two.close();
  expect(await stopEngine(home)).toBe(true);
  expect(await stopEngine(home)).toBe(false);
});

test('rows of a query that nobody has read yet are not mixed up with the next query, nor is that one ended by their close', async () => {
  const jobCommand = [process.execPath, '--disable-warning=ExperimentalWarning', main, 'job', '--home', home];
  const engine = await openStandardEngine({ home, clock: systemClock, jobCommand, environment: process.env });
  const session = await engine.openSession('s', {});
  const catalog = await session.catalogs.getCatalog('myhive');
  const columns = { a: types.bigint() };
  await catalog.createObject('default', 'q', tableOf(columns, sequence('a', 6, 1_000_000)), false);
  const select = async (factor: number) => {
    const operation = session.execute(`SELECT a * ${factor} FROM myhive.\`default\`.q`);
    await operation.finished();
    // The job is over, and its process could take the next query.
    await until(async () => engine.jobs.runningCount === 0);
    return operation;
  };
  const rowsOf = async (operation: Operation) => {
    const values: unknown[] = [];
    for (let token: number | null = 0; token !== null; ) {
      const fetched = await operation.fetch(token);
      values.push(...(fetched?.page.rows.map((row) => row.values[0]) ?? []));
      token = fetched ? fetched.page.next : token;
    }
    return values;
  };
  const first = await select(1);
  const second = await select(10);
  expect(await rowsOf(first)).toEqual([1n, 2n, 3n, 4n, 5n, 6n]);
  await first.close();
  expect(await rowsOf(second)).toEqual([10n, 20n, 30n, 40n, 50n, 60n]);
  const third = await select(100);
  await second.close();
  expect(await rowsOf(third)).toEqual([100n, 200n, 300n, 400n, 500n, 600n]);
  await engine.stop();
});

test('a shell that is killed takes its SELECT along', async () => {
  const observer = await connect();
  const sql = 'SELECT a FROM myhive.`default`.d';
  const args = ['--disable-warning=ExperimentalWarning', main, 'shell', 'embedded', '--home', home, '-e', sql];
  const shell = spawn(process.execPath, args, { stdio: 'ignore' });
  await until(async () => (await pidOf(observer)).runningJobs === 1);
  shell.kill('SIGKILL');
  const killed = performance.now();
  await until(async () => (await pidOf(observer)).runningJobs === 0);
  expect(performance.now() - killed).toBeLessThan(5000);
  observer.close();
});

test('jobs outlive an engine that is killed, and the next one adopts them', async () => {
  const first = await connect();
  await submit(first);
  await until(async () => committedRows().length > 100);
  const { pid } = await pidOf(first);
  process.kill(pid, 'SIGKILL');
  first.close();
  await engineEnd(home);
  const second = await connect();
  expect(await pidOf(second)).toMatchObject({ runningJobs: 1 });
  await until(async () => (await pidOf(second)).runningJobs === 0);
  expect(committedRows()).toEqual(expected);
  second.close();
});

test('a job that needs too much memory fails with one message, and goes on with more', async () => {
  const jobCommand = [
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    '--expose-gc',
    main,
    'job',
    '--home',
    home,
  ];
  const engine = await openStandardEngine({ home, clock: systemClock, jobCommand, environment: process.env });
  const session = await engine.openSession('s', {});
  const catalog = await session.catalogs.getCatalog('myhive');
  const count = 2_000_000;
  await catalog.createObject('default', 'many', tableOf({ a: types.bigint() }, sequence('a', count, 1_000_000)), false);
  const run = async (sql: string) => {
    for await (const row of rowsOf(session.execute(sql))) expect(row).toBeDefined();
  };
  await run("SET 'execution.checkpointing.interval' = '100 ms'");
  await run("SET 'taskmanager.memory.process.size' = '64 mb'");
  const counted = 'SELECT MAX(a) FROM (SELECT a, COUNT(*) FROM myhive.`default`.many GROUP BY a)';
  await run("SET 'pipeline.name' = 'grows'");
  await run(`CREATE TABLE s (m BIGINT) WITH ('connector' = 'blackhole')`);
  await run(`INSERT INTO s ${counted}`);
  const { id } = engine.jobs.find('grows');
  const failed = await engine.jobs.wait(id);
  expect(failed.status).toBe('FAILED');
  expect(failed.failure?.at(-1)).toMatch(/The job needs more than its memory limit of 67108864 bytes.*resume it/);
  await run("SET 'taskmanager.memory.process.size' = '1 gb'");
  await run("RESUME JOB 'grows'");
  expect(await engine.jobs.wait(id)).toMatchObject({ status: 'FINISHED', failure: null });
  await engine.stop();
});

test('jobs that died with the engine are resumed from their newest checkpoint', async () => {
  const first = await connect();
  await submit(first);
  await until(async () => committedRows().length > 100);
  const { pid } = await pidOf(first);
  process.kill(pid, 'SIGKILL');
  first.close();
  for (let job = jobPid(); job > 0; job = jobPid()) process.kill(job, 'SIGKILL');
  await engineEnd(home);
  const second = await connect();
  expect(await pidOf(second)).toMatchObject({ runningJobs: 1 });
  await until(async () => (await pidOf(second)).runningJobs === 0);
  expect(committedRows()).toEqual(expected);
  second.close();
});

test('a clean stop suspends jobs with a last checkpoint; the next start goes on from it, once', async () => {
  const first = await connect();
  await submit(first);
  await until(async () => committedRows().length > 100);
  first.close();
  expect(await stopEngine(home)).toBe(true);
  const rows = committedRows();
  expect(rows).toEqual(expected.slice(0, rows.length));
  const engine = await openStandardEngine({ home, clock: systemClock });
  const [job] = engine.jobs.list();
  await expect(engine.jobs.resume(job?.id ?? '', { allowDuplicates: false })).rejects.toThrow(/is running already/);
  expect((await engine.jobs.wait(job?.id ?? '')).status).toBe('FINISHED');
  await engine.stop();
  expect(committedRows()).toEqual(expected);
});

test('with auto-resume off a suspended job waits for RESUME', async () => {
  const first = await connect();
  await submit(first);
  await until(async () => committedRows().length > 500);
  first.close();
  await stopEngine(home);
  const engine = await openStandardEngine({
    home,
    clock: systemClock,
    config: { 'millrace.jobs.auto-resume': 'false' },
  });
  const [job] = engine.jobs.list();
  expect(job?.status).toBe('SUSPENDED');
  await engine.jobs.resume(job?.id ?? '', { allowDuplicates: false });
  expect(await engine.jobs.wait(job?.id ?? '')).toMatchObject({ status: 'FINISHED', failure: null });
  await engine.stop();
  expect(committedRows()).toEqual(expected);
});

test('an engine of another build is told, one of this build is not', async () => {
  expect(await connectEngine(home, launcher)).not.toHaveProperty('notice');
  expect(await connectEngine(home, launcher)).not.toHaveProperty('notice');
  const other = await connectEngine(home, { ...launcher, build: 'another' });
  expect('notice' in other && other.notice).toMatch(/another build .*sql-client\.sh stop/s);
});

test('an engine that cannot start says why, and nobody waits for it', async () => {
  writeFileSync(join(home, 'registry.catalogs', 'CURRENT'), 'rubbish');
  const begun = performance.now();
  await expect(connectEngine(home, launcher)).rejects.toThrow(/did not start.*registry\.catalogs cannot be opened/s);
  expect(performance.now() - begun).toBeLessThan(12_000);
});

test('a home that cannot be made is refused at once', async () => {
  const begun = performance.now();
  for (const place of ['/proc/nowhere', '/dev/null/below'])
    await expect(connectEngine(place, launcher)).rejects.toThrow(`The home ${place} cannot be used: `);
  expect(performance.now() - begun).toBeLessThan(5000);
});

test('an engine that ends without a word is told by how it ended', async () => {
  const silent = { ...launcher, command: [process.execPath, '-e', 'process.exit(7)', '--'] };
  await expect(connectEngine(home, silent)).rejects.toThrow(
    `The engine of ${home} did not start. Its process ended with code 7.`,
  );
});

test('a port is opened once', async () => {
  const client = await connect();
  const ask = (port: number) => client.call('POST', '/v4/millrace/listen', { host: '127.0.0.1', port, names: [] });
  const { port } = (await ask(0)).body as { port: number };
  await expect(ask(port)).rejects.toThrow(`The gateway of ${home} listens on port ${port} already`);
  client.close();
});

test('the size of checkpoints does not hold up the start', async () => {
  const client = await connect();
  const id = await submit(client);
  await expect.poll(() => chk(id).length, { timeout: 20_000 }).toBeGreaterThan(0);
  await client.call('POST', '/v4/millrace/stop');
  client.close();
  await engineEnd(home);
  const folder = join(home, 'checkpoints', id, 'shared');
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
  const engine = await openStandardEngine({
    home,
    clock: systemClock,
    config: { 'millrace.jobs.auto-resume': 'false' },
  });
  expect(engine.jobs.checkpoints(id).length).toBeGreaterThan(0);
  await engine.stop();
});

function chk(id: string): string[] {
  return readdirSync(join(home, 'checkpoints', id)).filter((name) => name.startsWith('chk-'));
}

test('a shell that is ended while a SELECT runs says nothing wrong', async () => {
  await connect().then((client) => client.close());
  const select = 'SELECT * FROM myhive.`default`.d';
  const shell = spawn(process.execPath, [main, 'shell', 'embedded', '--home', home, '-e', select]);
  let errors = '';
  shell.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  await new Promise<void>((resolve) => {
    shell.stdout.on('data', (chunk: Buffer) => {
      if (chunk.includes('| +I |')) resolve();
    });
  });
  const ended = new Promise((resolve) => shell.once('close', resolve));
  shell.kill('SIGTERM');
  await ended;
  expect(errors).not.toContain('ERROR');
}, 30_000);
