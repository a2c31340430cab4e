/** `GET /jobs/metrics`: metrics of all running jobs, aggregated. Of the JobManager's REST. */
import { jobMetrics } from '../job-body.ts';
import { jobManagerError } from '../rest-error.ts';
import { defineRoute } from '../route.ts';
import { aggregate } from '../vertex-body.ts';

export const jobsMetrics = defineRoute({
  method: 'GET',
  path: '/jobs/metrics',
  since: 1,
  requestName: 'EmptyRequestBody',
  handle: async ({ engine, query }) => {
    const running = engine.jobs.list().filter((job) => job.status === 'RUNNING');
    const metrics = running.map((job) => jobMetrics(engine.jobs.details(job.id), engine.now()));
    const asked = query.get('get')?.split(',');
    if (!asked) return Object.keys(metrics[0] ?? {}).map((id) => ({ id }));
    const kinds = query.get('agg')?.split(',') ?? [];
    return asked.flatMap((id) => {
      const values = metrics.map((one) => Number(one[id])).filter((value) => !Number.isNaN(value));
      return values.length === 0 ? [] : [aggregate(id, values, kinds)];
    });
  },
  error: jobManagerError,
});
