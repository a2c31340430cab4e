/** Hints: a comment that opens with `+` and holds `NAME(list)` or `NAME(key = value)`. */
import type { Hint } from './ast.ts';
import type { TokenCursor } from './token-cursor.ts';

/** The hints ahead; none when no hint is there. */
export function parseHints(cursor: TokenCursor): Hint[] {
  const hints: Hint[] = [];
  if (!cursor.acceptSymbol('/*+')) return hints;
  do hints.push(parseHint(cursor));
  while (cursor.acceptSymbol(','));
  cursor.expectSymbol('*/');
  return hints;
}

function parseHint(cursor: TokenCursor): Hint {
  const { name, span: start } = cursor.identifier();
  const options: Record<string, string> = {};
  const list: string[] = [];
  if (cursor.acceptSymbol('(') && !cursor.acceptSymbol(')')) {
    do parseHintItem(cursor, options, list);
    while (cursor.acceptSymbol(','));
    cursor.expectSymbol(')');
  }
  return { name: name.toUpperCase(), options, list, span: cursor.spanFrom(start) };
}

/** `'k' = 'v'`, `k = 'v'`, a name, a literal. */
function parseHintItem(cursor: TokenCursor, options: Record<string, string>, list: string[]): void {
  const { kind, text, value } = cursor.token;
  const isPair = cursor.peek(1).word === '=';
  if (isPair && kind === 'string' && ![',', ')'].includes(cursor.peek(3).word)) {
    cursor.markLookahead(4);
    cursor.unexpected();
  }
  if (kind === 'string' || kind === 'number') cursor.advance();
  else {
    const { parts } = cursor.compoundIdentifier();
    if (!isPair) {
      list.push(parts.join('.'));
      return;
    }
  }
  const key = kind === 'word' ? text : value;
  if (!cursor.acceptSymbol('=')) {
    list.push(key);
    return;
  }
  const content = cursor.string();
  Object.defineProperty(options, key, { value: content, enumerable: true, writable: true, configurable: true });
}
