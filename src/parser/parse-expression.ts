/**
 * Expressions, by precedence climbing with Calcite's numbers. Operands with words of their own are in `parse-function.ts`
 * and `parse-literal.ts`.
 */
import type { Span } from '../base/error.ts';
import type { SqlExpression } from './ast.ts';
import { beginsOperand, viableTokens } from './operand-start.ts';
import { parsePrimaryWord } from './parse-function.ts';
import { parseExpressionList } from './parse-list.ts';
import { parseBinary, parseIntervalUnit, parseString, seesIntervalUnit } from './parse-literal.ts';
import { queryError, syntaxError, validatorError } from './syntax-error.ts';
import type { Token } from './token.ts';
import type { TokenCursor } from './token-cursor.ts';

/** Left precedence of binary operators; the right one is higher by one, since all associate to the left. */
const BINARY: ReadonlyMap<string, number> = new Map([
  ['OR', 22],
  ['AND', 24],
  ['=', 30],
  ['<>', 30],
  ['!=', 30],
  ['<', 30],
  ['>', 30],
  ['<=', 30],
  ['>=', 30],
  ['OVERLAPS', 30],
  ['CONTAINS', 30],
  ['PRECEDES', 30],
  ['SUCCEEDS', 30],
  ['EQUALS', 30],
  ['+', 40],
  ['-', 40],
  ['*', 60],
  ['/', 60],
  ['%', 60],
  ['||', 60],
]);
/** What may follow a query in parentheses; Flink's lists have it behind any expression in them. */
const QUERY_ENDS = ['EXCEPT', 'FETCH', 'INTERSECT', 'LIMIT', 'OFFSET', 'ORDER', 'MINUS', 'UNION'];
const COMPARISONS = new Set(['=', '<>', '<', '>', '<=', '>=']);
const IS = 28;
const DISTINCT_FROM = 40;
const LIKE = 32;
const NOT = 26;
const UNARY = 80;
const ABOVE_AND = 25;

export function parseExpression(cursor: TokenCursor, minimum = 0): SqlExpression {
  let left = parsePrefixed(cursor);
  for (;;) {
    const next = parseInfix(cursor, left, minimum);
    if (!next) return left;
    left = next;
  }
}

function parsePrefixed(cursor: TokenCursor): SqlExpression {
  const { token } = cursor;
  if (token.kind === 'symbol' && (token.word === '-' || token.word === '+'))
    return parsePrefix(cursor, token.word, UNARY);
  if (token.kind === 'word') {
    if (token.word === 'NOT') return parsePrefix(cursor, 'NOT', NOT);
    if (token.word === 'EXISTS') return parseExists(cursor);
  }
  return parseAtom(cursor);
}

function parsePrefix(cursor: TokenCursor, operator: string, precedence: number): SqlExpression {
  const { span: start } = cursor.advance();
  const operand = cursor.nested(() => parseExpression(cursor, precedence));
  return { kind: 'operator', operator, operands: [operand], operatorSpan: start, span: cursor.spanFrom(start) };
}

function parseExists(cursor: TokenCursor): SqlExpression {
  const { span: start } = cursor.advance();
  const operand = parseAtom(cursor);
  const span = cursor.spanFrom(start);
  if (operand.kind === 'subquery') return { kind: 'exists', query: operand.query, span };
  return { kind: 'operator', operator: 'EXISTS', operands: [operand], operatorSpan: start, span };
}

/** The operator ahead with its right side, when it binds tighter than `minimum`. */
function parseInfix(cursor: TokenCursor, left: SqlExpression, minimum: number): SqlExpression | undefined {
  const { token } = cursor;
  cursor.record('<INFIX>');
  if (token.kind !== 'word' && token.kind !== 'symbol') return undefined;
  const precedence = BINARY.get(token.word);
  if (precedence !== undefined) return precedence < minimum ? undefined : parseBinaryOperator(cursor, left, precedence);
  if (token.kind !== 'word') return undefined;
  switch (token.word) {
    case 'IS':
      return parseIs(cursor, left, minimum);
    case 'NOT':
    case 'IN':
    case 'BETWEEN':
    case 'LIKE':
    case 'ILIKE':
    case 'RLIKE':
    case 'SIMILAR':
      return LIKE < minimum ? undefined : parsePredicate(cursor, left);
    case 'MEMBER':
    case 'SUBMULTISET':
      return 30 < minimum ? undefined : parseWordOperator(cursor, left, `${token.word} OF`, 31);
    case 'IMMEDIATELY':
      return 30 < minimum ? undefined : parseWordOperator(cursor, left, `IMMEDIATELY ${cursor.peek(1).word}`, 31);
    case 'MULTISET':
      return parseMultisetOperator(cursor, left, minimum);
    case 'FORMAT':
      return IS < minimum || !cursor.sees('FORMAT', 'JSON')
        ? undefined
        : parseWordOperator(cursor, left, 'FORMAT JSON', null);
    default:
      return undefined;
  }
}

function parseBinaryOperator(cursor: TokenCursor, left: SqlExpression, precedence: number): SqlExpression | undefined {
  const { token } = cursor;
  const next = cursor.peek(1);
  if (COMPARISONS.has(token.word) && next.kind === 'word' && ['ALL', 'ANY', 'SOME'].includes(next.word))
    return parseQuantified(cursor, left);
  const viable = viableTokens(cursor, 1);
  if (viable < 2) return stopAt(cursor, viable + 2);
  if (token.word === '!=')
    throw syntaxError("Bang equal '!=' is not allowed under the current SQL conformance level", token.span);
  cursor.advance();
  const right = parseExpression(cursor, precedence + 1);
  return infix(cursor, token.word, [left, right], token.span);
}

/** Leaves an operator whose right side cannot be one: it fails itself, shown with `count` tokens. */
function stopAt(cursor: TokenCursor, count: number): undefined {
  cursor.markLookahead(count);
  if (cursor.token.kind === 'word') cursor.seesIdentifier();
  return undefined;
}

function infix(cursor: TokenCursor, operator: string, operands: SqlExpression[], operatorSpan: Span): SqlExpression {
  const start = operands[0]?.span ?? operatorSpan;
  return { kind: 'operator', operator, operands, operatorSpan, span: cursor.spanFrom(start) };
}

/** Operators of several words; a `null` right precedence means none stands right of it. */
function parseWordOperator(
  cursor: TokenCursor,
  left: SqlExpression,
  operator: string,
  right: number | null,
): SqlExpression {
  const start = cursor.token.span;
  cursor.expect(...operator.split(' '));
  const operatorSpan = cursor.spanFrom(start);
  return infix(cursor, operator, right === null ? [left] : [left, parseExpression(cursor, right)], operatorSpan);
}

function parseMultisetOperator(cursor: TokenCursor, left: SqlExpression, minimum: number): SqlExpression | undefined {
  const { word } = cursor.peek(1);
  if (word !== 'UNION' && word !== 'INTERSECT' && word !== 'EXCEPT') return undefined;
  const precedence = word === 'INTERSECT' ? 18 : 14;
  if (precedence < minimum) return undefined;
  const { span } = cursor.advance();
  cursor.advance();
  const suffix = cursor.acceptWord('ALL') ? ' ALL' : '';
  cursor.acceptWord('DISTINCT');
  return infix(cursor, `MULTISET ${word}${suffix}`, [left, parseExpression(cursor, precedence + 1)], span);
}

const IS_TESTS = new Set(['NULL', 'TRUE', 'FALSE', 'UNKNOWN', 'EMPTY']);

function parseIs(cursor: TokenCursor, left: SqlExpression, minimum: number): SqlExpression | undefined {
  const { span: start } = cursor.token;
  const negated = cursor.peek(1).word === 'NOT' ? 1 : 0;
  const test = cursor.peek(1 + negated);
  const isDistinct = test.word === 'DISTINCT';
  if ((isDistinct ? DISTINCT_FROM : IS) < minimum) return undefined;
  const isKnown = test.kind === 'word' && (IS_TESTS.has(test.word) || ['DISTINCT', 'JSON', 'A'].includes(test.word));
  if (!negated && !isKnown) {
    cursor.markLookahead(2);
    return undefined;
  }
  for (let i = 0; i <= negated; i++) cursor.advance();
  const prefix = negated ? 'IS NOT' : 'IS';
  cursor.recordAll(['A', 'EMPTY', 'FALSE', 'JSON', 'NULL', 'TRUE', 'UNKNOWN', '~DISTINCT']);
  if (!isKnown) return cursor.unexpected();
  cursor.advance();
  if (isDistinct) {
    cursor.expect('FROM');
    const operatorSpan = cursor.spanFrom(start);
    return infix(cursor, `${prefix} DISTINCT FROM`, [left, parseExpression(cursor, DISTINCT_FROM + 1)], operatorSpan);
  }
  let name = test.word;
  if (name === 'A') {
    cursor.expect('SET');
    name = 'A SET';
  }
  if (name === 'JSON')
    name = `JSON ${['VALUE', 'OBJECT', 'ARRAY', 'SCALAR'].find((word) => cursor.acceptWord(word)) ?? 'VALUE'}`;
  return infix(cursor, `${prefix} ${name}`, [left], cursor.spanFrom(start));
}

/** `[NOT] IN`, `[NOT] BETWEEN`, `[NOT] LIKE` and its kin. */
function parsePredicate(cursor: TokenCursor, left: SqlExpression): SqlExpression | undefined {
  const { span: start } = cursor.token;
  const negated = cursor.token.word === 'NOT';
  const { word } = negated ? cursor.peek(1) : cursor.token;
  const isKnown = ['IN', 'BETWEEN', 'LIKE', 'ILIKE', 'RLIKE', 'SIMILAR'].includes(word);
  const isViable = isPredicateViable(word, cursor.peek(1));
  if (!isKnown || (!negated && !isViable)) {
    cursor.markLookahead(2);
    if (!negated && word !== 'IN' && word !== 'SIMILAR') cursor.seesIdentifier();
    return undefined;
  }
  if (negated) cursor.advance();
  cursor.advance();
  const not = negated ? 'NOT ' : '';
  if (word === 'IN') return parseIn(cursor, left, negated);
  if (word === 'BETWEEN') return parseBetween(cursor, left, not, start);
  if (word === 'SIMILAR') cursor.expect('TO');
  const operator = `${not}${word === 'SIMILAR' ? 'SIMILAR TO' : word}`;
  const operatorSpan = cursor.spanFrom(start);
  const operands = [left, parseExpression(cursor, LIKE + 1)];
  if (cursor.isWord('ESCAPE')) {
    if (beginsOperand(cursor.peek(1))) {
      cursor.advance();
      operands.push(parseAtom(cursor));
    } else cursor.seesIdentifier();
  }
  return infix(cursor, operator, operands, operatorSpan);
}

/** Whether the token behind IN, BETWEEN, LIKE … lets the grammar take the operator. */
function isPredicateViable(word: string, after: Token): boolean {
  if (word === 'IN') return after.word === '(';
  if (word === 'SIMILAR') return after.word === 'TO';
  return beginsOperand(after) || (word === 'BETWEEN' && (after.word === 'SYMMETRIC' || after.word === 'ASYMMETRIC'));
}

function parseBetween(cursor: TokenCursor, left: SqlExpression, not: string, start: Span): SqlExpression {
  const symmetric = cursor.acceptWord('SYMMETRIC');
  if (!symmetric) cursor.acceptWord('ASYMMETRIC');
  const operatorSpan = cursor.spanFrom(start);
  const low = parseExpression(cursor, ABOVE_AND);
  if (!cursor.isWord('AND') || !beginsOperand(cursor.peek(1)))
    throw validatorError('BETWEEN operator has no terminating AND', operatorSpan);
  cursor.advance();
  const high = parseExpression(cursor, LIKE + 1);
  return infix(cursor, `${not}BETWEEN${symmetric ? ' SYMMETRIC' : ''}`, [left, low, high], operatorSpan);
}

function parseIn(cursor: TokenCursor, left: SqlExpression, negated: boolean): SqlExpression {
  const right = parseQueryOrList(cursor);
  return { kind: 'in', left, ...right, negated, span: cursor.spanFrom(left.span) };
}

function parseQuantified(cursor: TokenCursor, left: SqlExpression): SqlExpression {
  const operator = cursor.advance().word;
  const quantifier = cursor.advance().word === 'ALL' ? 'ALL' : 'ANY';
  const right = parseQueryOrList(cursor);
  return { kind: 'quantified', operator, quantifier, left, ...right, span: cursor.spanFrom(left.span) };
}

/** `(query)` or `(a, b, …)`. */
function parseQueryOrList(
  cursor: TokenCursor,
): { query: Extract<SqlExpression, { kind: 'subquery' }>['query'] } | { list: SqlExpression[] } {
  cursor.expectSymbol('(');
  if (cursor.seesQuery()) {
    cursor.checkQueryAllowed();
    const query = cursor.nested(() => cursor.query());
    cursor.expectSymbol(')');
    return { query };
  }
  const list = parseExpressionList(cursor);
  cursor.expectSymbol(')');
  return { list };
}

/** `[index]` and `.field` behind an operand. */
function parsePostfixes(cursor: TokenCursor, operand: SqlExpression): SqlExpression {
  let result = operand;
  for (;;) {
    if (cursor.acceptSymbol('[')) {
      const index = cursor.nested(() => parseExpression(cursor));
      cursor.expectSymbol(']');
      result = { kind: 'item', collection: result, index, span: cursor.spanFrom(operand.span) };
    } else if (result.kind !== 'star' && cursor.seesDottedName()) {
      cursor.advance();
      const { name } = cursor.identifier();
      result = { kind: 'field', operand: result, field: name, span: cursor.spanFrom(operand.span) };
    } else return result;
  }
}

/** An operand with what is fixed to it. */
export function parseAtom(cursor: TokenCursor): SqlExpression {
  return parsePostfixes(cursor, parseOperand(cursor));
}

function parseOperand(cursor: TokenCursor): SqlExpression {
  cursor.recordOperand();
  const { token } = cursor;
  switch (token.kind) {
    case 'number':
      cursor.advance();
      return { kind: 'number', text: token.text, span: token.span };
    case 'string':
      return parseString(cursor);
    case 'binary':
      return parseBinary(cursor);
    case 'word':
    case 'quoted':
      return parsePrimaryWord(cursor);
    case 'symbol':
      return parseSymbolOperand(cursor, token);
    case 'eof':
    case 'error':
      return cursor.unexpected();
    default:
      return cursor.unexpected();
  }
}

function parseSymbolOperand(cursor: TokenCursor, token: Token): SqlExpression {
  if (token.word === '(') return parseParenthesised(cursor);
  if (token.word === '?') throw queryError('Illegal use of dynamic parameter', token.span);
  if (token.word === '{') return parseJdbcEscape(cursor);
  return cursor.unexpected();
}

/** `(query)`, `(expr)`, `(a, b)` as a row, `(a - b) DAY`. */
function parseParenthesised(cursor: TokenCursor): SqlExpression {
  const { span: start } = cursor.advance();
  if (cursor.seesQuery()) {
    cursor.checkQueryAllowed();
    const query = cursor.nested(() => cursor.query());
    cursor.expectSymbol(')');
    return { kind: 'subquery', query, span: cursor.spanFrom(start) };
  }
  const items = cursor.nested(() => parseExpressionList(cursor));
  cursor.recordAll(QUERY_ENDS);
  cursor.expectSymbol(')');
  const span = cursor.spanFrom(start);
  const [only] = items;
  if (!only || items.length > 1) return { kind: 'row', items, span };
  if (
    only.kind === 'operator' &&
    only.operator === '-' &&
    only.operands.length === 2 &&
    seesIntervalUnit(cursor, false)
  ) {
    const unitSpan = cursor.token.span;
    const unit: SqlExpression = { kind: 'symbol', name: parseIntervalUnit(cursor), span: cursor.spanFrom(unitSpan) };
    return { ...only, operator: 'MINUS_DATE', operands: [...only.operands, unit], span: cursor.spanFrom(start) };
  }
  return { ...only, span };
}

/** `{fn f(x)}`, `{d '…'}`, `{t '…'}`, `{ts '…'}`. */
function parseJdbcEscape(cursor: TokenCursor): SqlExpression {
  const { span: start } = cursor.advance();
  const { word } = cursor.token;
  const literal = { D: 'DATE', T: 'TIME', TS: 'TIMESTAMP' }[word] as 'DATE' | 'TIME' | 'TIMESTAMP' | undefined;
  if (literal !== undefined) {
    cursor.advance();
    const text = cursor.string();
    cursor.expectSymbol('}');
    return { kind: 'datetime', type: literal, text, span: cursor.spanFrom(start) };
  }
  if (!cursor.acceptWord('FN')) return cursor.unexpected();
  const call = cursor.expression();
  cursor.expectSymbol('}');
  return { ...call, span: cursor.spanFrom(start) };
}
