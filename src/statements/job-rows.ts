/** Jobs and checkpoints as rows. */

import type { CheckpointSummary, JobSummary } from '../runtime/job-service.ts';
import { type Field, types } from '../types/logical-type.ts';
import type { Value } from '../types/value.ts';

const NANOS_PER_MILLI = 1_000_000n;

export const JOB_COLUMNS: ReadonlyArray<string | Field> = [
  'job id',
  'job name',
  'status',
  { name: 'start time', type: types.timestampLtz(6) },
];

export function jobRow({ id, name, status, startTimeMs }: JobSummary): Value[] {
  return [id, name, status, nanosOf(startTimeMs)];
}

export const CHECKPOINT_COLUMNS: ReadonlyArray<string | Field> = [
  'job id',
  { name: 'checkpoint', type: types.bigint() },
  'kind',
  'status',
  { name: 'completed', type: types.timestampLtz(3) },
  { name: 'duration ms', type: types.bigint() },
  { name: 'state bytes', type: types.bigint() },
  'path',
];

export function checkpointRow(jobId: string, checkpoint: CheckpointSummary): Value[] {
  const { id, kind, status, completedAtMs, durationMs, stateBytes, path } = checkpoint;
  const whole = (value: number): bigint => BigInt(Math.round(value));
  return [jobId, whole(id), kind, status, nanosOf(completedAtMs), whole(durationMs), whole(stateBytes), path];
}

function nanosOf(ms: number): bigint {
  return BigInt(Math.round(ms)) * NANOS_PER_MILLI;
}
