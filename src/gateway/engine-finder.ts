/** Finds the engine of a home by its socket, or starts it. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError, messageOf } from '../base/error.ts';
import { type GatewayAddress, GatewayClient } from './client.ts';

/** How an engine process is started; `--home DIR` is added. */
export interface EngineLauncher {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Tells this program from another build of it. */
  readonly build: string;
}

/** As long as the process lives. */
const START_MS = 120_000;
const AFTER_DEATH_MS = 2000;
const STOP_MS = 60_000;
const POLL_MS = 10;
const FREE_BYTES_MIN = 1 << 16;
/** Longer socket paths are cut by the system without a word. */
const PATH_BYTES_MAX = 100;

/** Folder of the engine's own files in a home. */
function engineFolder(home: string): string {
  return join(home, '.engine');
}

export function engineSocketPath(home: string): string {
  const path = join(engineFolder(home), 'engine.sock');
  if (Buffer.byteLength(path) <= PATH_BYTES_MAX) return path;
  return join(tmpdir(), `millrace-${createHash('sha256').update(home).digest('hex').slice(0, 16)}.sock`);
}

/** The address of a living engine of this home; starts one when there is none. Throws `GATEWAY_ENGINE_START`. */
export async function connectEngine(home: string, launcher: EngineLauncher): Promise<GatewayAddress> {
  const socketPath = engineSocketPath(home);
  if (await answers(socketPath)) {
    const running = readBuild(home);
    return running === null || running === launcher.build ? { socketPath } : { socketPath, notice: otherBuild(home) };
  }
  const folder = engineFolder(home);
  try {
    makeFolder(folder);
  } catch (error) {
    throw new EngineError('GATEWAY_ENGINE_START', `The home ${home} cannot be used: ${messageOf(error)}`);
  }
  const logPath = join(folder, 'engine.log');
  const log = openSync(logPath, 'a', 0o600);
  const [program, ...args] = launcher.command;
  const logStart = fstatSync(log).size;
  const child = spawn(program ?? '', [...args, '--home', home], {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...launcher.environment },
    cwd: home,
  });
  closeSync(log);
  let until = performance.now() + START_MS;
  let end = `Its process ${child.pid} does not answer after ${START_MS / 1000} s.`;
  // An engine that lost the race for the home ends at once: then the other one will answer soon. One that cannot start leaves its reason.
  const giveUp = (how: string): void => {
    end = how;
    until = Math.min(until, performance.now() + AFTER_DEATH_MS);
  };
  child.once('error', (error) => giveUp(error.message));
  child.once('exit', (code, signal) => giveUp(`Its process ended ${signal ? `by ${signal}` : `with code ${code}`}.`));
  child.unref();
  while (performance.now() < until) {
    if (await answers(socketPath)) return { socketPath };
    await sleep(POLL_MS);
  }
  throw new EngineError(
    'GATEWAY_ENGINE_START',
    `The engine of ${home} did not start. ${lastLines(logPath, logStart) || fullDisk(home) || end}`,
  );
}

/** A full disk leaves no room for the reason either. */
function fullDisk(home: string): string {
  const { bavail, bsize } = statfsSync(home);
  return bavail * bsize < FREE_BYTES_MIN ? 'There is no room on its disk: make some.' : '';
}

/** With its parents. Node's own way never ends where the system refuses with ENOENT, as in `/proc`. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (!existsSync(path)) throw error;
  }
}

function buildPath(home: string): string {
  return join(engineFolder(home), 'build');
}

/** Leaves word of which build runs the engine of a home. */
export function writeBuild(home: string, build: string): void {
  writeFileSync(buildPath(home), build, { mode: 0o600 });
}

function readBuild(home: string): string | null {
  try {
    return readFileSync(buildPath(home), 'utf8');
  } catch {
    return null;
  }
}

function otherBuild(home: string): string {
  return `[WARNING] The engine of ${home} was started by another build of Millrace and goes on with its code. 'sql-client.sh stop --home ${home}' ends it with a last checkpoint of each job; the next start is this build's.`;
}

/** Ends the engine of a home; false when none was running. */
export async function stopEngine(home: string): Promise<boolean> {
  const socketPath = engineSocketPath(home);
  if (!(await answers(socketPath))) return false;
  const client = new GatewayClient({ socketPath });
  try {
    await client.call('POST', '/v4/millrace/stop');
  } finally {
    client.close();
  }
  await engineEnd(home, STOP_MS);
  return true;
}

/** Resolves when nobody answers for the home any more. */
export async function engineEnd(home: string, timeoutMs = Number.POSITIVE_INFINITY): Promise<void> {
  const until = performance.now() + timeoutMs;
  while ((await answers(engineSocketPath(home))) && performance.now() < until) await sleep(POLL_MS * 5);
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Of what was written behind the first `from` bytes. */
function lastLines(path: string, from: number): string {
  try {
    return readFileSync(path).subarray(from).toString('utf8').trim().split('\n').slice(-3).join('\n');
  } catch {
    return '';
  }
}
