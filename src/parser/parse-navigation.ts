/** `LAST(expression, 1)` and its kin, which look at rows of a match. */
import type { SqlExpression } from './ast.ts';
import type { TokenCursor } from './token-cursor.ts';

/** The offset is a number, not an expression. */
export function parseNavigation(cursor: TokenCursor): SqlExpression {
  const { text, span } = cursor.advance();
  cursor.expectSymbol('(');
  const args = [cursor.expression()];
  if (cursor.acceptSymbol(',')) args.push(parseOffset(cursor));
  cursor.expectSymbol(')');
  return { kind: 'function', name: [text], args, distinct: false, span: cursor.spanFrom(span) };
}

function parseOffset(cursor: TokenCursor): SqlExpression {
  const start = cursor.token.span;
  const operatorSpan = cursor.token.span;
  const isNegative = cursor.acceptSymbol('-');
  if (!isNegative) cursor.acceptSymbol('+');
  if (cursor.token.kind !== 'number') return cursor.unexpected();
  const number = { kind: 'number', text: cursor.token.text, span: cursor.advance().span } as const;
  if (!isNegative) return number;
  return { kind: 'operator', operator: '-', operands: [number], operatorSpan, span: cursor.spanFrom(start) };
}
