/** What an endpoint is: method, path, versions, and what it does. A file of `routes/` holds one. */
import type { Engine } from '../engine/engine.ts';
import type { Operation } from '../engine/operation.ts';
import type { Session } from '../engine/session.ts';
import type { RestError } from './rest-error.ts';

/** What an engine process lets its endpoints do with its own faces. */
export interface Face {
  /** Opens a TCP port (0: a free one) and gives its number. A token is required on addresses that others can reach. */
  listen(options: { host: string; port: number; names: readonly string[]; token: string | null }): Promise<number>;
}

export interface RouteRequest {
  readonly engine: Engine;
  readonly face: Face | null;
  /** It came over the Unix socket. */
  readonly isLocal: boolean;
  /** `v1` … `v4`, or the newest where the path had no version. */
  readonly version: number;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The JSON body; `{}` when there is none. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Resolves when the client has hung up. */
  gone(): Promise<void>;
  /** Words to the client beside the answer; other clients do not see them. */
  notice(text: string): void;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE' | 'PATCH';
  /** `/sessions/:session_handle`. */
  readonly path: string;
  readonly since: number;
  readonly until?: number;
  /** Flink's name of the request body, for texts of malformed ones. */
  readonly requestName: string;
  handle(request: RouteRequest): Promise<object>;
  /** Of a success; 200 when absent. */
  readonly status?: number;
  /** How an error of `handle` is shaped. */
  error(error: unknown): RestError;
}

export const NEWEST_VERSION = 4;

export function defineRoute(route: Route): Route {
  return route;
}

/** The session that the path names; every such call keeps it alive. */
export function sessionOf(request: RouteRequest): Session {
  return request.engine.session(request.params['session_handle'] ?? '');
}

export function operationOf(request: RouteRequest): Operation {
  return sessionOf(request).operation(request.params['operation_handle'] ?? '');
}

/** A string field of the body, or a default. */
export function textField(body: Readonly<Record<string, unknown>>, name: string, fallback = ''): string {
  const value = body[name];
  return typeof value === 'string' ? value : fallback;
}

/** A map of strings in the body. */
export function mapField(body: Readonly<Record<string, unknown>>, name: string): Record<string, string> {
  const value = body[name];
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, String(inner)]));
}

/** The details of the job that the path names. Throws a {@link JobNotFound}. */
export function jobOf(request: RouteRequest): ReturnType<Engine['jobs']['details']> {
  const id = request.params['jobid'] ?? '';
  const found = request.engine.jobs.list().some((job) => job.id === id);
  if (!found) throw new JobNotFound(id);
  return request.engine.jobs.details(id);
}

/** What JobManager endpoints answer with 404. */
class JobNotFound extends Error {
  readonly jobId: string;
  constructor(jobId: string) {
    super(`Job ${jobId} not found`);
    this.jobId = jobId;
  }
}
