/** `GET /jobs/:jobid/status`: its status alone. Of the JobManager's REST. */
import { jobManagerError } from '../rest-error.ts';
import { defineRoute, jobOf } from '../route.ts';

export const jobStatus = defineRoute({
  method: 'GET',
  path: '/jobs/:jobid/status',
  since: 1,
  requestName: 'EmptyRequestBody',
  handle: async (request) => ({ status: jobOf(request).summary.status }),
  error: jobManagerError,
});
