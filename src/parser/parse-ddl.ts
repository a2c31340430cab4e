/** An item of CREATE TABLE's column list that is a column. */
import type { EngineError } from '../base/error.ts';
import type { ColumnDefinition } from './ast.ts';
import { foreignWordHint } from './foreign-ddl.ts';
import { parseCondition } from './parse-list.ts';
import { declarationError } from './syntax-error.ts';
import type { TokenCursor } from './token-cursor.ts';

/** `name type`, `name AS expression`, `name type METADATA …`: the column, with its comment. */
export function parseColumnDefinition(cursor: TokenCursor): ColumnDefinition {
  const { name, span: start } = cursor.identifier();
  if (cursor.acceptWord('AS')) {
    const expression = cursor.withoutQueries(() => parseCondition(cursor));
    const text = cursor.textOf(expression.span, expression.span);
    const comment = parseComment(cursor);
    return { kind: 'computed', name, expression, text, ...comment, span: cursor.spanFrom(start) };
  }
  cursor.record('.');
  cursor.record('<COLUMN_TYPE>');
  const type = cursor.type();
  if (cursor.acceptWord('METADATA')) {
    const key = cursor.acceptWord('FROM') ? { key: cursor.string() } : {};
    const virtual = cursor.acceptWord('VIRTUAL');
    const comment = parseComment(cursor);
    return { kind: 'metadata', name, type, ...key, virtual, ...comment, span: cursor.spanFrom(start) };
  }
  const primaryKey = parseInlineKey(cursor);
  const comment = parseComment(cursor);
  foreignWordHint(cursor, name);
  return { kind: 'physical', name, type, primaryKey, ...comment, span: cursor.spanFrom(start) };
}

/** `[CONSTRAINT name] PRIMARY KEY NOT ENFORCED` behind a type. */
function parseInlineKey(cursor: TokenCursor): boolean {
  const named = cursor.acceptWord('CONSTRAINT');
  if (named) cursor.identifier();
  const isUnique = cursor.acceptWord('UNIQUE');
  if (!isUnique) {
    if (!cursor.acceptWord('PRIMARY')) return named ? cursor.unexpected() : false;
    cursor.expect('KEY');
  }
  const isEnforced = !cursor.accept('NOT', 'ENFORCED');
  if (isEnforced) cursor.acceptWord('ENFORCED');
  const refusal = constraintRefusal(isUnique, isEnforced);
  if (refusal) cursor.defer(refusal);
  return !isUnique;
}

/** Flink's refusals of UNIQUE and of keys that would have to be checked. */
export function constraintRefusal(isUnique: boolean, isEnforced: boolean): EngineError | undefined {
  if (isUnique) return declarationError('UNIQUE constraint is not supported yet');
  return isEnforced ? declarationError(ENFORCED) : undefined;
}

const ENFORCED =
  "Flink doesn't support ENFORCED mode for PRIMARY KEY constraint. ENFORCED/NOT ENFORCED controls if the constraint checks are performed on the incoming/outgoing data. Flink does not own the data therefore the only supported mode is the NOT ENFORCED mode";

/** `COMMENT 'text'` when it is there. */
export function parseComment(cursor: TokenCursor): { comment?: string } {
  return cursor.acceptWord('COMMENT') ? { comment: cursor.quotedString() } : {};
}
