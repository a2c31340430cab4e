/** Literals: strings in their forms, bytes, dates and times, intervals, and units of time. */
import type { Span } from '../base/error.ts';
import { types } from '../types/logical-type.ts';
import type { SqlExpression } from './ast.ts';
import { beginsOperand } from './operand-start.ts';
import { queryError, validatorError } from './syntax-error.ts';
import type { TokenCursor } from './token-cursor.ts';

const UNITS: ReadonlyMap<string, string> = new Map(
  ['YEAR', 'QUARTER', 'MONTH', 'WEEK', 'DAY', 'HOUR', 'MINUTE', 'SECOND'].flatMap((unit) => [
    [unit, unit],
    [`${unit}S`, unit],
  ]),
);

/** Which unit may follow TO. */
const LAST_UNITS: Readonly<Record<string, readonly string[]>> = {
  YEAR: ['MONTH'],
  DAY: ['HOUR', 'MINUTE', 'SECOND'],
  HOUR: ['MINUTE', 'SECOND'],
  MINUTE: ['SECOND'],
};

/** A string literal and those that continue it on further lines. */
export function parseString(cursor: TokenCursor): SqlExpression {
  const first = cursor.advance();
  let value = first.charset === 'U&' ? unescapeUnicode(cursor, first.value, first.span) : first.value;
  let line = first.span.endLine;
  while (cursor.token.kind === 'string' && cursor.token.charset === undefined) {
    const next = cursor.token;
    if (next.span.line === line) throw queryError('String literal continued on same line', next.span);
    line = next.span.endLine;
    value += cursor.advance().value;
  }
  const span = cursor.spanFrom(first.span);
  if (first.charset === undefined || first.charset === 'U&') return { kind: 'string', value, span };
  return { kind: 'string', value, charset: first.charset.replace(/^_/, ''), span };
}

/** `U&'\0041' [UESCAPE '!']`. */
function unescapeUnicode(cursor: TokenCursor, text: string, span: Span): string {
  let escapeCharacter = '\\';
  if (cursor.acceptWord('UESCAPE')) escapeCharacter = cursor.string();
  let result = '';
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== escapeCharacter) {
      result += text[i];
    } else if (text[i + 1] === escapeCharacter) {
      result += escapeCharacter;
      i++;
    } else {
      const hex = text.slice(i + 1, i + 5);
      if (!/^[0-9a-fA-F]{4}$/.test(hex))
        throw queryError(`Unicode escape sequence starting at character ${i} is not exactly four hex digits`, span);
      result += String.fromCharCode(Number.parseInt(hex, 16));
      i += 4;
    }
  }
  return result;
}

/** `x'0A1B'`, perhaps continued on further lines. */
export function parseBinary(cursor: TokenCursor): SqlExpression {
  const first = cursor.advance();
  let hexits = first.value;
  let line = first.span.endLine;
  while (cursor.token.kind === 'string' && cursor.token.charset === undefined) {
    const next = cursor.advance();
    if (next.span.line === line) throw queryError('String literal continued on same line', next.span);
    line = next.span.endLine;
    hexits += next.value;
  }
  const span = cursor.spanFrom(first.span);
  if (!/^[0-9a-fA-F]*$/.test(hexits))
    throw validatorError("Binary literal string must contain only characters '0' - '9', 'A' - 'F'", span);
  if (hexits.length % 2 !== 0) throw queryError('Binary literal string must contain an even number of hexits', span);
  return { kind: 'binary', value: new Uint8Array(Buffer.from(hexits, 'hex')), span };
}

/** `DATE '…'`, `TIME '…'`, `TIMESTAMP '…'`: the cursor stands on the word, a string follows. */
export function parseDateTime(cursor: TokenCursor): SqlExpression {
  const word = cursor.advance();
  const text = cursor.string();
  const span = cursor.spanFrom(word.span);
  const type = word.word as 'DATE' | 'TIME' | 'TIMESTAMP';
  checkDateTime(type, text, span);
  return { kind: 'datetime', type, text, span };
}

/** `TIMESTAMP WITH LOCAL TIME ZONE '…'`: a timestamp read in the session's zone. */
export function parseLocalTimestamp(cursor: TokenCursor): SqlExpression {
  const { span: start } = cursor.advance();
  cursor.expect('WITH', 'LOCAL', 'TIME', 'ZONE');
  const text = cursor.string();
  const span = cursor.spanFrom(start);
  checkDateTime('TIMESTAMP', text, span);
  const digits = /\.(\d*)$/.exec(text)?.[1]?.length ?? 0;
  const operand: SqlExpression = { kind: 'datetime', type: 'TIMESTAMP', text, span };
  return { kind: 'cast', operand, type: types.timestampLtz(digits), safe: false, span };
}

const DATE = String.raw`(\d{1,9})-(\d{1,2})-(\d{1,2})`;
const TIME = String.raw`(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d*))?`;
const FORMS = {
  DATE: [new RegExp(`^${DATE}$`), 'yyyy-MM-dd'],
  TIME: [new RegExp(`^${TIME}$`), 'HH:mm:ss'],
  TIMESTAMP: [new RegExp(`^${DATE}(?: +${TIME})?$`), 'yyyy-MM-dd HH:mm:ss'],
} as const;

function checkDateTime(type: 'DATE' | 'TIME' | 'TIMESTAMP', text: string, span: Span): void {
  const [form, pattern] = FORMS[type];
  // Blanks in front are read over, behind they are not; years beyond the calendar are refused later.
  const match = form.exec(text.trimStart());
  if (match && isRealTime(type, match.slice(1).map(Number))) return;
  const cause = `Illegal ${type} literal '${text}': not in format '${pattern}'`;
  throw queryError(cause, span, 'org.apache.calcite.runtime.CalciteException');
}

function isRealTime(type: 'DATE' | 'TIME' | 'TIMESTAMP', parts: readonly number[]): boolean {
  const [hour = 0, minute = 0, second = 0] = type === 'TIME' ? parts : parts.slice(3);
  if (hour > 23 || minute > 59 || second > 59) return false;
  if (type === 'TIME') return true;
  const [year = 0, month = 0, day = 0] = parts;
  if (year === 0 || month < 1 || month > 12 || day < 1) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return day <= (month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31);
}

/** `INTERVAL [-] '…' unit`, `INTERVAL 5 DAY`, `INTERVAL (expr) DAY`: the cursor stands on INTERVAL. */
export function parseInterval(cursor: TokenCursor): SqlExpression {
  if (!beginsOperand(cursor.peek(1))) {
    cursor.markLookahead(2);
    return cursor.unexpected();
  }
  const { span: start } = cursor.advance();
  const sign = cursor.acceptSymbol('-') ? -1 : 1;
  if (sign === 1) cursor.acceptSymbol('+');
  if (cursor.token.kind === 'string' || cursor.token.kind === 'number') {
    const token = cursor.advance();
    const unit = parseIntervalUnit(cursor);
    return { kind: 'interval', text: token.value, sign, unit, span: cursor.spanFrom(start) };
  }
  const operand = cursor.acceptSymbol('(')
    ? closeParenthesis(cursor, cursor.expression())
    : cursor.compoundIdentifier();
  const unitSpan = cursor.token.span;
  const symbol: SqlExpression = {
    kind: 'symbol',
    name: parseIntervalUnit(cursor),
    span: cursor.spanFrom(unitSpan),
  };
  const span = cursor.spanFrom(start);
  return { kind: 'operator', operator: 'INTERVAL', operands: [operand, symbol], operatorSpan: start, span };
}

function closeParenthesis<T>(cursor: TokenCursor, value: T): T {
  cursor.expectSymbol(')');
  return value;
}

/** True when a unit of intervals is ahead; plural words only with `plural`. */
export function seesIntervalUnit(cursor: TokenCursor, plural: boolean): boolean {
  const { kind, word } = cursor.token;
  return kind === 'word' && UNITS.has(word) && (plural || UNITS.get(word) === word);
}

/** `DAY`, `YEARS`, `DAY(3) TO SECOND(6)`: in normal form. */
export function parseIntervalUnit(cursor: TokenCursor): string {
  for (const word of UNITS.keys()) cursor.record(word);
  if (!seesIntervalUnit(cursor, true)) return cursor.unexpected();
  const first = UNITS.get(cursor.advance().word) ?? '';
  let text = first + parsePrecision(cursor);
  const last = LAST_UNITS[first];
  if (last && cursor.isWord('TO')) {
    const { word } = cursor.peek(1);
    const unit = UNITS.get(word);
    if (unit !== undefined && last.includes(unit)) {
      cursor.advance();
      cursor.advance();
      text += ` TO ${unit}${parsePrecision(cursor)}`;
    } else cursor.markLookahead(2);
  }
  return text;
}

function parsePrecision(cursor: TokenCursor): string {
  if (!cursor.acceptSymbol('(')) return '';
  let text = `(${cursor.integer()}`;
  if (cursor.acceptSymbol(',')) text += `, ${cursor.integer()}`;
  cursor.expectSymbol(')');
  return `${text})`;
}
