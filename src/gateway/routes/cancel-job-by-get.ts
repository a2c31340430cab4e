/** `GET /jobs/:jobid/yarn-cancel`: the same for those who can only GET. Of the JobManager's REST. */
import { jobManagerError } from '../rest-error.ts';
import { defineRoute } from '../route.ts';
import { cancelJob } from './cancel-job.ts';

export const cancelJobByGet = defineRoute({
  method: 'GET',
  path: '/jobs/:jobid/yarn-cancel',
  since: 1,
  status: 202,
  requestName: 'EmptyRequestBody',
  handle: (request) => cancelJob.handle(request),
  error: jobManagerError,
});
