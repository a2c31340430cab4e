/** Jobs in processes of their own: a pool with one warm spare, and adoption after a crash of the engine. */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { JobEvents, JobStart } from './job.ts';
import type { JobHost, ProcessAddress, RunningJob } from './job-host.ts';
import type { Command } from './job-wire.ts';
import { RemoteJob } from './remote-job.ts';
import { RemoteProcess, type RemoteProcessOptions } from './remote-process.ts';
import { connectTo, kill, processStart, socketPathIn, tryConnect } from './system-process.ts';

export interface ProcessHostOptions extends RemoteProcessOptions {
  /** Folder for sockets and logs. */
  readonly runDir: string;
  /** Program and arguments of a job process; `--socket PATH` is added. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** How long a process may take to answer its first question. */
const FIRST_ANSWER_MS = 15_000;
const IDLE_SPARES_MAX = 2;
/** How long a spare is kept that nobody is likely to need. */
const SURPLUS_MS = 5000;
const LAUNCH_ATTEMPTS = 3;

export function processJobHost(options: ProcessHostOptions): JobHost {
  return new ProcessHost(options);
}

class ProcessHost implements JobHost {
  readonly #options: ProcessHostOptions;
  readonly #idle: RemoteProcess[] = [];
  readonly #all = new Set<RemoteProcess>();
  #warming: Promise<RemoteProcess> | null = null;
  #isExpecting = true;
  #cancelSurplus: () => void = () => {};
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
        await job.start(start, isQuery);
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

  expect(isExpecting: boolean): void {
    this.#isExpecting = isExpecting;
    this.#warm();
    this.#endSurplusLater();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelSurplus();
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
    if (this.#isClosed || !this.#isExpecting || this.#warming || this.#idle.length > 0) return;
    const warming = this.#spawn();
    this.#warming = warming;
    warming.then(
      (process) => {
        if (this.#warming !== warming) return;
        this.#warming = null;
        this.#idle.push(process);
        this.#endSurplusLater();
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
      this.#endSurplusLater();
      return;
    }
    this.#end(process);
  }

  #end(process: RemoteProcess): void {
    this.#all.delete(process);
    process.end();
  }

  /** One spare is kept while somebody may submit, none otherwise; what is above that goes when it has not been used for a while. */
  #endSurplusLater(): void {
    this.#cancelSurplus();
    this.#cancelSurplus = this.#options.clock.after(SURPLUS_MS, () => {
      for (const process of this.#idle.splice(0, this.#idle.length - (this.#isExpecting ? 1 : 0))) this.#end(process);
    });
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
