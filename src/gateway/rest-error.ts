/** Error bodies exactly as Flink's gateway shapes them: `{"errors":[…]}` with Java's stack texts, frames aside. */
import { EngineError, messageOf } from '../base/error.ts';
import { jacksonMessage } from './json-error.ts';

export interface RestError {
  readonly status: number;
  readonly errors: readonly string[];
}

const GATEWAY_EXCEPTION = 'org.apache.flink.table.gateway.api.utils.SqlGatewayException';
const HANDLER_EXCEPTION = 'org.apache.flink.runtime.rest.handler.RestHandlerException';
const FRAME = '\tat millrace.engine(Unknown Source)\n';

export function notFound(uri: string): RestError {
  return { status: 404, errors: [`Not found: ${uri}`] };
}

/** A body that is no JSON, or not of the request's shape. */
export function badBody(requestName: string, text: string, cause: unknown): RestError {
  const links = [
    [HANDLER_EXCEPTION, `Request did not match expected format ${requestName}.`],
    [
      'org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonParseException',
      jacksonMessage(text, messageOf(cause)),
    ],
  ] as const;
  return { status: 400, errors: [stackText(links)] };
}

/** A path or query parameter that cannot be read. */
export function badParameter(kind: 'path' | 'query', name: string, value: string): RestError {
  const text = `Cannot resolve ${kind} parameter (${name}) from value "${value}".`;
  const links = [
    [HANDLER_EXCEPTION, `Bad request, could not parse parameters: ${text}`],
    ['org.apache.flink.runtime.rest.handler.HandlerRequestException', text],
  ] as const;
  return { status: 400, errors: [stackText(links)] };
}

/** An error that a handler reports itself: `Failed to <action>.` twice, then the causes. */
export function handlerError(action: string, error: unknown): RestError {
  const text = `Failed to ${action}.`;
  return {
    status: 500,
    errors: [stackText([[HANDLER_EXCEPTION, text], [GATEWAY_EXCEPTION, text], ...linksOf(error)])],
  };
}

/** A JobManager endpoint failed: 404 with Flink's two links for an unknown job, else one text. */
export function jobManagerError(error: unknown): RestError {
  if (error instanceof StatusError)
    return { status: error.status, errors: [stackText([[error.exceptionClass, error.message]])] };
  const id = (error as { jobId?: unknown } | null)?.jobId;
  if (typeof id !== 'string') return { status: 500, errors: ['Internal server error.', stackText(linksOf(error))] };
  const links = [
    ['org.apache.flink.runtime.rest.NotFoundException', `Job ${id} not found`],
    ['org.apache.flink.runtime.messages.FlinkJobNotFoundException', `Could not find Flink job (${id})`],
  ] as const;
  return { status: 404, errors: [stackText(links)] };
}

/** An answer of its own status. */
export class StatusError extends Error {
  readonly status: number;
  readonly exceptionClass: string;

  constructor(status: number, message: string, exceptionClass = HANDLER_EXCEPTION) {
    super(message);
    this.status = status;
    this.exceptionClass = exceptionClass;
  }
}

/** An error that nobody caught on its way: two texts. `outer` are the gateway's own links around the causes. */
export function uncaughtError(outer: ReadonlyArray<readonly [string, string]>, error: unknown): RestError {
  const text = stackText([...outer, ...linksOf(error)]);
  return {
    status: 500,
    errors: ['Internal server error.', `<Exception on server side:\n${text}\nEnd of exception on server side>`],
  };
}

/** `SqlGatewayException: Failed to <action>.` */
export function failedTo(action: string): readonly [string, string] {
  return [GATEWAY_EXCEPTION, `Failed to ${action}.`];
}

/** The outer links of a failed fetch: Java wraps the exception once more with its own text. */
export const FETCH_FAILED: ReadonlyArray<readonly [string, string]> = [
  [GATEWAY_EXCEPTION, `${GATEWAY_EXCEPTION}: Failed to fetchResults.`],
  failedTo('fetchResults'),
];

/** The chain of causes. What a library threw is told by the EngineError around it, and is not shown by itself. */
function linksOf(error: unknown): Array<readonly [string, string]> {
  const links: Array<readonly [string, string]> = [];
  for (let at: unknown = error; at instanceof EngineError; at = at.cause)
    links.push([at.exceptionClass, messageOf(at)]);
  return links.length > 0 ? links : [['java.lang.RuntimeException', messageOf(error)]];
}

function stackText(links: ReadonlyArray<readonly [string, string]>): string {
  return links
    .map(
      ([name, message], i) => `${i === 0 ? '' : 'Caused by: '}${name}${message === '' ? '' : `: ${message}`}\n${FRAME}`,
    )
    .join('');
}
