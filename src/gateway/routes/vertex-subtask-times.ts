/** `GET /jobs/:jobid/vertices/:vertexid/subtasktimes`: when it did what. Of the JobManager's REST. */
import { jobManagerError } from '../rest-error.ts';
import { defineRoute, jobOf } from '../route.ts';
import { findVertex, subtaskTimes } from '../vertex-body.ts';

export const vertexSubtaskTimes = defineRoute({
  method: 'GET',
  path: '/jobs/:jobid/vertices/:vertexid/subtasktimes',
  since: 1,
  requestName: 'EmptyRequestBody',
  handle: async (request) => {
    const job = jobOf(request);
    return subtaskTimes(job, findVertex(job, request.params['vertexid'] ?? ''), request.engine.now());
  },
  error: jobManagerError,
});
