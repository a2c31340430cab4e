/** `GET /jobs/:jobid/vertices/:vertexid/taskmanagers`: where it runs. Of the JobManager's REST. */
import { jobManagerError } from '../rest-error.ts';
import { defineRoute, jobOf } from '../route.ts';
import { findVertex, vertexTaskManagers as taskManagersOf } from '../vertex-body.ts';

export const vertexTaskManagers = defineRoute({
  method: 'GET',
  path: '/jobs/:jobid/vertices/:vertexid/taskmanagers',
  since: 1,
  requestName: 'EmptyRequestBody',
  handle: async (request) => {
    const job = jobOf(request);
    return taskManagersOf(job, findVertex(job, request.params['vertexid'] ?? ''), request.engine.now());
  },
  error: jobManagerError,
});
