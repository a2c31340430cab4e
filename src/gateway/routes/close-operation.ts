/** `DELETE …/operations/:operation_handle/close`: forgets it; a query's job ends. */
import { handlerError } from '../rest-error.ts';
import { defineRoute, sessionOf } from '../route.ts';

export const closeOperation = defineRoute({
  method: 'DELETE',
  path: '/sessions/:session_handle/operations/:operation_handle/close',
  since: 1,
  requestName: 'EmptyRequestBody',
  async handle(request) {
    await sessionOf(request).closeOperation(request.params['operation_handle'] ?? '');
    return { status: 'CLOSED' };
  },
  error: (error) => handlerError('closeOperation', error),
});
