/** `GET /jobs/:jobid/vertices/:vertexid/watermarks`: none are told to the engine. Of the JobManager's REST. */
import { jobManagerError } from '../rest-error.ts';
import { defineRoute, jobOf } from '../route.ts';
import { findVertex } from '../vertex-body.ts';

export const vertexWatermarks = defineRoute({
  method: 'GET',
  path: '/jobs/:jobid/vertices/:vertexid/watermarks',
  since: 1,
  requestName: 'EmptyRequestBody',
  handle: async (request) => {
    findVertex(jobOf(request), request.params['vertexid'] ?? '');
    return [];
  },
  error: jobManagerError,
});
