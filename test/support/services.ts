/** Real servers for tests: MariaDB and Kafka by the project's own scripts, each in a temporary folder and stopped by its owner. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const SCRIPTS = join(import.meta.dirname, '../../scripts/services');
const PORT_MIN = 20_000;
const PORT_MAX = 32_000;
const START_LIMIT_MS = 150_000;

export interface Service {
  readonly port: number;
  readonly folder: string;
  /** `kill -9`, then a start over the same data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** `secure`: with TLS alone. */
export function startMariadb(...more: Array<'secure'>): Promise<Service> {
  return startService('mariadb.sh', more);
}

/** `secure`: with TLS and SASL. */
export function startKafka(...more: Array<'secure'>): Promise<Service> {
  return startService('kafka.sh', more);
}

async function startService(script: string, more: readonly string[] = []): Promise<Service> {
  const folder = mkdtempSync(join(tmpdir(), `millrace-${script.replace('.sh', '')}-`));
  const port = await freePort();
  let child = await start(script, folder, port, more);
  return {
    port,
    folder,
    async restart() {
      await end(child, 'SIGKILL');
      child = await start(script, folder, port, more);
    },
    async stop() {
      await end(child, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function start(script: string, folder: string, port: number, more: readonly string[]): Promise<ChildProcess> {
  const child = spawn('bash', [join(SCRIPTS, script), folder, String(port), ...more], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-4000);
  });
  for (const began = Date.now(); Date.now() - began < START_LIMIT_MS; await sleep(50)) {
    if (child.exitCode !== null) throw new Error(`${script} ended with ${child.exitCode}: ${errors}`);
    if (await answers(port)) return child;
  }
  await end(child, 'SIGKILL');
  throw new Error(`${script} does not answer on port ${port}: ${errors}`);
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await gone;
}

function answers(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(port, '127.0.0.1');
  socket.once('connect', () => resolve(true));
  socket.once('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}

/** A port that is free now, and so is the one behind it; below those that the system gives to outgoing connections. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(PORT_MIN, PORT_MAX);
    if ((await isFree(port)) && (await isFree(port + 1))) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = createServer();
  server.once('error', () => resolve(false));
  server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  return promise;
}
