/** A client of any Flink SQL gateway, over a Unix socket or TCP. The shell speaks to engines through nothing else. */
import { EngineError } from '../base/error.ts';
import type { ColumnBody, FetchResultsBody } from './api.ts';
import { Agent, request as httpRequest } from './http.ts';

/** An engine tells its shells everything that happened, in one header. */
const HEADER_BYTES_MAX = 16 * 2 ** 20;

export type GatewayAddress =
  /** `notice`: what the user should know of the engine that was found. */
  { readonly socketPath: string; readonly notice?: string } | { readonly url: string; readonly token?: string };

/** One page of results. */
export interface ResultPage {
  readonly notReady: boolean;
  readonly columns: readonly ColumnBody[];
  readonly rows: ReadonlyArray<{ readonly kind: string; readonly fields: ReadonlyArray<string | null> }>;
  readonly isQuery: boolean;
  readonly jobId: string | null;
  /** `SUCCESS` for statements without a result of their own. */
  readonly resultKind: string;
  readonly next: string | null;
  readonly notices: readonly string[];
}

/** What the gateway answered with, as texts; `message` is what a user should see. */
export class GatewayError extends EngineError {
  readonly errors: readonly string[];
  readonly notices: readonly string[];

  constructor(errors: readonly string[], notices: readonly string[]) {
    super('GATEWAY_REQUEST', rootCause(errors), { exceptionClass: '' });
    this.errors = errors;
    this.notices = notices;
  }
}

export class GatewayClient {
  readonly #address: GatewayAddress;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(address: GatewayAddress) {
    this.#address = address;
  }

  async openSession(name: string, properties: Readonly<Record<string, string>>): Promise<GatewaySession> {
    const { body } = await this.call('POST', '/v4/sessions', { sessionName: name, properties });
    const { sessionHandle } = body as { sessionHandle: string };
    // An engine of our own ends the session with this process; a request that breaks has said so.
    if ('socketPath' in this.#address)
      this.call('POST', `/v4/millrace/sessions/${sessionHandle}/client`).catch(() => undefined);
    return new GatewaySession(this, sessionHandle);
  }

  /** One exchange. Throws {@link GatewayError} on an `errors` body, `GATEWAY_UNREACHABLE` when nobody answers. */
  call(method: string, path: string, payload?: unknown): Promise<{ body: unknown; notices: readonly string[] }> {
    const text = payload === undefined ? undefined : JSON.stringify(payload);
    const { promise, resolve, reject } = Promise.withResolvers<{ body: unknown; notices: readonly string[] }>();
    const call = httpRequest(
      {
        ...this.#target(path),
        method,
        agent: this.#agent,
        headers: this.#headers(text),
        maxHeaderSize: HEADER_BYTES_MAX,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', (error) => reject(unreachableError(error)));
        response.on('end', () => {
          try {
            const notices = noticesOf(response.headers['x-millrace-notice']);
            resolve({ body: parseBody(Buffer.concat(chunks).toString('utf8'), notices), notices });
          } catch (error) {
            reject(error);
          }
        });
      },
    );
    call.on('error', (error) => reject(unreachableError(error)));
    call.end(text);
    return promise;
  }

  close(): void {
    this.#agent.destroy();
  }

  #target(path: string): Record<string, string> {
    if ('socketPath' in this.#address) return { socketPath: this.#address.socketPath, path };
    const url = new URL(this.#address.url);
    if (url.protocol !== 'http:')
      throw new EngineError(
        'GATEWAY_UNREACHABLE',
        `The gateway's address '${this.#address.url}' is not of the form http://host:port.`,
      );
    return { hostname: url.hostname, port: url.port || '80', path: url.pathname.replace(/\/$/, '') + path };
  }

  #headers(text: string | undefined): Record<string, string> {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (text !== undefined) {
      headers['content-type'] = 'application/json';
      headers['content-length'] = String(Buffer.byteLength(text));
    }
    if ('token' in this.#address && this.#address.token) headers['authorization'] = `Bearer ${this.#address.token}`;
    return headers;
  }
}

export class GatewaySession {
  readonly client: GatewayClient;
  readonly handle: string;

  constructor(client: GatewayClient, handle: string) {
    this.client = client;
    this.handle = handle;
  }

  /** Submits a statement; its errors appear when results are fetched. */
  async execute(statement: string): Promise<GatewayOperation> {
    const { body } = await this.client.call('POST', `/v4/sessions/${this.handle}/statements`, {
      statement,
      executionTimeout: 0,
      executionConfig: null,
    });
    return new GatewayOperation(this, (body as { operationHandle: string }).operationHandle);
  }

  /** Runs a statement of an init file: DDL and settings only. */
  async configure(statement: string): Promise<void> {
    await this.client.call('POST', `/v4/sessions/${this.handle}/configure-session`, { statement, executionTimeout: 0 });
  }

  async properties(): Promise<Readonly<Record<string, string>>> {
    const { body } = await this.client.call('GET', `/v4/sessions/${this.handle}`);
    return (body as { properties: Record<string, string> }).properties;
  }

  async complete(statement: string, position: number): Promise<readonly string[]> {
    const path = `/v4/sessions/${this.handle}/complete-statement`;
    const { body } = await this.client.call('GET', path, { statement, position });
    return (body as { candidates: string[] }).candidates;
  }

  async heartbeat(): Promise<readonly string[]> {
    return (await this.client.call('POST', `/v4/sessions/${this.handle}/heartbeat`)).notices;
  }

  async close(): Promise<void> {
    await this.client.call('DELETE', `/v4/sessions/${this.handle}`);
  }
}

export class GatewayOperation {
  readonly #session: GatewaySession;
  readonly handle: string;

  constructor(session: GatewaySession, handle: string) {
    this.#session = session;
    this.handle = handle;
  }

  /** The page at a `next` of an earlier page, or the first. */
  async fetch(next: string | null): Promise<ResultPage> {
    const path = next ?? `${this.#path}/result/0?rowFormat=PLAIN_TEXT`;
    const { body, notices } = await this.#session.client.call('GET', path);
    return pageOf(body as FetchResultsBody, notices);
  }

  async cancel(): Promise<void> {
    await this.#session.client.call('POST', `${this.#path}/cancel`);
  }

  async close(): Promise<void> {
    await this.#session.client.call('DELETE', `${this.#path}/close`);
  }

  get #path(): string {
    return `/v4/sessions/${this.#session.handle}/operations/${this.handle}`;
  }
}

function pageOf(body: FetchResultsBody, notices: readonly string[]): ResultPage {
  const rows = (body.results?.data ?? []).map((row) => ({
    kind: row.kind,
    fields: row.fields.map((field) => (field === null ? null : String(field))),
  }));
  return {
    notReady: body.resultType === 'NOT_READY',
    columns: body.results?.columns ?? [],
    rows,
    isQuery: body.isQueryResult ?? false,
    jobId: body.jobID ?? null,
    resultKind: body.resultKind ?? '',
    next: body.nextResultUri ?? null,
    notices,
  };
}

function parseBody(text: string, notices: readonly string[]): unknown {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new EngineError('GATEWAY_PROTOCOL', `The gateway's answer is not JSON: ${text.slice(0, 100)}`);
  }
  const errors = (body as { errors?: unknown }).errors;
  if (Array.isArray(errors)) throw new GatewayError(errors.map(String), notices);
  return body;
}

/** Notices travel percent-encoded, one header value with a blank between two. */
function noticesOf(header: string | string[] | undefined): string[] {
  const value = Array.isArray(header) ? header.join(' ') : (header ?? '');
  return value === '' ? [] : value.split(' ').map(decodeURIComponent);
}

/** Flink's client shows the last cause, up to its first stack frame: `<exception class>: <message>`. */
function rootCause(errors: readonly string[]): string {
  const text = errors.join(', ');
  const last = text.split('Caused by: ').at(-1) as string;
  return (last.split('\n\tat ')[0] as string).replace(/\n?End of exception on server side>$/, '').trim();
}

function unreachableError(cause: Error): EngineError {
  return new EngineError('GATEWAY_UNREACHABLE', `The engine does not answer: ${cause.message}`, {
    cause,
    retryable: true,
  });
}
