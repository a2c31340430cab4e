/** A job's life: ten of Flink's eleven states, and which step may follow which. */
const JOB_STATUSES = [
  'CREATED',
  'INITIALIZING',
  'RUNNING',
  'RESTARTING',
  'FAILING',
  'FAILED',
  'CANCELLING',
  'CANCELED',
  'SUSPENDED',
  'FINISHED',
] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

export function isFinal(status: JobStatus): boolean {
  return status === 'FAILED' || status === 'CANCELED' || status === 'FINISHED' || status === 'SUSPENDED';
}
