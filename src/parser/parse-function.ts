/** Operands that begin with a word: names, casts, constructors, calls. */
import type { SqlExpression } from './ast.ts';
import { RESERVED_FUNCTIONS } from './keyword.ts';
import { beginsOperand } from './operand-start.ts';
import { functionNode, parseCall, parseCallSuffix } from './parse-call.ts';
import { isJsonFunction, parseJsonArguments } from './parse-json-function.ts';
import { parseExpressionList } from './parse-list.ts';
import { parseDateTime, parseInterval, parseLocalTimestamp } from './parse-literal.ts';
import { parseNavigation } from './parse-navigation.ts';
import { parseWordedCall } from './parse-worded-call.ts';
import type { TokenCursor } from './token-cursor.ts';

const CLOCK_WORDS = new Set(['CURRENT_DATE', 'CURRENT_TIME', 'CURRENT_TIMESTAMP', 'LOCALTIME', 'LOCALTIMESTAMP']);

const CONTEXT_WORDS = new Set(
  (
    'USER CURRENT_USER SESSION_USER SYSTEM_USER CURRENT_CATALOG CURRENT_SCHEMA CURRENT_PATH CURRENT_ROLE ' +
    'CURRENT_DEFAULT_TRANSFORM_GROUP'
  ).split(' '),
);

/** An operand at a word or a quoted name. */
export function parsePrimaryWord(cursor: TokenCursor): SqlExpression {
  const { token } = cursor;
  if (token.kind === 'word') {
    const special = parseSpecial(cursor, token.word);
    if (special) return special;
    if (token.reserved) return parseReserved(cursor);
  }
  return parseName(cursor);
}

/** A dotted name, `t.*`, or a call. */
function parseName(cursor: TokenCursor): SqlExpression {
  const name = cursor.compoundIdentifier();
  if (cursor.isSymbol('(')) return parseCall(cursor, name.parts, name.span);
  if (cursor.isSymbol('.') && cursor.peek(1).word === '*') {
    cursor.advance();
    cursor.advance();
    return { kind: 'star', qualifier: name.parts, span: cursor.spanFrom(name.span) };
  }
  return name;
}

/** A reserved word that is a function. */
function parseReserved(cursor: TokenCursor): SqlExpression {
  const { token } = cursor;
  const isCall = cursor.peek(1).word === '(';
  if (!RESERVED_FUNCTIONS.has(token.word)) return cursor.unexpected();
  if (isCall) {
    cursor.advance();
    return parseCall(cursor, [token.text], token.span);
  }
  if (CONTEXT_WORDS.has(token.word)) {
    cursor.advance();
    return { kind: 'identifier', parts: [token.text], span: token.span };
  }
  cursor.markLookahead(2);
  return cursor.unexpected();
}

function parseSpecial(cursor: TokenCursor, word: string): SqlExpression | undefined {
  const next = cursor.peek(1);
  if (next.kind === 'symbol' && next.word === '(') return parseSpecialCall(cursor, word);
  switch (word) {
    case 'TRUE':
    case 'FALSE':
    case 'UNKNOWN':
      return { kind: 'boolean', value: word === 'UNKNOWN' ? null : word === 'TRUE', span: cursor.advance().span };
    case 'NULL':
      return { kind: 'null', span: cursor.advance().span };
    case 'DATE':
    case 'TIME':
    case 'TIMESTAMP':
      if (next.kind === 'string') return parseDateTime(cursor);
      if (word === 'TIMESTAMP' && next.word === 'WITH') return parseLocalTimestamp(cursor);
      cursor.markLookahead(2);
      return undefined;
    case 'INTERVAL':
      return parseInterval(cursor);
    case 'CASE':
      return parseCase(cursor);
    case 'ROW':
      return parseRow(cursor);
    case 'ARRAY':
    case 'MAP':
    case 'MULTISET':
      return next.kind === 'symbol' && next.word === '[' ? parseCollection(cursor, word) : undefined;
    default:
      return CLOCK_WORDS.has(word) ? functionNode(cursor, [word], [], cursor.advance().span) : undefined;
  }
}

/** Words with a parenthesis behind them. */
function parseSpecialCall(cursor: TokenCursor, word: string): SqlExpression | undefined {
  if (isJsonFunction(word)) return parseJsonCall(cursor, word);
  switch (word) {
    case 'CAST':
    case 'TRY_CAST':
    case 'SAFE_CAST':
      return parseCast(cursor);
    case 'CASE':
      return parseCase(cursor);
    case 'INTERVAL':
      return parseInterval(cursor);
    case 'FIRST':
    case 'LAST':
    case 'PREV':
    case 'NEXT':
      return parseNavigation(cursor);
    case 'ROW':
      return parseRow(cursor);
    case 'ARRAY':
    case 'MULTISET':
      return parseCollectionCall(cursor);
    case 'EXTRACT':
    case 'CEIL':
    case 'CEILING':
    case 'FLOOR':
    case 'TRIM':
    case 'OVERLAY':
    case 'POSITION':
    case 'SUBSTRING':
    case 'CONVERT':
    case 'TRANSLATE':
    case 'TIMESTAMPADD':
    case 'TIMESTAMPDIFF':
      return parseWordedCall(cursor, word);
    case 'DESCRIPTOR':
      return parseDescriptor(cursor);
    case 'DATE':
    case 'TIME':
    case 'TIMESTAMP':
    case 'BITMAP': {
      const token = cursor.advance();
      return parseCall(cursor, [token.text], token.span);
    }
    default:
      return undefined;
  }
}

function parseJsonCall(cursor: TokenCursor, word: string): SqlExpression {
  const { span: start, text } = cursor.advance();
  const { args, clauses } = parseJsonArguments(cursor, word);
  const call = functionNode(cursor, [text], args, start);
  return parseCallSuffix(cursor, start, clauses.length > 0 ? { ...call, clauses } : call);
}

function parseCast(cursor: TokenCursor): SqlExpression {
  const { span: start, word } = cursor.advance();
  cursor.expectSymbol('(');
  const operand = cursor.expression();
  cursor.expect('AS');
  const type = cursor.type(true, true);
  cursor.expectSymbol(')');
  return { kind: 'cast', operand, type, safe: word !== 'CAST', span: cursor.spanFrom(start) };
}

function parseCase(cursor: TokenCursor): SqlExpression {
  const { span: start } = cursor.advance();
  const operand = cursor.isWord('WHEN') ? undefined : cursor.expression();
  const branches: Array<{ when: SqlExpression[]; then: SqlExpression }> = [];
  do {
    cursor.expect('WHEN');
    const when = operand ? parseExpressionList(cursor) : [cursor.expression()];
    cursor.record(',');
    cursor.expect('THEN');
    // biome-ignore lint/suspicious/noThenProperty: a branch's name in the syntax tree, never awaited
    branches.push({ when, then: cursor.expression() });
  } while (cursor.isWord('WHEN'));
  const otherwise = cursor.acceptWord('ELSE') ? cursor.expression() : undefined;
  cursor.expect('END');
  const span = cursor.spanFrom(start);
  return { kind: 'case', branches, span, ...(operand ? { operand } : {}), ...(otherwise ? { otherwise } : {}) };
}

function parseRow(cursor: TokenCursor): SqlExpression {
  const { span: start } = cursor.advance();
  cursor.expectSymbol('(');
  const items = parseExpressionList(cursor);
  cursor.expectSymbol(')');
  return { kind: 'row', items, span: cursor.spanFrom(start) };
}

/** `ARRAY[…]`, `MAP[…]`, `MULTISET[…]`. */
function parseCollection(cursor: TokenCursor, word: 'ARRAY' | 'MAP' | 'MULTISET'): SqlExpression {
  const { span: start } = cursor.advance();
  cursor.expectSymbol('[');
  const items = cursor.isSymbol(']') ? [] : cursor.nested(() => parseElements(cursor));
  cursor.expectSymbol(']');

  if (word === 'ARRAY') return { kind: 'array', items, span: cursor.spanFrom(start) };
  if (word === 'MAP') return { kind: 'map', items, span: cursor.spanFrom(start) };
  return functionNode(cursor, ['MULTISET'], items, start);
}

/** Elements of a constructor: a comma is taken only with an operand behind it. */
function parseElements(cursor: TokenCursor): SqlExpression[] {
  const items = [cursor.expression()];
  while (cursor.isSymbol(',')) {
    if (!beginsOperand(cursor.peek(1))) {
      cursor.markLookahead(2);
      return cursor.unexpected();
    }
    cursor.advance();
    items.push(cursor.expression());
  }
  return items;
}

/** `ARRAY(query)` and `MULTISET(query)`, or a call with values. */
function parseCollectionCall(cursor: TokenCursor): SqlExpression {
  const { span: start, text } = cursor.advance();
  return parseCall(cursor, [text], start);
}

function parseDescriptor(cursor: TokenCursor): SqlExpression {
  const { span: start } = cursor.advance();
  cursor.expectSymbol('(');
  const columns = [cursor.compoundIdentifier()];
  while (cursor.acceptSymbol(',')) columns.push(cursor.compoundIdentifier());
  cursor.expectSymbol(')');
  return { kind: 'descriptor', columns, span: cursor.spanFrom(start) };
}
