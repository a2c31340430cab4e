/** The two engines as the benchmark sees them: a SQL gateway, the processor time and the memory of what runs the jobs. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { processesOf, stopHome } from '../../scripts/warehouse-kills.ts';
import { GatewayClient } from '../../src/gateway/client.ts';

const GATEWAY = join(import.meta.dirname, '..', '..', 'bin/sql-gateway.sh');
const TICKS_PER_SECOND = 100;
const [USER, SYSTEM, CHILDREN_USER, CHILDREN_SYSTEM] = [11, 12, 13, 14] as const;
const LEAVE_TRIES = 100;
const LEAVE_MS = 50;
const run = promisify(execFile);

export interface BenchEngine {
  readonly name: string;
  readonly client: GatewayClient;
  /** What a session is told before it runs a query. */
  readonly settings: readonly string[];
  /** From now on: gives the user and system time until the one job that ran meanwhile is over. */
  countCpu(): () => Promise<number>;
  residentMb(): number;
  stop(): Promise<void>;
}

/** A gateway of its own home, its engine, the job's process and the spare one. */
export async function startMillrace(folder: string): Promise<BenchEngine> {
  const home = join(folder, 'home');
  const port = await freePort();
  const definitions = ['-Dsql-gateway.endpoint.rest.address=127.0.0.1', `-Dsql-gateway.endpoint.rest.port=${port}`];
  await run(GATEWAY, ['start', '--home', home, ...definitions]);
  const client = new GatewayClient({ url: `http://127.0.0.1:${port}` });
  // The time of jobs which have ended is in their engine's children's.
  const cpuSeconds = (): number => sum(processesOf(home), ({ pid, role }) => cpuSecondsOf(pid, role === 'engine'));
  return {
    name: 'millrace',
    client,
    settings: [],
    countCpu: () => {
      const before = cpuSeconds();
      const spares = processesOf(home).filter(({ role }) => role === 'job');
      return async () => {
        // The job has run in the spare process.
        for (let i = 0; i < LEAVE_TRIES && spares.some(({ pid }) => existsSync(`/proc/${pid}`)); i++)
          await sleep(LEAVE_MS);
        return cpuSeconds() - before;
      };
    },
    residentMb: () => sum(processesOf(home), ({ pid }) => residentMbOf(pid)),
    stop: async () => {
      client.close();
      await run(GATEWAY, ['stop', '--home', home]);
      await stopHome(home);
    },
  };
}

/** Flink's SQL gateway at `url` over a session cluster whose one TaskManager is the process `taskManager`. */
export function flinkAt(url: string, taskManager: number, folder: string): BenchEngine {
  const client = new GatewayClient({ url });
  return {
    name: 'flink',
    client,
    settings: [
      "SET 'execution.runtime-mode' = 'streaming'",
      `SET 'execution.checkpointing.dir' = 'file://${join(folder, 'flink-checkpoints')}'`,
    ],
    countCpu: () => {
      const before = cpuSecondsOf(taskManager, false);
      return async () => cpuSecondsOf(taskManager, false) - before;
    },
    residentMb: () => residentMbOf(taskManager),
    stop: async () => client.close(),
  };
}

/** A process that has just ended has used nothing. */
function cpuSecondsOf(pid: number, withChildren: boolean): number {
  if (!existsSync(`/proc/${pid}/stat`)) return 0;
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const own = [USER, SYSTEM];
  return (
    sum(withChildren ? [...own, CHILDREN_USER, CHILDREN_SYSTEM] : own, (at) => Number(fields[at])) / TICKS_PER_SECOND
  );
}

function residentMbOf(pid: number): number {
  if (!existsSync(`/proc/${pid}/status`)) return 0;
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0;
  return (Number(kilobytes) * 1024) / 1e6;
}

function sum<T>(items: readonly T[], amountOf: (item: T) => number): number {
  return items.reduce((total, item) => total + amountOf(item), 0);
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
