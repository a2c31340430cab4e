/** `GET /jobs/overview`: all jobs with times and task counts. Of the JobManager's REST. */
import { overviewEntry } from '../job-body.ts';
import { jobManagerError } from '../rest-error.ts';
import { defineRoute } from '../route.ts';

export const jobsOverview = defineRoute({
  method: 'GET',
  path: '/jobs/overview',
  since: 1,
  requestName: 'EmptyRequestBody',
  handle: async ({ engine }) => ({
    jobs: engine.jobs.list().map(({ id }) => overviewEntry(engine.jobs.details(id), engine.now())),
  }),
  error: jobManagerError,
});
