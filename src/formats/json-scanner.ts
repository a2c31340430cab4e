/** JSON text, token by token, in the words and with the refusals of the parser that Flink uses. Exact and unhurried; the fast paths are generated. */
import { textOf } from '../types/heap-bytes.ts';
import { contentError } from './format-error.ts';

export const JsonToken = {
  NONE: 0,
  START_OBJECT: 1,
  END_OBJECT: 2,
  START_ARRAY: 3,
  END_ARRAY: 4,
  FIELD_NAME: 5,
  STRING: 6,
  INTEGER: 7,
  FLOAT: 8,
  TRUE: 9,
  FALSE: 10,
  NULL: 11,
} as const;

const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const COLON = 58;
const VALUE_WORDS = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

export class JsonScanner {
  readonly #u8: Uint8Array;
  readonly #end: number;
  #position: number;
  #lineStart: number;
  #line = 1;
  /** One entry an open container: true for objects. */
  readonly #stack: boolean[] = [];
  readonly #openedAt: string[] = [];
  /** Whether the container's next token is its first. */
  #first = true;
  #afterName = false;
  #text = '';
  token: number = JsonToken.NONE;
  /** A string's content is looked at only when it is asked for, or passed: what is wrong in it shows then. */
  #pending: unknown = null;
  /** Where the current token begins. */
  tokenStart = 0;

  constructor(u8: Uint8Array, start: number, end: number) {
    const hasMark = u8[start] === 0xef && u8[start + 1] === 0xbb && u8[start + 2] === 0xbf && end - start >= 3;
    this.#u8 = u8;
    this.#position = hasMark ? start + 3 : start;
    this.#lineStart = start;
    this.#end = end;
  }

  /** Text of the current token: a string's content, a number as written, `{` for containers. */
  get text(): string {
    if (this.#pending !== null) throw this.#pending;
    return this.#text;
  }

  /** Moves to the next token and returns it; NONE at the end of the input. */
  next(): number {
    if (this.#pending !== null) throw this.#pending;
    this.token = this.#next();
    return this.token;
  }

  /** The location suffix of messages, `offset` columns from the byte at `at`. */
  location(at = this.tokenStart): string {
    return `\n at [Source: REDACTED (\`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION\` disabled); line: ${this.#line}, column: ${at - this.#lineStart + 1}]`;
  }

  #next(): number {
    this.#skipBlanks();
    if (this.#position >= this.#end) return this.#atEnd();
    let c = this.#u8[this.#position] as number;
    const depth = this.#stack.length;
    const inObject = depth > 0 && this.#stack[depth - 1] === true;
    if (this.#afterName) {
      this.#afterName = false;
      return this.#value(c);
    }
    if (depth > 0) {
      if (c === (inObject ? 125 : 93)) return this.#close(inObject);
      if (c === 125 || c === 93) this.#mismatchedClose(c);
      if (!this.#first) {
        if (c !== COMMA)
          this.#unexpected(c, `was expecting comma to separate ${inObject ? 'Object' : 'Array'} entries`);
        this.#position++;
        this.#skipBlanks();
        if (this.#position >= this.#end) return this.#atEnd();
        c = this.#u8[this.#position] as number;
      }
      this.#first = false;
    }
    return inObject ? this.#fieldName(c) : this.#value(c);
  }

  #atEnd(): number {
    const depth = this.#stack.length;
    if (depth === 0) return JsonToken.NONE;
    const kind = this.#stack[depth - 1] ? 'Object' : 'Array';
    throw contentError(
      'jacksonEof',
      `Unexpected end-of-input: expected close marker for ${kind} (start marker at ${this.#openedAt[depth - 1]})${this.location(this.#position)}`,
    );
  }

  #skipBlanks(): void {
    while (this.#position < this.#end) {
      const c = this.#u8[this.#position] as number;
      if (c > 32) {
        if (c === 47)
          this.#unexpected(
            c,
            "maybe a (non-standard) comment? (not recognized as one since Feature 'ALLOW_COMMENTS' not enabled for parser)",
          );
        return;
      }
      if (c !== 32 && c !== 9 && c !== 10 && c !== 13)
        throw contentError(
          'jacksonParse',
          `Illegal character ((CTRL-CHAR, code ${c})): only regular white space (\\r, \\n, \\t) is allowed between tokens${this.location(this.#position + 1)}`,
        );
      this.#position++;
      if (c === 10) {
        this.#line++;
        this.#lineStart = this.#position;
      }
    }
  }

  #close(inObject: boolean): number {
    this.tokenStart = this.#position++;
    this.#stack.pop();
    this.#openedAt.pop();
    this.#first = false;
    this.#text = inObject ? '}' : ']';
    return inObject ? JsonToken.END_OBJECT : JsonToken.END_ARRAY;
  }

  #mismatchedClose(c: number): never {
    const depth = this.#stack.length;
    const kind = this.#stack[depth - 1] ? 'Object' : 'Array';
    throw contentError(
      'jacksonParse',
      `Unexpected close marker '${String.fromCharCode(c)}': expected '${kind === 'Object' ? '}' : ']'}' (for ${kind} starting at ${this.#openedAt[depth - 1]})${this.location(this.#position)}`,
    );
  }

  #open(isObject: boolean): number {
    this.tokenStart = this.#position++;
    this.#openedAt.push(this.location(this.tokenStart).slice(5).replace(/\]$/, ']'));
    this.#stack.push(isObject);
    this.#first = true;
    this.#text = isObject ? '{' : '[';
    return isObject ? JsonToken.START_OBJECT : JsonToken.START_ARRAY;
  }

  #fieldName(c: number): number {
    this.tokenStart = this.#position;
    if (c !== QUOTE) this.#unexpected(c, 'was expecting double-quote to start field name');
    this.#readString(true);
    const name = this.#text;
    this.#skipBlanks();
    if (this.#position >= this.#end) return this.#atEnd();
    const colon = this.#u8[this.#position] as number;
    if (colon !== COLON) this.#unexpected(colon, 'was expecting a colon to separate field name and value');
    this.#position++;
    this.#afterName = true;
    this.#text = name;
    return JsonToken.FIELD_NAME;
  }

  #value(c: number): number {
    this.tokenStart = this.#position;
    switch (c) {
      case QUOTE:
        try {
          this.#readString(false);
        } catch (error) {
          this.#pending = error;
        }
        return JsonToken.STRING;
      case 123:
        return this.#open(true);
      case 91:
        return this.#open(false);
      case 116:
        return this.#word('true', JsonToken.TRUE);
      case 102:
        return this.#word('false', JsonToken.FALSE);
      case 110:
        return this.#word('null', JsonToken.NULL);
      default:
        return c === 45 || (c >= 48 && c <= 57) ? this.#number() : this.#strange(c);
    }
  }

  #strange(c: number): never {
    const word = this.#wordAt(this.#position);
    if (word === 'NaN' || word === 'Infinity')
      throw contentError(
        'jacksonParse',
        `Non-standard token '${word}': enable \`JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS\` to allow${this.location(this.#position + word.length)}`,
      );
    if (word !== '') this.#unrecognized(word);
    this.#unexpected(c, `expected a valid value ${VALUE_WORDS}`);
  }

  #unrecognized(word: string): never {
    throw contentError(
      'jacksonParse',
      `Unrecognized token '${word}': was expecting ${VALUE_WORDS}${this.location(Math.min(this.#position + word.length + 1, this.#end))}`,
    );
  }

  #wordAt(position: number): string {
    let end = position;
    while (end < this.#end && isWordByte(this.#u8[end] as number)) end++;
    return textOf(this.#u8, position, end);
  }

  #word(word: string, token: number): number {
    const found = this.#wordAt(this.#position);
    if (found !== word) this.#unrecognized(found);
    this.#position += word.length;
    this.#text = word;
    return token;
  }

  #number(): number {
    const from = this.#position;
    let at = from;
    if (this.#u8[at] === 45) at++;
    const digits = this.#digits(at);
    if (digits === at)
      this.#badNumber(at, 'Invalid numeric value: expected digit (0-9) to follow minus sign, for valid numeric value');
    if (this.#u8[at] === 48 && digits > at + 1)
      throw contentError('jacksonParse', `Invalid numeric value: Leading zeroes not allowed${this.location(at + 1)}`);
    at = digits;
    let float = false;
    if (at < this.#end && this.#u8[at] === 46) {
      float = true;
      const fraction = this.#digits(at + 1);
      if (fraction === at + 1) this.#badNumber(fraction, 'Decimal point not followed by a digit');
      at = fraction;
    }
    if (at < this.#end && ((this.#u8[at] as number) | 32) === 101) {
      float = true;
      at++;
      if (at < this.#end && (this.#u8[at] === 43 || this.#u8[at] === 45)) at++;
      const exponent = this.#digits(at);
      if (exponent === at) this.#badNumber(at, 'Exponent indicator not followed by a digit');
      at = exponent;
    }
    this.#text = textOf(this.#u8, from, at);
    this.#position = at;
    return float ? JsonToken.FLOAT : JsonToken.INTEGER;
  }

  #digits(at: number): number {
    let end = at;
    while (end < this.#end && (this.#u8[end] as number) >= 48 && (this.#u8[end] as number) <= 57) end++;
    return end;
  }

  #badNumber(at: number, reason: string): never {
    if (at >= this.#end)
      throw contentError('jacksonEof', `Unexpected end-of-input within/between ${this.#where()}${this.location(at)}`);
    this.#position = at;
    this.#unexpected(this.#u8[at] as number, reason);
  }

  #where(): string {
    const depth = this.#stack.length;
    if (depth === 0) return 'root entries';
    return this.#stack[depth - 1] ? 'Object entries' : 'Array entries';
  }

  #unexpected(c: number, reason: string): never {
    throw contentError(
      'jacksonParse',
      `Unexpected character (${describe(this.#u8, this.#position, c)}): ${reason}${this.location(this.#position)}`,
    );
  }

  #readString(isName: boolean): void {
    const from = this.#position + 1;
    let at = from;
    let escaped = false;
    for (;;) {
      if (at >= this.#end)
        throw contentError(
          'jacksonEof',
          `Unexpected end-of-input${isName ? ' in field name' : ' in VALUE_STRING'}${this.location(at)}`,
        );
      const c = this.#u8[at] as number;
      if (c === QUOTE) break;
      if (c === BACKSLASH) {
        escaped = true;
        at++;
      }
      at++;
    }
    this.#text = escaped ? this.#unescape(from, at) : textOf(this.#u8, from, at);
    this.#position = at + 1;
  }

  #unescape(from: number, to: number): string {
    const parts: string[] = [];
    let plain = from;
    for (let at = from; at < to; at++) {
      if (this.#u8[at] !== BACKSLASH) continue;
      if (at > plain) parts.push(textOf(this.#u8, plain, at));
      const c = this.#u8[at + 1] as number;
      const simple = ESCAPES[c];
      if (simple !== undefined) {
        parts.push(simple);
        at += 1;
      } else if (c === 117) {
        parts.push(this.#unicode(at + 2, to));
        at += 5;
      } else
        throw contentError(
          'jacksonParse',
          `Unrecognized character escape ${describe(this.#u8, at + 1, c)}${this.location(at + 1)}`,
        );
      plain = at + 1;
    }
    if (to > plain) parts.push(textOf(this.#u8, plain, to));
    return parts.join('');
  }

  #unicode(at: number, to: number): string {
    for (let i = at; i < at + 4; i++) {
      const c = this.#u8[i] as number;
      if (i >= to || !/[0-9a-fA-F]/.test(String.fromCharCode(c)))
        throw contentError(
          'jacksonParse',
          `Unexpected character (${describe(this.#u8, i, c)}): expected a hex-digit for character escape sequence${this.location(i)}`,
        );
    }
    return String.fromCharCode(Number.parseInt(textOf(this.#u8, at, at + 4), 16));
  }
}

const ESCAPES: Readonly<Record<number, string>> = {
  34: '"',
  92: '\\',
  47: '/',
  98: '\b',
  102: '\f',
  110: '\n',
  114: '\r',
  116: '\t',
};

function isWordByte(c: number): boolean {
  return (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || c === 95 || c === 36 || c > 127;
}

function describe(u8: Uint8Array, at: number, c: number): string {
  if (c < 32) return `(CTRL-CHAR, code ${c})`;
  if (c < 128) return `'${String.fromCharCode(c)}' (code ${c})`;
  const character = textOf(u8, at, Math.min(at + 4, u8.length))[0] ?? '?';
  const code = character.charCodeAt(0);
  return `'${character}' (code ${code} / 0x${code.toString(16)})`;
}

/** A text as a JSON string, quotes included: only what must be escaped is. */
export function quoteJson(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what JSON must escape.
  return `"${text.replace(/["\\\u0000-\u001f]/g, (c) => SHORT_ESCAPES[c] ?? `\\u${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`)}"`;
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};
