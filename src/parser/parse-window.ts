/** Window specifications: `( [base] PARTITION BY … ORDER BY … ROWS … )`. */
import type { FrameBound, WindowDefinition, WindowReference } from './ast.ts';
import { parseOrderBy, parsePartitionBy } from './parse-list.ts';
import type { TokenCursor } from './token-cursor.ts';

/** What stands behind OVER. */
export function parseOver(cursor: TokenCursor): WindowReference {
  if (cursor.isSymbol('(')) return parseWindow(cursor);
  return cursor.identifier();
}

export function parseWindow(cursor: TokenCursor): WindowDefinition {
  const start = cursor.token.span;
  cursor.expectSymbol('(');
  const base = cursor.seesIdentifier() ? cursor.identifier().name : undefined;
  const partitionBy = parsePartitionBy(cursor);
  const orderBy = parseOrderBy(cursor);
  const frame = parseFrame(cursor);
  if (cursor.accept('ALLOW') || cursor.accept('DISALLOW')) cursor.expect('PARTIAL');
  cursor.expectSymbol(')');
  const span = cursor.spanFrom(start);
  return { partitionBy, orderBy, span, ...(base === undefined ? {} : { base }), ...(frame ? { frame } : {}) };
}

function parseFrame(cursor: TokenCursor): WindowDefinition['frame'] {
  const unit = cursor.acceptWord('ROWS') ? 'ROWS' : cursor.acceptWord('RANGE') ? 'RANGE' : undefined;
  if (!unit) return undefined;
  if (!cursor.acceptWord('BETWEEN')) return { unit, start: parseBound(cursor) };
  const start = parseBound(cursor);
  cursor.expect('AND');
  return { unit, start, end: parseBound(cursor) };
}

function parseBound(cursor: TokenCursor): FrameBound {
  if (cursor.accept('CURRENT')) {
    cursor.expect('ROW');
    return { kind: 'current-row' };
  }
  if (cursor.sees('UNBOUNDED', 'PRECEDING') || cursor.sees('UNBOUNDED', 'FOLLOWING')) {
    cursor.advance();
    return { kind: cursor.advance().word === 'PRECEDING' ? 'unbounded-preceding' : 'unbounded-following' };
  }
  const value = cursor.expression();
  if (cursor.acceptWord('PRECEDING')) return { kind: 'preceding', value };
  cursor.expect('FOLLOWING');
  return { kind: 'following', value };
}
