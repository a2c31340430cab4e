/** Flink's texts and exception classes for statements that do not parse. */
import { EngineError, type Span } from '../base/error.ts';
import { expectation } from './expected-tokens.ts';
import { type Token, tokenImage } from './token.ts';

const PARSER_EXCEPTION = 'org.apache.flink.table.api.SqlParserException';
const EOF_EXCEPTION = 'org.apache.flink.table.api.SqlParserEOFException';
const PARSE_EXCEPTION = 'org.apache.flink.sql.parser.impl.ParseException';
const CALCITE_EXCEPTION = 'org.apache.calcite.runtime.CalciteException';
const CONTEXT_EXCEPTION = 'org.apache.calcite.runtime.CalciteContextException';
const VALIDATOR_EXCEPTION = 'org.apache.calcite.sql.validate.SqlValidatorException';

/** Where a name could stand, an unquoted keyword is the mistake. */
const NAME_PLACES = new Set(['<IDENTIFIER>', '<OPERAND>', '<TABLE>']);

/** `SQL parse failed. …`; the cause bears `causeClass` and the bare text. */
export function syntaxError(message: string, span: Span, causeClass = CALCITE_EXCEPTION): EngineError {
  const cause = new EngineError('SQL_SYNTAX', message, { exceptionClass: causeClass, span });
  return new EngineError('SQL_SYNTAX', `SQL parse failed. ${message}`, {
    exceptionClass: PARSER_EXCEPTION,
    span,
    cause,
  });
}

/**
 * The tokens that cannot stand here, and what could. `<EOF>` alone tells a shell to read on.
 * `expected` holds words and symbols as the grammar names them.
 */
export function unexpectedTokens(tokens: readonly Token[], expected: readonly string[], hint?: string): EngineError {
  const [token] = tokens;
  if (!token)
    return syntaxError('Encountered nothing', { start: 0, end: 0, line: 0, column: 0, endLine: 0, endColumn: 0 });
  const { line, column } = token.span;
  if (token.kind === 'error')
    return syntaxError(token.value, token.span, 'org.apache.flink.sql.parser.impl.TokenMgrError');
  const wanted = `${expectation(expected, token.word)}${hint === undefined ? '' : `\n${hint}`}`;
  const isKeyword = token.reserved && token.text === token.word && expected.some((word) => NAME_PLACES.has(word));
  const what = isKeyword
    ? `Incorrect syntax near the keyword '${token.text}' at line ${line}, column ${column}.`
    : `Encountered "${tokens.map(tokenImage).join(' ')}" at line ${line}, column ${column}.`;
  const message = `${what}${wanted}`;
  const isEnd = token.kind === 'eof';
  const cause = new EngineError('SQL_SYNTAX', message, { exceptionClass: PARSE_EXCEPTION, span: token.span });
  return new EngineError('SQL_SYNTAX', isEnd ? message : `SQL parse failed. ${message}`, {
    exceptionClass: isEnd ? EOF_EXCEPTION : PARSER_EXCEPTION,
    span: token.span,
    cause,
  });
}

/** What Flink's parser refuses after it has read a statement. */
export function declarationError(message: string): EngineError {
  return new EngineError('SQL_VALIDATION', message, {
    exceptionClass: 'org.apache.flink.sql.parser.error.SqlValidateException',
  });
}

/** `SQL parse failed. …` where Calcite's validator gives the text. */
export function validatorError(message: string, span: Span): EngineError {
  return syntaxError(message, span, VALIDATOR_EXCEPTION);
}

/** `SQL parse failed. …` where the grammar itself throws. */
export function grammarError(message: string, span: Span): EngineError {
  return syntaxError(message, span, PARSE_EXCEPTION);
}

/** Calcite's validation error at a place: `From line 1, column 8 to line 1, column 10: …`. */
export function contextError(message: string, span: Span): EngineError {
  const cause = new EngineError('SQL_VALIDATION', message, { exceptionClass: VALIDATOR_EXCEPTION, span });
  return new EngineError('SQL_VALIDATION', `${placeOf(span)}: ${message}`, {
    exceptionClass: CONTEXT_EXCEPTION,
    span,
    cause,
  });
}

/** The same as a query's validation shows it: `SQL validation failed. …`. */
export function queryError(message: string, span: Span, causeClass = VALIDATOR_EXCEPTION): EngineError {
  const cause = new EngineError('SQL_VALIDATION', message, { exceptionClass: causeClass, span });
  return new EngineError('SQL_VALIDATION', `SQL validation failed. ${placeOf(span)}: ${message}`, { span, cause });
}

/** `At line 1, column 8` for one character, else `From line … to line …`; the end is the last character. */
function placeOf(span: Span): string {
  if (span.line === span.endLine && span.column >= span.endColumn) return `At line ${span.line}, column ${span.column}`;
  return `From line ${span.line}, column ${span.column} to line ${span.endLine}, column ${span.endColumn}`;
}
