/** Java's regular expressions as JavaScript's. What JavaScript lacks is refused by name rather than answered wrongly. */
import { EngineError } from '../base/error.ts';
import { BEFORE_LAST_LINE_END, BEFORE_LINE_END, boundedRegex, END_OF_TEXT, START_OF_TEXT } from './bounded-regex.ts';

const POSIX: Record<string, string> = {
  Lower: 'a-z',
  Upper: 'A-Z',
  ASCII: '\\x00-\\x7f',
  Alpha: 'a-zA-Z',
  Digit: '0-9',
  Alnum: 'a-zA-Z0-9',
  Punct: '!-\\/:-@\\[-`{-~',
  Graph: '!-~',
  Print: ' -~',
  Blank: ' \\t',
  Cntrl: '\\x00-\\x1f\\x7f',
  XDigit: '0-9a-fA-F',
  Space: '\\s',
  IsAlphabetic: '\\p{Alphabetic}',
  IsLetter: '\\p{L}',
  IsDigit: '\\p{Nd}',
  IsUppercase: '\\p{Lu}',
  IsLowercase: '\\p{Ll}',
  IsPunctuation: '\\p{P}',
  javaLowerCase: '\\p{Ll}',
  javaUpperCase: '\\p{Lu}',
};
const HORIZONTAL = ' \\t\\xa0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000';
const VERTICAL = '\\n\\x0b\\f\\r\\x85\\u2028\\u2029';
const cache = new Map<string, RegExp | EngineError>();
const CACHE_LIMIT = 1000;

function syntaxError(reason: string, pattern: string, index?: number): EngineError {
  const at = index === undefined ? '' : ` near index ${index}`;
  return new EngineError('JOB_FAILED', `${reason}${at}\n${pattern}`, {
    exceptionClass: 'java.util.regex.PatternSyntaxException',
  });
}

/** The compiled pattern with flags `g` and `u` (and `d` never). Throws EngineError (PatternSyntaxException). */
export function javaRegex(pattern: string, flags = ''): RegExp {
  const key = `${flags}/${pattern}`;
  let result = cache.get(key);
  if (result === undefined) {
    result = compile(pattern, flags);
    if (cache.size >= CACHE_LIMIT) cache.clear();
    cache.set(key, result);
  }
  if (result instanceof EngineError) throw result;
  result.lastIndex = 0;
  return result;
}

/** The compiled pattern, or undefined when it is broken. */
export function tryJavaRegex(pattern: string): RegExp | undefined {
  try {
    return javaRegex(pattern);
  } catch {
    return undefined;
  }
}

function compile(pattern: string, flags: string): RegExp | EngineError {
  try {
    const translation = new Translation(pattern);
    const source = translation.run();
    const all = new Set(`gu${flags}${translation.flags}`);
    return boundedRegex(source, [...all].join(''));
  } catch (error) {
    if (error instanceof EngineError) return error;
    return syntaxError(error instanceof Error ? error.message : String(error), pattern);
  }
}

class Translation {
  flags = '';
  readonly #text: string;
  #at = 0;
  /** For each open group how many groups of flags must be closed with it. */
  readonly #open: number[] = [0];

  constructor(text: string) {
    this.#text = text;
  }

  run(): string {
    let result = this.#leadingFlags();
    while (this.#at < this.#text.length) result += this.#next();
    return result + ')'.repeat(this.#open[0] ?? 0);
  }

  #fail(reason: string): EngineError {
    return syntaxError(reason, this.#text, Math.min(this.#at, Math.max(this.#text.length - 1, 0)));
  }

  /** `(?i)` in front becomes flags; elsewhere it is refused. */
  #leadingFlags(): string {
    const match = /^\(\?([imsux]+)\)/.exec(this.#text);
    if (!match) return '';
    this.#at = match[0].length;
    for (const flag of match[1] as string) {
      if (flag === 'x') throw this.#fail('Comments in patterns are not supported');
      if (flag !== 'u') this.flags += flag;
    }
    return '';
  }

  #next(): string {
    const char = this.#text[this.#at] as string;
    if (char === '\\') return this.#escape(false);
    if (char === '[') return this.#class();
    if (char === '(') return this.#group();
    if (char === ')') return this.#close();
    if ('*+?}'.includes(char)) return this.#quantifierEnd(char);
    if (char === '{') return this.#braces();
    if (char === ']') {
      this.#at++;
      return '\\]';
    }
    if (char === '.' && !this.flags.includes('s')) {
      this.#at++;
      return '[^\\n\\r\\x85\\u2028\\u2029]';
    }
    if (char === '$' && !this.flags.includes('m')) {
      this.#at++;
      return BEFORE_LINE_END;
    }
    this.#at++;
    return char;
  }

  #quantifierEnd(char: string): string {
    this.#at++;
    if (char === '}') return '\\}';
    if (this.#text[this.#at] === '+') throw this.#fail('Possessive quantifiers are not supported');
    if (this.#at === 1 && char !== '?') throw syntaxError(`Dangling meta character '${char}'`, this.#text, 0);
    return char;
  }

  #braces(): string {
    const match = /^\{\d+(?:,\d*)?\}/.exec(this.#text.slice(this.#at));
    if (!match) throw this.#fail('Illegal repetition');
    this.#at += match[0].length;
    if (this.#text[this.#at] === '+') throw this.#fail('Possessive quantifiers are not supported');
    return match[0];
  }

  #group(): string {
    const rest = this.#text.slice(this.#at);
    if (rest.startsWith('(?>')) throw this.#fail('Atomic groups are not supported');
    const inline = /^\(\?([ims-]+)([:)])/.exec(rest);
    if (inline) {
      this.#at += inline[0].length;
      // Flags hold until their group ends.
      if (inline[2] === ')') this.#open[this.#open.length - 1] = (this.#open.at(-1) ?? 0) + 1;
      else this.#open.push(0);
      return `(?${inline[1]}:`;
    }
    this.#at++;
    this.#open.push(0);
    return '(';
  }

  #close(): string {
    this.#at++;
    if (this.#open.length === 1) throw this.#fail('Unmatched closing');
    return ')'.repeat((this.#open.pop() ?? 0) + 1);
  }

  #class(): string {
    this.#at++;
    let result = '[';
    if (this.#text[this.#at] === '^') {
      result += '^';
      this.#at++;
    }
    for (let first = true; ; first = false) {
      const char = this.#text[this.#at];
      if (char === undefined) throw syntaxError('Unclosed character class', this.#text, this.#text.length - 1);
      if (char === ']' && !first) break;
      result += this.#classPart(char);
    }
    this.#at++;
    return `${result}]`;
  }

  #classPart(char: string): string {
    if (char === '\\') return this.#escape(true);
    if (char === '[') {
      const nested = this.#class();
      if (nested.startsWith('[^')) throw this.#fail('Negated classes inside of a class are not supported');
      return nested.slice(1, -1);
    }
    if (this.#text.startsWith('&&', this.#at)) throw this.#fail('Intersections of classes are not supported');
    this.#at++;
    if (char === ']' || char === '/' || char === '|' || char === '{' || char === '}' || char === '(' || char === ')')
      return `\\${char}`;
    return char;
  }

  #escape(inClass: boolean): string {
    const char = this.#text[this.#at + 1];
    if (char === undefined) throw syntaxError('Unexpected internal error', this.#text, this.#text.length);
    if (char === 'Q') return this.#quoted();
    if (char === 'p' || char === 'P') return this.#property(char, inClass);
    if (char === 'u' || char === 'x') return this.#hex(char);
    if (char === 'k' || char === 'c') {
      this.#at += 2;
      return `\\${char}`;
    }
    if (char === '0') return this.#octal();
    this.#at += 2;
    if (/[1-9]/.test(char)) return `\\${char}`;
    return this.#letterEscape(char, inClass);
  }

  #letterEscape(char: string, inClass: boolean): string {
    const sets: Record<string, string> = { h: HORIZONTAL, v: VERTICAL, R: VERTICAL, s: ' \\t\\n\\x0b\\f\\r' };
    if (char === 'R' && !inClass) return `(?:\\r\\n|[${VERTICAL}])`;
    const set = sets[char];
    if (set !== undefined) return inClass ? set : `[${set}]`;
    if (char === 'S' || char === 'H' || char === 'V') {
      if (inClass) throw this.#fail(`\\${char} inside of a class is not supported`);
      return `[^${sets[char.toLowerCase()]}]`;
    }
    if (char === 'A' || char === 'z' || char === 'Z') return char === 'A' ? START_OF_TEXT : this.#end(char);
    if (char === 'G' || char === 'X') throw this.#fail(`\\${char} is not supported`);
    if (char === 'a' || char === 'e') return char === 'a' ? '\\x07' : '\\x1b';
    if (/[dDwWbBtnrf]/.test(char)) return `\\${char}`;
    if (/[A-Za-z]/.test(char)) throw this.#fail('Illegal/unsupported escape sequence');
    return /[\^$\\.*+?()[\]{}|/]/.test(char) || (inClass && char === '-') ? `\\${char}` : char;
  }

  #end(char: string): string {
    return char === 'z' ? END_OF_TEXT : BEFORE_LAST_LINE_END;
  }

  #quoted(): string {
    const end = this.#text.indexOf('\\E', this.#at);
    const body = this.#text.slice(this.#at + 2, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.#text.length : end + 2;
    return body.replace(/[\^$\\.*+?()[\]{}|/]/g, '\\$&');
  }

  #property(letter: string, inClass: boolean): string {
    const match = /^\\[pP](?:\{(\w+)\}|(\w))/.exec(this.#text.slice(this.#at));
    if (!match) throw this.#fail('Unknown character property');
    this.#at += match[0].length;
    const name = (match[1] ?? match[2]) as string;
    const set = POSIX[name];
    if (set !== undefined) {
      if (letter === 'p') return inClass ? set : `[${set}]`;
      if (inClass) throw this.#fail('Negated properties inside of a class are not supported');
      return `[^${set}]`;
    }
    const property = name.startsWith('Is') ? name.slice(2) : name;
    return `\\${letter}{${property.startsWith('In') ? `Script=${property.slice(2)}` : property}}`;
  }

  #hex(letter: string): string {
    const match = /^\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|x\{([0-9a-fA-F]+)\})/.exec(this.#text.slice(this.#at));
    if (!match)
      throw this.#fail(letter === 'u' ? 'Illegal Unicode escape sequence' : 'Illegal hexadecimal escape sequence');
    this.#at += match[0].length;
    return `\\u{${match[1] ?? match[2] ?? match[3]}}`;
  }

  #octal(): string {
    const match = /^\\0([0-3]?[0-7]{1,2})/.exec(this.#text.slice(this.#at));
    if (!match) throw this.#fail('Illegal octal escape sequence');
    this.#at += match[0].length;
    return `\\u{${Number.parseInt(match[1] as string, 8).toString(16)}}`;
  }
}
