/**
 * Regular expressions that end: one that goes back and forth without end is run by V8's other engine, which takes time in proportion to the
 * text. That engine knows neither the flag `u` nor references and looks ahead or behind; where one of those is needed, the search may be long
 * as in Java.
 */
import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');

/** Places as the translation of Java's expressions writes them; in a text of one line they are `^` and `$`. */
export const START_OF_TEXT = '(?<![\\s\\S])';
export const END_OF_TEXT = '(?![\\s\\S])';
export const BEFORE_LINE_END = '(?=(?:\\r\\n|[\\n\\r\\x85\\u2028\\u2029])?$)';
export const BEFORE_LAST_LINE_END = `(?=(?:\\r\\n|[\\n\\r\\x85\\u2028\\u2029])?${END_OF_TEXT})`;

const NEEDS_UNICODE = /\\[pP]|\\u\{|[\u{10000}-\u{10ffff}]/u;
/** Texts of several lines, and those with surrogates. */
const NOT_PLAIN = /[\ud800-\udfff\n\r\x85\u2028\u2029]/;
/** A repeated group, or several repetitions one behind the other. */
const MAY_EXPLODE = /\)[*+{]|(?:[*+}].*){4}/s;

/** Compiles a pattern with the flag `u` among others. */
export function boundedRegex(source: string, flags: string): RegExp {
  return MAY_EXPLODE.test(source) ? new BoundedRegex(source, flags) : new RegExp(source, flags);
}

/** Searches texts of one line without surrogates by a twin without `u` and looks ahead, which means the same there. */
class BoundedRegex extends RegExp {
  readonly #twin: RegExp | null;

  constructor(source: string | RegExp, flags: string) {
    super(source, flags);
    this.#twin = twinOf(this.source, flags);
  }

  override exec(text: string): RegExpExecArray | null {
    const twin = this.#twin;
    if (twin === null || NOT_PLAIN.test(text)) return super.exec(text);
    twin.lastIndex = this.lastIndex;
    const match = twin.exec(text);
    this.lastIndex = twin.lastIndex;
    return match;
  }
}

function twinOf(source: string, flags: string): RegExp | null {
  if (NEEDS_UNICODE.test(source) || /[im]/.test(flags)) return null;
  try {
    const plain = source
      .replaceAll(BEFORE_LAST_LINE_END, '$')
      .replaceAll(BEFORE_LINE_END, '$')
      .replaceAll(END_OF_TEXT, '$')
      .replaceAll(START_OF_TEXT, '^');
    return new RegExp(plain, flags.replace('u', ''));
  } catch {
    return null;
  }
}
