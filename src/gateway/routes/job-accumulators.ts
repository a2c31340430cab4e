/** `GET /jobs/:jobid/accumulators`: none; SQL jobs have no accumulators. Of the JobManager's REST. */
import { jobManagerError } from '../rest-error.ts';
import { defineRoute, jobOf } from '../route.ts';

export const jobAccumulators = defineRoute({
  method: 'GET',
  path: '/jobs/:jobid/accumulators',
  since: 1,
  requestName: 'EmptyRequestBody',
  handle: async (request) => {
    jobOf(request);
    return { 'job-accumulators': [], 'user-task-accumulators': [], 'serialized-user-task-accumulators': {} };
  },
  error: jobManagerError,
});
