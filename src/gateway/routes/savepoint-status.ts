/** `GET /jobs/:jobid/savepoints/:triggerid`: how a savepoint or stop fares. Of the JobManager's REST. */
import { jobManagerError, StatusError } from '../rest-error.ts';
import { defineRoute, jobOf } from '../route.ts';
import { triggerState } from '../triggers.ts';

export const savepointStatus = defineRoute({
  method: 'GET',
  path: '/jobs/:jobid/savepoints/:triggerid',
  since: 1,
  requestName: 'EmptyRequestBody',
  handle: async (request) => {
    const { id } = jobOf(request).summary;
    const trigger = request.params['triggerid'] ?? '';
    const state = triggerState(request.engine, trigger);
    if (state) return state;
    throw new StatusError(404, `There is no savepoint operation with triggerId=${trigger} for job ${id}.`);
  },
  error: jobManagerError,
});
