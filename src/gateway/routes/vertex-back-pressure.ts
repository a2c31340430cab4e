/** `GET /jobs/:jobid/vertices/:vertexid/backpressure`: whether it is held back. Of the JobManager's REST. */
import { jobManagerError } from '../rest-error.ts';
import { defineRoute, jobOf } from '../route.ts';
import { backPressureBody, findVertex } from '../vertex-body.ts';

export const vertexBackPressure = defineRoute({
  method: 'GET',
  path: '/jobs/:jobid/vertices/:vertexid/backpressure',
  since: 1,
  requestName: 'EmptyRequestBody',
  handle: async (request) => {
    findVertex(jobOf(request), request.params['vertexid'] ?? '');
    return backPressureBody(request.engine.now());
  },
  error: jobManagerError,
});
