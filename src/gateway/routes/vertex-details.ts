/** `GET /jobs/:jobid/vertices/:vertexid`: one vertex. Of the JobManager's REST. */
import { jobManagerError } from '../rest-error.ts';
import { defineRoute, jobOf } from '../route.ts';
import { findVertex, vertexBody } from '../vertex-body.ts';

export const vertexDetails = defineRoute({
  method: 'GET',
  path: '/jobs/:jobid/vertices/:vertexid',
  since: 1,
  requestName: 'EmptyRequestBody',
  handle: async (request) => {
    const job = jobOf(request);
    return vertexBody(job, findVertex(job, request.params['vertexid'] ?? ''), request.engine.now());
  },
  error: jobManagerError,
});
