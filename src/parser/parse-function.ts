/** Operands that begin with a word: names, calls and the functions of the standard that have words between their arguments. */
import type { Span } from '../base/error.ts';
import type { OrderItem, SqlExpression, TableReference, WindowReference } from './ast.ts';
import { RESERVED_FUNCTIONS } from './keyword.ts';
import { beginsOperand } from './operand-start.ts';
import { isJsonFunction, parseJsonArguments } from './parse-json-function.ts';
import { parseExpressionList, parseOrderItems } from './parse-list.ts';
import { parseDateTime, parseInterval, parseLocalTimestamp } from './parse-literal.ts';
import { parseOver } from './parse-window.ts';
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

function functionNode(
  cursor: TokenCursor,
  name: readonly string[],
  args: readonly SqlExpression[],
  start: Span,
): Extract<SqlExpression, { kind: 'function' }> {
  return { kind: 'function', name, args, distinct: false, span: cursor.spanFrom(start) };
}

/** `( … )` and the clauses behind a call whose name has been read. */
export function parseCall(cursor: TokenCursor, name: readonly string[], start: Span): SqlExpression {
  cursor.expectSymbol('(');
  let distinct = false;
  const args: SqlExpression[] = [];
  const argNames: (string | null)[] = [];
  let withinGroup: readonly OrderItem[] | undefined;
  if (!cursor.isSymbol(')')) {
    if (cursor.isSymbol('*')) {
      args.push({ kind: 'star', qualifier: [], span: cursor.advance().span });
    } else {
      distinct = cursor.acceptWord('DISTINCT');
      if (!distinct) cursor.acceptWord('ALL');
      do {
        argNames.push(parseArgumentName(cursor));
        args.push(parseArgument(cursor));
      } while (cursor.acceptSymbol(','));
      if (cursor.accept('ORDER', 'BY')) withinGroup = parseOrderItems(cursor);
    }
  }
  cursor.expectSymbol(')');
  return parseCallSuffix(cursor, start, {
    ...functionNode(cursor, name, args, start),
    distinct,
    ...(argNames.some((argName) => argName !== null) ? { argNames } : {}),
    ...(withinGroup ? { withinGroup } : {}),
  });
}

/** `name =>`. */
function parseArgumentName(cursor: TokenCursor): string | null {
  const next = cursor.peek(1);
  if (next.kind !== 'symbol' || next.word !== '=>' || !cursor.seesIdentifier()) return null;
  const { name } = cursor.identifier();
  cursor.advance();
  return name;
}

function parseArgument(cursor: TokenCursor): SqlExpression {
  const start = cursor.token.span;
  if (cursor.acceptWord('DEFAULT')) return { kind: 'symbol', name: 'DEFAULT', span: start };
  if (cursor.acceptWord('TABLE')) return parseTableArgument(cursor, start);
  if (cursor.isWord('SELECT') || cursor.isWord('WITH') || cursor.isWord('VALUES')) {
    const query = cursor.nested(() => cursor.query());
    return { kind: 'subquery', query, span: cursor.spanFrom(start) };
  }
  const next = cursor.peek(1);
  if (cursor.isWord('MODEL') && (next.kind === 'quoted' || next.kind === 'word')) {
    cursor.advance();
    const model = cursor.compoundIdentifier();
    return functionNode(cursor, ['MODEL'], [model], start);
  }
  return cursor.expression();
}

function parseTableArgument(cursor: TokenCursor, start: Span): SqlExpression {
  let table: TableReference;
  if (cursor.isSymbol('(')) {
    cursor.advance();
    if (cursor.seesQuery())
      table = {
        kind: 'derived',
        query: cursor.nested(() => cursor.query()),
        lateral: false,
        span: cursor.spanFrom(start),
      };
    else {
      const name = cursor.compoundIdentifier();
      table = { kind: 'table-name', name, hints: [], span: name.span };
    }
    cursor.expectSymbol(')');
  } else {
    const name = cursor.compoundIdentifier();
    table = { kind: 'table-name', name, hints: [], span: name.span };
  }
  const partitionBy = cursor.accept('PARTITION', 'BY') ? parseKeys(cursor) : [];
  const orderBy = cursor.accept('ORDER', 'BY') ? parseArgumentOrder(cursor) : [];
  return { kind: 'table-argument', table, partitionBy, orderBy, span: cursor.spanFrom(start) };
}

/** `(a, b)` or `a`: behind PARTITION BY of a table argument a comma would end the argument. */
function parseKeys(cursor: TokenCursor): SqlExpression[] {
  if (!cursor.acceptSymbol('(')) return [cursor.expression()];
  const keys = parseExpressionList(cursor);
  cursor.expectSymbol(')');
  return keys;
}

function parseArgumentOrder(cursor: TokenCursor): OrderItem[] {
  if (cursor.acceptSymbol('(')) {
    const items = parseOrderItems(cursor);
    cursor.expectSymbol(')');
    return items;
  }
  const expression = cursor.expression();
  const descending = cursor.acceptWord('DESC');
  if (!descending) cursor.acceptWord('ASC');
  return [{ expression, descending, span: cursor.spanFrom(expression.span) }];
}

/** `IGNORE NULLS`, `WITHIN GROUP (…)`, `FILTER (…)`, `OVER …`. */
function parseCallSuffix(
  cursor: TokenCursor,
  start: Span,
  call: Extract<SqlExpression, { kind: 'function' }>,
): SqlExpression {
  let result = call;
  const nulls = (['IGNORE', 'RESPECT'] as const).find((word) => cursor.accept(word, 'NULLS'));
  if (nulls) result = { ...result, nulls };
  if (cursor.accept('WITHIN', 'GROUP')) {
    cursor.expectSymbol('(');
    cursor.expect('ORDER', 'BY');
    result = { ...result, withinGroup: parseOrderItems(cursor) };
    cursor.expectSymbol(')');
  }
  if (cursor.acceptWord('FILTER')) {
    cursor.expectSymbol('(');
    cursor.expect('WHERE');
    result = { ...result, filter: cursor.expression() };
    cursor.expectSymbol(')');
  }
  let over: WindowReference | undefined;
  if (cursor.acceptWord('OVER')) over = parseOver(cursor);
  if (result === call && !over) return call;
  return { ...result, ...(over ? { over } : {}), span: cursor.spanFrom(start) };
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
  const type = cursor.type(true);
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

/** A unit of time or another word as an argument. */
function parseSymbol(cursor: TokenCursor): SqlExpression {
  const { token } = cursor;
  if (token.kind !== 'word' && token.kind !== 'quoted') return cursor.unexpected();
  cursor.advance();
  return { kind: 'symbol', name: token.kind === 'word' ? token.word : token.value.toUpperCase(), span: token.span };
}

function parseWordedCall(cursor: TokenCursor, word: string): SqlExpression {
  const { span: start, text } = cursor.advance();
  cursor.expectSymbol('(');
  const args = parseWordedArguments(cursor, word);
  cursor.expectSymbol(')');
  return functionNode(cursor, [text], args, start);
}

function parseWordedArguments(cursor: TokenCursor, word: string): SqlExpression[] {
  switch (word) {
    case 'EXTRACT': {
      const unit = parseSymbol(cursor);
      cursor.expect('FROM');
      return [unit, cursor.expression()];
    }
    case 'CEIL':
    case 'CEILING':
    case 'FLOOR': {
      const args = parseExpressionList(cursor);
      if (cursor.acceptWord('TO')) args.push(parseSymbol(cursor));
      return args;
    }
    case 'TRIM':
      return parseTrim(cursor);
    case 'OVERLAY':
      return parseSeparated(cursor, ['PLACING'], ['FROM'], ['FOR']);
    case 'POSITION':
      return parsePosition(cursor);
    case 'SUBSTRING':
      return parseSeparated(cursor, ['FROM', ','], ['FOR', ',']);
    case 'TIMESTAMPADD':
    case 'TIMESTAMPDIFF': {
      const args = [parseSymbol(cursor)];
      while (args.length < 3) {
        cursor.expectSymbol(',');
        args.push(cursor.expression());
      }
      return args;
    }
    default: {
      const args = [cursor.expression()];
      if (cursor.acceptWord('USING')) return [...args, parseSymbol(cursor)];
      while (cursor.acceptSymbol(',')) args.push(cursor.expression());
      return args;
    }
  }
}

/** An expression, then others behind one of the given words or commas; the last may be missing. */
function parseSeparated(cursor: TokenCursor, ...separators: ReadonlyArray<readonly string[]>): SqlExpression[] {
  const args = [cursor.expression()];
  for (const [position, words] of separators.entries()) {
    const found = words.some((word) => (word === ',' ? cursor.acceptSymbol(word) : cursor.acceptWord(word)));
    if (found) args.push(cursor.expression());
    else if (position < separators.length - 1) cursor.unexpected();
  }
  return args;
}

/** Calcite's three operands: flag, characters, text. */
function parseTrim(cursor: TokenCursor): SqlExpression[] {
  const start = cursor.token.span;
  const flag = ['BOTH', 'LEADING', 'TRAILING'].find((word) => cursor.acceptWord(word));
  const symbol: SqlExpression = { kind: 'symbol', name: flag ?? 'BOTH', span: start };
  const blank: SqlExpression = { kind: 'string', value: ' ', span: start };
  if (flag !== undefined && cursor.acceptWord('FROM')) return [symbol, blank, cursor.expression()];
  const first = cursor.expression();
  if (flag !== undefined) cursor.expect('FROM');
  else if (!cursor.acceptWord('FROM')) return [symbol, blank, first];
  return [symbol, first, cursor.expression()];
}

/** `POSITION(a IN b [FROM c])`: IN is no operator here. */
function parsePosition(cursor: TokenCursor): SqlExpression[] {
  const needle = cursor.operand();
  cursor.expect('IN');
  const args = [needle, cursor.expression()];
  if (cursor.acceptWord('FROM')) args.push(cursor.expression());
  return args;
}
