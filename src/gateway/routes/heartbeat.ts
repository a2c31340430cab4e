/** `POST /sessions/:session_handle/heartbeat`: keeps a session alive, and tells it of jobs that failed or were resumed. */
import { handlerError } from '../rest-error.ts';
import { defineRoute, sessionOf } from '../route.ts';

export const heartbeat = defineRoute({
  method: 'POST',
  path: '/sessions/:session_handle/heartbeat',
  since: 1,
  requestName: 'EmptyRequestBody',
  async handle(request) {
    for (const text of request.engine.announcementsFor(sessionOf(request))) request.notice(text);
    return {};
  },
  error: (error) => handlerError('triggerHeartbeat', error),
});
