/**
 * `POST /millrace/sessions/:session_handle/client`: answered when the session is closed. Not Flink's; a shell holds it open on its socket, so
 * that its end by any signal ends its session and the SELECT that runs in it.
 */
import { handlerError } from '../rest-error.ts';
import { defineRoute, sessionOf } from '../route.ts';

export const clientPresence = defineRoute({
  method: 'POST',
  path: '/millrace/sessions/:session_handle/client',
  since: 4,
  requestName: 'EmptyRequestBody',
  async handle(request) {
    const session = sessionOf(request);
    const isGone = await Promise.race([request.gone().then(() => true), session.closed.then(() => false)]);
    if (isGone) await request.engine.closeSession(session.handle);
    return {};
  },
  error: (error) => handlerError('clientPresence', error),
});
