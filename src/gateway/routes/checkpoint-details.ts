/** `GET /jobs/:jobid/checkpoints/details/:checkpointid`: one checkpoint. Of the JobManager's REST. */
import { checkpointDetails as detailsOf } from '../checkpoint-body.ts';
import { jobManagerError, StatusError } from '../rest-error.ts';
import { defineRoute, jobOf } from '../route.ts';

export const checkpointDetails = defineRoute({
  method: 'GET',
  path: '/jobs/:jobid/checkpoints/details/:checkpointid',
  since: 1,
  requestName: 'EmptyRequestBody',
  handle: async (request) => {
    const job = jobOf(request);
    const id = Number(request.params['checkpointid']);
    const found = job.checkpoints.findLast((one) => one.id === id);
    if (found) return detailsOf(found, job);
    throw new StatusError(404, `Could not find checkpointing statistics for checkpoint ${id}.`);
  },
  error: jobManagerError,
});
