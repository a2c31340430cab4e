/** What stands behind FROM: tables, joins, sub-queries, table functions, UNNEST, MATCH_RECOGNIZE and aliases. */
import type { Span } from '../base/error.ts';
import type { Hint, Identifier, Query, QueryBody, SqlExpression, TableReference } from './ast.ts';
import { parseCall } from './parse-call.ts';
import { parseHints } from './parse-hint.ts';
import { parseCondition, parseExpressionList, parseNameList } from './parse-list.ts';
import { parseMatchRecognize } from './parse-match.ts';
import { syntaxError } from './syntax-error.ts';
import type { TokenCursor } from './token-cursor.ts';

const JOIN_WORDS = new Set(['JOIN', 'INNER', 'LEFT', 'RIGHT', 'FULL', 'CROSS']);

type JoinType = Extract<TableReference, { kind: 'join' }>['type'];

/** `a, b JOIN c ON …`. */
export function parseFrom(cursor: TokenCursor): TableReference {
  let left = parseJoins(cursor);
  while (cursor.isSymbol(',')) {
    if (!beginsTable(cursor, 1)) {
      cursor.markLookahead(2);
      return cursor.unexpected();
    }
    cursor.advance();
    const right = parseJoins(cursor);
    left = { kind: 'join', type: 'COMMA', natural: false, left, right, span: cursor.spanFrom(left.span) };
  }
  return left;
}

/** True when a table reference may begin `offset` tokens on. */
function beginsTable(cursor: TokenCursor, offset: number): boolean {
  const next = cursor.peek(offset);
  if (next.kind === 'quoted' || next.word === '(') return true;
  return next.kind === 'word' && (!next.reserved || ['LATERAL', 'TABLE', 'UNNEST'].includes(next.word));
}

function parseJoins(cursor: TokenCursor): TableReference {
  let left = parseTableReference(cursor);
  for (;;) {
    const join = parseJoin(cursor, left);
    if (!join) return left;
    left = join;
  }
}

function parseJoin(cursor: TokenCursor, left: TableReference): TableReference | undefined {
  const natural = seesNaturalJoin(cursor);
  if (natural) cursor.advance();
  const type = parseJoinType(cursor);
  if (!type) return natural ? cursor.unexpected() : undefined;
  const right = parseTableReference(cursor);
  const on = cursor.acceptWord('ON') ? parseCondition(cursor) : undefined;
  const using = !on && cursor.acceptWord('USING') ? parseNameList(cursor) : undefined;
  return {
    kind: 'join',
    type,
    natural,
    left,
    right,
    span: cursor.spanFrom(left.span),
    ...(on ? { on } : {}),
    ...(using ? { using } : {}),
  };
}

function seesNaturalJoin(cursor: TokenCursor): boolean {
  if (!cursor.isWord('NATURAL')) return false;
  return JOIN_WORDS.has(cursor.peek(1).word) || refuseJoin(cursor);
}

function parseJoinType(cursor: TokenCursor): JoinType | undefined {
  cursor.record('OUTER');
  if (cursor.acceptWord('CROSS')) {
    cursor.record('APPLY');
    cursor.expect('JOIN');
    return 'CROSS';
  }
  for (const word of ['JOIN', 'INNER', 'LEFT', 'RIGHT', 'FULL'] as const) {
    if (!cursor.isWord(word)) continue;
    if (!isJoinViable(cursor, word)) {
      return refuseJoin(cursor);
    }
    cursor.advance();
    if (word === 'JOIN') return 'INNER';
    if (word !== 'INNER') cursor.acceptWord('OUTER');
    cursor.expect('JOIN');
    return word;
  }
  return undefined;
}

/** A join that goes no further: the list has what may stand behind a table, and commas. */
function refuseJoin(cursor: TokenCursor): never {
  cursor.markLookahead(2);
  cursor.record(',');
  return refuseWord(cursor);
}

/** Flink looks three tokens ahead before it takes a join. */
function isJoinViable(cursor: TokenCursor, word: string): boolean {
  if (word === 'JOIN') return beginsTable(cursor, 1);
  const next = cursor.peek(1).word;
  if (next === 'JOIN') return beginsTable(cursor, 2);
  return word !== 'INNER' && next === 'OUTER' && cursor.peek(2).word === 'JOIN';
}

function parseTableReference(cursor: TokenCursor): TableReference {
  const table = parseBareTable(cursor);
  refusePivot(cursor);
  if (cursor.isWord('MATCH_RECOGNIZE')) return parseAlias(cursor, parseMatch(cursor, table));
  const named = parseAlias(cursor, table);
  return cursor.token.kind === 'word' && cursor.token.word === 'MATCH_RECOGNIZE'
    ? parseAlias(cursor, parseMatch(cursor, named))
    : named;
}

/** Flink's grammar has PIVOT and UNPIVOT; its planner fails with either. */
function refusePivot(cursor: TokenCursor): void {
  if (!cursor.isWord('PIVOT') && !cursor.isWord('UNPIVOT')) return;
  const { span, word } = cursor.token;
  const instead = word === 'PIVOT' ? 'SUM(x) FILTER (WHERE k = …), grouped' : 'CROSS JOIN UNNEST(ARRAY[ROW(…), …])';
  throw syntaxError(`${word} is not supported: Flink cannot run it. Write ${instead} instead.`, span);
}

function parseMatch(cursor: TokenCursor, table: TableReference): TableReference {
  if (cursor.peek(1).word !== '(' || cursor.peek(2).word === ')') return refuseWord(cursor);
  const clause = parseMatchRecognize(cursor);
  return { kind: 'match-recognize', table, clause, span: cursor.spanFrom(table.span) };
}

/** The keyword ahead where a name could stand too. */
function refuseWord(cursor: TokenCursor): never {
  cursor.seesIdentifier();
  return cursor.unexpected();
}

function parseAlias(cursor: TokenCursor, table: TableReference): TableReference {
  if (!cursor.acceptWord('AS') && !cursor.seesIdentifier()) return table;
  const { name: alias } = cursor.identifier();
  const columns = cursor.isSymbol('(') ? parseNameList(cursor) : [];
  cursor.record('TABLESAMPLE');
  return { kind: 'aliased', table, alias, columns, span: cursor.spanFrom(table.span) };
}

function parseBareTable(cursor: TokenCursor): TableReference {
  const start = cursor.token.span;
  cursor.record('<TABLE>');
  const lateral = cursor.acceptWord('LATERAL');
  if (cursor.isSymbol('(')) return parseParenthesised(cursor, lateral, start);
  cursor.record('~UNNEST');
  if (cursor.isWord('UNNEST')) return parseUnnest(cursor);
  if (cursor.isWord('TABLE')) return parseTableFunction(cursor, lateral, start);
  if (lateral) return cursor.unexpected();
  const name = cursor.compoundIdentifier();
  if (cursor.isSymbol('(')) {
    const call = parseCall(cursor, name.parts, name.span);
    return { kind: 'table-function', call, lateral, span: cursor.spanFrom(start) };
  }
  return parseNamedTable(cursor, name);
}

function parseNamedTable(cursor: TokenCursor, name: Identifier): TableReference {
  for (const word of ['EXTEND', '(']) cursor.record(word);
  const hints: Hint[] = parseHints(cursor);
  let systemTime: SqlExpression | undefined;
  if (cursor.accept('FOR')) {
    cursor.expect('SYSTEM_TIME', 'AS', 'OF');
    systemTime = parseCondition(cursor);
  }
  if (hints.length === 0) hints.push(...parseHints(cursor));
  if (cursor.acceptWord('TABLESAMPLE')) refuseSample(cursor);
  return { kind: 'table-name', name, hints, span: cursor.spanFrom(name.span), ...(systemTime ? { systemTime } : {}) };
}

function refuseSample(cursor: TokenCursor): never {
  const span = cursor.token.span;
  if (!cursor.acceptWord('BERNOULLI') && !cursor.acceptWord('SYSTEM')) cursor.unexpected();
  throw syntaxError('TABLESAMPLE is not supported', span);
}

/** `UNNEST(a, b) [WITH ORDINALITY]`. */
function parseUnnest(cursor: TokenCursor): TableReference {
  const { span: start } = cursor.token;
  if (cursor.peek(1).word !== '(') return refuseWord(cursor);
  cursor.advance();
  cursor.expectSymbol('(');
  const expressions = parseExpressionList(cursor);
  cursor.expectSymbol(')');
  const ordinality = cursor.accept('WITH', 'ORDINALITY');
  return { kind: 'unnest', expressions, ordinality, span: cursor.spanFrom(start) };
}

/** `TABLE(f(…))`. */
function parseTableFunction(cursor: TokenCursor, lateral: boolean, start: Span): TableReference {
  cursor.advance();
  cursor.expectSymbol('(');
  cursor.record('SPECIFIC');
  if (!cursor.seesIdentifier()) cursor.unexpected();
  const call = cursor.expression();
  if (call.kind !== 'function') throw syntaxError('Table function call expected', call.span);
  cursor.expectSymbol(')');
  return { kind: 'table-function', call, lateral, span: cursor.spanFrom(start) };
}

/** `(query)` or `(a JOIN b …)`. */
function parseParenthesised(cursor: TokenCursor, lateral: boolean, start: Span): TableReference {
  if (seesNestedQuery(cursor)) {
    cursor.advance();
    const query = cursor.nested(() => cursor.query());
    cursor.expectSymbol(')');
    return { kind: 'derived', query, lateral, span: cursor.spanFrom(start) };
  }
  if (!beginsTable(cursor, 1)) {
    cursor.markLookahead(2);
    return cursor.unexpected();
  }
  cursor.advance();
  const inner = cursor.nested(() => parseFrom(cursor));
  if (inner.kind === 'derived' && continuesQuery(cursor)) {
    const query = cursor.queryFrom(asBody(inner.query));
    cursor.expectSymbol(')');
    return { kind: 'derived', query, lateral, span: cursor.spanFrom(start) };
  }
  cursor.expectSymbol(')');
  if (inner.kind !== 'join' && inner.kind !== 'derived') throw syntaxError('Expected query or join', inner.span);
  return inner;
}

function asBody(query: Query): QueryBody {
  return { kind: 'nested', query, span: query.span };
}

function continuesQuery(cursor: TokenCursor): boolean {
  return ['UNION', 'INTERSECT', 'EXCEPT', 'MINUS', 'ORDER', 'LIMIT', 'OFFSET', 'FETCH'].some((word) =>
    cursor.isWord(word),
  );
}

/** True when a query's first word stands directly behind the parenthesis ahead. */
function seesNestedQuery(cursor: TokenCursor): boolean {
  const { kind, word } = cursor.peek(1);
  return (
    kind === 'word' &&
    (word === 'SELECT' || word === 'WITH' || word === 'VALUES' || (word === 'TABLE' && cursor.peek(2).word !== '('))
  );
}
