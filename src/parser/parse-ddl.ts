/** An item of CREATE TABLE's column list that is a column. */
import type { ColumnDefinition } from './ast.ts';
import { foreignWordHint } from './foreign-ddl.ts';
import type { TokenCursor } from './token-cursor.ts';

/** `name type`, `name AS expression`, `name type METADATA …`: the column, with its comment. */
export function parseColumnDefinition(cursor: TokenCursor): ColumnDefinition {
  const { name, span: start } = cursor.identifier();
  if (cursor.acceptWord('AS')) {
    const expression = cursor.withoutQueries(() => cursor.expression());
    const text = cursor.textOf(expression.span, expression.span);
    const comment = parseComment(cursor);
    return { kind: 'computed', name, expression, text, ...comment, span: cursor.spanFrom(start) };
  }
  const type = cursor.type();
  if (cursor.acceptWord('METADATA')) {
    const key = cursor.acceptWord('FROM') ? { key: cursor.string() } : {};
    const virtual = cursor.acceptWord('VIRTUAL');
    const comment = parseComment(cursor);
    return { kind: 'metadata', name, type, ...key, virtual, ...comment, span: cursor.spanFrom(start) };
  }
  const primaryKey = cursor.accept('PRIMARY');
  if (primaryKey) cursor.expect('KEY');
  const comment = parseComment(cursor);
  foreignWordHint(cursor);
  return { kind: 'physical', name, type, primaryKey, ...comment, span: cursor.spanFrom(start) };
}

/** `COMMENT 'text'` when it is there. */
export function parseComment(cursor: TokenCursor): { comment?: string } {
  return cursor.acceptWord('COMMENT') ? { comment: cursor.string() } : {};
}
