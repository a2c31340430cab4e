/** Data types as SQL writes them: Flink's names, the standard's synonyms, and the suffixes ARRAY, MULTISET, NULL and NOT NULL. */
import { validationError } from '../base/error.ts';
import { type Field, type LogicalType, MAX_LENGTH, types, withNullable } from '../types/logical-type.ts';
import { parseIntervalUnit } from './parse-literal.ts';
import { contextError, syntaxError } from './syntax-error.ts';
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

/** For messages and completion. */
/** How an unknown name fails. */
type UnknownName = typeof contextError;

/** A type with its suffixes; nullable unless NOT NULL is said, which a query's CAST has no place for. */
export function parseType(
  cursor: TokenCursor,
  unknown: UnknownName,
  hasNullability = true,
  hasInterval = false,
): LogicalType {
  const parseNullability = hasNullability ? nullability : (_: TokenCursor, type: LogicalType): LogicalType => type;
  let type = parseNullability(
    cursor,
    cursor.nested(() =>
      hasInterval && cursor.token.word === 'INTERVAL' ? interval(cursor) : parseTypeName(cursor, unknown),
    ),
  );
  for (;;) {
    cursor.recordAll(['~MULTISET', '~ARRAY']);
    if (cursor.acceptWord('ARRAY')) type = parseNullability(cursor, types.array(type));
    else if (cursor.acceptWord('MULTISET')) type = parseNullability(cursor, types.multiset(type));
    else return type;
  }
}

function nullability(cursor: TokenCursor, type: LogicalType): LogicalType {
  if (cursor.acceptWord('NULL')) return withNullable(type, true);
  if (!cursor.acceptWord('NOT')) return type;
  cursor.expect('NULL');
  return withNullable(type, false);
}

function parseTypeName(cursor: TokenCursor, unknown: UnknownName): LogicalType {
  const { token } = cursor;
  cursor.record('<TYPE>');
  if (token.kind !== 'word') return parseUserType(cursor, unknown);
  const isKnown = Object.hasOwn(SIMPLE, token.word) && (token.word !== 'NULL' || unknown === contextError);
  const simple = isKnown ? SIMPLE[token.word] : undefined;
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
      return cursor.acceptWord('VARYING') ? varchar(cursor) : lengthType(cursor, 'CHAR', 1);
    case 'VARCHAR':
      cursor.advance();
      return varchar(cursor);
    case 'BINARY':
      cursor.advance();
      return cursor.acceptWord('VARYING')
        ? lengthType(cursor, 'VARBINARY', MAX_LENGTH)
        : lengthType(cursor, 'BINARY', 1);
    case 'VARBINARY':
      cursor.advance();
      return lengthType(cursor, 'VARBINARY', MAX_LENGTH);
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
      return types.timestampLtz(atMost(9, parameter(cursor, 6)));
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
  const { text, span } = cursor.token;
  const value = cursor.integer();
  if (value > MAX_LENGTH) throw syntaxError(`Literal '${text}' can not be parsed to type 'java.lang.Integer'`, span);
  cursor.expectSymbol(')');
  return value;
}

function varchar(cursor: TokenCursor): LogicalType {
  return lengthType(cursor, 'VARCHAR', MAX_LENGTH);
}

function lengthType(
  cursor: TokenCursor,
  kind: 'CHAR' | 'VARCHAR' | 'BINARY' | 'VARBINARY',
  fallback: number,
): LogicalType {
  return { kind, length: parameter(cursor, fallback), nullable: true };
}

/** What exceeds the most that Flink keeps is cut to it. */
function atMost(most: number, precision: number): number {
  return Math.min(precision, most);
}

function decimal(cursor: TokenCursor): LogicalType {
  if (!cursor.acceptSymbol('(')) return types.decimal(10, 0);
  const precision = cursor.integer();
  const scale = cursor.acceptSymbol(',') ? cursor.integer() : 0;
  cursor.expectSymbol(')');
  if (scale > precision)
    throw validationError(`Decimal scale must be between 0 and the precision ${precision} (both inclusive).`);
  return types.decimal(atMost(38, precision), atMost(38, scale));
}

function time(cursor: TokenCursor): LogicalType {
  const precision = atMost(9, parameter(cursor, 0));
  if (cursor.accept('WITHOUT')) cursor.expect('TIME', 'ZONE');
  return types.time(precision);
}

function timestamp(cursor: TokenCursor): LogicalType {
  const precision = atMost(9, parameter(cursor, 6));
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
  cursor.advance();
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
  cursor.defer(unknown(`Unknown identifier '${name.parts.join('.')}'`, name.span));
  return types.null();
}
