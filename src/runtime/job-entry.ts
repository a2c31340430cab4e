/** A job as the engine keeps it: its record, its process, its history; and how it is found and shown. */
import { randomBytes } from 'node:crypto';
import { EngineError, messageOf } from '../base/error.ts';
import { encodeJson } from '../base/json.ts';
import type { JobGraph } from '../dataflow/job-graph.ts';
import type { CheckpointHistory } from './checkpoint-history.ts';
import type { CheckpointStatistics } from './checkpoint-writer.ts';
import type { JobCounters } from './job.ts';
import type { RunningJob } from './job-host.ts';
import type { JobSummary } from './job-service.ts';
import type { JobStatus } from './job-status.ts';
import type { JobRecord } from './job-store.ts';
import type { RestartStrategy } from './restart-strategy.ts';

/** A constant query of at most this many rows runs in the engine's own process. */
const CONSTANT_ROWS_MAX = 1000;

export interface Entry {
  readonly record: JobRecord;
  readonly history: CheckpointHistory;
  running: RunningJob | null;
  /** Answers the death of the job's process; what fails inside a living process is answered there. */
  strategy: RestartStrategy;
  /** Restarts by the engine, on top of those that the process counts itself. */
  deaths: number;
  /** Someone asked for its end: a death is then an end, not a failure. */
  ending: 'CANCELED' | 'SUSPENDED' | null;
  /** The next attempt waits for its delay. */
  isRestartPending: boolean;
  /** A process is being had for it. */
  isLaunching: boolean;
  /** Settled when the job that was submitted or resumed runs, or has failed for good. */
  started: PromiseWithResolvers<void> | null;
  /** Whoever submits hears the job's words until it runs; later ones are announced to all shells. */
  notice: ((text: string) => void) | null;
  /** What the job said last: why it restarts, or why its checkpoints fail. */
  lastNotice: string | null;
  readonly timestamps: Partial<Record<JobStatus, number>>;
  /** Of the process that ran it last. */
  lastCounters: JobCounters | null;
}

/** It runs, or is about to: nobody may start it beside itself. */
export function isBusy(entry: Entry): boolean {
  return entry.running !== null || entry.isLaunching || entry.isRestartPending;
}

/** All that faces may show of a job. */
export interface JobDetails {
  readonly summary: JobSummary;
  readonly graph: JobGraph;
  /** When each status was last entered, ms since the epoch. */
  readonly timestamps: Readonly<Partial<Record<JobStatus, number>>>;
  readonly vertices: JobCounters['vertices'];
  readonly metrics: JobCounters['metrics'];
  readonly busyMs: number;
  readonly stateBytes: number;
  readonly checkpoints: readonly CheckpointStatistics[];
  readonly checkpointCounts: { readonly completed: number; readonly failed: number };
}

export function detailsOf(entry: Entry): JobDetails {
  const counters = entry.running?.counters ?? entry.lastCounters;
  return {
    summary: summaryOf(entry),
    graph: entry.record.graph,
    timestamps: entry.timestamps,
    vertices: counters?.vertices ?? {},
    metrics: counters?.metrics ?? {},
    busyMs: counters?.busyMs ?? 0,
    stateBytes: counters?.stateBytes ?? 0,
    checkpoints: entry.history.statistics(),
    checkpointCounts: entry.history.counts,
  };
}

const FLINK_ERROR = { exceptionClass: 'org.apache.flink.util.FlinkException' } as const;

export function newJobId(): string {
  return randomBytes(16).toString('hex');
}

/** No source but constants, and few of them: it ends at once and holds little. */
export function isConstant(graph: JobGraph): boolean {
  let rows = 1;
  for (const { body } of graph.vertices) {
    if (body.kind === 'Source') return false;
    if (body.kind === 'Values') rows *= Math.max(1, body.rows.length);
  }
  return rows <= CONSTANT_ROWS_MAX;
}

/** The same vertices in the same mode; settings may differ. */
export function isSameWork(one: JobGraph, other: JobGraph): boolean {
  return one.mode === other.mode && encodeJson(one.vertices) === encodeJson(other.vertices);
}

export function summaryOf(entry: Entry): JobSummary {
  const { record, running } = entry;
  const counters = running?.counters ?? record;
  return {
    id: record.id,
    name: record.name,
    status: record.status,
    startTimeMs: record.startTimeMs,
    endTimeMs: record.endTimeMs,
    sql: record.sql,
    failure: record.failure,
    lastNotice: entry.lastNotice,
    restarts: running ? running.counters.restarts + entry.deaths : record.restarts,
    recordsIn: counters.recordsIn,
    recordsOut: counters.recordsOut,
  };
}

/** `class: message` of an error and its causes, outermost first. */
export function causesOf(error: unknown): string[] {
  const causes: string[] = [];
  for (let at: unknown = error; at instanceof EngineError; at = at.cause)
    causes.push(`${at.exceptionClass}: ${at.message}`);
  return causes.length > 0 ? causes : [messageOf(error)];
}

/** A job by id, by name (a running one first), or by unique prefix of its id. Throws `JOB_NOT_FOUND` or `JOB_AMBIGUOUS`. */
export function findEntry(entries: ReadonlyMap<string, Entry>, reference: string): Entry {
  const exact = entries.get(reference);
  if (exact) return exact;
  const all = [...entries.values()];
  const prefix = reference.toLowerCase();
  const byPrefix = prefix === '' ? [] : all.filter((entry) => entry.record.id.startsWith(prefix));
  const byName = all.filter((entry) => entry.record.name === reference);
  const alive = byName.filter((entry) => entry.running);
  const named = alive.length > 0 ? alive : byName;
  const found = named.length > 0 ? named : byPrefix;
  const [only] = found;
  if (only && found.length === 1) return only;
  if (only)
    throw new EngineError(
      'JOB_AMBIGUOUS',
      `'${reference}' fits ${found.length} jobs: ${found.map((entry) => entry.record.id).join(', ')}.`,
      FLINK_ERROR,
    );
  throw new EngineError('JOB_NOT_FOUND', `Job (${reference}) not found.`, {
    exceptionClass: 'org.apache.flink.runtime.messages.FlinkJobNotFoundException',
  });
}

/** A job that is not in the state that was asked for. */
export function notRunning(record: JobRecord): EngineError {
  return new EngineError('JOB_ENDED', `Job ${record.id} is not running: it is ${record.status}.`, FLINK_ERROR);
}

export function isRunning(record: JobRecord, what: string): EngineError {
  return new EngineError('JOB_RUNNING', `Job ${record.id} is running${what}.`, FLINK_ERROR);
}
