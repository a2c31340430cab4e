/** `GET /config`: what a web page needs to begin with. Of the JobManager's REST. */
import { jobManagerError } from '../rest-error.ts';
import { defineRoute } from '../route.ts';

export const clusterConfig = defineRoute({
  method: 'GET',
  path: '/config',
  since: 1,
  requestName: 'EmptyRequestBody',
  handle: async ({ engine }) => {
    const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    return {
      'refresh-interval': 3000,
      'timezone-name': timezone,
      'timezone-offset': -new Date(engine.now()).getTimezoneOffset() * 60_000,
      'flink-version': '2.3.0',
      'flink-revision': 'millrace',
      features: { 'web-submit': false, 'web-cancel': true, 'web-rescale': false, 'web-history': false },
    };
  },
  error: jobManagerError,
});
