/** `GET /jobs/:jobid/config`: the settings that it runs with. Of the JobManager's REST. */
import { jobManagerError } from '../rest-error.ts';
import { defineRoute, jobOf } from '../route.ts';

export const jobConfig = defineRoute({
  method: 'GET',
  path: '/jobs/:jobid/config',
  since: 1,
  requestName: 'EmptyRequestBody',
  handle: async (request) => {
    const { summary, graph } = jobOf(request);
    return {
      jid: summary.id,
      name: summary.name,
      'execution-config': {
        'restart-strategy': graph.settings['restart-strategy.type'] ?? 'Cluster level default restart strategy',
        'job-parallelism': 1,
        'object-reuse-mode': false,
        'user-config': {},
      },
    };
  },
  error: jobManagerError,
});
