/** What the system knows of a process: when it began, where it listens, how it ends. */
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError } from '../base/error.ts';
import type { ProcessAddress } from './job-host.ts';

/** A machine may be busy: how long a process may take to listen. One that ends before is not waited for. */
const CONNECT_TRIES_MS = 60_000;
const SOCKET_PATH_MAX = 100;

/** Unix socket paths are cut silently above 107 bytes: long homes get their sockets under the system's folder for temporary files. */
export function socketPathIn(folder: string): string {
  const name = `${randomBytes(6).toString('hex')}.sock`;
  const path = join(folder, name);
  return Buffer.byteLength(path) <= SOCKET_PATH_MAX ? path : join(tmpdir(), `millrace-${name}`);
}

/** When a process began, as the system counts it; null when there is none. On systems without /proc: the pid alone. */
export function processStart(pid: number): string | null {
  try {
    process.kill(pid, 0);
  } catch {
    return null;
  }
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    // A zombie holds nothing any more.
    return fields[0] === 'Z' ? null : (fields[19] ?? 'unknown');
  } catch {
    return 'unknown';
  }
}

export function kill(address: ProcessAddress): void {
  if (processStart(address.pid) !== address.pidStart) return;
  try {
    process.kill(address.pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

/** Resolves when the process is gone; one that has closed its socket and lingers is killed. */
export async function goneBy(address: ProcessAddress): Promise<void> {
  for (let waited = 0; processStart(address.pid) === address.pidStart; waited += 20) {
    if (waited > 1000) kill(address);
    await sleep(20);
  }
}

export async function connectTo(path: string, child: ChildProcess): Promise<Socket> {
  const until = performance.now() + CONNECT_TRIES_MS;
  while (performance.now() < until && child.exitCode === null && child.signalCode === null) {
    const socket = await tryConnect(path);
    if (socket) return socket;
    await sleep(5);
  }
  child.kill('SIGKILL');
  throw new EngineError('JOB_PROCESS_START', 'A job process could not be started: see jobs.log in the home.', {
    retryable: true,
  });
}

export function tryConnect(path: string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
    socket.once('error', () => resolve(null));
  });
}
