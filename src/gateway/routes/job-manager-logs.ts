/** `GET /jobmanager/logs`: none over REST; they are files of the home. Of the JobManager's REST. */
import { jobManagerError } from '../rest-error.ts';
import { defineRoute } from '../route.ts';

export const jobManagerLogs = defineRoute({
  method: 'GET',
  path: '/jobmanager/logs',
  since: 1,
  requestName: 'EmptyRequestBody',
  handle: async () => ({ logs: [] }),
  error: jobManagerError,
});
