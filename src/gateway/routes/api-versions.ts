/** `GET /api_versions`: the versions of this protocol. */
import { handlerError } from '../rest-error.ts';
import { defineRoute } from '../route.ts';

export const apiVersions = defineRoute({
  method: 'GET',
  path: '/api_versions',
  since: 1,
  requestName: 'EmptyRequestBody',
  handle: async () => ({ versions: ['V1', 'V2', 'V3', 'V4'] }),
  error: (error) => handlerError('getApiVersions', error),
});
