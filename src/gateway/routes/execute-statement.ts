/** `POST /sessions/:session_handle/statements`: submits a statement; its errors show when results are fetched. */
import { EngineError } from '../../base/error.ts';
import { failedTo, uncaughtError } from '../rest-error.ts';
import { defineRoute, mapField, sessionOf, textField } from '../route.ts';

export const executeStatement = defineRoute({
  method: 'POST',
  path: '/sessions/:session_handle/statements',
  since: 1,
  requestName: 'ExecuteStatementRequestBody',
  async handle(request) {
    const { body } = request;
    const session = sessionOf(request);
    if (Number(body['executionTimeout'] ?? 0) > 0)
      throw new EngineError('GATEWAY_UNSUPPORTED', "SqlGatewayService doesn't support timeout mechanism now.", {
        exceptionClass: 'java.lang.UnsupportedOperationException',
      });
    const operation = session.execute(textField(body, 'statement'), { config: mapField(body, 'executionConfig') });
    return { operationHandle: operation.handle };
  },
  error: (error) => uncaughtError([failedTo('execute statement')], error),
});
