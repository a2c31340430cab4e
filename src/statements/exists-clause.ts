/** `IF EXISTS`, `IF NOT EXISTS`. */
import type { Parser } from '../parser/parser.ts';

export function parseIfExists(parser: Parser): boolean {
  if (!parser.accept('IF')) return false;
  parser.expect('EXISTS');
  return true;
}

export function parseIfNotExists(parser: Parser): boolean {
  if (!parser.accept('IF')) return false;
  parser.expect('NOT', 'EXISTS');
  return true;
}
