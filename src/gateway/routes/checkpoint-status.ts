/** `GET /jobs/:jobid/checkpoints/:triggerid`: how a checkpoint that was asked for fares. Of the JobManager's REST. */
import { jobManagerError, StatusError } from '../rest-error.ts';
import { defineRoute, jobOf } from '../route.ts';
import { triggerState } from '../triggers.ts';

export const checkpointStatus = defineRoute({
  method: 'GET',
  path: '/jobs/:jobid/checkpoints/:triggerid',
  since: 1,
  requestName: 'EmptyRequestBody',
  handle: async (request) => {
    jobOf(request);
    const trigger = request.params['triggerid'] ?? '';
    const state = triggerState(request.engine, trigger);
    if (state) return state;
    throw new StatusError(404, `There is no checkpoint operation with triggerId=${trigger}.`);
  },
  error: jobManagerError,
});
