/** `PATCH /jobs/:jobid`: ends a job at once. Of the JobManager's REST. */
import { jobManagerError, StatusError } from '../rest-error.ts';
import { defineRoute, jobOf } from '../route.ts';

export const cancelJob = defineRoute({
  method: 'PATCH',
  path: '/jobs/:jobid',
  since: 1,
  status: 202,
  requestName: 'EmptyRequestBody',
  handle: async (request) => {
    const { id, status } = jobOf(request).summary;
    if (request.query.get('mode') === 'stop')
      throw new StatusError(
        308,
        'The termination mode "stop" has been removed. For an ungraceful shutdown, please use "cancel" instead. For a graceful shutdown, please use "jobs/:jobid/stop" instead.',
      );
    if (status === 'CANCELED') return {};
    if (status === 'FINISHED' || status === 'FAILED' || status === 'SUSPENDED')
      throw new StatusError(
        409,
        `Job cancellation failed because the job has already reached another terminal state (${status}).`,
      );
    await request.engine.jobs.cancel(id);
    return {};
  },
  error: jobManagerError,
});
