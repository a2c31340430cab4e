/** Jobs as Flink's JobManager writes them: overviews, details, plans. Each vertex of the graph is shown as one of parallelism 1. */
import { createHash } from 'node:crypto';
import type { Engine } from '../engine/engine.ts';

export type JobDetails = ReturnType<Engine['jobs']['details']>;
type Vertex = JobDetails['graph']['vertices'][number];

/** States of a task, in Flink's order. */
export const TASK_STATES = [
  'CREATED',
  'SCHEDULED',
  'DEPLOYING',
  'RUNNING',
  'FINISHED',
  'CANCELING',
  'CANCELED',
  'FAILED',
  'RECONCILING',
  'INITIALIZING',
] as const;
type TaskState = (typeof TASK_STATES)[number];

const TASK_STATE_OF: Readonly<Record<string, TaskState>> = {
  CREATED: 'CREATED',
  INITIALIZING: 'INITIALIZING',
  RUNNING: 'RUNNING',
  RESTARTING: 'CREATED',
  FAILING: 'CANCELING',
  FAILED: 'FAILED',
  CANCELLING: 'CANCELING',
  CANCELED: 'CANCELED',
  SUSPENDED: 'CANCELED',
  FINISHED: 'FINISHED',
};

const JOB_STATES = [
  'INITIALIZING',
  'CREATED',
  'RUNNING',
  'FAILING',
  'FAILED',
  'CANCELLING',
  'CANCELED',
  'FINISHED',
  'RESTARTING',
  'SUSPENDED',
  'RECONCILING',
] as const;

/** A vertex' id: 32 hex digits, the same for the same uid. */
export function vertexId(vertex: Vertex): string {
  return createHash('md5').update(vertex.uid).digest('hex');
}

export function taskState(job: JobDetails): TaskState {
  return TASK_STATE_OF[job.summary.status] ?? 'CREATED';
}

function counts(state: TaskState, count: number): Record<string, number> {
  return Object.fromEntries(TASK_STATES.map((name) => [name, name === state ? count : 0]));
}

function times(job: JobDetails, nowMs: number): { 'start-time': number; 'end-time': number; duration: number } {
  const { startTimeMs, endTimeMs } = job.summary;
  return { 'start-time': startTimeMs, 'end-time': endTimeMs ?? -1, duration: (endTimeMs ?? nowMs) - startTimeMs };
}

function lastModification(job: JobDetails): number {
  return Math.max(job.summary.startTimeMs, ...Object.values(job.timestamps));
}

/** One entry of `/jobs/overview`: task counts in lower case, with their total. */
export function overviewEntry(job: JobDetails, nowMs: number): object {
  const total = job.graph.vertices.length;
  const tasks = Object.fromEntries(
    Object.entries(counts(taskState(job), total)).map(([name, count]) => [name.toLowerCase(), count]),
  );
  return {
    jid: job.summary.id,
    name: job.summary.name,
    jobType: job.graph.mode === 'batch' ? 'BATCH' : 'STREAMING',
    schedulerType: 'Default',
    ...times(job, nowMs),
    state: job.summary.status,
    'last-modification': lastModification(job),
    tasks: { ...tasks, total },
    'pending-operators': 0,
  };
}

/** `/jobs/:jobid`: counts in upper case, without a total. */
export function detailsBody(job: JobDetails, nowMs: number): object {
  const { id, name, status } = job.summary;
  const state = taskState(job);
  return {
    jid: id,
    'application-id': id,
    name,
    isStoppable: false,
    state: status,
    'job-type': job.graph.mode === 'batch' ? 'BATCH' : 'STREAMING',
    schedulerType: 'Default',
    ...times(job, nowMs),
    maxParallelism: -1,
    now: nowMs,
    timestamps: Object.fromEntries(JOB_STATES.map((one) => [one, timestampOf(job, one)])),
    vertices: job.graph.vertices.map((vertex) => ({
      id: vertexId(vertex),
      slotSharingGroupId: id,
      name: vertex.name,
      maxParallelism: 128,
      parallelism: 1,
      status: state,
      ...times(job, nowMs),
      tasks: counts(state, 1),
      metrics: vertexMetrics(job, vertex),
    })),
    'status-counts': counts(state, job.graph.vertices.length),
    plan: planBody(job),
    'pending-operators': 0,
  };
}

function timestampOf(job: JobDetails, status: (typeof JOB_STATES)[number]): number {
  return status === 'RECONCILING' ? 0 : (job.timestamps[status] ?? 0);
}

export function vertexMetrics(job: JobDetails, vertex: Vertex): Record<string, number | boolean> {
  const counters = job.vertices[vertex.uid];
  return {
    'read-bytes': 0,
    'read-bytes-complete': true,
    'write-bytes': 0,
    'write-bytes-complete': true,
    'read-records': counters?.recordsIn ?? 0,
    'read-records-complete': true,
    'write-records': counters?.recordsOut ?? 0,
    'write-records-complete': true,
    'accumulated-backpressured-time': 0,
    'accumulated-idle-time': 0,
    'accumulated-busy-time': vertex.body.kind === 'Source' ? job.busyMs : 0,
  };
}

/** The vertices from the sinks back, as Flink's plan lists them. */
export function planBody(job: JobDetails): object {
  const byId = new Map(job.graph.vertices.map((vertex) => [vertex.id, vertex]));
  return {
    jid: job.summary.id,
    name: job.summary.name,
    type: job.graph.mode === 'batch' ? 'BATCH' : 'STREAMING',
    nodes: [...job.graph.vertices].reverse().map((vertex) => ({
      id: vertexId(vertex),
      operator: '',
      parallelism: 1,
      operator_strategy: '',
      description: `${escapeHtml(vertex.name)}<br/>`,
      optimizer_properties: {},
      ...(vertex.inputs.length === 0
        ? {}
        : { inputs: vertex.inputs.flatMap((input, num) => inputBody(byId.get(input), num)) }),
    })),
  };
}

function inputBody(vertex: Vertex | undefined, num: number): object[] {
  return vertex ? [{ id: vertexId(vertex), num, exchange: 'pipelined_bounded', ship_strategy: 'FORWARD' }] : [];
}

function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** Metrics of a job by Flink's names, as text. */
export function jobMetrics(job: JobDetails, nowMs: number): Record<string, string> {
  const last = job.checkpoints.filter((one) => one.kind === 'checkpoint' && one.status === 'COMPLETED').at(-1);
  const { completed, failed } = job.checkpointCounts;
  return {
    uptime: String(job.summary.status === 'RUNNING' ? nowMs - (job.timestamps.RUNNING ?? nowMs) : 0),
    downtime: '0',
    numRestarts: String(job.summary.restarts),
    fullRestarts: String(job.summary.restarts),
    lastCheckpointDuration: String(last?.durationMs ?? -1),
    lastCheckpointSize: String(last?.stateBytes ?? -1),
    lastCheckpointFullSize: String(last?.stateBytes ?? -1),
    lastCheckpointExternalPath: last ? `file:${last.path}` : 'n/a',
    lastCheckpointCompletedTimestamp: String(last?.completedAtMs ?? -1),
    lastCompletedCheckpointId: String(last?.id ?? -1),
    totalNumberOfCheckpoints: String(completed + failed),
    numberOfCompletedCheckpoints: String(completed),
    numberOfFailedCheckpoints: String(failed),
    numberOfInProgressCheckpoints: '0',
    numRecordsIn: String(job.summary.recordsIn),
    numRecordsOut: String(job.summary.recordsOut),
    stateBytes: String(job.stateBytes),
    ...Object.fromEntries(Object.entries(job.metrics).map(([name, value]) => [name, String(value)])),
  };
}
