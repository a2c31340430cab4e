/** `GET /jobs/:jobid/checkpoints`: counts, a summary, the latest and a history. Of the JobManager's REST. */
import { checkpointsBody } from '../checkpoint-body.ts';
import { jobManagerError } from '../rest-error.ts';
import { defineRoute, jobOf } from '../route.ts';

export const jobCheckpoints = defineRoute({
  method: 'GET',
  path: '/jobs/:jobid/checkpoints',
  since: 1,
  requestName: 'EmptyRequestBody',
  handle: async (request) => checkpointsBody(jobOf(request)),
  error: jobManagerError,
});
