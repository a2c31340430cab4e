/** The faces of an engine process: the shell's Unix socket, TCP where someone asks for it, and the end when nobody needs it any more. */
import { chmodSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { EngineError } from '../base/error.ts';
import type { Engine } from '../engine/engine.ts';
import type { Face } from './route.ts';
import { createGateway, listen } from './server.ts';

/** How long an engine that nobody uses waits for the next shell. */
const LINGER_MS = 10_000;
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** Opens the socket (mode 0600) and keeps the engine until it is stopped or has been idle for a while. */
export async function serveEngine(engine: Engine, options: { socketPath: string; clock: Clock }): Promise<void> {
  const servers: Server[] = [];
  const face: Face = {
    async listen({ host, port, names, token }) {
      const isLoopback = LOOPBACK.includes(host) || host === '::1' || host.startsWith('127.');
      if (!isLoopback && token === null)
        throw new EngineError('GATEWAY_TOKEN', `A token is required to listen on ${host}.`);
      const hosts = new Set([...LOOPBACK, ...names.map((name) => name.toLowerCase())]);
      if (port !== 0 && servers.some((server) => (server.address() as AddressInfo | null)?.port === port))
        throw new EngineError(
          'GATEWAY_LISTEN',
          `The gateway of ${engine.home} listens on port ${port} already; 'sql-gateway.sh stop --home ${engine.home}' ends it.`,
          { exceptionClass: 'java.net.BindException' },
        );
      const server = createGateway(engine, { hosts, token }, face);
      await listen(server, { host, port });
      servers.push(server);
      return (server.address() as AddressInfo).port;
    },
  };
  // The home's lock is ours: whoever left this file is gone.
  rmSync(options.socketPath, { force: true });
  const local = createGateway(engine, null, face);
  await listen(local, { path: options.socketPath });
  chmodSync(options.socketPath, 0o600);
  endWhenIdle(engine, options.clock, () => servers.length > 0);
  void engine.ended.then(() => {
    for (const server of [local, ...servers]) {
      server.close();
      server.closeAllConnections();
    }
    rmSync(options.socketPath, { force: true });
  });
}

function endWhenIdle(engine: Engine, clock: Clock, isPublic: () => boolean): void {
  let cancel = (): void => {};
  const watch = (): void => {
    cancel();
    cancel = clock.after(LINGER_MS, () => {
      if (engine.isIdle && !isPublic()) void engine.stop();
    });
  };
  engine.onIdle(watch);
  watch();
}
