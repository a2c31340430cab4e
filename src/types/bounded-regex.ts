/**
 * Regular expressions that end: a search goes back and forth a number of times at most. What needs more is searched by V8's other engine,
 * which takes time in proportion to the text; that one knows neither the flag `u` nor references and looks ahead or behind. Where one of
 * those is needed, the search fails.
 */
import { setFlagsFromString } from 'node:v8';
import { EngineError } from '../base/error.ts';

setFlagsFromString('--enable-experimental-regexp-engine');

/**
 * V8 has no other door to its limit of steps back; a search that reaches it gives null. The function is made anew each time: V8 drops the code
 * of one that rests, and could not read its text again without the flag.
 */
function regexWithLimit(source: string, flags: string, backtracks: number): RegExp {
  setFlagsFromString('--allow-natives-syntax');
  try {
    const make = new Function('s', 'f', 'b', 'return %NewRegExpWithBacktrackLimit(s, f, b)');
    return make(source, flags, backtracks) as RegExp;
  } finally {
    setFlagsFromString('--no-allow-natives-syntax');
  }
}

/** Places as the translation of Java's expressions writes them; in a text of one line they are `^` and `$`. */
export const START_OF_TEXT = '(?<![\\s\\S])';
export const END_OF_TEXT = '(?![\\s\\S])';
export const BEFORE_LINE_END = '(?=(?:\\r\\n|[\\n\\r\\x85\\u2028\\u2029])?$)';
export const BEFORE_LAST_LINE_END = `(?=(?:\\r\\n|[\\n\\r\\x85\\u2028\\u2029])?${END_OF_TEXT})`;

/** Before the other engine is tried: some milliseconds. */
const BACKTRACKS_HASTY = 100_000;
/** Where the other engine does not know the pattern: some tenths of a second. */
const BACKTRACKS_MAX = 10_000_000;
/** So many steps a search may take without being counted. */
const STEPS_UNCOUNTED = 10_000_000;
const NEEDS_UNICODE = /\\[pP]|\\u\{|[\u{10000}-\u{10ffff}]/u;
/** Texts of several lines, and those with surrogates. */
const NOT_PLAIN = /[\ud800-\udfff\n\r\x85\u2028\u2029]/;
const REPETITION = /[*+}]/g;
const REPEATED_GROUP = /\)[*+{]/;

/**
 * Compiles a pattern with the flag `u` among others. `groups`: which of its groups a match shows, in that order; absent: all. A search that
 * would not end throws EngineError.
 */
export function boundedRegex(source: string, flags: string, groups?: readonly number[]): RegExp {
  const repetitions = source.match(REPETITION)?.length ?? 0;
  return repetitions > 0 || groups ? new BoundedRegex(source, flags, groups) : new RegExp(source, flags);
}

/** How many groups a match of the expression shows. */
export function groupCount(regex: RegExp): number {
  const shows = regex instanceof BoundedRegex ? regex.shows : undefined;
  return shows?.length ?? (new RegExp(`${regex.source}|`, regex.flags).exec('')?.length ?? 1) - 1;
}

class BoundedRegex extends RegExp {
  readonly shows: readonly number[] | undefined;
  /** A text shorter than this is searched without counting: n repetitions take at most its length to the power of n + 1. */
  readonly #uncountedLength: number;
  readonly #counting = new Map<number, RegExp>();
  #twin: RegExp | null | undefined;

  constructor(source: string, flags: string, groups?: readonly number[]) {
    super(source, flags);
    this.shows = groups;
    const repetitions = source.match(REPETITION)?.length ?? 0;
    this.#uncountedLength = REPEATED_GROUP.test(source) ? 0 : STEPS_UNCOUNTED ** (1 / (repetitions + 1));
  }

  override exec(text: string): RegExpExecArray | null {
    const match = text.length < this.#uncountedLength ? super.exec(text) : this.#counted(text);
    return this.shows && match ? shown(match, this.shows) : match;
  }

  override *[Symbol.matchAll](text: string): RegExpStringIterator<RegExpExecArray> {
    this.lastIndex = 0;
    for (let match = this.exec(text); match; match = this.exec(text)) {
      yield match;
      if (match[0] === '') this.lastIndex += (text.codePointAt(this.lastIndex) ?? 0) > 0xffff ? 2 : 1;
    }
  }

  #counted(text: string): RegExpExecArray | null {
    const start = this.lastIndex;
    let match = start > text.length ? null : this.#within(BACKTRACKS_HASTY, text, start);
    if (match === undefined) match = this.#linear(text, start);
    if (match === undefined) match = this.#within(BACKTRACKS_MAX, text, start);
    if (match === undefined)
      throw new EngineError(
        'JOB_FAILED',
        `The search for '${this.source}' in a text of ${text.length} characters takes too many steps. Write the pattern without repetitions inside of repetitions.`,
      );
    if (match === null) this.lastIndex = 0;
    return match;
  }

  /** Undefined: the search was given up. The last group of a counting expression matches at the end of a text without a match. */
  #within(backtracks: number, text: string, start: number): RegExpExecArray | null | undefined {
    let counting = this.#counting.get(backtracks);
    if (!counting) {
      counting = regexWithLimit(`(?:${this.source})|${END_OF_TEXT}()`, this.flags, backtracks);
      this.#counting.set(backtracks, counting);
    }
    counting.lastIndex = start;
    const match = counting.exec(text);
    if (match === null) return undefined;
    this.lastIndex = counting.lastIndex;
    return match.pop() === undefined ? match : null;
  }

  /** Undefined: not with this pattern or text. */
  #linear(text: string, start: number): RegExpExecArray | null | undefined {
    if (this.#twin === undefined) this.#twin = twinOf(this.source, this.flags);
    if (this.#twin === null || NOT_PLAIN.test(text)) return undefined;
    this.#twin.lastIndex = start;
    const match = this.#twin.exec(text);
    this.lastIndex = this.#twin.lastIndex;
    return match;
  }
}

function shown(match: RegExpExecArray, groups: readonly number[]): RegExpExecArray {
  const values = [match[0], ...groups.map((group) => match[group])];
  return Object.assign(values, { index: match.index, input: match.input, groups: match.groups }) as RegExpExecArray;
}

/** Without `u` and looks ahead; it means the same in texts of one line without surrogates. Null where the other engine does not know it. */
function twinOf(source: string, flags: string): RegExp | null {
  if (NEEDS_UNICODE.test(source) || /[im]/.test(flags)) return null;
  try {
    const plain = source
      .replaceAll(BEFORE_LAST_LINE_END, '$')
      .replaceAll(BEFORE_LINE_END, '$')
      .replaceAll(END_OF_TEXT, '$')
      .replaceAll(START_OF_TEXT, '^');
    return new RegExp(plain, `${flags.replace('u', '')}l`);
  } catch {
    return null;
  }
}
