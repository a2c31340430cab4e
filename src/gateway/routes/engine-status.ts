/** `GET /millrace/engine`: which process owns the home, and whether it is in use. Not Flink's. */
import { handlerError } from '../rest-error.ts';
import { defineRoute } from '../route.ts';

export const engineStatus = defineRoute({
  method: 'GET',
  path: '/millrace/engine',
  since: 4,
  requestName: 'EmptyRequestBody',
  handle: async ({ engine }) => ({ pid: process.pid, home: engine.home, runningJobs: engine.jobs.runningCount }),
  error: (error) => handlerError('getEngineStatus', error),
});
