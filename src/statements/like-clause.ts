/** `[NOT] LIKE 'pattern'` and `[NOT] ILIKE 'pattern'` of SHOW statements. */
import type { Parser } from '../parser/parser.ts';

export interface LikeClause {
  readonly pattern: string;
  readonly negated: boolean;
  readonly ignoresCase: boolean;
}

/** The clause ahead, if any; ILIKE only where the statement has it. */
export function parseLike(parser: Parser, hasIlike: boolean): LikeClause | undefined {
  const negated = parser.accept('NOT');
  if (parser.accept('LIKE')) return { pattern: parser.quotedString(), negated, ignoresCase: false };
  if (hasIlike && parser.accept('ILIKE')) return { pattern: parser.quotedString(), negated, ignoresCase: true };
  return negated ? parser.unexpected() : undefined;
}

/** `%` is any text, `_` any character, a backslash takes the next character as it is. */
export function matchesLike(name: string, clause: LikeClause | undefined): boolean {
  if (!clause) return true;
  const source = clause.pattern.replace(/\\([\s\S])|[\s\S]/g, (text, escaped: string | undefined) => {
    if (escaped !== undefined) return escapeCharacter(escaped);
    return text === '%' ? '[^]*' : text === '_' ? '[^]' : escapeCharacter(text);
  });
  return new RegExp(`^${source}$`, clause.ignoresCase ? 'i' : '').test(name) !== clause.negated;
}

function escapeCharacter(character: string): string {
  return /[\w\s]/.test(character) || character.charCodeAt(0) > 127 ? character : `\\${character}`;
}
