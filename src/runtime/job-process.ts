/**
 * The job's side of a job process: waits on its socket for a graph, runs it, and answers whoever is connected. It outlives the engine; after
 * a SELECT it waits for the next one. What `main.ts job` runs.
 */
import { chmodSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { EngineError } from '../base/error.ts';
import { CollectBuffer } from './collect-sink.ts';
import type { CrashPoint } from './crash-point.ts';
import { Job, type JobOutcome, type JobStart } from './job.ts';
import type { JobParts } from './job-parts.ts';
import { type Command, type Event, type Message, RowCodec, toWireError, Wire } from './job-wire.ts';

const HEARTBEAT_MS = 500;
/** A spare without an engine ends by itself. */
const ORPHAN_MS = 10_000;

export interface JobProcessOptions {
  readonly socketPath: string;
  readonly parts: JobParts;
  readonly clock: Clock;
  readonly crash: CrashPoint;
  collectGarbage(): void;
  exit(): void;
  print(line: string): void;
}

export class JobProcess {
  readonly #options: JobProcessOptions;
  #wire: Wire | null = null;
  #job: Job | null = null;
  #start: JobStart | null = null;
  #collect: CollectBuffer | null = null;
  #codec: RowCodec | null = null;
  #outcome: JobOutcome | null = null;
  #cancelOrphan: () => void = () => {};

  constructor(options: JobProcessOptions) {
    this.#options = options;
  }

  listen(): Promise<void> {
    const server = createServer((socket) => this.#connected(socket));
    this.#beat();
    this.#orphaned();
    return new Promise((resolve, reject) => {
      // For good: a connection that cannot be accepted later must not end the job.
      server.on('error', reject);
      server.listen(this.#options.socketPath, () => {
        chmodSync(this.#options.socketPath, 0o600);
        resolve();
      });
    });
  }

  /** The newest connection is the engine's. */
  #connected(socket: Socket): void {
    this.#cancelOrphan();
    const wire = new Wire(
      socket,
      (message) => {
        if ('command' in message) void this.#answer(wire, message.id, message.command);
      },
      () => {
        if (this.#wire !== wire) return;
        this.#wire = null;
        this.#orphaned();
      },
    );
    this.#wire = wire;
  }

  /** Without an engine: a query's result has no reader any more, and a process without a job has no use. */
  #orphaned(): void {
    if (this.#collect) {
      this.#job?.cancel();
      this.#collect.end();
    }
    this.#cancelOrphan = this.#options.clock.after(ORPHAN_MS, () => {
      if (!this.#job || this.#outcome || this.#collect) this.#options.exit();
    });
  }

  async #answer(wire: Wire, id: number, command: Command): Promise<void> {
    try {
      wire.send({ reply: id, result: (await this.#do(command)) ?? null });
    } catch (error) {
      wire.send({ reply: id, error: toWireError(error) });
    }
  }

  async #do(command: Command): Promise<unknown> {
    switch (command.kind) {
      case 'start':
        return this.#begin(command.start, command.isQuery);
      case 'attach':
        return this.#attach(command.jobId);
      case 'ping':
        return null;
      case 'cancel':
        this.#job?.cancel();
        this.#collect?.end();
        return null;
      case 'stop':
        return await this.#running().stop(command);
      case 'checkpoint':
        return await this.#running().takeCheckpoint(command.target);
      case 'settle':
        return await this.#running().settle();
      case 'next':
        return await this.#next(command.max);
      case 'exit':
        this.#options.exit();
        return null;
    }
  }

  #begin(start: JobStart, isQuery: boolean): null {
    const collect = isQuery ? new CollectBuffer() : null;
    const result = start.graph.vertices.find((vertex) => vertex.body.kind === 'Collect');
    const { parts, clock, crash, collectGarbage, print } = this.#options;
    const job = new Job({
      start,
      parts,
      clock,
      crash,
      collect,
      collectGarbage,
      events: {
        status: (status) => this.#send({ kind: 'status', status }),
        checkpoint: (statistics) => this.#send({ kind: 'checkpoint', statistics }),
        notice: (text) => this.#send({ kind: 'notice', text }),
        print,
      },
    });
    this.#start = start;
    this.#outcome = null;
    this.#collect = collect;
    this.#codec = new RowCodec(result?.fields ?? []);
    this.#job = job;
    void job.run().then((outcome) => {
      collect?.end(outcome.error ?? undefined);
      this.#outcome = outcome;
      this.#sendEnd(job, outcome);
      // A job that ended while no engine was there keeps its outcome for a while: then the orphan's timer ends the process.
      if (!this.#wire) this.#orphaned();
    });
    return null;
  }

  #attach(jobId: string): { status: string } | null {
    const job = this.#job;
    if (!job || this.#start?.jobId !== jobId) return null;
    if (this.#outcome) queueMicrotask(() => this.#outcome && this.#sendEnd(job, this.#outcome));
    return { status: job.status };
  }

  async #next(max: number): Promise<{ rows: string; end: boolean }> {
    const { rows, end } = (await this.#collect?.next(max)) ?? { rows: [], end: true };
    return { rows: this.#codec?.encode(rows) ?? '', end };
  }

  #running(): Job {
    if (!this.#job) throw new EngineError('JOB_NOT_RUNNING', 'The process has no job.');
    return this.#job;
  }

  #beat(): void {
    this.#options.clock.after(HEARTBEAT_MS, () => {
      if (this.#job && !this.#outcome) this.#send({ kind: 'heartbeat', counters: this.#job.counters });
      this.#beat();
    });
  }

  #sendEnd(job: Job, outcome: JobOutcome): void {
    const error = outcome.error ? toWireError(outcome.error) : null;
    this.#send({ kind: 'ended', status: outcome.status, error, counters: job.counters });
  }

  #send(event: Event): void {
    const message: Message = { event };
    this.#wire?.send(message);
  }
}
