/**
 * Regular expressions that end: one that goes back and forth without end is run by V8's other engine, which takes time in proportion to the
 * text. That engine knows neither the flag `u` nor references and looks ahead or behind; where one of those is needed, the search may be long
 * as in Java.
 */
import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');

const NEEDS_UNICODE = /\\[pPu]|[\u{10000}-\u{10ffff}]/u;
const SURROGATE = /[\ud800-\udfff]/;
/** A repeated group, or several repetitions one behind the other. */
const MAY_EXPLODE = /\)[*+{]|(?:[*+}].*){4}/s;

/** Compiles a pattern with the flag `u` among others. */
export function boundedRegex(source: string, flags: string): RegExp {
  return MAY_EXPLODE.test(source) ? new BoundedRegex(source, flags) : new RegExp(source, flags);
}

/** Searches texts without surrogates by a twin without `u`, which means the same there. */
class BoundedRegex extends RegExp {
  readonly #twin: RegExp | null;

  constructor(source: string | RegExp, flags: string) {
    super(source, flags);
    this.#twin = twinOf(this.source, flags);
  }

  override exec(text: string): RegExpExecArray | null {
    const twin = this.#twin;
    if (twin === null || SURROGATE.test(text)) return super.exec(text);
    twin.lastIndex = this.lastIndex;
    const match = twin.exec(text);
    this.lastIndex = twin.lastIndex;
    return match;
  }
}

function twinOf(source: string, flags: string): RegExp | null {
  if (NEEDS_UNICODE.test(source) || flags.includes('i')) return null;
  try {
    return new RegExp(source, flags.replace('u', ''));
  } catch {
    return null;
  }
}
