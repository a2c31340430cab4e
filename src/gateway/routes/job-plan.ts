/** `GET /jobs/:jobid/plan`: its vertices and their inputs. Of the JobManager's REST. */
import { planBody } from '../job-body.ts';
import { jobManagerError } from '../rest-error.ts';
import { defineRoute, jobOf } from '../route.ts';

export const jobPlan = defineRoute({
  method: 'GET',
  path: '/jobs/:jobid/plan',
  since: 1,
  requestName: 'EmptyRequestBody',
  handle: async (request) => ({ plan: planBody(jobOf(request)) }),
  error: jobManagerError,
});
