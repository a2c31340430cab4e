/** Data types as SQL writes them: Flink's names, the standard's synonyms, and the suffixes ARRAY, MULTISET, NULL and NOT NULL. */
import type { Span } from '../base/error.ts';
import { type Field, type LogicalType, MAX_LENGTH, types, withNullable } from '../types/logical-type.ts';
import { parseIntervalUnit } from './parse-literal.ts';
import { type contextError, syntaxError } from './syntax-error.ts';
import type { TokenCursor } from './token-cursor.ts';

const SIMPLE: Readonly<Record<string, () => LogicalType>> = {
  BOOLEAN: types.boolean,
  TINYINT: types.tinyint,
  SMALLINT: types.smallint,
  INT: types.int,
  INTEGER: types.int,
  BIGINT: types.bigint,
  FLOAT: types.float,
  REAL: types.float,
  DATE: types.date,
  STRING: types.string,
  BYTES: types.bytes,
  VARIANT: types.variant,
  BITMAP: types.bitmap,
  NULL: types.null,
  DESCRIPTOR: () => ({ kind: 'DESCRIPTOR', nullable: true }),
};

/** How an unknown name fails. */
type UnknownName = typeof contextError;

/** A type with its suffixes; nullable unless NOT NULL is said. */
export function parseType(cursor: TokenCursor, unknown: UnknownName): LogicalType {
  let type = parseNullability(
    cursor,
    cursor.nested(() => parseTypeName(cursor, unknown)),
  );
  for (;;) {
    if (cursor.acceptWord('ARRAY')) type = parseNullability(cursor, types.array(type));
    else if (cursor.acceptWord('MULTISET')) type = parseNullability(cursor, types.multiset(type));
    else return type;
  }
}

function parseNullability(cursor: TokenCursor, type: LogicalType): LogicalType {
  if (cursor.acceptWord('NULL')) return withNullable(type, true);
  if (!cursor.accept('NOT', 'NULL')) return type;
  return withNullable(type, false);
}

function parseTypeName(cursor: TokenCursor, unknown: UnknownName): LogicalType {
  const { token } = cursor;
  if (token.kind !== 'word') return parseUserType(cursor, unknown);
  const simple = Object.hasOwn(SIMPLE, token.word) ? SIMPLE[token.word] : undefined;
  if (simple) {
    cursor.advance();
    return simple();
  }
  const parameterised = parseParameterised(cursor, token.word, unknown);
  return parameterised ?? parseUserType(cursor, unknown);
}

function parseParameterised(cursor: TokenCursor, word: string, unknown: UnknownName): LogicalType | undefined {
  const { span } = cursor.token;
  switch (word) {
    case 'CHAR':
    case 'CHARACTER':
      cursor.advance();
      return cursor.acceptWord('VARYING') ? varchar(cursor, span) : lengthType(cursor, 'CHAR', 1, span);
    case 'VARCHAR':
      cursor.advance();
      return varchar(cursor, span);
    case 'BINARY':
      cursor.advance();
      return cursor.acceptWord('VARYING')
        ? lengthType(cursor, 'VARBINARY', 1, span)
        : lengthType(cursor, 'BINARY', 1, span);
    case 'VARBINARY':
      cursor.advance();
      return lengthType(cursor, 'VARBINARY', 1, span);
    case 'DECIMAL':
    case 'DEC':
    case 'NUMERIC':
      cursor.advance();
      return decimal(cursor);
    case 'DOUBLE':
      cursor.advance();
      cursor.acceptWord('PRECISION');
      return types.double();
    case 'TIME':
      cursor.advance();
      return time(cursor);
    case 'TIMESTAMP':
      cursor.advance();
      return timestamp(cursor);
    case 'TIMESTAMP_LTZ':
      cursor.advance();
      return types.timestampLtz(checkPrecision(parameter(cursor, 6), 9, 'TIMESTAMP_LTZ'));
    case 'INTERVAL':
      cursor.advance();
      return interval(cursor);
    case 'ARRAY':
    case 'MULTISET':
      cursor.advance();
      return collection(cursor, word, unknown);
    case 'MAP':
      return cursor.peek(1).word === '<' ? map(cursor, unknown) : undefined;
    case 'ROW':
      cursor.advance();
      return row(cursor, unknown);
    case 'RAW':
    case 'STRUCTURED':
      throw unknown(`Unknown identifier '${word}'`, span);
    default:
      return undefined;
  }
}

/** `(n)` or the default. */
function parameter(cursor: TokenCursor, fallback: number): number {
  if (!cursor.acceptSymbol('(')) return fallback;
  const value = cursor.integer();
  cursor.expectSymbol(')');
  return value;
}

function varchar(cursor: TokenCursor, span: Span): LogicalType {
  return lengthType(cursor, 'VARCHAR', 1, span);
}

function lengthType(
  cursor: TokenCursor,
  kind: 'CHAR' | 'VARCHAR' | 'BINARY' | 'VARBINARY',
  fallback: number,
  span: Span,
): LogicalType {
  const length = parameter(cursor, fallback);
  if (length > MAX_LENGTH)
    throw syntaxError(`Length of ${kind} must be at most ${MAX_LENGTH}, but was ${length}`, span);
  return { kind, length, nullable: true };
}

function checkPrecision(precision: number, most: number, name: string): number {
  if (precision <= most) return precision;
  const noun = name.startsWith('TIMESTAMP') ? 'Timestamp' : 'Time';
  const span = { start: 0, end: 0, line: 1, column: 1, endLine: 1, endColumn: 1 };
  throw syntaxError(`${noun} precision must be between 0 and ${most} (both inclusive).`, span);
}

function decimal(cursor: TokenCursor): LogicalType {
  if (!cursor.acceptSymbol('(')) return types.decimal(10, 0);
  const precision = cursor.integer();
  const scale = cursor.acceptSymbol(',') ? cursor.integer() : 0;
  cursor.expectSymbol(')');
  return types.decimal(precision, scale);
}

function time(cursor: TokenCursor): LogicalType {
  const precision = checkPrecision(parameter(cursor, 0), 9, 'TIME');
  if (cursor.accept('WITHOUT')) cursor.expect('TIME', 'ZONE');
  return types.time(precision);
}

function timestamp(cursor: TokenCursor): LogicalType {
  const precision = checkPrecision(parameter(cursor, 6), 9, 'TIMESTAMP');
  if (cursor.acceptWord('WITHOUT')) {
    cursor.acceptWord('LOCAL');
    cursor.expect('TIME', 'ZONE');
  } else if (cursor.acceptWord('WITH')) {
    cursor.expect('LOCAL', 'TIME', 'ZONE');
    return types.timestampLtz(precision);
  }
  return types.timestamp(precision);
}

/** Flink keeps two resolutions, months and milliseconds, whatever the unit says. */
function interval(cursor: TokenCursor): LogicalType {
  const unit = parseIntervalUnit(cursor);
  return /^(YEAR|QUARTER|MONTH)/.test(unit) ? types.intervalMonth(unit) : types.intervalDay(unit);
}

function collection(cursor: TokenCursor, word: 'ARRAY' | 'MULTISET', unknown: UnknownName): LogicalType {
  cursor.expectSymbol('<');
  const element = parseType(cursor, unknown);
  cursor.expectSymbol('>');
  return word === 'ARRAY' ? types.array(element) : types.multiset(element);
}

function map(cursor: TokenCursor, unknown: UnknownName): LogicalType {
  cursor.advance();
  cursor.expectSymbol('<');
  const key = parseType(cursor, unknown);
  cursor.expectSymbol(',');
  const value = parseType(cursor, unknown);
  cursor.expectSymbol('>');
  return types.map(key, value);
}

/** `ROW<name type ['comment'], …>` or the same in parentheses; `<>` of an empty row is one token. */
function row(cursor: TokenCursor, unknown: UnknownName): LogicalType {
  if (cursor.acceptSymbol('<>')) return types.row([]);
  const close = cursor.acceptSymbol('<') ? '>' : ')';
  if (close === ')') cursor.expectSymbol('(');
  const fields: Field[] = [];
  if (cursor.acceptSymbol(close)) return types.row([]);
  do {
    const { name } = cursor.identifier();
    const type = parseType(cursor, unknown);
    fields.push(cursor.token.kind === 'string' ? { name, type, comment: cursor.string() } : { name, type });
  } while (cursor.acceptSymbol(','));
  cursor.expectSymbol(close);
  return types.row(fields);
}

/** Any other name: Flink reads it as a type of the user's and then does not find it. */
function parseUserType(cursor: TokenCursor, unknown: UnknownName): LogicalType {
  const name = cursor.compoundIdentifier();
  throw unknown(`Unknown identifier '${name.parts.join('.')}'`, name.span);
}
