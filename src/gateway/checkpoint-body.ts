/** Checkpoints as Flink's JobManager writes them. */
import type { JobDetails } from './job-body.ts';
import { vertexId } from './job-body.ts';

type Statistics = JobDetails['checkpoints'][number];
const HISTORY = 10;

/** `/jobs/:jobid/checkpoints`. */
export function checkpointsBody(job: JobDetails): object {
  const all = [...job.checkpoints].reverse();
  const completed = all.filter((one) => one.status === 'COMPLETED');
  const latest = (kind: Statistics['kind']): object | null => {
    const found = completed.find((one) => one.kind === kind);
    return found ? entryBody(found, job) : null;
  };
  const failed = all.find((one) => one.status === 'FAILED');
  const counts = job.checkpointCounts;
  return {
    counts: {
      restored: 0,
      total: counts.completed + counts.failed,
      in_progress: 0,
      completed: counts.completed,
      failed: counts.failed,
    },
    summary: {
      checkpointed_size: summaryOf(completed.map((one) => one.stateBytes)),
      state_size: summaryOf(completed.map((one) => one.stateBytes)),
      end_to_end_duration: summaryOf(completed.map((one) => one.durationMs)),
      alignment_buffered: summaryOf([0]),
      processed_data: summaryOf([0]),
      persisted_data: summaryOf([0]),
    },
    latest: {
      completed: latest('checkpoint'),
      savepoint: latest('savepoint'),
      failed: failed ? entryBody(failed, job) : null,
      restored: null,
    },
    history: all.slice(0, HISTORY).map((one) => entryBody(one, job)),
  };
}

/** `/jobs/:jobid/checkpoints/details/:id`: with an entry a vertex. */
export function checkpointDetails(one: Statistics, job: JobDetails): object {
  const tasks = Object.fromEntries(
    job.graph.vertices.map((vertex) => [
      vertexId(vertex),
      {
        id: one.id,
        status: one.status,
        latest_ack_timestamp: one.completedAtMs,
        ...sizes(one),
        num_subtasks: 1,
        num_acknowledged_subtasks: 1,
      },
    ]),
  );
  return { ...entryBody(one, job), tasks };
}

function entryBody(one: Statistics, job: JobDetails): object {
  const subtasks = job.graph.vertices.length;
  const isSavepoint = one.kind === 'savepoint';
  const common = {
    className: one.status === 'FAILED' ? 'failed' : 'completed',
    id: one.id,
    status: one.status,
    is_savepoint: isSavepoint,
    savepointFormat: isSavepoint ? 'CANONICAL' : null,
    trigger_timestamp: one.completedAtMs - one.durationMs,
    latest_ack_timestamp: one.completedAtMs,
    ...sizes(one),
    num_subtasks: subtasks,
    num_acknowledged_subtasks: one.status === 'FAILED' ? 0 : subtasks,
    checkpoint_type: isSavepoint ? 'SAVEPOINT' : 'CHECKPOINT',
    tasks: {},
  };
  if (one.status === 'FAILED')
    return { ...common, failure_timestamp: one.completedAtMs, failure_message: one.failure ?? '' };
  return { ...common, external_path: `file:${one.path}`, discarded: false };
}

function sizes(one: Statistics): object {
  return {
    checkpointed_size: one.stateBytes,
    state_size: one.stateBytes,
    end_to_end_duration: one.durationMs,
    alignment_buffered: 0,
    processed_data: 0,
    persisted_data: 0,
  };
}

function summaryOf(values: readonly number[]): object {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (quantile: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(quantile * sorted.length))] ?? 0;
  const sum = sorted.reduce((total, value) => total + value, 0);
  return {
    min: sorted[0] ?? 0,
    max: sorted.at(-1) ?? 0,
    avg: sorted.length === 0 ? 0 : Math.trunc(sum / sorted.length),
    p50: at(0.5),
    p90: at(0.9),
    p95: at(0.95),
    p99: at(0.99),
    p999: at(0.999),
  };
}
