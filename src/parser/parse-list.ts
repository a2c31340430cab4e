/** Lists of expressions. */
import type { OrderItem, SqlExpression } from './ast.ts';
import type { TokenCursor } from './token-cursor.ts';

/** `a, b, …`: at least one. */
export function parseExpressionList(cursor: TokenCursor): SqlExpression[] {
  const list = [cursor.expression()];
  while (cursor.acceptSymbol(',')) list.push(cursor.expression());
  return list;
}

/** An expression by itself, as WHERE, ON and ORDER BY take it. */
export function parseCondition(cursor: TokenCursor): SqlExpression {
  cursor.record('<CONDITION>');
  return cursor.expression();
}

/** `a [ASC|DESC] [NULLS FIRST|LAST], …` behind ORDER BY. */
export function parseOrderItems(cursor: TokenCursor): OrderItem[] {
  const items: OrderItem[] = [];
  do {
    const expression = parseCondition(cursor);
    const descending = cursor.acceptWord('DESC');
    if (!descending) cursor.acceptWord('ASC');
    let nullsFirst: boolean | undefined;
    if (cursor.acceptWord('NULLS')) {
      cursor.record('~LAST');
      cursor.record('~FIRST');
      nullsFirst = cursor.acceptWord('FIRST');
      if (!nullsFirst) cursor.expect('LAST');
    }
    const span = cursor.spanFrom(expression.span);
    items.push({ expression, descending, span, ...(nullsFirst === undefined ? {} : { nullsFirst }) });
  } while (cursor.acceptSymbol(','));
  return items;
}

/** The keys behind PARTITION BY, none without it. */
export function parsePartitionBy(cursor: TokenCursor): SqlExpression[] {
  if (!cursor.acceptWord('PARTITION')) return [];
  cursor.expect('BY');
  return parseExpressionList(cursor);
}

/** The items behind ORDER BY, none without it. */
export function parseOrderBy(cursor: TokenCursor): OrderItem[] {
  if (!cursor.acceptWord('ORDER')) return [];
  cursor.expect('BY');
  return parseOrderItems(cursor);
}

/** `(a, b)`: simple names in parentheses. */
export function parseNameList(cursor: TokenCursor): string[] {
  cursor.expectSymbol('(');
  const names = [cursor.identifier().name];
  while (cursor.acceptSymbol(',')) names.push(cursor.identifier().name);
  cursor.expectSymbol(')');
  return names;
}
