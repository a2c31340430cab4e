/** `GET /overview`: how many jobs there are, by how they fare. Of the JobManager's REST. */
import { jobManagerError } from '../rest-error.ts';
import { defineRoute } from '../route.ts';

/** A job needs no slot here; Flink's pages want to see some. */
const SLOTS = 16;

export const clusterOverview = defineRoute({
  method: 'GET',
  path: '/overview',
  since: 1,
  requestName: 'EmptyRequestBody',
  handle: async ({ engine }) => {
    const jobs = engine.jobs.list();
    const count = (...statuses: string[]): number => jobs.filter((job) => statuses.includes(job.status)).length;
    const running = jobs.length - count('FINISHED', 'CANCELED', 'FAILED', 'SUSPENDED');
    return {
      taskmanagers: 1,
      'slots-total': Math.max(SLOTS, running),
      'slots-available': Math.max(SLOTS, running) - running,
      'jobs-running': running,
      'jobs-finished': count('FINISHED'),
      'jobs-cancelled': count('CANCELED'),
      'jobs-failed': count('FAILED'),
      'flink-version': '2.3.0',
      'flink-commit': 'millrace',
    };
  },
  error: jobManagerError,
});
