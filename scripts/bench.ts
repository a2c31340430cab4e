/**
 * `npm run bench -- [--messages 3000000] [--broker HOST:PORT] [--only w1]`: the warehouse's workloads from one Kafka partition, a checkpoint every 500 ms,
 * beside the plain baseline (kafkajs, JSON.parse, Map) in the same run. Without --broker it starts a Kafka of its own by the project's scripts.
 */
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { loadTopics } from '../bench/warehouse/load.ts';
import { countMessages, statements, WORKLOADS, type Workload } from '../bench/warehouse/workloads.ts';
import { processesOf, stopHome } from './warehouse-kills.ts';

interface Measure {
  readonly seconds: number;
  readonly eventsPerSecond: number;
  readonly eventsPerCpuSecond: number;
  readonly rssMb: number;
  /** Pages that processes share are counted once; null where it was not measured. */
  readonly pssMb: number | null;
}

const ROOT = join(import.meta.dirname, '..');
const run = promisify(execFile);
const TICKS_PER_SECOND = 100;

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '3000000' },
    broker: { type: 'string' },
    only: { type: 'string', default: '' },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
const broker = values.broker ?? (await startBroker(folder));
await loadTopics(broker, Number(values.messages));
console.log(
  'workload    events     millrace/s  per CPU s     RSS    (PSS)  |    plain/s  per CPU s     RSS   | times/s  times per CPU s',
);
for (const workload of WORKLOADS.filter((each) => each.name.startsWith(values.only))) await compare(workload);
rmSync(folder, { recursive: true, force: true });
process.exit();

async function compare(workload: Workload): Promise<void> {
  const events = await countMessages(broker, workload.topics[0] as string);
  const plain = await measurePlain(workload, events);
  const ours = await measureMillrace(workload, events);
  const cells = (m: Measure): string =>
    `${String(m.eventsPerSecond).padStart(10)} ${String(m.eventsPerCpuSecond).padStart(10)} ${String(m.rssMb).padStart(5)} MB`;
  const times = (ours.eventsPerSecond / plain.eventsPerSecond).toFixed(1);
  const cpuTimes = (ours.eventsPerCpuSecond / plain.eventsPerCpuSecond).toFixed(1);
  console.log(
    `${workload.name.padEnd(10)} ${String(events).padStart(8)} ${cells(ours)} (${String(ours.pssMb).padStart(4)})  | ${cells(plain)}  | ${times.padStart(7)} ${cpuTimes.padStart(12)}`,
  );
}

async function measurePlain(workload: Workload, events: number): Promise<Measure> {
  const { stdout } = await run(join(ROOT, 'bin/node'), [
    join(ROOT, 'bench/warehouse/plain.ts'),
    workload.name,
    broker,
    String(events),
  ]);
  return { pssMb: null, ...(JSON.parse(stdout) as Omit<Measure, 'pssMb'>) };
}

/** Engine, spare and job together; a first run warms the engine. */
async function measureMillrace(workload: Workload, events: number): Promise<Measure> {
  const home = join(folder, workload.name);
  const script = join(folder, `${workload.name}.sql`);
  const text = [
    "SET 'table.dml-sync' = 'true'",
    "SET 'execution.checkpointing.interval' = '500ms'",
    ...statements(workload, broker),
  ];
  writeFileSync(script, `${text.join(';\n')};\n`);
  const client = join(ROOT, 'bin/sql-client.sh');
  await run(client, ['embedded', '--home', home, '-e', 'SELECT 1']);
  const keeper = spawn(client, ['embedded', '--home', home, '-f', '-'], { stdio: ['pipe', 'ignore', 'ignore'] });
  await sleep(500);
  const cpuBefore = cpuSeconds(home);
  const spares = processesOf(home).filter(({ role }) => role === 'job');
  const start = performance.now();
  let rssMb = 0;
  let pssMb = 0;
  const sampling = setInterval(() => {
    rssMb = Math.max(rssMb, residentMb(home, 'Rss'));
    pssMb = Math.max(pssMb, residentMb(home, 'Pss'));
  }, 250);
  await run(client, ['embedded', '--home', home, '-f', script]);
  clearInterval(sampling);
  const seconds = (performance.now() - start) / 1000;
  // The job ran in the spare process; what it has used counts when it is gone.
  for (let i = 0; i < 100 && spares.some(({ pid }) => existsSync(`/proc/${pid}`)); i++) await sleep(100);
  const cpu = cpuSeconds(home) - cpuBefore;
  keeper.stdin?.end();
  await stopHome(home);
  return {
    seconds,
    eventsPerSecond: Math.round(events / seconds),
    eventsPerCpuSecond: Math.round(events / cpu),
    rssMb,
    pssMb,
  };
}

/** User and system time of a home's processes; that of jobs which have ended is in their engine's children's. */
function cpuSeconds(home: string): number {
  let ticks = 0;
  for (const { pid, role } of processesOf(home)) {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    for (const at of role === 'engine' ? [11, 12, 13, 14] : [11, 12]) ticks += Number(fields[at]);
  }
  return ticks / TICKS_PER_SECOND;
}

function residentMb(home: string, measure: 'Rss' | 'Pss'): number {
  let kilobytes = 0;
  for (const { pid } of processesOf(home)) {
    try {
      const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
      kilobytes += Number(new RegExp(`^${measure}: +(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);
    } catch {
      // It has just ended.
    }
  }
  return Math.round((kilobytes * 1024) / 1e6);
}

async function startBroker(into: string): Promise<string> {
  const port = 29_092;
  const child = spawn('bash', [join(ROOT, 'scripts/services/kafka.sh'), join(into, 'kafka'), String(port)], {
    stdio: 'ignore',
  });
  process.once('exit', () => child.kill('SIGKILL'));
  for (let i = 0; i < 600; i++) {
    if (await answers(port)) return `127.0.0.1:${port}`;
    await sleep(100);
  }
  throw new Error('Kafka does not answer');
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
  });
}
