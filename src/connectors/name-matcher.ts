/** Names of topics and tables by a regular expression in Java's syntax, over the whole name. */
import { boundedRegex } from '../types/bounded-regex.ts';
import { javaRegex } from '../types/java-regex.ts';

/** An expression without state between tests, which compiled patterns with the flag `g` have. */
export function nameMatcher(pattern: string): RegExp {
  return boundedRegex(`^(?:${javaRegex(pattern).source})$`, 'u');
}
