/** `POST /millrace/listen`: opens a TCP port of this gateway. Not Flink's; `sql-gateway.sh start` asks for it over the socket. */
import { EngineError } from '../../base/error.ts';
import { handlerError } from '../rest-error.ts';
import { defineRoute, textField } from '../route.ts';

export const listenTcp = defineRoute({
  method: 'POST',
  path: '/millrace/listen',
  since: 4,
  requestName: 'ListenRequestBody',
  async handle({ body, face, isLocal }) {
    if (!isLocal || !face) throw new EngineError('GATEWAY_LISTEN', 'Ports are opened from this machine only.');
    const { names } = body;
    const port = await face.listen({
      host: textField(body, 'host', 'localhost'),
      port: Number(body['port'] ?? 0),
      names: Array.isArray(names) ? names.map(String) : [],
      token: textField(body, 'token') || null,
    });
    return { port };
  },
  error: (error) => handlerError('listen', error),
});
