/** One vertex of a job as Flink's JobManager writes it: a single subtask, in the job's own process. */
import { type JobDetails, TASK_STATES, taskState, vertexId, vertexMetrics } from './job-body.ts';
import { StatusError } from './rest-error.ts';

export type Vertex = JobDetails['graph']['vertices'][number];

const ENDPOINT = 'localhost:0';
export const TASK_MANAGER = 'millrace';

/** The vertex that a path names. Throws Flink's 404. */
export function findVertex(job: JobDetails, id: string): Vertex {
  const found = job.graph.vertices.find((vertex) => vertexId(vertex) === id);
  if (found) return found;
  throw new StatusError(404, `No vertex with ID '${id}' exists.`, 'org.apache.flink.runtime.rest.NotFoundException');
}

export function vertexBody(job: JobDetails, vertex: Vertex, nowMs: number): object {
  const metrics = aggregated(vertexMetrics(job, vertex));
  return {
    id: vertexId(vertex),
    name: vertex.name,
    parallelism: 1,
    maxParallelism: 128,
    now: nowMs,
    subtasks: [subtaskBody(job, vertex, nowMs)],
    aggregated: { metrics, 'status-duration': aggregated(statusDuration(job, nowMs)) },
  };
}

export function subtaskBody(job: JobDetails, vertex: Vertex, nowMs: number): object {
  const { startTimeMs, endTimeMs } = job.summary;
  return {
    subtask: 0,
    status: taskState(job),
    attempt: job.summary.restarts,
    endpoint: ENDPOINT,
    'start-time': startTimeMs,
    'end-time': endTimeMs ?? -1,
    duration: (endTimeMs ?? nowMs) - startTimeMs,
    metrics: vertexMetrics(job, vertex),
    'taskmanager-id': TASK_MANAGER,
    'status-duration': statusDuration(job, nowMs),
    start_time: startTimeMs,
  };
}

export function vertexTaskManagers(job: JobDetails, vertex: Vertex, nowMs: number): object {
  const { startTimeMs, endTimeMs } = job.summary;
  const metrics = vertexMetrics(job, vertex);
  return {
    id: vertexId(vertex),
    name: vertex.name,
    now: nowMs,
    taskmanagers: [
      {
        endpoint: ENDPOINT,
        status: taskState(job),
        'start-time': startTimeMs,
        'end-time': endTimeMs ?? -1,
        duration: (endTimeMs ?? nowMs) - startTimeMs,
        metrics,
        'status-counts': Object.fromEntries(TASK_STATES.map((state) => [state, state === taskState(job) ? 1 : 0])),
        'taskmanager-id': TASK_MANAGER,
        aggregated: { metrics: aggregated(metrics), 'status-duration': aggregated(statusDuration(job, nowMs)) },
      },
    ],
  };
}

export function subtaskTimes(job: JobDetails, vertex: Vertex, nowMs: number): object {
  const { startTimeMs, endTimeMs } = job.summary;
  const running = job.timestamps.RUNNING ?? 0;
  const timestamps = Object.fromEntries(TASK_STATES.map((state) => [state, 0]));
  const known = {
    CREATED: startTimeMs,
    SCHEDULED: startTimeMs,
    DEPLOYING: startTimeMs,
    INITIALIZING: startTimeMs,
    RUNNING: running,
  };
  return {
    id: vertexId(vertex),
    name: vertex.name,
    now: nowMs,
    subtasks: [
      {
        subtask: 0,
        endpoint: ENDPOINT,
        duration: (endTimeMs ?? nowMs) - startTimeMs,
        timestamps: { ...timestamps, ...known, ...(endTimeMs === null ? {} : { [taskState(job)]: endTimeMs }) },
      },
    ],
  };
}

export function backPressureBody(nowMs: number): object {
  const level = { backpressureLevel: 'ok', 'backpressure-level': 'ok' };
  return {
    status: 'ok',
    ...level,
    'end-timestamp': nowMs,
    subtasks: [{ subtask: 0, ...level, ratio: 0, idleRatio: 0, busyRatio: 'NaN' }],
  };
}

/** Counters of a vertex by Flink's names. */
export function vertexCounters(job: JobDetails, vertex: Vertex): Record<string, number> {
  const counters = job.vertices[vertex.uid];
  return { numRecordsIn: counters?.recordsIn ?? 0, numRecordsOut: counters?.recordsOut ?? 0 };
}

/** Numbers of one subject, aggregated as asked: `min`, `max`, `avg`, `sum`, `skew`. */
export function aggregate(id: string, values: readonly number[], asked: readonly string[]): object {
  const sum = values.reduce((total, value) => total + value, 0);
  const all: Readonly<Record<string, number>> = {
    min: Math.min(...values),
    max: Math.max(...values),
    avg: sum / values.length,
    sum,
    skew: 0,
  };
  const kinds = asked.length === 0 ? Object.keys(all) : asked;
  return { id, ...Object.fromEntries(kinds.flatMap((kind) => (all[kind] === undefined ? [] : [[kind, all[kind]]]))) };
}

function statusDuration(job: JobDetails, nowMs: number): Record<string, number> {
  const { startTimeMs, endTimeMs } = job.summary;
  const running = job.timestamps.RUNNING;
  const first = { CREATED: 0, SCHEDULED: 0, DEPLOYING: 0, INITIALIZING: (running ?? nowMs) - startTimeMs };
  return { ...first, RUNNING: running === undefined ? 0 : (endTimeMs ?? nowMs) - running };
}

function aggregated(values: Readonly<Record<string, unknown>>): object {
  const entries = Object.entries(values).flatMap(([name, value]) =>
    typeof value === 'number'
      ? [
          [
            name,
            { min: value, max: value, avg: value, sum: value, median: value, p25: value, p75: value, p95: value },
          ] as const,
        ]
      : [],
  );
  return Object.fromEntries(entries);
}
