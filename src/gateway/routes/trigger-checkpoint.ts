/** `POST /jobs/:jobid/checkpoints`: begins a checkpoint. Of the JobManager's REST. */
import { jobManagerError } from '../rest-error.ts';
import { defineRoute, jobOf, textField } from '../route.ts';
import { startTrigger } from '../triggers.ts';

export const triggerCheckpoint = defineRoute({
  method: 'POST',
  path: '/jobs/:jobid/checkpoints',
  since: 1,
  status: 202,
  requestName: 'CheckpointTriggerRequestBody',
  handle: async (request) => {
    const { id } = jobOf(request).summary;
    const { engine, body } = request;
    const run = async (): Promise<object> => {
      const path = await engine.jobs.checkpoint(id);
      return { checkpointId: Number(/chk-(\d+)$/.exec(path)?.[1] ?? -1) };
    };
    return { 'request-id': startTrigger(engine, textField(body, 'triggerId') || undefined, run) };
  },
  error: jobManagerError,
});
