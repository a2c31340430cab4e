/** `GET /jobs/:jobid/execution-result`: how it ended, once it has. Of the JobManager's REST. */
import { jobManagerError } from '../rest-error.ts';
import { defineRoute, jobOf } from '../route.ts';

export const jobExecutionResult = defineRoute({
  method: 'GET',
  path: '/jobs/:jobid/execution-result',
  since: 1,
  requestName: 'EmptyRequestBody',
  handle: async (request) => {
    const { id, name, status, startTimeMs, endTimeMs } = jobOf(request).summary;
    const ends: Readonly<Record<string, string>> = { FINISHED: 'SUCCEEDED', CANCELED: 'CANCELED', FAILED: 'FAILED' };
    const application = ends[status];
    if (application === undefined || endTimeMs === null) return { status: { id: 'IN_PROGRESS' } };
    return {
      status: { id: 'COMPLETED' },
      'job-execution-result': {
        id,
        name,
        'application-status': application,
        'accumulator-results': {},
        'net-runtime': endTimeMs - startTimeMs,
        'start-time': startTimeMs,
        'end-time': endTimeMs,
      },
    };
  },
  error: jobManagerError,
});
