/** `POST /millrace/stop`: a clean end of the engine, with a last checkpoint of each job. Not Flink's. */
import { handlerError } from '../rest-error.ts';
import { defineRoute } from '../route.ts';

export const stopEngine = defineRoute({
  method: 'POST',
  path: '/millrace/stop',
  since: 4,
  requestName: 'EmptyRequestBody',
  async handle({ engine }) {
    // After the answer: the end of the engine closes this connection too.
    setImmediate(() => void engine.stop());
    return { status: 'STOPPING' };
  },
  error: (error) => handlerError('stopEngine', error),
});
