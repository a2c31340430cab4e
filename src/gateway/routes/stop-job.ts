/** `POST /jobs/:jobid/stop`: begins to end a job with a savepoint. Of the JobManager's REST. */
import { jobManagerError } from '../rest-error.ts';
import { defineRoute, jobOf, textField } from '../route.ts';
import { startTrigger } from '../triggers.ts';

export const stopJob = defineRoute({
  method: 'POST',
  path: '/jobs/:jobid/stop',
  since: 1,
  status: 202,
  requestName: 'StopWithSavepointRequestBody',
  handle: async (request) => {
    const { id } = jobOf(request).summary;
    const { engine, body } = request;
    const target = textField(body, 'targetDirectory');
    const options = {
      savepoint: true,
      drain: body['drain'] === true,
      ...(target === '' ? {} : { targetDirectory: target }),
    };
    const run = async (): Promise<object> => ({ location: `file:${await engine.jobs.stop(id, options)}` });
    return { 'request-id': startTrigger(engine, textField(body, 'triggerId') || undefined, run) };
  },
  error: jobManagerError,
});
