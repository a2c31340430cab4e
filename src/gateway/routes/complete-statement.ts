/** `GET /sessions/:session_handle/complete-statement`, with a JSON body: what may stand at a position. */
import { failedTo, uncaughtError } from '../rest-error.ts';
import { defineRoute, sessionOf, textField } from '../route.ts';

export const completeStatement = defineRoute({
  method: 'GET',
  path: '/sessions/:session_handle/complete-statement',
  since: 2,
  requestName: 'CompleteStatementRequestBody',
  async handle(request) {
    const statement = textField(request.body, 'statement');
    const position = Number(request.body['position'] ?? statement.length);
    return { candidates: await request.engine.complete(sessionOf(request), statement, position) };
  },
  error: (error) => uncaughtError([failedTo('complete statement')], error),
});
