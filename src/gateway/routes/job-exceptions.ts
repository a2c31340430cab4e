/** `GET /jobs/:jobid/exceptions`: why it failed. Of the JobManager's REST. */
import { jobManagerError } from '../rest-error.ts';
import { defineRoute, jobOf } from '../route.ts';

export const jobExceptions = defineRoute({
  method: 'GET',
  path: '/jobs/:jobid/exceptions',
  since: 1,
  requestName: 'EmptyRequestBody',
  handle: async (request) => {
    const { failure, endTimeMs } = jobOf(request).summary;
    const [first, ...causes] = failure ?? [];
    const entries =
      first === undefined
        ? []
        : [
            {
              exceptionName: first.split(':')[0],
              stacktrace: [first, ...causes.map((cause) => `Caused by: ${cause}`)].join('\n'),
              timestamp: endTimeMs ?? 0,
              failureLabels: {},
              taskName: null,
              endpoint: null,
              taskManagerId: null,
              concurrentExceptions: [],
            },
          ];
    return { exceptionHistory: { entries, truncated: false } };
  },
  error: jobManagerError,
});
