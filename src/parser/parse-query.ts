/** Queries: WITH, SELECT and its clauses, set operations, VALUES, TABLE, ORDER BY and the limits. */
import type { Span } from '../base/error.ts';
import type { GroupingElement, Query, QueryBody, SelectBody, SelectItem, SqlExpression } from './ast.ts';
import { viableTokens } from './operand-start.ts';
import { parseHints } from './parse-hint.ts';
import { parseCondition, parseNameList, parseOrderBy } from './parse-list.ts';
import { parseFrom } from './parse-table.ts';
import { parseWindow } from './parse-window.ts';
import { syntaxError, validatorError } from './syntax-error.ts';
import type { TokenCursor } from './token-cursor.ts';

const SET_PRECEDENCE: Readonly<Record<string, number>> = { UNION: 1, EXCEPT: 1, MINUS: 1, INTERSECT: 2 };
const QUERY_WORDS = new Set(['SELECT', 'WITH', 'VALUES', 'TABLE']);
const AFTER_QUERY = new Set([...Object.keys(SET_PRECEDENCE), 'ORDER', 'LIMIT', 'OFFSET', 'FETCH', ')']);

/** True when a query begins here. Behind parentheses it looks for the query's word and at what follows the inner parenthesis. */
export function seesQuery(cursor: TokenCursor): boolean {
  for (const word of QUERY_WORDS) cursor.isWord(word);
  let depth = 0;
  while (cursor.peek(depth).kind === 'symbol' && cursor.peek(depth).word === '(') depth++;
  const { kind, word } = cursor.peek(depth);
  if (kind !== 'word' || !QUERY_WORDS.has(word)) return false;
  if (word === 'TABLE' && cursor.peek(depth + 1).word === '(') return false;
  if (depth === 0) return true;
  const after = cursor.peek(closingOffset(cursor, depth) + 1);
  return after.kind === 'eof' || AFTER_QUERY.has(after.word);
}

/** Offset of the parenthesis that closes the innermost of `depth` open ones. */
function closingOffset(cursor: TokenCursor, depth: number): number {
  let open = 1;
  let offset = depth;
  for (; open > 0; offset++) {
    const { kind, word } = cursor.peek(offset);
    if (kind === 'eof' || kind === 'error') return offset;
    if (kind === 'symbol' && word === '(') open++;
    else if (kind === 'symbol' && word === ')') open--;
  }
  return offset - 1;
}

export function parseQuery(cursor: TokenCursor): Query {
  const start = cursor.token.span;
  const withList = cursor.acceptWord('WITH') ? parseWithList(cursor) : [];
  const body = parseSetOperations(cursor, parseTerm(cursor), 0);
  return finishQuery(cursor, start, withList, body);
}

/** Goes on behind a body that has been read. */
export function parseQueryFrom(cursor: TokenCursor, body: QueryBody): Query {
  return finishQuery(cursor, body.span, [], parseSetOperations(cursor, body, 0));
}

function finishQuery(cursor: TokenCursor, start: Span, withList: Query['with'], body: QueryBody): Query {
  const orderBy = parseOrderBy(cursor);
  const limits = parseLimits(cursor);
  return { kind: 'query', with: withList, body, orderBy, ...limits, span: cursor.spanFrom(start) };
}

function parseWithList(cursor: TokenCursor): Query['with'] {
  const list: Array<Query['with'][number]> = [];
  cursor.acceptWord('RECURSIVE');
  do {
    const { name, span: start } = cursor.identifier();
    const columns = cursor.isSymbol('(') ? parseNameList(cursor) : [];
    cursor.expect('AS');
    cursor.expectSymbol('(');
    const query = cursor.nested(() => cursor.query());
    cursor.expectSymbol(')');
    list.push({ name, columns, query, span: cursor.spanFrom(start) });
  } while (cursor.acceptSymbol(','));
  return list;
}

function parseLimits(cursor: TokenCursor): { offset?: SqlExpression; fetch?: SqlExpression } {
  const limits: { offset?: SqlExpression; fetch?: SqlExpression } = {};
  const hasLimit = cursor.acceptWord('LIMIT');
  if (hasLimit) {
    const limit = cursor.acceptWord('ALL') ? undefined : parseCount(cursor);
    if (cursor.isSymbol(','))
      throw syntaxError(
        "'LIMIT start, count' is not allowed under the current SQL conformance level",
        cursor.token.span,
      );
    if (limit) limits.fetch = limit;
  }
  if (cursor.acceptWord('OFFSET')) {
    limits.offset = parseCount(cursor);
    if (!cursor.acceptWord('ROW')) cursor.acceptWord('ROWS');
    if (cursor.isWord('LIMIT'))
      throw syntaxError(
        "'OFFSET start LIMIT count' is not allowed under the current SQL conformance level",
        cursor.token.span,
      );
  }
  if (!hasLimit && cursor.acceptWord('FETCH')) {
    if (!cursor.acceptWord('FIRST')) cursor.expect('NEXT');
    limits.fetch = parseCount(cursor);
    if (!cursor.acceptWord('ROW')) cursor.expect('ROWS');
    cursor.expect('ONLY');
  }
  return limits;
}

function parseCount(cursor: TokenCursor): SqlExpression {
  const { token } = cursor;
  cursor.record('<COUNT>');
  if (token.kind !== 'number' || !/^\d+(\.\d*)?$/.test(token.text)) cursor.unexpected();
  cursor.advance();
  return { kind: 'number', text: token.text.replace(/\..*$/, ''), span: token.span };
}

/** UNION and EXCEPT bind equally, INTERSECT tighter; all to the left. */
function parseSetOperations(cursor: TokenCursor, first: QueryBody, minimum: number): QueryBody {
  let left = first;
  for (;;) {
    const word = ['UNION', 'INTERSECT', 'EXCEPT', 'MINUS'].find((operator) => cursor.isWord(operator));
    if (word === undefined) return left;
    const precedence = SET_PRECEDENCE[word] ?? 1;
    if (precedence <= minimum) return left;
    if (word === 'MINUS')
      throw syntaxError('MINUS is not allowed under the current SQL conformance level', cursor.token.span);
    cursor.advance();
    const all = cursor.acceptWord('ALL');
    if (!all) cursor.acceptWord('DISTINCT');
    const right = parseSetOperations(cursor, parseTerm(cursor), precedence);
    const operator = word as 'UNION' | 'INTERSECT' | 'EXCEPT';
    left = { kind: 'set', operator, all, left, right, span: cursor.spanFrom(left.span) };
  }
}

function parseTerm(cursor: TokenCursor): QueryBody {
  const start = cursor.token.span;
  if (cursor.isWord('SELECT')) return parseSelect(cursor);
  if (cursor.acceptWord('VALUES')) return parseValues(cursor, start);
  if (cursor.acceptWord('TABLE'))
    return { kind: 'table', name: cursor.compoundIdentifier(), span: cursor.spanFrom(start) };
  if (!cursor.acceptSymbol('(')) return refuseExpression(cursor);
  const query = cursor.nested(() => cursor.query());
  cursor.expectSymbol(')');
  return { kind: 'nested', query, span: cursor.spanFrom(start) };
}

/** Something else than a query: an operand is well-formed and then refused. */
export function refuseExpression(cursor: TokenCursor): never {
  const { span, word } = cursor.token;
  if (word !== '-' && word !== '+' && word !== 'NOT') cursor.operand();
  throw syntaxError('Non-query expression encountered in illegal context', span);
}

function parseValues(cursor: TokenCursor, start: Span): QueryBody {
  const rows: SqlExpression[][] = [];
  do {
    const row = cursor.expression();
    rows.push(row.kind === 'row' ? [...row.items] : [row]);
    cursor.recordAll(['<EOF>', 'EXCEPT', 'FETCH', 'INTERSECT', 'LIMIT', 'OFFSET', 'ORDER', 'MINUS', 'UNION', ';']);
    if (cursor.isSymbol(',') && viableTokens(cursor, 1) === 0) {
      cursor.markLookahead(2);
      cursor.unexpected();
    }
  } while (cursor.acceptSymbol(','));
  return { kind: 'values', rows, span: cursor.spanFrom(start) };
}

function parseSelect(cursor: TokenCursor): SelectBody {
  const start = cursor.expect('SELECT');
  const hints = parseHints(cursor);
  const stream = cursor.isWord('STREAM');
  if (stream) cursor.advance();
  const distinct = cursor.acceptWord('DISTINCT');
  if (!distinct) cursor.acceptWord('ALL');
  const items = [parseSelectItem(cursor)];
  while (cursor.acceptSymbol(',')) items.push(parseSelectItem(cursor));
  const from = cursor.acceptWord('FROM') ? parseFrom(cursor) : undefined;
  if (!from) return { kind: 'select', hints, distinct, items, windows: [], span: cursor.spanFrom(start) };
  const where = cursor.acceptWord('WHERE') ? parseCondition(cursor) : undefined;
  const groupBy = cursor.acceptWord('GROUP') ? parseGroupBy(cursor) : undefined;
  const having = cursor.acceptWord('HAVING') ? parseCondition(cursor) : undefined;
  const windows = cursor.acceptWord('WINDOW') ? parseWindows(cursor) : [];
  const qualify = cursor.acceptWord('QUALIFY') ? parseCondition(cursor) : undefined;
  return {
    kind: 'select',
    hints,
    distinct,
    items,
    windows,
    from,
    span: cursor.spanFrom(start),
    ...(where ? { where } : {}),
    ...(groupBy ? { groupBy } : {}),
    ...(having ? { having } : {}),
    ...(qualify ? { qualify } : {}),
  };
}

function parseSelectItem(cursor: TokenCursor): SelectItem {
  const expression: SqlExpression = cursor.isSymbol('*')
    ? { kind: 'star', qualifier: [], span: cursor.advance().span }
    : cursor.expression();
  const hasAs = cursor.acceptWord('AS');
  cursor.record('<QUOTED_STRING>');
  if (cursor.token.kind === 'string')
    throw validatorError('Expecting alias, found character literal', cursor.token.span);
  if (hasAs || cursor.seesIdentifier()) {
    const { name: alias } = cursor.identifier();
    return { expression, alias, span: cursor.spanFrom(expression.span) };
  }
  return { expression, span: expression.span };
}

function parseGroupBy(cursor: TokenCursor): GroupingElement[] {
  cursor.expect('BY');
  if (!cursor.acceptWord('DISTINCT')) cursor.acceptWord('ALL');
  return parseGroupingElements(cursor);
}

function parseGroupingElements(cursor: TokenCursor): GroupingElement[] {
  const elements = [parseGroupingElement(cursor)];
  while (cursor.acceptSymbol(',')) elements.push(parseGroupingElement(cursor));
  return elements;
}

function parseGroupingElement(cursor: TokenCursor): GroupingElement {
  if (cursor.accept('GROUPING', 'SETS')) {
    cursor.expectSymbol('(');
    const sets = parseGroupingElements(cursor);
    cursor.expectSymbol(')');
    return { kind: 'grouping-sets', sets };
  }
  const kind = cursor.sees('ROLLUP') ? 'rollup' : cursor.sees('CUBE') ? 'cube' : undefined;
  if (kind) {
    cursor.advance();
    cursor.expectSymbol('(');
    const items = [parseGroupingItem(cursor)];
    while (cursor.acceptSymbol(',')) items.push(parseGroupingItem(cursor));
    cursor.expectSymbol(')');
    return { kind, items };
  }
  if (cursor.isSymbol('(') && cursor.peek(1).word === ')') {
    cursor.advance();
    cursor.advance();
    return { kind: 'set', items: [] };
  }
  const parenthesised = cursor.isSymbol('(');
  const expression = cursor.expression();
  if (expression.kind === 'row' && parenthesised) return { kind: 'set', items: expression.items };
  return { kind: 'expression', expression };
}

/** An item of ROLLUP or CUBE: one expression, or several in parentheses that go together. */
function parseGroupingItem(cursor: TokenCursor): SqlExpression[] {
  const expression = cursor.expression();
  return expression.kind === 'row' ? [...expression.items] : [expression];
}

function parseWindows(cursor: TokenCursor): SelectBody['windows'] {
  const windows: Array<SelectBody['windows'][number]> = [];
  do {
    const { name } = cursor.identifier();
    cursor.expect('AS');
    windows.push({ name, definition: parseWindow(cursor) });
  } while (cursor.acceptSymbol(','));
  return windows;
}
