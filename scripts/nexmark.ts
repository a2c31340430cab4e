/**
 * `npm run nexmark -- [--flink http://HOST:PORT --taskmanager PID] [--events 1000000] [--only q5,q7] [--file EVENTS] [--compare]`: each query of
 * Nexmark from a file of events to `blackhole`, with a checkpoint every 500 ms, hot. With --flink the same beside Flink: its SQL gateway over a session
 * cluster with one TaskManager. With --compare it measures nothing, and compares the changes that both give.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { flinkAt, startMillrace } from '../bench/nexmark/engines.ts';
import { writeEvents } from '../bench/nexmark/generate.ts';
import { queryNames } from '../bench/nexmark/queries.ts';
import { changesOf, type Measure, measure, measureLaunch } from '../bench/nexmark/run-query.ts';

/** What both gave for one query. */
interface Pair {
  readonly ours: Measure;
  readonly theirs: Measure | null;
  readonly launchMs: number;
}

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    rate: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    file: { type: 'string' },
    flink: { type: 'string' },
    taskmanager: { type: 'string' },
    compare: { type: 'boolean', default: false },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'millrace-nexmark-'));
const file = values.file ?? join(folder, 'events.jsonl');
const { events, rate, seed } = values;
if (!existsSync(file)) await writeEvents(file, { events: Number(events), seed: Number(seed), rate: Number(rate) });
const count = countLines(file);
const millrace = await startMillrace(folder);
const flink = values.flink === undefined ? null : flinkAt(values.flink, Number(values.taskmanager), folder);
const queries = queryNames().filter((name) => values.only === undefined || values.only.split(',').includes(name));
let failures = 0;
try {
  if (values.compare) await compareAll();
  else await measureAll();
} finally {
  for (const engine of [millrace, flink]) await engine?.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(failures === 0 ? 0 : 1);

async function measureAll(): Promise<void> {
  console.log(`${count} events, a checkpoint every 500 ms; "to RUNNING" is from sending the INSERT.`);
  console.log(
    `query |   events/s per CPU s  RSS MB  to RUNNING${flink ? ` |    Flink/s per CPU s  RSS MB | times per CPU s  times RSS` : ''}`,
  );
  const pairs: Pair[] = [];
  for (const query of queries)
    await reported(query, async () => {
      const ours = await measure(millrace, query, file);
      const theirs = flink && (await measure(flink, query, file));
      const pair = { ours, theirs, launchMs: await measureLaunch(millrace, query, file) };
      console.log(lineOf(query, pair));
      pairs.push(pair);
    });
  console.log(`highest RSS ${Math.max(...pairs.map(({ ours }) => Math.round(ours.residentMb)))} MB`);
  console.log(`longest to RUNNING ${Math.max(...pairs.map(({ launchMs }) => Math.round(launchMs)))} ms`);
  if (!flink) return;
  const times = pairs.map(timesPerCpu);
  const mean = Math.exp(times.reduce((total, each) => total + Math.log(each), 0) / times.length);
  console.log(`times per CPU s: geometric mean ${mean.toFixed(2)}, lowest ${Math.min(...times).toFixed(2)}`);
  console.log(`times RSS: highest ${Math.max(...pairs.map(timesResident)).toFixed(2)}`);
}

function lineOf(query: string, pair: Pair): string {
  const ours = `${query.padEnd(5)} | ${cellsOf(pair.ours)} ${pair.launchMs.toFixed(0).padStart(7)} ms`;
  if (!pair.theirs) return ours;
  const [cpu, resident] = [timesPerCpu(pair).toFixed(2), timesResident(pair).toFixed(2)];
  return `${ours} | ${cellsOf(pair.theirs)} | ${cpu.padStart(15)} ${resident.padStart(10)}`;
}

function cellsOf({ seconds, cpuSeconds, residentMb }: Measure): string {
  const [perSecond, perCpu] = [Math.round(count / seconds), Math.round(count / cpuSeconds)];
  return `${String(perSecond).padStart(10)} ${String(perCpu).padStart(9)} ${residentMb.toFixed(0).padStart(7)}`;
}

function timesPerCpu({ ours, theirs }: Pair): number {
  return theirs === null ? 0 : theirs.cpuSeconds / ours.cpuSeconds;
}

function timesResident({ ours, theirs }: Pair): number {
  return theirs === null ? 0 : ours.residentMb / theirs.residentMb;
}

async function compareAll(): Promise<void> {
  if (!flink) throw new Error('--compare needs --flink');
  for (const query of queries)
    await reported(query, async () => {
      const ours = await changesOf(millrace, query, file);
      const theirs = await changesOf(flink, query, file);
      const [changes, results] = [differenceOf(ours, theirs), differenceOf(resultOf(ours), resultOf(theirs))];
      const word = (difference: number): string => (difference === 0 ? 'the same' : `${difference} differ`);
      console.log(`${query.padEnd(5)} ${theirs.length} changes: ${word(changes)}; result: ${word(results)}`);
    });
}

/** How many changes stand in one list and not in the other. */
function differenceOf(ours: readonly string[], theirs: readonly string[]): number {
  return differing(ours, theirs).length + differing(theirs, ours).length;
}

function differing(from: readonly string[], taken: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const each of from) left.set(each, (left.get(each) ?? 0) + 1);
  for (const each of taken) left.set(each, (left.get(each) ?? 0) - 1);
  return [...left].filter(([, times]) => times > 0).flatMap(([each, times]) => Array<string>(times).fill(each));
}

/** The rows that the changes leave. */
function resultOf(changes: readonly string[]): string[] {
  const rowOf = (change: string): string => JSON.stringify((JSON.parse(change) as unknown[]).slice(1));
  const isTaken = (change: string): boolean => /^\["(DELETE|UPDATE_BEFORE)"/.test(change);
  return differing(
    changes.filter((change) => !isTaken(change)).map(rowOf),
    changes.filter((change) => isTaken(change)).map(rowOf),
  );
}

async function reported(query: string, body: () => Promise<void>): Promise<void> {
  try {
    await body();
  } catch (error) {
    failures++;
    console.log(`${query.padEnd(5)} failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function countLines(path: string): number {
  const bytes = readFileSync(path);
  let lines = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines++;
  return lines;
}
