/** JSON as Flink reads it: numbers keep their exact digits, and what follows the value is ignored. */
import { runtimeError } from './call-error.ts';

/** A number in its own text: `1.50`, `1E+3`. */
export class JsonNumber {
  /** As Java's BigDecimal or BigInteger writes it. */
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Json = null | boolean | string | JsonNumber | Json[] | JsonObject;
type JsonObject = Map<string, Json>;

const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const LITERAL = /true|false|null/y;
const BLANK = /[ \t\n\r]*/y;

function broken(text: string): Error {
  const token = /^\s*([A-Za-z_0-9]+)/.exec(text)?.[1];
  const message = token
    ? `Unrecognized token '${token}': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')`
    : 'Unexpected character or end of the JSON text';
  return runtimeError(
    `${message}\n at [Source: REDACTED (\`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION\` disabled); line: 1, column: ${(token?.length ?? 0) + 1}]`,
    'org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonParseException',
  );
}

/** A character of a string that stands for itself; NaN at the end does not. */
function isPlain(code: number): boolean {
  return code >= 32 && code !== 34 && code !== 92;
}

class Reader {
  readonly #text: string;
  at = 0;
  readonly #onDuplicate: ((key: string) => void) | undefined;

  constructor(text: string, onDuplicate?: (key: string) => void) {
    this.#text = text;
    this.#onDuplicate = onDuplicate;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.#text);
    if (match) this.at += match[0].length;
    return match;
  }

  blank(): void {
    this.#match(BLANK);
  }

  get ended(): boolean {
    return this.at >= this.#text.length;
  }

  fail(): Error {
    return broken(this.#text);
  }

  value(): Json {
    this.blank();
    const char = this.#text[this.at];
    if (char === '{') return this.#object();
    if (char === '[') return this.#array();
    if (char === '"') return this.#string();
    const literal = this.#match(LITERAL);
    if (literal) {
      if (/[\w$]/.test(this.#text[this.at] ?? '')) throw this.fail();
      return literal[0] === 'null' ? null : literal[0] === 'true';
    }
    const number = this.#match(NUMBER);
    if (!number || number[0] === '' || /[\w.+-]/.test(this.#text[this.at] ?? '')) throw this.fail();
    return new JsonNumber(javaNumber(number[0], number[1] !== undefined || number[2] !== undefined));
  }

  #object(): JsonObject {
    const object: JsonObject = new Map();
    this.at++;
    this.blank();
    if (this.#take('}')) return object;
    do {
      this.blank();
      if (this.#text[this.at] !== '"') throw this.fail();
      const key = this.#string();
      this.blank();
      if (!this.#take(':')) throw this.fail();
      if (object.has(key)) this.#onDuplicate?.(key);
      object.set(key, this.value());
      this.blank();
    } while (this.#take(','));
    if (!this.#take('}')) throw this.fail();
    return object;
  }

  #array(): Json[] {
    const items: Json[] = [];
    this.at++;
    this.blank();
    if (this.#take(']')) return items;
    do {
      items.push(this.value());
      this.blank();
    } while (this.#take(','));
    if (!this.#take(']')) throw this.fail();
    return items;
  }

  #take(char: string): boolean {
    if (this.#text[this.at] !== char) return false;
    this.at++;
    return true;
  }

  #string(): string {
    this.at++;
    let out = '';
    for (;;) {
      const start = this.at;
      while (isPlain(this.#text.charCodeAt(this.at))) this.at++;
      out += this.#text.slice(start, this.at);
      const char = this.#text[this.at];
      if (char === '"') {
        this.at++;
        return out;
      }
      if (char !== '\\') throw this.fail();
      out += this.#escape();
    }
  }

  #escape(): string {
    const char = this.#text[this.at + 1] ?? '';
    this.at += 2;
    const plain: Record<string, string> = {
      '"': '"',
      '\\': '\\',
      '/': '/',
      b: '\b',
      f: '\f',
      n: '\n',
      r: '\r',
      t: '\t',
    };
    const known = plain[char];
    if (known !== undefined) return known;
    const hex = this.#text.slice(this.at, this.at + 4);
    if (char !== 'u' || !/^[0-9a-fA-F]{4}$/.test(hex)) throw this.fail();
    this.at += 4;
    return String.fromCharCode(Number.parseInt(hex, 16));
  }
}

/** The text of a number as Java's BigDecimal has it. */
function javaNumber(text: string, decimal: boolean): string {
  if (!decimal) return BigInt(text).toString();
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) as RegExpExecArray;
  const fraction = match[3] ?? '';
  const digits = ((match[2] as string) + fraction).replace(/^0+(?=\d)/, '');
  return `${match[1]}${bigDecimalText(digits, fraction.length - Number(match[4] ?? 0))}`.replace(/^-0(\.0*)?$/, (z) =>
    z.slice(1),
  );
}

/** `BigDecimal.toString` of digits and a scale. */
export function bigDecimalText(digits: string, scale: number): string {
  if (scale === 0) return digits;
  const exponent = digits.length - 1 - scale;
  if (scale > 0 && exponent >= -6) {
    const padded = digits.padStart(scale + 1, '0');
    return `${padded.slice(0, padded.length - scale)}.${padded.slice(padded.length - scale)}`;
  }
  const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits;
  return exponent === 0 ? mantissa : `${mantissa}E${exponent > 0 ? '+' : ''}${exponent}`;
}

/** Reads the first value of a text. Throws JsonParseException. */
export function parseJson(text: string, onDuplicate?: (key: string) => void): Json {
  return new Reader(text, onDuplicate).value();
}

/** The text of a value, keys in order. */
export function jsonTextOf(value: Json, quote: (text: string) => string): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return quote(value);
  if (value instanceof JsonNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map((item) => jsonTextOf(item, quote)).join(',')}]`;
  const keys = [...value.keys()].sort();
  return `{${keys.map((key) => `${quote(key)}:${jsonTextOf(value.get(key) ?? null, quote)}`).join(',')}}`;
}
