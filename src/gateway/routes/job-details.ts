/** `GET /jobs/:jobid`: everything of one job. Of the JobManager's REST. */
import { detailsBody } from '../job-body.ts';
import { jobManagerError } from '../rest-error.ts';
import { defineRoute, jobOf } from '../route.ts';

export const jobDetails = defineRoute({
  method: 'GET',
  path: '/jobs/:jobid',
  since: 1,
  requestName: 'EmptyRequestBody',
  handle: async (request) => detailsBody(jobOf(request), request.engine.now()),
  error: jobManagerError,
});
