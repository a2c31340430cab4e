/** `POST …/operations/:operation_handle/cancel`: only what has not ended can be cancelled. */
import { handlerError } from '../rest-error.ts';
import { defineRoute, operationOf } from '../route.ts';

export const cancelOperation = defineRoute({
  method: 'POST',
  path: '/sessions/:session_handle/operations/:operation_handle/cancel',
  since: 1,
  requestName: 'EmptyRequestBody',
  async handle(request) {
    const operation = operationOf(request);
    await operation.cancel();
    return { status: operation.status };
  },
  error: (error) => handlerError('cancelOperation', error),
});
