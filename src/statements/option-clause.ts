/** Lists of option keys, and options as Flink's messages show them. */
import { maskSecrets } from '../base/secret.ts';
import type { Parser } from '../parser/parser.ts';

/** `('k', 'l')`; may be empty. */
export function parseOptionKeys(parser: Parser): string[] {
  const keys: string[] = [];
  parser.expectSymbol('(');
  if (parser.acceptSymbol(')')) return keys;
  do keys.push(parser.string());
  while (parser.acceptSymbol(','));
  parser.expectSymbol(')');
  return keys;
}

/** `'k' = 'v'`, secrets masked. */
export function optionPairs(options: Readonly<Record<string, string>>): string[] {
  return Object.entries(maskSecrets(options)).map(([key, value]) => `'${key}' = '${value}'`);
}
