/** `GET /jobmanager/config`: settings of the engine, secrets masked. Of the JobManager's REST. */
import { jobManagerError } from '../rest-error.ts';
import { defineRoute } from '../route.ts';

export const jobManagerConfig = defineRoute({
  method: 'GET',
  path: '/jobmanager/config',
  since: 1,
  requestName: 'EmptyRequestBody',
  handle: async ({ engine }) => Object.entries(engine.config()).map(([key, value]) => ({ key, value })),
  error: jobManagerError,
});
