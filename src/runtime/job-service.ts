/** What statements and faces may ask of jobs. The engine's implementation is `job-manager.ts`; jobs run in processes of their own. */
import type { JobGraph } from '../dataflow/job-graph.ts';
import type { Value } from '../types/value.ts';
import type { JobStatus } from './job-status.ts';

export interface JobSummary {
  readonly id: string;
  readonly name: string;
  readonly status: JobStatus;
  /** ms since the epoch. */
  readonly startTimeMs: number;
  readonly endTimeMs: number | null;
  readonly sql: string;
  /** Why it failed, newest cause first; null when it has not. */
  readonly failure: readonly string[] | null;
  /** What it said last in this run, such as why it restarts or why its checkpoints fail; null when nothing. */
  readonly lastNotice: string | null;
  readonly restarts: number;
  readonly recordsIn: number;
  readonly recordsOut: number;
}

export interface CheckpointSummary {
  readonly id: number;
  readonly kind: 'checkpoint' | 'savepoint';
  readonly path: string;
  readonly completedAtMs: number;
  readonly durationMs: number;
  readonly stateBytes: number;
  readonly status: 'COMPLETED' | 'FAILED' | 'IN_PROGRESS';
}

export interface SubmitOptions {
  /** The client's operation id: a repeat gives the same job (rule 19). */
  readonly operationId: string;
  /** `execution.state-recovery.path`: a checkpoint or savepoint folder to start from. */
  readonly restorePath?: string;
  /** A word to the user about this submission. */
  notice?(text: string): void;
  readonly allowNonRestoredState?: boolean;
}

/** Rows of a SELECT as they come: one change each. */
export interface ResultRow {
  readonly kind: number;
  readonly values: readonly Value[];
}

export interface QueryHandle {
  /** The job's id. */
  readonly id: string;
  /** Up to `max` further rows, waiting until there is at least one or the query has ended: then `end` is true. Throws when the query failed. */
  next(max: number): Promise<{ rows: ResultRow[]; end: boolean }>;
  cancel(): Promise<void>;
}

export interface JobService {
  /** Starts a continuous or bounded INSERT in the background. Resolves when it is RUNNING or has failed to start (throws). */
  submit(graph: JobGraph, options: SubmitOptions): Promise<string>;
  /** Runs a SELECT; its rows come back through the handle. */
  query(graph: JobGraph, operationId: string): Promise<QueryHandle>;
  list(): JobSummary[];
  /** A job by id, by name, or by unique prefix of its id; throws `JOB_NOT_FOUND` or `JOB_AMBIGUOUS`. */
  find(reference: string): JobSummary;
  /** Resolves when the job is in a final state. */
  wait(id: string): Promise<JobSummary>;
  cancel(id: string): Promise<void>;
  /** Returns the savepoint's path, or null without one. */
  stop(id: string, options: { savepoint: boolean; drain: boolean; targetDirectory?: string }): Promise<string | null>;
  checkpoints(id: string): CheckpointSummary[];
  /** `from`: a checkpoint's number or a path; absent: the newest. `memorySize`: in place of the job's own setting. */
  resume(id: string, options: { from?: string; allowDuplicates: boolean; memorySize?: string }): Promise<string>;
  drop(id: string): Promise<void>;
  /**
   * Resolves when every running job has caught up: its sources had nothing more at a barrier, that barrier's epoch is committed in every
   * sink, and nothing has come through any job since (two rounds of barriers, so that a job that feeds another is waited for). `progress`
   * hears about once a second what is still being waited for. Throws when a job fails meanwhile.
   */
  settle(progress: (text: string) => void): Promise<void>;
}
