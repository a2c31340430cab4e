/** One query of Nexmark in one engine: how fast it runs, how soon it runs, and what it gives. */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GatewaySession, ResultPage } from '../../src/gateway/client.ts';
import type { BenchEngine } from './engines.ts';
import { statementsOf } from './queries.ts';

const BLACKHOLE = "'connector' = 'blackhole'";
const POLL_MS = 20;
const LAUNCH_POLL_MS = 1;
const SAMPLE_MS = 100;
const LAUNCHES = 3;
/** Until a spare process is there. */
const REST_MS = 700;

export interface Measure {
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** The most that was seen. */
  readonly residentMb: number;
}

/** The INSERT from its sending to its end. The query ran once before, so that the engine is hot. */
export async function measure(engine: BenchEngine, query: string, file: string): Promise<Measure> {
  await inSession(engine, query, file, (session, insert) => execute(session, insert));
  return inSession(engine, query, file, async (session, insert) => {
    await sleep(REST_MS);
    let residentMb = 0;
    const sampling = setInterval(() => {
      residentMb = Math.max(residentMb, engine.residentMb());
    }, SAMPLE_MS);
    const cpuSeconds = engine.countCpu();
    const start = performance.now();
    await execute(session, insert);
    const seconds = (performance.now() - start) / 1000;
    clearInterval(sampling);
    return { seconds, cpuSeconds: await cpuSeconds(), residentMb };
  });
}

/** Milliseconds from sending the INSERT until its job is RUNNING: the median of some. */
export async function measureLaunch(engine: BenchEngine, query: string, file: string): Promise<number> {
  const times = await measureLaunches(engine, query, file, LAUNCHES);
  return times.sort((a, b) => a - b)[LAUNCHES >> 1] as number;
}

/** Milliseconds from sending the INSERT until its job is RUNNING, so many times with a pause before each. The tables are there before. */
export async function measureLaunches(
  engine: BenchEngine,
  query: string,
  file: string,
  count: number,
): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++)
    times.push(
      await inSession(engine, query, file, async (session, insert) => {
        await sleep(REST_MS);
        const { job, ms } = await launch(session, insert);
        await stop(session, job);
        return ms;
      }),
    );
  return times;
}

/** The same of INSERTs that follow each other at once, the jobs before them still there. */
export function measureBurst(engine: BenchEngine, query: string, file: string, count: number): Promise<number[]> {
  return inSession(engine, query, file, async (session, insert) => {
    await sleep(REST_MS);
    const launches: Launch[] = [];
    for (let i = 0; i < count; i++) launches.push(await launch(session, insert));
    for (const { job } of launches) await stop(session, job);
    return launches.map(({ ms }) => ms);
  });
}

interface Launch {
  readonly job: string;
  readonly ms: number;
}

async function launch(session: GatewaySession, insert: string): Promise<Launch> {
  await execute(session, "SET 'table.dml-sync' = 'false'");
  const start = performance.now();
  const [job] = (await execute(session, insert, LAUNCH_POLL_MS)).map((row) => row.fields[0] as string) as [string];
  while (!(await isIn(session, job, ['RUNNING', 'FINISHED']))) await sleep(LAUNCH_POLL_MS);
  return { job, ms: performance.now() - start };
}

/** What is measured next shall not run beside it. */
async function stop(session: GatewaySession, job: string): Promise<void> {
  // It may have ended by itself, and is then refused to be stopped.
  await execute(session, `STOP JOB '${job}'`).catch(() => undefined);
  while (!(await isIn(session, job, ['FINISHED', 'CANCELED', 'FAILED']))) await sleep(POLL_MS);
}

/** The changes that the query gives, each as its kind and its values. */
export function changesOf(engine: BenchEngine, query: string, file: string): Promise<string[]> {
  return inSession(engine, query, file, async (session, insert) => {
    const rows = await execute(session, insert.replace(/^[\s\S]*?INSERT INTO \w+\s/, ''));
    return rows.map(({ kind, fields }) => JSON.stringify([kind, ...fields]));
  });
}

async function inSession<T>(
  engine: BenchEngine,
  query: string,
  file: string,
  body: (session: GatewaySession, insert: string) => Promise<T>,
): Promise<T> {
  const session = await engine.client.openSession('nexmark', {});
  try {
    const settings = ["SET 'table.dml-sync' = 'true'", "SET 'execution.checkpointing.interval' = '500ms'"];
    const statements = statementsOf(query, file, BLACKHOLE);
    for (const statement of [...settings, ...engine.settings, ...statements.slice(0, -1)])
      await execute(session, statement);
    return await body(session, statements.at(-1) as string);
  } finally {
    await session.close();
  }
}

async function isIn(session: GatewaySession, job: string, states: readonly string[]): Promise<boolean> {
  const jobs = await execute(session, 'SHOW JOBS', LAUNCH_POLL_MS);
  return jobs.some(({ fields }) => fields[0] === job && fields.some((field) => states.includes(String(field))));
}

/** Sends a statement and waits for the end of its result. */
async function execute(session: GatewaySession, statement: string, pollMs = POLL_MS): Promise<ResultPage['rows']> {
  const operation = await session.execute(statement);
  const rows: Array<ResultPage['rows'][number]> = [];
  for (let next: string | null = null; ; ) {
    const page = await operation.fetch(next);
    rows.push(...page.rows);
    if (page.next === null) break;
    if (page.notReady || page.rows.length === 0) await sleep(pollMs);
    next = page.next;
  }
  return rows;
}
