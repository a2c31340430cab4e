/** LIKE and SIMILAR TO. */
import { EngineError } from '../../base/error.ts';
import { boundedRegex } from '../../types/bounded-regex.ts';
import { textOf } from '../../types/heap-bytes.ts';
import { javaRegex } from '../../types/java-regex.ts';
import { types } from '../../types/logical-type.ts';
import type { Value } from '../../types/value.ts';
import { runtimeError } from '../call-error.ts';
import { guarded } from '../code-helpers.ts';
import type { CallSite, Eval, ScalarFunction } from '../function.ts';
import type { CodeSite, Operand } from '../generated-code.ts';
import { text } from '../operand.ts';
import { plain } from '../plain-function.ts';

function badEscape(message: string): EngineError {
  return new EngineError('SQL_VALIDATION', message);
}

/** What `_` stands for: any character but the end of a line. */
const ONE = '[^\\n\\r\\x85\\u2028\\u2029]';
const SPECIAL = /[\^$\\.*+?()[\]{}|/]/g;

function quoted(char: string): string {
  return char.replace(SPECIAL, '\\$&');
}

/** The regular expression of a LIKE pattern. */
function likeRegex(pattern: string, escapeChar: string | undefined): RegExp {
  if (escapeChar !== undefined && [...escapeChar].length > 1)
    throw badEscape(`Invalid escape character '${escapeChar}'`);
  let source = '';
  const chars = [...pattern];
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i] as string;
    if (char === escapeChar) {
      const next = chars[i + 1];
      if (next !== '_' && next !== '%' && next !== escapeChar)
        throw badEscape(`Invalid escape sequence '${pattern}', ${i}`);
      source += quoted(next);
      i++;
    } else if (char === '_') source += ONE;
    else if (char === '%') source += '[\\s\\S]*?';
    else source += quoted(char);
  }
  return boundedRegex(`^(?:${source})$`, 'u');
}

/** What has a meaning in SIMILAR TO, and may be escaped. */
const SIMILAR_SPECIAL = '[]()|^-+*_%?{}';

/** The regular expression of a SIMILAR TO pattern: Java's, but for `%`, `_`, `$` and the backslash; what it leaves alone means what it means there. */
function similarRegex(pattern: string, escapeChar: string | undefined): RegExp {
  if (escapeChar !== undefined && [...escapeChar].length !== 1)
    throw badEscape(`Invalid escape character '${escapeChar}'`);
  let source = '';
  let inClass = false;
  const chars = [...pattern];
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i] as string;
    if (char === escapeChar) {
      const next = chars[++i];
      if (next === undefined || (next !== escapeChar && !SIMILAR_SPECIAL.includes(next)))
        throw badEscape(`Invalid escape sequence '${pattern}', ${i - 1}`);
      source += quoted(next);
    } else if (inClass) {
      const named = NAMED_CLASS.exec(chars.slice(i).join(''));
      if (named) {
        source += NAMED_CLASSES[named[1]?.toUpperCase() ?? ''] ?? invalidSimilar(pattern);
        i += named[0].length - 1;
      } else source += classPart(char, pattern);
      inClass = char !== ']' || named !== null;
    } else {
      source += similarPart(char, pattern);
      inClass = char === '[';
    }
  }
  if (inClass) invalidSimilar(pattern);
  return javaRegex(`^(?:${source})\\z`);
}

function similarPart(char: string, pattern: string): string {
  if (char === ']') invalidSimilar(pattern);
  if (char === '_') return '.';
  if (char === '%') return '(?s:.*)';
  return char === '$' || char === '\\' ? `\\${char}` : char;
}

function classPart(char: string, pattern: string): string {
  if (SIMILAR_SPECIAL.includes(char) && !'-^]'.includes(char)) invalidSimilar(pattern);
  return char;
}

function invalidSimilar(pattern: string): never {
  throw runtimeError(`Invalid regular expression '${pattern}'`, 'java.lang.RuntimeException');
}

const NAMED_CLASS = /^\[:(\w+):\]/;

const NAMED_CLASSES: Readonly<Record<string, string>> = {
  ALPHA: '\\p{Alpha}',
  UPPER: '\\p{Upper}',
  LOWER: '\\p{Lower}',
  DIGIT: '\\d',
  ALNUM: '\\p{Alnum}',
  SPACE: ' ',
  WHITESPACE: '\\s',
};

type Compile = (pattern: string, escapeChar: string | undefined) => RegExp;

/** Patterns that are literals are compiled once; others when they change. */
function bindMatch(site: CallSite, compile: Compile): Eval {
  const fixed = literalText(site, 1);
  const escapeChar = literalText(site, 2);
  if (fixed !== undefined && (site.argTypes.length < 3 || escapeChar !== undefined)) {
    const regex = compile(fixed, escapeChar);
    return ([value]) => matches(regex, value as string);
  }
  let last: string | undefined;
  let regex = /^/;
  return ([value, pattern, character]) => {
    const key = `${character ?? ''}\u0000${pattern}`;
    if (key !== last) {
      regex = compile(pattern as string, character as string | undefined);
      last = key;
    }
    return matches(regex, value as string);
  };
}

function matches(regex: RegExp, value: string): boolean {
  regex.lastIndex = 0;
  return regex.test(value);
}

function literalText(site: CallSite, index: number): string | undefined {
  const value: Value | undefined = site.literals[index]?.value;
  return typeof value === 'string' ? value : undefined;
}

type Simple = 'equal' | 'prefix' | 'suffix' | 'middle';

/** Shapes of patterns that need no regular expression: `abc`, `abc%`, `%abc`, `%abc%`. */
function simpleShape(pattern: string): { readonly shape: Simple; readonly body: Uint8Array } | undefined {
  const match = /^(%?)([^%_]*)(%?)$/.exec(pattern);
  if (!match) return undefined;
  const shape = match[1] ? (match[3] ? 'middle' : 'suffix') : match[3] ? 'prefix' : 'equal';
  return { shape, body: Buffer.from(match[2] as string) };
}

function matchAt(u8: Uint8Array, at: number, body: Uint8Array): boolean {
  for (let i = 0; i < body.length; i++) if (u8[at + i] !== body[i]) return false;
  return true;
}

function matcher(shape: Simple, body: Uint8Array): (u8: Uint8Array, address: number, length: number) => number {
  const size = body.length;
  switch (shape) {
    case 'equal':
      return (u8, address, length) => (length === size && matchAt(u8, address, body) ? 1 : 0);
    case 'prefix':
      return (u8, address, length) => (length >= size && matchAt(u8, address, body) ? 1 : 0);
    case 'suffix':
      return (u8, address, length) => (length >= size && matchAt(u8, address + length - size, body) ? 1 : 0);
    default:
      return (u8, address, length) => {
        for (let at = address; at <= address + length - size; at++) if (matchAt(u8, at, body)) return 1;
        return 0;
      };
  }
}

function generateLike(site: CodeSite): Operand | undefined {
  const pattern = site.literal(1)?.value;
  if (typeof pattern !== 'string' || site.args.length > 2) return undefined;
  const simple = simpleShape(pattern);
  const regex = likeRegex(pattern, undefined);
  const test = simple
    ? matcher(simple.shape, simple.body)
    : (u8: Uint8Array, address: number, length: number) => (regex.test(textOf(u8, address, address + length)) ? 1 : 0);
  const name = site.constant(test);
  const [subject] = site.args as [Operand];
  return guarded(site, 1, ([target]) => `${target} = ${name}(${site.heap}.u8, ${subject.lanes.join(', ')});`, [
    subject,
  ]);
}

export const likes: readonly ScalarFunction[] = [
  plain({
    name: 'LIKE',
    category: 'comparison',
    forms: ['LIKE(<STRING>, <STRING>, <STRING>)'],
    summary: 'Whether a text matches a pattern in which % stands for any text and _ for one character.',
    example: "'Flink' LIKE 'Fl%'",
    args: [text, text],
    optional: [text],
    returns: types.boolean(false),
    bind: (site) => bindMatch(site, likeRegex),
    generate: generateLike,
  }),
  plain({
    name: 'SIMILAR TO',
    category: 'comparison',
    forms: ['SIMILAR TO(<STRING>, <STRING>, <STRING>)'],
    summary: 'Whether a text matches a regular expression of SQL.',
    example: "'abc' SIMILAR TO '(a|b)%'",
    args: [text, text],
    optional: [text],
    returns: types.boolean(false),
    bind: (site) => bindMatch(site, similarRegex),
  }),
];
