/**
 * Jobs in processes of their own, as the engine sees them: a pool with one warm spare, commands over each process' socket, adoption after a
 * crash of the engine, and an end for processes that have gone silent (rule 17).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../base/clock.ts';
import { EngineError } from '../base/error.ts';
import { type JobCounters, type JobEvents, type JobOutcome, type JobStart, NO_COUNTERS } from './job.ts';
import type { JobHost, ProcessAddress, RunningJob, StopOptions } from './job-host.ts';
import type { ResultRow } from './job-service.ts';
import { isFinal } from './job-status.ts';
import { type Command, type Event, fromWireError, type Message, RowCodec, Wire } from './job-wire.ts';

export interface ProcessHostOptions {
  /** Folder for sockets and logs. */
  readonly runDir: string;
  readonly clock: Clock;
  /** Program and arguments of a job process; `--socket PATH` is added. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A process that has sent nothing for so long is taken for stopped, and killed (rule 17). A minute when absent. */
  readonly silenceMs?: number;
}

/** A machine may be busy: how long a process may take to listen. One that ends before is not waited for. */
const CONNECT_TRIES_MS = 60_000;
const SILENCE_MS = 60_000;
/** How long a process may take to answer its first question. */
const FIRST_ANSWER_MS = 15_000;
const IDLE_SPARES_MAX = 2;
const LAUNCH_ATTEMPTS = 3;
const SOCKET_PATH_MAX = 100;

export function processJobHost(options: ProcessHostOptions): JobHost {
  return new ProcessHost(options);
}

class ProcessHost implements JobHost {
  readonly #options: ProcessHostOptions;
  readonly #idle: RemoteProcess[] = [];
  readonly #all = new Set<RemoteProcess>();
  #warming: Promise<RemoteProcess> | null = null;
  #isClosed = false;

  constructor(options: ProcessHostOptions) {
    this.#options = options;
    mkdirSync(options.runDir, { recursive: true, mode: 0o700 });
    this.#warm();
  }

  async launch(start: JobStart, events: JobEvents, isQuery: boolean): Promise<RunningJob> {
    for (let attempt = 1; ; attempt++) {
      try {
        const process = await this.#take();
        // Asked before the job listens: a process that is dead here has begun nothing.
        await this.#firstAnswer(process, { kind: 'ping' });
        const job = new RemoteJob(process, start, events, isQuery);
        void job.left.then(() => this.#giveBack(process, isQuery));
        await process.request({ kind: 'start', start, isQuery }).catch(() => {});
        return job;
      } catch (error) {
        if (attempt === LAUNCH_ATTEMPTS) throw error;
      }
    }
  }

  addressOf(job: RunningJob): ProcessAddress | null {
    return job instanceof RemoteJob ? job.address : null;
  }

  async adopt(address: ProcessAddress, start: JobStart, events: JobEvents): Promise<RunningJob | null> {
    if (processStart(address.pid) !== address.pidStart) return null;
    const socket = await tryConnect(address.socketPath);
    if (!socket) {
      // It lives and does not listen: stopped, or ending. No successor may start beside it.
      kill(address);
      return null;
    }
    const process = new RemoteProcess(socket, address, this.#options);
    this.#all.add(process);
    const job = new RemoteJob(process, start, events, false);
    const attached = this.#firstAnswer(process, { kind: 'attach', jobId: start.jobId }).catch(() => null);
    const answer = (await attached) as { status: string } | null;
    if (!answer) {
      process.end();
      return null;
    }
    events.status(answer.status as Parameters<JobEvents['status']>[0]);
    void job.left.then(() => this.#giveBack(process, false));
    return job;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const warming = await this.#warming?.catch(() => null);
    warming?.end();
    for (const process of this.#all) process.end();
  }

  /** A stopped process accepts connections and answers nothing: it is killed, so that no lock outlives it. */
  async #firstAnswer(process: RemoteProcess, command: Command): Promise<unknown> {
    const { clock } = this.#options;
    const cancel = clock.after(FIRST_ANSWER_MS, () => kill(process.address));
    try {
      return await process.request(command);
    } finally {
      cancel();
    }
  }

  #warm(): void {
    if (this.#isClosed || this.#warming || this.#idle.length > 0) return;
    const warming = this.#spawn();
    this.#warming = warming;
    warming.then(
      (process) => {
        if (this.#warming !== warming) return;
        this.#warming = null;
        this.#idle.push(process);
      },
      () => {
        if (this.#warming === warming) this.#warming = null;
      },
    );
  }

  async #take(): Promise<RemoteProcess> {
    let taken: RemoteProcess | undefined;
    do taken = this.#idle.pop();
    while (taken && !taken.isAlive);
    if (!taken && this.#warming) {
      const warming = this.#warming;
      this.#warming = null;
      taken = await warming.catch(() => undefined);
    }
    taken ??= await this.#spawn();
    this.#warm();
    return taken;
  }

  /** A process whose SELECT is over may serve again; one that ran a job is not trusted with another. */
  #giveBack(process: RemoteProcess, isReusable: boolean): void {
    if (isReusable && process.isAlive && !this.#isClosed && this.#idle.length < IDLE_SPARES_MAX) {
      this.#idle.push(process);
      return;
    }
    this.#all.delete(process);
    process.end();
  }

  async #spawn(): Promise<RemoteProcess> {
    const socketPath = socketPathIn(this.#options.runDir);
    const [program, ...args] = this.#options.command;
    const log = openSync(join(this.#options.runDir, 'jobs.log'), 'a', 0o600);
    const child = spawn(program ?? '', [...args, '--socket', socketPath], {
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...this.#options.environment },
    });
    closeSync(log);
    // A program that cannot be started is told by its exit code, which is looked at below.
    child.once('error', () => {});
    child.unref();
    const socket = await connectTo(socketPath, child);
    const pid = child.pid ?? 0;
    const process = new RemoteProcess(socket, { socketPath, pid, pidStart: processStart(pid) ?? '' }, this.#options);
    this.#all.add(process);
    return process;
  }
}

/** One process and the commands that are under way. */
class RemoteProcess {
  readonly address: ProcessAddress;
  readonly #wire: Wire;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #nextId = 1;
  #listener: ((event: Event) => void) | null = null;
  #onDeath: ((error: EngineError) => void) | null = null;
  #isAlive = true;
  #lastWordMs: number;
  #cancelWatch: () => void = () => {};
  readonly #clock: Clock;
  readonly #silenceMs: number;

  constructor(socket: Socket, address: ProcessAddress, options: ProcessHostOptions) {
    this.address = address;
    this.#clock = options.clock;
    this.#silenceMs = options.silenceMs ?? SILENCE_MS;
    this.#lastWordMs = performance.now();
    this.#wire = new Wire(
      socket,
      (message) => this.#received(message),
      () => this.#died(),
    );
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** One job at a time: its events, and what to do when the process dies under it. */
  serve(listener: (event: Event) => void, onDeath: (error: EngineError) => void): void {
    this.#listener = listener;
    this.#onDeath = onDeath;
    this.#watch();
  }

  release(): void {
    this.#listener = null;
    this.#onDeath = null;
    this.#cancelWatch();
  }

  request(command: Command): Promise<unknown> {
    if (!this.#isAlive) return Promise.reject(deathOf(this.address));
    const id = this.#nextId++;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(id, waiting);
    this.#wire.send({ id, command });
    return waiting.promise;
  }

  end(): void {
    if (!this.#isAlive) return;
    this.request({ kind: 'exit' }).catch(() => {});
    this.#cancelWatch();
    this.#wire.close();
  }

  #received(message: Message): void {
    this.#lastWordMs = performance.now();
    if ('event' in message) {
      this.#listener?.(message.event);
      return;
    }
    if (!('reply' in message)) return;
    const waiting = this.#waiting.get(message.reply);
    this.#waiting.delete(message.reply);
    if ('error' in message) waiting?.reject(fromWireError(message.error));
    else waiting?.resolve(message.result);
  }

  #died(): void {
    this.#isAlive = false;
    this.#cancelWatch();
    rmSync(this.address.socketPath, { force: true });
    const error = deathOf(this.address);
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
    const onDeath = this.#onDeath;
    this.#onDeath = null;
    // The lock of a lineage must be free before anyone starts the successor.
    void goneBy(this.address).then(() => onDeath?.(error));
  }

  /** Rule 17: a stopped owner keeps its locks; after the time-out it is killed. */
  #watch(): void {
    const pause = this.#silenceMs / 3;
    const asked = performance.now();
    this.#cancelWatch = this.#clock.after(pause, () => {
      const now = performance.now();
      // This process was stopped itself: what it has not heard says nothing.
      if (now - asked > 2 * pause) this.#lastWordMs = now;
      if (now - this.#lastWordMs > this.#silenceMs) kill(this.address);
      this.#watch();
    });
  }
}

class RemoteJob implements RunningJob {
  readonly done: Promise<JobOutcome>;
  /** Resolves when the process may serve another: the job is over, and a SELECT's rows have been read or given up. */
  readonly left: Promise<void>;
  readonly #read = Promise.withResolvers<void>();
  #hasLeft = false;
  readonly #process: RemoteProcess;
  readonly #codec: RowCodec;
  #counters: JobCounters = NO_COUNTERS;

  constructor(process: RemoteProcess, start: JobStart, events: JobEvents, isQuery: boolean) {
    this.#process = process;
    const result = start.graph.vertices.find((vertex) => vertex.body.kind === 'Collect');
    this.#codec = new RowCodec((isQuery && result?.fields) || []);
    const done = Promise.withResolvers<JobOutcome>();
    this.done = done.promise;
    if (!isQuery) this.#read.resolve();
    this.left = Promise.all([done.promise, this.#read.promise]).then(() => {
      this.#hasLeft = true;
    });
    process.serve(
      (event) => {
        if (event.kind === 'status' && !isFinal(event.status)) events.status(event.status);
        else if (event.kind === 'checkpoint') events.checkpoint(event.statistics);
        else if (event.kind === 'notice') events.notice(event.text);
        else if (event.kind === 'heartbeat') this.#counters = event.counters;
        else if (event.kind === 'ended') {
          this.#counters = event.counters;
          process.release();
          done.resolve({ status: event.status, error: event.error && fromWireError(event.error) });
        }
      },
      (error) => done.resolve({ status: 'FAILED', error }),
    );
  }

  get address(): ProcessAddress {
    return this.#process.address;
  }

  get counters(): JobCounters {
    return this.#counters;
  }

  async cancel(): Promise<void> {
    if (this.#hasLeft) return;
    try {
      await this.#process.request({ kind: 'cancel' });
    } finally {
      this.#read.resolve();
    }
    await this.done;
  }

  async stop(options: StopOptions): Promise<string | null> {
    return (await this.#process.request({ kind: 'stop', ...options })) as string | null;
  }

  async takeCheckpoint(target: string | null): Promise<string> {
    return (await this.#process.request({ kind: 'checkpoint', target })) as string;
  }

  async settle(): Promise<number> {
    return (await this.#process.request({ kind: 'settle' })) as number;
  }

  async next(max: number): Promise<{ rows: ResultRow[]; end: boolean }> {
    if (this.#hasLeft) return { rows: [], end: true };
    try {
      const page = (await this.#process.request({ kind: 'next', max })) as { rows: string; end: boolean };
      if (page.end) this.#read.resolve();
      return { rows: this.#codec.decode(page.rows), end: page.end };
    } catch (error) {
      this.#read.resolve();
      throw error;
    }
  }
}

/** True for the death of a job's process: the engine starts the job again. */
export function isProcessDeath(error: unknown): boolean {
  return error instanceof EngineError && error.code === 'JOB_PROCESS_DIED';
}

function deathOf(address: ProcessAddress): EngineError {
  return new EngineError('JOB_PROCESS_DIED', `The job's process (pid ${address.pid}) has died.`, {
    exceptionClass: 'org.apache.flink.runtime.jobmaster.JobMasterException',
    retryable: true,
  });
}

/** Unix socket paths are cut silently above 107 bytes: long homes get their sockets under the system's folder for temporary files. */
function socketPathIn(folder: string): string {
  const name = `${randomBytes(6).toString('hex')}.sock`;
  const path = join(folder, name);
  return Buffer.byteLength(path) <= SOCKET_PATH_MAX ? path : join(tmpdir(), `millrace-${name}`);
}

/** When a process began, as the system counts it; null when there is none. On systems without /proc: the pid alone. */
function processStart(pid: number): string | null {
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

function kill(address: ProcessAddress): void {
  if (processStart(address.pid) !== address.pidStart) return;
  try {
    process.kill(address.pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

/** Resolves when the process is gone; one that has closed its socket and lingers is killed. */
async function goneBy(address: ProcessAddress): Promise<void> {
  for (let waited = 0; processStart(address.pid) === address.pidStart; waited += 20) {
    if (waited > 1000) kill(address);
    await sleep(20);
  }
}

async function connectTo(path: string, child: ChildProcess): Promise<Socket> {
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

function tryConnect(path: string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
    socket.once('error', () => resolve(null));
  });
}
