/** What the lexer cuts a text into. */
import type { Span } from '../base/error.ts';

/**
 * `word`: unquoted name or keyword; `quoted`: a name in back-ticks; `string`, `binary`: literals whose `value` is decoded;
 * `error`: what no token can begin with, `value` is JavaCC's text for it.
 */
export type TokenKind = 'word' | 'quoted' | 'number' | 'string' | 'binary' | 'symbol' | 'eof' | 'error';

export interface Token {
  readonly kind: TokenKind;
  /** As typed. */
  readonly text: string;
  /** Upper case of a word, the symbol itself, empty otherwise: what the grammar compares with. */
  readonly word: string;
  readonly reserved: boolean;
  /** Content of a quoted name or a literal; hexits of a binary one. */
  readonly value: string;
  /** Character set of `_utf8'…'`, `N'…'` and `U&'…'` (`U&`). */
  readonly charset?: string;
  readonly span: Span;
}

/** How Flink's messages show a token: `<EOF>`, or its text with quotes escaped. */
export function tokenImage(token: Token): string {
  if (token.kind === 'eof') return '<EOF>';
  return token.text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll("'", "\\'")
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
}
