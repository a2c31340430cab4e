/** `DELETE /sessions/:session_handle`: its queries end, its INSERTs go on. */
import { handlerError } from '../rest-error.ts';
import { defineRoute } from '../route.ts';

export const closeSession = defineRoute({
  method: 'DELETE',
  path: '/sessions/:session_handle',
  since: 1,
  requestName: 'EmptyRequestBody',
  async handle({ engine, params }) {
    await engine.closeSession(params['session_handle'] ?? '');
    return { status: 'CLOSED' };
  },
  error: (error) => handlerError('closeSession', error),
});
