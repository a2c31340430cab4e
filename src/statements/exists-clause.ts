/** `IF EXISTS`, `IF NOT EXISTS`. */
import type { Span } from '../base/error.ts';
import { CONTINUATIONS } from '../parser/expected-tokens.ts';
import type { Parser } from '../parser/parser.ts';

/** Flink takes FUNCTION only with a name behind it: without one the word itself is refused. */
export function checkFunctionName(parser: Parser, start: Span): void {
  if (parser.sees('IF') || parser.seesIdentifier()) return;
  const head = parser.text.slice(start.start, parser.peekSpan().start);
  const at = start.start + head.toUpperCase().lastIndexOf('FUNCTION');
  parser.backTo({ ...start, start: at });
  for (const word of CONTINUATIONS[head.trim().split(/\s+/)[0]?.toUpperCase() ?? ''] ?? []) parser.record(word);
  parser.seesIdentifier();
  parser.unexpected();
}

export function parseIfExists(parser: Parser): boolean {
  if (!parser.accept('IF')) return false;
  parser.expect('EXISTS');
  return true;
}

export function parseIfNotExists(parser: Parser): boolean {
  if (!parser.accept('IF')) return false;
  if (parser.sees('NOT') && !parser.sees('NOT', 'EXISTS')) {
    parser.markLookahead(2);
    parser.unexpected();
  }
  parser.expect('NOT', 'EXISTS');
  return true;
}
