/** Calls: arguments with names, tables as arguments, and the clauses behind the parenthesis. */
import type { Span } from '../base/error.ts';
import type { Identifier, OrderItem, SqlExpression, TableReference, WindowReference } from './ast.ts';
import { parseOrderItems } from './parse-list.ts';
import { parseOver } from './parse-window.ts';
import type { TokenCursor } from './token-cursor.ts';

export function functionNode(
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
  const argNames: (Identifier | null)[] = [];
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
function parseArgumentName(cursor: TokenCursor): Identifier | null {
  const next = cursor.peek(1);
  if (next.kind !== 'symbol' || next.word !== '=>' || !cursor.seesIdentifier()) return null;
  const { name, span } = cursor.identifier();
  cursor.advance();
  return { kind: 'identifier', parts: [name], span };
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
  const argument = cursor.expression();
  cursor.recordAll(['EXCEPT', 'FETCH', 'INTERSECT', 'LIMIT', 'OFFSET', 'PARTITION', 'MINUS', 'UNION', '=>']);
  if (argument.kind !== 'subquery' || !(cursor.isWord('PARTITION') || cursor.isWord('ORDER'))) return argument;
  const { query, span } = argument;
  return parseArgumentKeys(cursor, { kind: 'derived', query, lateral: false, span }, start);
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
  return parseArgumentKeys(cursor, table, start);
}

/** `PARTITION BY … ORDER BY …` behind a table that is an argument. */
function parseArgumentKeys(cursor: TokenCursor, table: TableReference, start: Span): SqlExpression {
  const partitionBy = cursor.accept('PARTITION', 'BY') ? parseKeys(cursor) : [];
  const orderBy = cursor.accept('ORDER', 'BY') ? parseArgumentOrder(cursor) : [];
  return { kind: 'table-argument', table, partitionBy, orderBy, span: cursor.spanFrom(start) };
}

/** `(a, b)` or `a`: behind PARTITION BY of a table argument a comma would end the argument. */
function parseKeys(cursor: TokenCursor): SqlExpression[] {
  if (!cursor.acceptSymbol('(')) return [cursor.compoundIdentifier()];
  const keys: SqlExpression[] = [];
  do keys.push(cursor.compoundIdentifier());
  while (cursor.acceptSymbol(','));
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
export function parseCallSuffix(
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
