/**
 * `npm run nexmark -- [--events 1000000] [--rate 10000] [--only q5] [--file EVENTS] [--results FOLDER]`: each query of Nexmark from a file of events
 * to `blackhole` through the SQL gateway, with a checkpoint every 500 ms. With --results the rows go into files of that
 * folder, as changelogs in debezium-json.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { writeEvents } from '../bench/nexmark/generate.ts';
import { queryNames, statementsOf } from '../bench/nexmark/queries.ts';
import { processesOf, stopHome } from './warehouse-kills.ts';

const GATEWAY = join(import.meta.dirname, '..', 'bin/sql-gateway.sh');
const BLACKHOLE = "'connector' = 'blackhole'";
const POLL_MS = 20;
const SETTLE_MS = 500;
const TICKS_PER_SECOND = 100;
const run = promisify(execFile);

interface Answer {
  readonly sessionHandle?: string;
  readonly operationHandle?: string;
  readonly resultType?: string;
  readonly nextResultUri?: string;
  readonly errors?: readonly string[];
}

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    rate: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    file: { type: 'string' },
    results: { type: 'string' },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'millrace-nexmark-'));
const home = join(folder, 'home');
const file = values.file ?? join(folder, 'events.jsonl');
const { events, rate, seed } = values;
if (!existsSync(file)) await writeEvents(file, { events: Number(events), seed: Number(seed), rate: Number(rate) });
const count = countLines(file);
const port = await freePort();
const endpoint = `http://127.0.0.1:${port}`;
const definitions = [`-Dsql-gateway.endpoint.rest.address=127.0.0.1`, `-Dsql-gateway.endpoint.rest.port=${port}`];
await run(GATEWAY, ['start', '--home', home, ...definitions]);
let failures = 0;
try {
  await runQuery('q0', false);
  console.log(`query   seconds   events/s  per CPU s   (${count} events)`);
  for (const query of queryNames().filter((name) => values.only === undefined || name === values.only))
    await runQuery(query, true);
} finally {
  await run(GATEWAY, ['stop', '--home', home]);
  await stopHome(home);
  rmSync(folder, { recursive: true, force: true });
}
process.exit(failures === 0 ? 0 : 1);

/** The first run warms the engine and is not shown. */
async function runQuery(query: string, isShown: boolean): Promise<void> {
  const session = (await call('POST', '/v2/sessions', {})).sessionHandle as string;
  const settings = ["SET 'table.dml-sync' = 'true'", "SET 'execution.checkpointing.interval' = '500ms'"];
  const statements = [...settings, ...statementsOf(query, file, isShown ? sinkOf(query) : BLACKHOLE)];
  try {
    for (const statement of statements.slice(0, -1)) await execute(session, statement);
    await sleep(SETTLE_MS);
    const cpu = cpuSeconds();
    const start = performance.now();
    await execute(session, statements.at(-1) as string);
    const seconds = (performance.now() - start) / 1000;
    // Until the engine has heard of the end of the job's process.
    await sleep(SETTLE_MS);
    const perCpu = Math.round(count / (cpuSeconds() - cpu));
    const cells = [seconds.toFixed(2), Math.round(count / seconds), perCpu].map((cell) => String(cell).padStart(10));
    if (isShown) console.log(`${query.padEnd(5)}${cells.join(' ')}`);
  } catch (error) {
    failures++;
    console.log(`${query.padEnd(5)} failed: ${error instanceof Error ? error.message : String(error)}`);
  }
  await call('DELETE', `/v2/sessions/${session}`);
}

function sinkOf(query: string): string {
  if (values.results === undefined) return BLACKHOLE;
  return `'connector' = 'filesystem', 'path' = '${join(values.results, query)}', 'format' = 'debezium-json'`;
}

/** Sends a statement and waits for the end of its result. */
async function execute(session: string, statement: string): Promise<void> {
  const { operationHandle } = await call('POST', `/v2/sessions/${session}/statements`, { statement });
  let next: string | undefined = `/v2/sessions/${session}/operations/${operationHandle}/result/0?rowFormat=JSON`;
  while (next !== undefined) {
    const answer = await call('GET', next);
    if (answer.resultType === 'EOS') return;
    if (answer.resultType === 'NOT_READY' || answer.nextResultUri === next) await sleep(POLL_MS);
    next = answer.nextResultUri;
  }
}

async function call(method: string, path: string, body?: object): Promise<Answer> {
  const text = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(`${endpoint}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...text,
  });
  const answer = (await response.json()) as Answer;
  if (answer.errors !== undefined) throw new Error(answer.errors.join('\n'));
  return answer;
}

/** User and system time of the home's processes; that of jobs which have ended is in their engine's children's. */
function cpuSeconds(): number {
  let ticks = 0;
  for (const { pid, role } of processesOf(home)) {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    for (const at of role === 'engine' ? [11, 12, 13, 14] : [11, 12]) ticks += Number(fields[at]);
  }
  return ticks / TICKS_PER_SECOND;
}

function countLines(path: string): number {
  const bytes = readFileSync(path);
  let lines = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines++;
  return lines;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const bound = server.address();
      server.close(() => resolve(typeof bound === 'object' && bound !== null ? bound.port : 0));
    });
  });
}
