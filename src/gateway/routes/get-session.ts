/** `GET /sessions/:session_handle`: all settings of a session, flat. */
import { handlerError } from '../rest-error.ts';
import { defineRoute, sessionOf } from '../route.ts';

export const getSession = defineRoute({
  method: 'GET',
  path: '/sessions/:session_handle',
  since: 1,
  requestName: 'EmptyRequestBody',
  handle: async (request) => ({ properties: Object.fromEntries(sessionOf(request).config.entries()) }),
  error: (error) => handlerError('getSessionConfig', error),
});
