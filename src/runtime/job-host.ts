/** Where jobs run: in this process (tests, constant queries) or in processes of their own (`job-processes.ts`). */
import type { Clock } from '../base/clock.ts';
import { CollectBuffer } from './collect-sink.ts';
import type { CrashPoint } from './crash-point.ts';
import { Job, type JobCounters, type JobEvents, type JobOutcome, type JobStart } from './job.ts';
import type { JobParts } from './job-parts.ts';
import type { ResultRow } from './job-service.ts';

/** A job as the engine holds it. */
export interface RunningJob {
  readonly counters: JobCounters;
  /** Resolves when the job has reached a final status. Never rejects. */
  readonly done: Promise<JobOutcome>;
  cancel(): Promise<void>;
  stop(options: StopOptions): Promise<string | null>;
  takeCheckpoint(target: string | null): Promise<string>;
  settle(): Promise<number>;
  /** Rows of a SELECT. */
  next(max: number): Promise<{ rows: ResultRow[]; end: boolean }>;
}

export interface StopOptions {
  readonly target: string | null;
  readonly drain: boolean;
  readonly as: 'FINISHED' | 'SUSPENDED';
}

/** How to find a job's process again after the engine has died. */
export interface ProcessAddress {
  readonly socketPath: string;
  readonly pid: number;
  /** When the process began, as the system counts it: pids are used again. */
  readonly pidStart: string;
}

export interface JobHost {
  launch(start: JobStart, events: JobEvents, isQuery: boolean): Promise<RunningJob>;
  /** The address of a launched job; null when it lives in this process. */
  addressOf(job: RunningJob): ProcessAddress | null;
  /** A job that outlived an earlier engine; null when it is gone. */
  adopt(address: ProcessAddress, start: JobStart, events: JobEvents): Promise<RunningJob | null>;
  /** Whether somebody may submit a job soon: only then a process is kept warm for it. */
  expect(isExpecting: boolean): void;
  close(): Promise<void>;
}

export interface LocalHostOptions {
  readonly parts: JobParts;
  readonly clock: Clock;
  readonly crash?: CrashPoint;
}

/** Runs jobs in this process. */
export function localJobHost(options: LocalHostOptions): JobHost {
  return {
    async launch(start, events, isQuery) {
      return new LocalJob(options, start, events, isQuery);
    },
    addressOf: () => null,
    adopt: async () => null,
    expect: () => {},
    close: async () => {},
  };
}

class LocalJob implements RunningJob {
  readonly done: Promise<JobOutcome>;
  readonly #job: Job;
  readonly #collect: CollectBuffer | null;

  constructor(options: LocalHostOptions, start: JobStart, events: JobEvents, isQuery: boolean) {
    const collect = isQuery ? new CollectBuffer() : null;
    this.#collect = collect;
    this.#job = new Job({
      start,
      parts: options.parts,
      clock: options.clock,
      events,
      crash: options.crash ?? (() => {}),
      collect,
      collectGarbage: null,
    });
    this.done = this.#job.run().then((outcome) => {
      collect?.end(outcome.error ?? undefined);
      return outcome;
    });
  }

  get counters(): JobCounters {
    return this.#job.counters;
  }

  async cancel(): Promise<void> {
    this.#job.cancel();
    this.#collect?.end();
    await this.done;
  }

  stop(options: StopOptions): Promise<string | null> {
    return this.#job.stop(options);
  }

  takeCheckpoint(target: string | null): Promise<string> {
    return this.#job.takeCheckpoint(target);
  }

  settle(): Promise<number> {
    return this.#job.settle();
  }

  async next(max: number): Promise<{ rows: ResultRow[]; end: boolean }> {
    return (await this.#collect?.next(max)) ?? { rows: [], end: true };
  }
}
