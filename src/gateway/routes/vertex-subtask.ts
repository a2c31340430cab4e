/** `GET /jobs/:jobid/vertices/:vertexid/subtasks/:subtaskindex`: its only subtask, 0. Of the JobManager's REST. */
import { jobManagerError, StatusError } from '../rest-error.ts';
import { defineRoute, jobOf } from '../route.ts';
import { findVertex, subtaskBody } from '../vertex-body.ts';

export const vertexSubtask = defineRoute({
  method: 'GET',
  path: '/jobs/:jobid/vertices/:vertexid/subtasks/:subtaskindex',
  since: 1,
  requestName: 'EmptyRequestBody',
  handle: async (request) => {
    const job = jobOf(request);
    const vertex = findVertex(job, request.params['vertexid'] ?? '');
    if (request.params['subtaskindex'] === '0') return subtaskBody(job, vertex, request.engine.now());
    throw new StatusError(404, `Invalid subtask index for vertex ${request.params['vertexid']}`);
  },
  error: jobManagerError,
});
