/** Errors of validation with Flink's chain of exceptions and Calcite's positions. */
import { EngineError, type Span, tableError } from '../base/error.ts';

const VALIDATOR = 'org.apache.calcite.sql.validate.SqlValidatorException';
const CONTEXT = 'org.apache.calcite.runtime.CalciteContextException';

/** `From line 1, column 8 to line 1, column 10`, or `At line 1, column 8` for a single character. */
function positionOf(span: Span): string {
  const [line, column] = lastPlaceOf(span);
  if (line === span.line && column === span.column) return `At line ${line}, column ${column}`;
  return `From line ${span.line}, column ${span.column} to line ${line}, column ${column}`;
}

/** Line and column of the last character of a span. */
function lastPlaceOf(span: Span): [number, number] {
  return [span.endLine, span.endColumn];
}

/** A wrong statement in the words of Calcite's validator: `SQL validation failed. From line …: text`. */
export function bindError(text: string, span: Span): EngineError {
  const context = contextError(text, span);
  return new EngineError('SQL_VALIDATION', `SQL validation failed. ${context.message}`, { span, cause: context });
}

/** The same without Flink's wrapping, as DDL statements show it. */
function contextError(text: string, span: Span, exceptionClass: string = VALIDATOR): EngineError {
  const root = new EngineError('SQL_VALIDATION', text, { exceptionClass });
  return new EngineError('SQL_VALIDATION', `${positionOf(span)}: ${text}`, {
    exceptionClass: CONTEXT,
    span,
    cause: root,
  });
}

/** A validation failure without a place: `SQL validation failed. text`. */
export function bareError(text: string, exceptionClass?: string): EngineError {
  const root = new EngineError('SQL_VALIDATION', text, exceptionClass === undefined ? {} : { exceptionClass });
  return new EngineError('SQL_VALIDATION', `SQL validation failed. ${text}`, { cause: root });
}

/** Flink's refusal of a query that is right but cannot be planned. */
export function planError(text: string, exceptionClass = 'org.apache.flink.table.api.TableException'): EngineError {
  return new EngineError('SQL_VALIDATION', text, { exceptionClass });
}

/** The same, as the optimizer says it when no rule can plan a node. */
export function noPlanError(text: string): EngineError {
  return tableError(
    `Sql optimization: Cannot generate a valid execution plan for the given query: \n\n${text}\nPlease check the documentation for the set of currently supported SQL features.`,
    tableError(text),
  );
}

/** True for what Calcite's validator refuses, as opposed to what the planner cannot do with a valid query. */
export function isInvalid(error: unknown): boolean {
  return error instanceof EngineError && error.message.startsWith('SQL validation failed.');
}

/** DDL shows the inner exception of a failed validation. */
export function unwrapForDdl(error: unknown): unknown {
  if (!(error instanceof EngineError) || !(error.cause instanceof EngineError)) return error;
  return error.cause.exceptionClass === CONTEXT ? error.cause : error;
}

/** A span around two others. */
export function spanAround(from: Span, to: Span): Span {
  return { ...from, end: to.end, endLine: to.endLine, endColumn: to.endColumn };
}
