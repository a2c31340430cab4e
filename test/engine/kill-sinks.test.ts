/** Real statements over real sinks, with job processes killed at random moments: the tables must hold what a run without failures gives. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { Session } from '../../src/engine/session.ts';
import { openStandardEngine } from '../../src/engine/standard-engine.ts';
import { types } from '../../src/types/logical-type.ts';
import { addTable, sequence, tableOf } from '../support/test-engine.ts';

const main = new URL('../../src/main.ts', import.meta.url).pathname;
const ROWS = 8000;
const KILLS = 4;
let home: string;
let engine: Engine;
let session: Session;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'sinks-'));
  engine = await openStandardEngine({
    home,
    clock: systemClock,
    jobCommand: [process.execPath, '--disable-warning=ExperimentalWarning', main, 'job', '--home', home],
    environment: process.env,
  });
  session = await engine.openSession('s', {
    'execution.checkpointing.interval': '100 ms',
    'restart-strategy.type': 'fixed-delay',
    'restart-strategy.fixed-delay.attempts': '100',
    'restart-strategy.fixed-delay.delay': '5 ms',
  });
  await addTable(session, 'd', tableOf({ a: types.bigint() }, sequence('a', ROWS, 2500)));
});
afterEach(async () => {
  await engine.stop();
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
});

async function insert(sql: string): Promise<string> {
  const operation = session.execute(sql);
  await operation.finished();
  return (await operation.fetch(0))?.description.jobId ?? '';
}

/** Kills the process of a running job some times, then waits for its end. */
async function killAndFinish(id: string): Promise<void> {
  for (let i = 0; i < KILLS; i++) {
    await new Promise((resolve) => setTimeout(resolve, 250 + Math.random() * 400));
    for (const pid of jobPids()) process.kill(pid, 'SIGKILL');
  }
  for (;;) {
    const { status, failure } = await engine.jobs.wait(id);
    if (status === 'FINISHED') return;
    if (status === 'FAILED' || status === 'CANCELED') throw new Error(failure?.join('\n'));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function jobPids(): number[] {
  const list = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' });
  const lines = list.split('\n').filter((text) => text.includes(`${main} job --home ${home}`));
  return lines.map((line) => Number(line.trim().split(' ')[0]));
}

async function rowsOf(sql: string): Promise<unknown[][]> {
  const { handle } = await session.query(sql, { 'execution.runtime-mode': 'batch' });
  const rows: unknown[][] = [];
  for (;;) {
    const page = await handle.next(10_000);
    rows.push(...page.rows.map((row) => [...row.values]));
    if (page.end) return rows;
  }
}

test('GROUP BY into an SQLite table', async () => {
  const file = join(home, 'out.db');
  await addTable(session, 'out', {
    ...tableOf(
      { k: types.bigint(false), c: types.bigint(), s: types.bigint() },
      { connector: 'jdbc', url: `jdbc:sqlite:${file}`, 'table-name': 'out' },
    ),
    primaryKey: { name: 'PK_k', columns: ['k'] },
  });
  await killAndFinish(await insert('INSERT INTO `out` SELECT MOD(a, 10), COUNT(*), SUM(a) FROM d GROUP BY MOD(a, 10)'));
  const db = new DatabaseSync(file, { readOnly: true });
  const rows = db.prepare('SELECT k, c, s FROM "out" ORDER BY k').all();
  db.close();
  const expected = Array.from({ length: 10 }, (_, k) => {
    let sum = 0;
    for (let a = k === 0 ? 10 : k; a <= ROWS; a += 10) sum += a;
    return { k, c: ROWS / 10, s: sum };
  });
  expect(rows.map((row) => ({ ...row }))).toEqual(expected);
});

test('every row once in an embedded topic, read on by a second job', async () => {
  const topic = (name: string) =>
    tableOf(
      { a: types.bigint() },
      {
        connector: 'kafka',
        'properties.bootstrap.servers': 'embedded',
        topic: name,
        format: 'json',
        'scan.startup.mode': 'earliest-offset',
      },
    );
  await addTable(session, 't1', topic('t1'));
  await addTable(session, 't2', topic('t2'));
  const first = await insert('INSERT INTO t1 SELECT a FROM d');
  const second = await insert('INSERT INTO t2 SELECT a * 2 FROM t1');
  await killAndFinish(first);
  await engine.jobs.settle(() => {});
  expect(engine.jobs.find(second)).toMatchObject({ status: 'RUNNING', failure: null });
  await engine.jobs.cancel(second);
  const rows = await rowsOf("SELECT a FROM t2 /*+ OPTIONS('scan.bounded.mode' = 'latest-offset') */");
  const values = rows.map(([a]) => Number(a)).sort((x, y) => x - y);
  expect(values).toEqual(Array.from({ length: ROWS }, (_, i) => 2 * (i + 1)));
});
