/** `POST /sessions`: opens a session with properties of its own. */
import { handlerError } from '../rest-error.ts';
import { defineRoute, mapField, textField } from '../route.ts';

export const openSession = defineRoute({
  method: 'POST',
  path: '/sessions',
  since: 1,
  requestName: 'OpenSessionRequestBody',
  async handle({ engine, body }) {
    const session = await engine.openSession(textField(body, 'sessionName'), mapField(body, 'properties'));
    return { sessionHandle: session.handle };
  },
  error: (error) => handlerError('openSession', error),
});
