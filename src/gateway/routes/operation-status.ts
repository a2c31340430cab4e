/** `GET …/operations/:operation_handle/status`. */
import { handlerError } from '../rest-error.ts';
import { defineRoute, operationOf } from '../route.ts';

export const operationStatus = defineRoute({
  method: 'GET',
  path: '/sessions/:session_handle/operations/:operation_handle/status',
  since: 1,
  requestName: 'EmptyRequestBody',
  handle: async (request) => ({ status: operationOf(request).status }),
  error: (error) => handlerError('getOperationInfo', error),
});
