/** The REST face over HTTP: a Unix socket for the shell, TCP for others. It finds the route, reads the body, writes the answer. */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { EngineError } from '../base/error.ts';
import type { Engine } from '../engine/engine.ts';
import { createServer } from './http.ts';
import { badBody, badParameter, notFound, type RestError, uncaughtError } from './rest-error.ts';
import { type Face, NEWEST_VERSION, type Route, type RouteRequest } from './route.ts';
import { routes } from './routes/index.ts';

const BODY_BYTES_MAX = 104_857_600;
/** Of the notices' header for clients other than our own: theirs often take 8 KiB of headers and no more. */
const NOTICE_BYTES_MAX = 4096;
/** Parameters that are 32 hex digits. */
const HEX_PARAMETERS: ReadonlySet<string> = new Set(['jobid', 'vertexid', 'triggerid']);
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export interface TcpGuard {
  /** Host names that may be asked for, without port: what stands in the Host header. */
  readonly hosts: ReadonlySet<string>;
  readonly token: string | null;
}

/** A server that answers for an engine. `guard` null: a Unix socket, whose file mode is the guard. Call `listen` on it. */
export function createGateway(engine: Engine, guard: TcpGuard | null, face: Face | null = null): Server {
  const server = createServer((request, response) => {
    void answer({ engine, guard, face }, request, response);
  });
  server.headersTimeout = 30_000;
  server.keepAliveTimeout = 60_000;
  return server;
}

interface Surroundings {
  readonly engine: Engine;
  readonly guard: TcpGuard | null;
  readonly face: Face | null;
}

async function answer(around: Surroundings, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { guard } = around;
  const notices: string[] = [];
  const most = guard ? NOTICE_BYTES_MAX : Number.POSITIVE_INFINITY;
  try {
    const refusal = guard && refuse(guard, request);
    const result = refusal ? failure(refusal) : await dispatch(around, request, notices);
    send(response, result, noticeText(notices, most));
  } catch (error) {
    send(response, failure(uncaughtError([], error)), noticeText(notices, most));
  }
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

async function dispatch(around: Surroundings, request: IncomingMessage, notices: string[]): Promise<Answer> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const found = findRoute(request.method ?? 'GET', url.pathname);
  if (!found) return failure(notFound(request.url ?? ''));
  const { route, params, version } = found;
  const wrong = checkParameters(params, url.searchParams, version);
  if (wrong) return failure(wrong);
  const text = await readBody(request);
  if (text === null) return failure({ status: 413, errors: ['The request is too large.'] });
  let body: Record<string, unknown>;
  try {
    body = text.trim() === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
    if (typeof body !== 'object' || body === null || Array.isArray(body))
      throw new SyntaxError('Cannot deserialize value');
  } catch (error) {
    return failure(badBody(route.requestName, text, error));
  }
  const input: RouteRequest = {
    engine: around.engine,
    face: around.face,
    isLocal: around.guard === null,
    version,
    params,
    query: url.searchParams,
    body,
    gone: () => hungUp(request),
    notice: (notice) => notices.push(notice),
  };
  try {
    return { status: route.status ?? 200, body: await route.handle(input) };
  } catch (error) {
    return failure(route.error(error));
  }
}

function hungUp({ socket }: IncomingMessage): Promise<void> {
  if (socket.destroyed) return Promise.resolve();
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

function failure({ status, errors }: RestError): Answer {
  return { status, body: { errors } };
}

interface FoundRoute {
  readonly route: Route;
  readonly params: Record<string, string>;
  readonly version: number;
}

function findRoute(method: string, pathname: string): FoundRoute | null {
  const prefix = /^\/v(\d+)(?=\/)/.exec(pathname);
  const version = prefix ? Number(prefix[1]) : NEWEST_VERSION;
  const parts = (prefix ? pathname.slice(prefix[0].length) : pathname).split('/');
  for (const route of routes) {
    if (route.method !== method || version < route.since || version > (route.until ?? NEWEST_VERSION)) continue;
    const params = matchPath(route.path.split('/'), parts);
    if (params) return { route, params, version };
  }
  return null;
}

function matchPath(pattern: readonly string[], parts: readonly string[]): Record<string, string> | null {
  if (pattern.length !== parts.length) return null;
  const params: Record<string, string> = {};
  for (const [i, word] of pattern.entries()) {
    const part = parts[i] as string;
    if (word.startsWith(':')) params[word.slice(1)] = decodeURIComponent(part);
    else if (word !== part) return null;
  }
  return params;
}

function checkParameters(params: Record<string, string>, query: URLSearchParams, version: number): RestError | null {
  for (const [name, value] of Object.entries(params)) {
    if (isParameter(name, value)) continue;
    return badParameter('path', name, value);
  }
  const format = query.get('rowFormat');
  if (version > 1 && format !== null && !/^(JSON|PLAIN_TEXT)$/i.test(format))
    return badParameter('query', 'rowFormat', format);
  return null;
}

function isParameter(name: string, value: string): boolean {
  if (name === 'token' || name === 'checkpointid') return /^\d+$/.test(value);
  if (HEX_PARAMETERS.has(name)) return /^[0-9a-f]{32}$/i.test(value);
  return !name.endsWith('_handle') || UUID.test(value);
}

/** Null when it is too large. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** What a browser page of another site, or a stranger, must not reach. Null: welcome. */
function refuse(guard: TcpGuard, request: IncomingMessage): RestError | null {
  const host = hostName(request.headers.host ?? '');
  if (!guard.hosts.has(host)) return { status: 421, errors: [`This server does not answer for host '${host}'.`] };
  const { origin } = request.headers;
  if (origin !== undefined && origin !== `http://${request.headers.host}`)
    return { status: 403, errors: ['Requests from other sites are refused.'] };
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    return { status: 403, errors: ['Requests from other sites are refused.'] };
  if (guard.token !== null && !sameToken(guard.token, request.headers.authorization ?? ''))
    return { status: 401, errors: ['A token is required: Authorization: Bearer <token>.'] };
  return null;
}

function hostName(header: string): string {
  return header.replace(/:\d+$/, '').toLowerCase();
}

function sameToken(token: string, header: string): boolean {
  const expected = Buffer.from(`Bearer ${token}`);
  const given = Buffer.from(header);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Notices percent-encoded, a blank between two; those that do not fit any more are left out. */
function noticeText(notices: readonly string[], bytesMax: number): string {
  let text = '';
  for (const notice of notices) {
    const next = `${text}${text === '' ? '' : ' '}${encodeURIComponent(notice.toWellFormed())}`;
    if (next.length > bytesMax) break;
    text = next;
  }
  return text;
}

function send(response: ServerResponse, { status, body }: Answer, notices: string): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=UTF-8',
    'content-length': Buffer.byteLength(text),
    'x-content-type-options': 'nosniff',
    ...(notices === '' ? {} : { 'x-millrace-notice': notices }),
  });
  response.end(text);
}

/** Listens, and rejects with a plain text when it cannot. */
export function listen(server: Server, where: { path: string } | { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    // For good: a connection that cannot be accepted later must not end the engine.
    server.on('error', (error: NodeJS.ErrnoException) => {
      const place = 'path' in where ? where.path : `${where.host}:${where.port}`;
      const reason =
        error.code === 'EADDRINUSE' ? 'another program, or a gateway that runs already, has it' : error.message;
      reject(
        new EngineError('GATEWAY_LISTEN', `Cannot listen on ${place}: ${reason}.`, {
          cause: error,
          exceptionClass: 'java.net.BindException',
        }),
      );
    });
    server.listen(where, () => resolve());
  });
}
