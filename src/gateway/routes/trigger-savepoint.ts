/** `POST /jobs/:jobid/savepoints`: begins a savepoint. Of the JobManager's REST. */
import { jobManagerError } from '../rest-error.ts';
import { defineRoute, jobOf, textField } from '../route.ts';
import { startTrigger } from '../triggers.ts';

export const triggerSavepoint = defineRoute({
  method: 'POST',
  path: '/jobs/:jobid/savepoints',
  since: 1,
  status: 202,
  requestName: 'SavepointTriggerRequestBody',
  handle: async (request) => {
    const { id } = jobOf(request).summary;
    const { engine, body } = request;
    const target = textField(body, 'target-directory') || undefined;
    const run = async (): Promise<object> => {
      if (body['cancel-job'] === true) {
        const options = { savepoint: true, drain: false, ...(target === undefined ? {} : { targetDirectory: target }) };
        return { location: `file:${await engine.jobs.stop(id, options)}` };
      }
      return { location: `file:${await engine.jobs.savepoint(id, target)}` };
    };
    return { 'request-id': startTrigger(engine, textField(body, 'triggerId') || undefined, run) };
  },
  error: jobManagerError,
});
