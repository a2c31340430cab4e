/**
 * One job from its JobGraph to its end: attempts with restarts between them, each from the newest checkpoint. It runs wherever it is made:
 * in a job process, or in the engine's own for tests and constant queries.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../base/clock.ts';
import { EngineError, messageOf } from '../base/error.ts';
import type { FileLock } from '../base/file-lock.ts';
import type { JobGraph } from '../dataflow/job-graph.ts';
import type { CheckpointStatistics } from './checkpoint-writer.ts';
import type { CollectBuffer } from './collect-sink.ts';
import type { CrashPoint } from './crash-point.ts';
import { Attempt } from './job-attempt.ts';
import type { JobParts } from './job-parts.ts';
import { isFinal, type JobStatus } from './job-status.ts';
import { noRestart, type RestartStrategy, restartStrategy } from './restart-strategy.ts';

/** Everything that a start needs, as plain data: it crosses to a job process. */
export interface JobStart {
  readonly jobId: string;
  readonly graph: JobGraph;
  readonly home: string;
  /** Folder that holds the job's own (`<job-id>/chk-N`). */
  readonly checkpointDir: string;
  /** A checkpoint's or savepoint's path; `newest`: of the job's own folder; null: a first start. */
  readonly restore: { readonly path: string } | 'newest' | null;
  readonly allowDuplicates: boolean;
  readonly allowNonRestored: boolean;
}

export interface JobEvents {
  status(status: JobStatus): void;
  checkpoint(statistics: CheckpointStatistics): void;
  notice(text: string): void;
  print(line: string): void;
}

export interface JobCounters {
  readonly recordsIn: number;
  readonly recordsOut: number;
  readonly restarts: number;
  readonly busyMs: number;
  readonly stateBytes: number;
  /** By vertex uid. */
  readonly vertices: Readonly<Record<string, { readonly recordsIn: number; readonly recordsOut: number }>>;
  readonly metrics: Readonly<Record<string, number>>;
}

/** Before the first word of a job. */
export const NO_COUNTERS: JobCounters = {
  recordsIn: 0,
  recordsOut: 0,
  restarts: 0,
  busyMs: 0,
  stateBytes: 0,
  vertices: {},
  metrics: {},
};

export interface JobOptions {
  readonly start: JobStart;
  readonly parts: JobParts;
  readonly clock: Clock;
  readonly events: JobEvents;
  readonly crash: CrashPoint;
  /** For a SELECT. */
  readonly collect: CollectBuffer | null;
  /** Makes V8 collect; null where the process is not the job's own. */
  readonly collectGarbage: (() => void) | null;
}

export interface JobOutcome {
  readonly status: JobStatus;
  readonly error: unknown | null;
}

const STOPPED_BY_USER = new EngineError('JOB_CANCELED', 'Job was cancelled.', {
  exceptionClass: 'org.apache.flink.runtime.client.JobCancellationException',
});

export class Job {
  readonly #options: JobOptions;
  readonly #strategy: RestartStrategy;
  #status: JobStatus = 'CREATED';
  #attempt: Attempt | null = null;
  #restarts = 0;
  #counters: JobCounters | null = null;
  /** What ends the job, once someone has asked for it. */
  #wanted: JobStatus | null = null;
  readonly #cancel = new AbortController();
  /** The lineage's lock lives as long as the run, over all attempts (rule 3). */
  #lock: FileLock | null = null;

  constructor(options: JobOptions) {
    this.#options = options;
    const { graph } = options.start;
    this.#strategy = options.collect ? noRestart : restartStrategy(graph.settings, options.clock);
  }

  get status(): JobStatus {
    return this.#status;
  }

  get counters(): JobCounters {
    return { ...(this.#attempt?.counters ?? this.#counters ?? NO_COUNTERS), restarts: this.#restarts };
  }

  /** Runs to a final status. Never rejects. */
  async run(): Promise<JobOutcome> {
    let restore = this.#options.start.restore;
    for (;;) {
      try {
        const status = await this.#runAttempt(restore);
        return this.#ended(status, null);
      } catch (thrown) {
        const error = thrown === STOPPED_BY_USER ? thrown : told(thrown);
        if (this.#wanted === 'CANCELED') return this.#ended(this.#wanted, error === STOPPED_BY_USER ? null : error);
        // A stop that failed is a failure like another: the job goes on from its newest checkpoint.
        this.#wanted = null;
        this.#step('FAILING');
        const delay = this.#strategy.next(error);
        if (delay === null) return this.#ended('FAILED', this.#suppressed(error));
        this.#restarts++;
        // Before the status: whoever submitted the job listens until it is RESTARTING.
        this.#options.events.notice(`Restarting in ${Math.round(delay)} ms: ${causeChain(error)}`);
        this.#step('RESTARTING');
        await sleep(delay, undefined, { signal: this.#cancel.signal }).catch(() => {});
        if (this.#wanted) return this.#ended(this.#wanted, null);
        restore = 'newest';
      }
    }
  }

  /** Ends the job at once; commits that are under way are finished, unless their servers do not answer. */
  cancel(): void {
    if (isFinal(this.#status)) return;
    this.#wanted = 'CANCELED';
    this.#step('CANCELLING');
    this.#cancel.abort();
    this.#attempt?.cancel(STOPPED_BY_USER);
  }

  /**
   * Ends the job with a last checkpoint. With a target folder a savepoint is written there and its path returned. `drain`: as if the input
   * had ended. `as`: the status it ends in.
   */
  async stop(options: { target: string | null; drain: boolean; as: 'FINISHED' | 'SUSPENDED' }): Promise<string | null> {
    const attempt = this.#attempt;
    if (!attempt?.isRunning)
      throw new EngineError(
        'JOB_NOT_RUNNING',
        `Job ${this.#options.start.jobId} is not running: it is ${this.#status}.`,
        {
          exceptionClass: 'org.apache.flink.util.FlinkException',
        },
      );
    this.#wanted = options.as;
    try {
      return await attempt.stop(options);
    } catch (error) {
      // The job may go on: its end is no longer what was asked for.
      if (this.#wanted === options.as) this.#wanted = null;
      throw error;
    }
  }

  /** A checkpoint now, and a self-contained copy when a target folder is given. */
  async takeCheckpoint(target: string | null): Promise<string> {
    const attempt = this.#attempt;
    if (!attempt?.isRunning) throw new EngineError('JOB_NOT_RUNNING', `The job is ${this.#status}.`);
    return await attempt.takeCheckpoint(target);
  }

  /** See {@link Attempt.settle}; -1 while the job is on its way (back) to running, or is thrown off it meanwhile. */
  async settle(): Promise<number> {
    const attempt = this.#attempt;
    return attempt?.isRunning ? await attempt.settle().catch(() => -1) : -1;
  }

  async #runAttempt(restore: JobStart['restore']): Promise<JobStatus> {
    this.#step('INITIALIZING');
    const attempt = new Attempt({ ...this.#options, restore, lock: this.#lock, running: () => this.#step('RUNNING') });
    this.#attempt = attempt;
    if (this.#wanted) throw STOPPED_BY_USER;
    try {
      await attempt.run();
    } catch (error) {
      // What made it fail is told; what only came of it is said beside.
      await this.#leave(attempt).catch((later) =>
        this.#options.events.notice(`After the failure: ${messageOf(later)}`),
      );
      throw error;
    }
    await this.#leave(attempt);
    return this.#wanted ?? 'FINISHED';
  }

  async #leave(attempt: Attempt): Promise<void> {
    this.#lock = attempt.lock;
    this.#counters = attempt.counters;
    this.#attempt = null;
    await attempt.close();
  }

  #suppressed(error: unknown): EngineError {
    return new EngineError('JOB_FAILED', `Recovery is suppressed by ${this.#strategy.name}`, {
      exceptionClass: 'org.apache.flink.runtime.JobException',
      cause: error,
    });
  }

  #ended(status: JobStatus, error: unknown): JobOutcome {
    this.#lock?.release();
    this.#lock = null;
    this.#step(status);
    return { status, error };
  }

  #step(status: JobStatus): void {
    if (this.#status === status || (status !== 'CANCELLING' && this.#status === 'CANCELLING' && !isFinal(status)))
      return;
    this.#status = status;
    this.#options.events.status(status);
  }
}

/** The messages of an error and its causes. */
function causeChain(error: unknown): string {
  const texts = [messageOf(error)];
  for (let at = (error as Error).cause; at instanceof Error; at = at.cause)
    if (!texts.some((text) => text.includes(messageOf(at)))) texts.push(messageOf(at));
  return texts.join(' ');
}

/** The failure as an error that is shown: only an EngineError finds its way to the user. */
function told(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  const { code, path } = error as NodeJS.ErrnoException;
  // There may be room again, and nothing is lost until then.
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new EngineError(
      'JOB_DISK_FULL',
      `There is no room on the disk (${messageOf(error)}${path === undefined ? '' : ` '${path}'`}): make some.`,
      { exceptionClass: 'java.io.IOException', retryable: true, cause: error },
    );
  return new EngineError('JOB_FAILED', messageOf(error), {
    exceptionClass: 'java.lang.RuntimeException',
    cause: error,
  });
}
