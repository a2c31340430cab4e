/** `GET /info`: what answers here. Clients look for Flink's name. */
import { handlerError } from '../rest-error.ts';
import { defineRoute } from '../route.ts';

export const info = defineRoute({
  method: 'GET',
  path: '/info',
  since: 1,
  requestName: 'EmptyRequestBody',
  handle: async () => ({ productName: 'Apache Flink', version: '2.3.0' }),
  error: (error) => handlerError('getInfo', error),
});
