/** `GET /jobs`: ids and statuses. Of the JobManager's REST. */
import { jobManagerError } from '../rest-error.ts';
import { defineRoute } from '../route.ts';

export const listJobs = defineRoute({
  method: 'GET',
  path: '/jobs',
  since: 1,
  requestName: 'EmptyRequestBody',
  handle: async ({ engine }) => ({ jobs: engine.jobs.list().map(({ id, status }) => ({ id, status })) }),
  error: jobManagerError,
});
