/** The one error class of the engine. It carries what Flink's REST face shows: an exception class and a chain of causes. */

/** Who must act, then what happened: `SQL_SYNTAX`, `SQL_VALIDATION`, `CATALOG_…`, `OPTION_…`, `CONNECTOR_…`, `FORMAT_…`, `JOB_…`, `CHECKPOINT_…`, `GATEWAY_…`, `INTERNAL`. */
export type ErrorCode =
  | 'SQL_SYNTAX'
  | 'SQL_VALIDATION'
  | 'INTERNAL'
  | `${'CATALOG' | 'OPTION' | 'CONNECTOR' | 'FORMAT' | 'JOB' | 'CHECKPOINT' | 'GATEWAY'}_${string}`;

/** A place in a statement: offsets in UTF-16 units, `end` exclusive; `line` and `column` count from 1. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface ErrorDetails {
  /** Fully qualified Java class that Flink would throw; `org.apache.flink.table.api.ValidationException` when absent. */
  readonly exceptionClass?: string;
  readonly span?: Span;
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

export class EngineError extends Error {
  readonly code: ErrorCode;
  readonly exceptionClass: string;
  readonly span: Span | undefined;
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'EngineError';
    this.code = code;
    this.exceptionClass = details.exceptionClass ?? 'org.apache.flink.table.api.ValidationException';
    this.span = details.span;
    this.retryable = details.retryable ?? false;
  }
}

/** A wrong statement, found after parsing: Flink's ValidationException. */
export function validationError(message: string, span?: Span, cause?: unknown): EngineError {
  return new EngineError('SQL_VALIDATION', message, {
    ...(span ? { span } : {}),
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Flink's `TableException`: a statement that is right but cannot be run. */
export function tableError(message: string, cause?: unknown): EngineError {
  return new EngineError('SQL_VALIDATION', message, {
    exceptionClass: 'org.apache.flink.table.api.TableException',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Ends a switch over a union that has been exhausted. */
export function unreachable(value: never): never {
  throw new EngineError('INTERNAL', `unexpected value ${JSON.stringify(value)}`);
}

/** States what must hold if the program is right. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new EngineError('INTERNAL', message);
}

/** Whether code that follows the depth of its input went too deep for the stack. */
export function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message === 'Maximum call stack size exceeded';
}

/** What has no room on the stack: trees are walked by recursion, so a chain of thousands of operators is too much. */
export function tooLargeError(): EngineError {
  return tableError(
    'The statement is nested too deeply or too long to be planned. Put long lists of values into a table or a view and join it.',
  );
}

/** The text of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
