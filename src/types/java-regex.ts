/** Java's regular expressions as JavaScript's. What JavaScript lacks is refused by name rather than answered wrongly. */
import { EngineError } from '../base/error.ts';
import { BEFORE_LAST_LINE_END, BEFORE_LINE_END, boundedRegex, END_OF_TEXT, START_OF_TEXT } from './bounded-regex.ts';
import { HORIZONTAL, POSIX, VERTICAL } from './java-classes.ts';

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
    const [translation, source] = translate(pattern);
    const all = new Set(`g${translation.hasSets ? 'v' : 'u'}${flags}${translation.flags}`);
    return boundedRegex(source, [...all].join(''), translation.groups);
  } catch (error) {
    if (error instanceof EngineError) return error;
    return syntaxError(error instanceof Error ? error.message : String(error), pattern);
  }
}

/** Intersections and classes within classes need a notation of their own. */
function translate(pattern: string): readonly [Translation, string] {
  const plain = new Translation(pattern, false);
  const source = plain.run();
  if (!plain.needsSets) return [plain, source];
  const sets = new Translation(pattern, true);
  return [sets, sets.run()];
}

const GROUP_HEAD = /^\(\?(?::|<?[=!]|<[a-zA-Z][a-zA-Z0-9]*>)/;
const CAPTURE = /^\((?:$|\?<[a-zA-Z])/;
const QUANTIFIER = /^(?:[*+?]|\{\d+(?:,\d*)?\})/;
/** What must be escaped in the notation of sets; the minus makes ranges. */
const SET_SPECIAL = '()[]{}/|&!#$%*+,.:;<=>?@`~^';
/** A group that holds on to what it has matched: JavaScript has none, but a look ahead is one. */
const HELD = '(?:(?=(?<held';

interface OpenGroup {
  /** Its first piece. */
  readonly start: number;
  /** What closes it. */
  readonly end: string;
  readonly isBehind: boolean;
  /** How many groups of flags must be closed with it. */
  flagGroups: number;
  /** Whether a point in it is any character. */
  dotAll: boolean;
}

class Translation {
  readonly hasSets: boolean;
  /** Set when there is a class that only the notation of sets can tell. */
  needsSets = false;
  flags = '';
  /** Where Java's groups stand among those of the result; absent: there are no others. */
  groups: readonly number[] | undefined;
  readonly #text: string;
  #at = 0;
  readonly #pieces: string[] = [];
  readonly #open: OpenGroup[] = [{ start: 0, end: '', isBehind: false, flagGroups: 0, dotAll: false }];
  /** Where the piece begins that a quantifier would repeat. */
  #atom: number | null = null;
  #held = 0;

  constructor(text: string, hasSets: boolean) {
    this.#text = text;
    this.hasSets = hasSets;
  }

  run(): string {
    this.#leadingFlags();
    while (this.#at < this.#text.length) this.#next();
    this.#pieces.push(')'.repeat(this.#open[0]?.flagGroups ?? 0));
    if (this.#held > 0) this.#renumber();
    return this.#pieces.join('');
  }

  /** Groups that hold are groups of the result too: Java's get other numbers. */
  #renumber(): void {
    const groups: number[] = [];
    let count = 0;
    for (const piece of this.#pieces) {
      if (piece.startsWith(HELD)) count++;
      else if (CAPTURE.test(piece)) groups.push(++count);
    }
    this.#pieces.forEach((piece, i) => {
      const group = groups[Number(/^\\([1-9])$/.exec(piece)?.[1]) - 1];
      if (group !== undefined) this.#pieces[i] = `(?:\\${group})`;
    });
    this.groups = groups;
  }

  #fail(reason: string): EngineError {
    return syntaxError(reason, this.#text, Math.min(this.#at, Math.max(this.#text.length - 1, 0)));
  }

  /** `(?i)` in front becomes flags; elsewhere it is refused. */
  #leadingFlags(): void {
    const match = /^\(\?([imsux]+)\)/.exec(this.#text);
    if (!match) return;
    this.#at = match[0].length;
    for (const flag of match[1] as string) {
      if (flag === 'x') throw this.#fail('Comments in patterns are not supported');
      if (flag !== 'u') this.flags += flag;
    }
  }

  #next(): void {
    const char = this.#text[this.#at] as string;
    if (char === '(') this.#group();
    else if (char === ')') this.#close();
    else if ('*+?{'.includes(char)) this.#quantifier(char);
    else if (this.#text.startsWith('\\Q', this.#at)) this.#quoted();
    else {
      this.#atom = char === '|' ? null : this.#pieces.length;
      this.#pieces.push(this.#piece(char));
    }
  }

  #piece(char: string): string {
    if (char === '\\') return this.#escape(false);
    if (char === '[') return this.#class();
    const point = String.fromCodePoint(this.#text.codePointAt(this.#at) as number);
    this.#at += point.length;
    if (char === ']' || char === '}') return `\\${char}`;
    if (char === '.' && this.#open.at(-1)?.dotAll) return '[\\s\\S]';
    if (char === '.' && !this.flags.includes('s')) return '[^\\n\\r\\x85\\u2028\\u2029]';
    if (char === '$' && !this.flags.includes('m')) return BEFORE_LINE_END;
    return point;
  }

  #quantifier(char: string): void {
    const quantifier = QUANTIFIER.exec(this.#text.slice(this.#at))?.[0];
    if (quantifier === undefined) throw this.#fail('Illegal repetition');
    if (this.#atom === null) throw this.#fail(`Dangling meta character '${char}'`);
    this.#at += quantifier.length;
    this.#pieces.push(quantifier);
    const mode = this.#text[this.#at];
    if (mode === '?' || mode === '+') this.#at++;
    if (mode === '?') this.#pieces.push(mode);
    if (mode === '+') {
      const [head, end] = this.#hold('Possessive quantifiers');
      this.#pieces.splice(this.#atom, 0, head);
      this.#pieces.push(end);
    }
    this.#atom = null;
  }

  /** What stands before and after that which is to be held. */
  #hold(what: string): readonly [head: string, end: string] {
    if (this.#open.some(({ isBehind }) => isBehind)) throw this.#fail(`${what} in a look behind are not supported`);
    const number = ++this.#held;
    return [`${HELD}${number}>`, `))\\k<held${number}>)`];
  }

  #group(): void {
    const rest = this.#text.slice(this.#at);
    const inline = /^\(\?([ims-]+)([:)])/.exec(rest);
    this.#atom = null;
    if (inline) {
      this.#at += inline[0].length;
      // Flags hold until their group ends.
      if (inline[2] === ')') (this.#open.at(-1) as OpenGroup).flagGroups++;
      else this.#begin('', ')');
      this.#dotAll(inline[1] as string);
      this.#pieces.push(`(?${inline[1]}:`);
    } else if (rest.startsWith('(?>')) {
      this.#at += 3;
      this.#begin(...this.#hold('Atomic groups'));
    } else {
      const head = GROUP_HEAD.exec(rest)?.[0] ?? '(';
      this.#at += head.length;
      this.#begin(head, ')');
    }
  }

  /** `s` among flags switches on, behind a minus off. */
  #dotAll(flags: string): void {
    const [on = '', off = ''] = flags.split('-');
    const group = this.#open.at(-1) as OpenGroup;
    if (on.includes('s')) group.dotAll = true;
    if (off.includes('s')) group.dotAll = false;
  }

  #begin(head: string, end: string): void {
    const dotAll = this.#open.at(-1)?.dotAll ?? false;
    this.#open.push({ start: this.#pieces.length, end, isBehind: /^\(\?<[=!]/.test(head), flagGroups: 0, dotAll });
    if (head !== '') this.#pieces.push(head);
  }

  #close(): void {
    this.#at++;
    if (this.#open.length === 1) throw this.#fail('Unmatched closing');
    const { start, end, flagGroups } = this.#open.pop() as OpenGroup;
    this.#pieces.push(')'.repeat(flagGroups) + end);
    this.#atom = start;
  }

  #class(): string {
    this.#at++;
    const isNegated = this.#text[this.#at] === '^';
    if (isNegated) this.#at++;
    const operands: string[] = [''];
    for (let first = true; ; first = false) {
      const char = this.#text[this.#at];
      if (char === undefined) throw syntaxError('Unclosed character class', this.#text, this.#text.length - 1);
      if (char === ']' && !first) break;
      if (this.#text.startsWith('&&', this.#at)) {
        this.needsSets = true;
        this.#at += 2;
        operands.push('');
      } else operands[operands.length - 1] += this.#classPart(char);
    }
    this.#at++;
    // Nothing beside && is no operand.
    const sets = operands.filter((operand) => operand !== '');
    const body = sets.length > 1 ? sets.map((set) => `[${set}]`).join('&&') : (sets[0] ?? '');
    return `[${isNegated ? '^' : ''}${body}]`;
  }

  #classPart(char: string): string {
    if (char === '\\') return this.#escape(true);
    if (char === '[') {
      const nested = this.#class();
      if (nested.startsWith('[^')) this.needsSets = true;
      return this.hasSets ? nested : nested.slice(1, -1);
    }
    this.#at++;
    const isSpecial = this.hasSets ? SET_SPECIAL.includes(char) : ']/|{}()'.includes(char);
    return isSpecial ? `\\${char}` : char;
  }

  /** The rest of a class inside of a class, as far as sets can tell it. */
  #nestedClass(set: string): string {
    this.needsSets = true;
    return `[^${set}]`;
  }

  #escape(inClass: boolean): string {
    const char = this.#text[this.#at + 1];
    if (char === undefined) throw syntaxError('Unexpected internal error', this.#text, this.#text.length);
    if (char === 'Q') return this.#quotation().join('');
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
      const set = sets[char.toLowerCase()] as string;
      return inClass ? this.#nestedClass(set) : `[^${set}]`;
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

  #quoted(): void {
    const pieces = this.#quotation();
    this.#pieces.push(...pieces);
    if (pieces.length > 0) this.#atom = this.#pieces.length - 1;
  }

  #quotation(): string[] {
    const end = this.#text.indexOf('\\E', this.#at);
    const body = this.#text.slice(this.#at + 2, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.#text.length : end + 2;
    return Array.from(body, (char) => char.replace(/[\^$\\.*+?()[\]{}|/]/, '\\$&'));
  }

  #property(letter: string, inClass: boolean): string {
    const match = /^\\[pP](?:\{(\w+)\}|(\w))/.exec(this.#text.slice(this.#at));
    if (!match) throw this.#fail('Unknown character property');
    this.#at += match[0].length;
    const name = (match[1] ?? match[2]) as string;
    const set = POSIX[name];
    if (set !== undefined) {
      if (letter === 'p') return inClass ? set : `[${set}]`;
      return inClass ? this.#nestedClass(set) : `[^${set}]`;
    }
    if (/^I[ns][A-Z][a-z]{2}/.test(name)) return `\\${letter}{Script=${name.slice(2)}}`;
    return `\\${letter}{${name.startsWith('Is') ? name.slice(2) : name}}`;
  }

  #hex(letter: string): string {
    const rest = this.#text.slice(this.#at);
    const pair = /^\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})/i.exec(rest);
    if (pair) {
      this.#at += pair[0].length;
      return String.fromCharCode(...pair.slice(1).map((digits) => Number.parseInt(digits, 16)));
    }
    const match = /^\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|x\{([0-9a-fA-F]+)\})/.exec(rest);
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
