/** `GET /jobs/:jobid/vertices/:vertexid/subtasks/metrics`: names of its counters, or aggregates of those asked for. Of the JobManager's REST. */
import { jobManagerError } from '../rest-error.ts';
import { defineRoute, jobOf } from '../route.ts';
import { aggregate, findVertex, vertexCounters } from '../vertex-body.ts';

export const vertexMetrics = defineRoute({
  method: 'GET',
  path: '/jobs/:jobid/vertices/:vertexid/subtasks/metrics',
  since: 1,
  requestName: 'EmptyRequestBody',
  handle: async (request) => {
    const job = jobOf(request);
    const counters = vertexCounters(job, findVertex(job, request.params['vertexid'] ?? ''));
    const asked = request.query.get('get')?.split(',');
    if (!asked) return Object.keys(counters).map((id) => ({ id }));
    const kinds = request.query.get('agg')?.split(',') ?? [];
    return asked.flatMap((id) => (counters[id] === undefined ? [] : [aggregate(id, [counters[id]], kinds)]));
  },
  error: jobManagerError,
});
