/** `POST /sessions/:session_handle/configure-session`: runs a statement of an init file to its end. */
import { failedTo, uncaughtError } from '../rest-error.ts';
import { defineRoute, sessionOf, textField } from '../route.ts';

export const configureSession = defineRoute({
  method: 'POST',
  path: '/sessions/:session_handle/configure-session',
  since: 2,
  requestName: 'ConfigureSessionRequestBody',
  async handle(request) {
    await sessionOf(request).configure(textField(request.body, 'statement'));
    return {};
  },
  error: (error) => uncaughtError([failedTo('configure session')], error),
});
