/** `GET /jobs/:jobid/metrics`: names of metrics, or the values of those asked for. Of the JobManager's REST. */
import { jobMetrics as metricsOf } from '../job-body.ts';
import { jobManagerError } from '../rest-error.ts';
import { defineRoute, jobOf } from '../route.ts';

export const jobMetrics = defineRoute({
  method: 'GET',
  path: '/jobs/:jobid/metrics',
  since: 1,
  requestName: 'EmptyRequestBody',
  handle: async (request) => {
    const metrics = metricsOf(jobOf(request), request.engine.now());
    const asked = request.query.get('get')?.split(',');
    if (!asked) return Object.keys(metrics).map((id) => ({ id }));
    return asked.flatMap((id) => (metrics[id] === undefined ? [] : [{ id, value: metrics[id] }]));
  },
  error: jobManagerError,
});
