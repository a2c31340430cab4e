/** Text to tokens, one at a time. Comments and blanks vanish; the two ends of a hint are symbols. Nothing here throws. */
import type { Span } from '../base/error.ts';
import { RESERVED_WORDS } from './keyword.ts';
import type { Token, TokenKind } from './token.ts';

const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const QUOTE = 39;
const STAR = 42;
const MINUS = 45;
const DOT = 46;
const SLASH = 47;
const BACKTICK = 96;

const TWO_CHARACTER_SYMBOLS = new Set(['<=', '>=', '<>', '!=', '||', '=>']);
const SYMBOLS = new Set('()[]{},;.=<>+-*/%|^?:"\''.split(''));
const LETTER = /^[\p{L}\p{Nl}_]$/u;
const LETTER_OR_DIGIT = /^[\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}_]$/u;

export class Lexer {
  readonly #text: string;
  #position = 0;
  #line = 1;
  #lineStart = 0;
  #insideHint = false;

  constructor(text: string) {
    this.#text = text;
  }

  /** The next token; after the end always `eof`. */
  next(): Token {
    const failure = this.#skipBlanks();
    if (failure) return failure;
    const text = this.#text;
    const start = this.#position;
    if (start >= text.length) return this.#endOfFile();
    const code = text.charCodeAt(start);
    if (isWordStart(code, text, start)) return this.#word(start);
    if (isDigit(code) || (code === DOT && isDigit(text.charCodeAt(start + 1)))) return this.#number(start);
    if (code === QUOTE) return this.#string(start, start, undefined);
    if (code === BACKTICK) return this.#quotedName(start);
    return this.#symbol(start);
  }

  /** Skips blanks and comments; a token of kind `error` when a comment does not end. */
  #skipBlanks(): Token | undefined {
    const text = this.#text;
    for (;;) {
      const code = text.charCodeAt(this.#position);
      if (code === SPACE || code === TAB || code === 12 || code === 0xfeff || code === 0xa0) this.#position++;
      else if (code === NEWLINE || code === RETURN) this.#newLine(code);
      else if ((code === MINUS || code === SLASH) && text.charCodeAt(this.#position + 1) === code) this.#skipLine();
      else if (code === SLASH && text.charCodeAt(this.#position + 1) === STAR) {
        if (text[this.#position + 2] === '+') return undefined;
        if (!this.#skipBlockComment()) return this.#unterminated('');
      } else return undefined;
    }
  }

  #newLine(code: number): void {
    this.#position++;
    if (code === RETURN && this.#text.charCodeAt(this.#position) === NEWLINE) this.#position++;
    this.#line++;
    this.#lineStart = this.#position;
  }

  #skipLine(): void {
    const text = this.#text;
    while (this.#position < text.length) {
      const code = text.charCodeAt(this.#position);
      if (code === NEWLINE || code === RETURN) return;
      this.#position++;
    }
  }

  #skipBlockComment(): boolean {
    const end = this.#text.indexOf('*/', this.#position + 2);
    this.#advanceTo(end < 0 ? this.#text.length : end + 2);
    return end >= 0;
  }

  /** Moves on over text that may hold line breaks. */
  #advanceTo(end: number): void {
    while (this.#position < end) {
      const code = this.#text.charCodeAt(this.#position);
      if (code === NEWLINE || code === RETURN) this.#newLine(code);
      else this.#position++;
    }
  }

  #word(start: number): Token {
    const text = this.#text;
    let end = start + 1;
    while (end < text.length && isWordPart(text.charCodeAt(end), text, end)) end++;
    if (text.charCodeAt(end) === QUOTE && end - start < 40) {
      const prefix = text.slice(start, end);
      if (/^[xX]$/.test(prefix)) return this.#binary(start, end);
      if (/^[nN]$/.test(prefix) || prefix.startsWith('_')) return this.#string(start, end, prefix);
    }
    if (end === start + 1 && (text[start] === 'U' || text[start] === 'u') && text.startsWith("&'", end))
      return this.#string(start, end + 1, 'U&');
    this.#position = end;
    const image = text.slice(start, end);
    const word = image.toUpperCase();
    return this.#token('word', start, image, word, word, RESERVED_WORDS.has(word));
  }

  #number(start: number): Token {
    const text = this.#text;
    let end = start;
    while (isDigit(text.charCodeAt(end))) end++;
    if (text.charCodeAt(end) === DOT) {
      end++;
      while (isDigit(text.charCodeAt(end))) end++;
    }
    const exponent = text.charCodeAt(end) | 32;
    if (exponent === 101) {
      const sign = text[end + 1] === '+' || text[end + 1] === '-' ? 1 : 0;
      if (isDigit(text.charCodeAt(end + 1 + sign))) {
        end += 1 + sign;
        while (isDigit(text.charCodeAt(end))) end++;
      }
    }
    this.#position = end;
    const image = text.slice(start, end);
    return this.#token('number', start, image, '', image);
  }

  /** A string literal whose quote stands at `quote`; `start` is that of its prefix. */
  #string(start: number, quote: number, charset: string | undefined): Token {
    const end = this.#closing(quote, "'");
    if (end < 0) return charset === undefined ? this.#symbolToken(start, "'") : this.#plainWord(start, quote);
    const value = this.#text.slice(quote + 1, end - 1).replaceAll("''", "'");
    return this.#spanning('string', start, end, value, charset);
  }

  #binary(start: number, quote: number): Token {
    const end = this.#closing(quote, "'");
    if (end < 0) return this.#plainWord(start, quote);
    return this.#spanning('binary', start, end, this.#text.slice(quote + 1, end - 1), undefined);
  }

  #quotedName(start: number): Token {
    const end = this.#closing(start, '`');
    if (end < 0) {
      const rest = this.#text.slice(start);
      this.#advanceTo(this.#text.length);
      return this.#unterminated(rest);
    }
    const value = this.#text.slice(start + 1, end - 1).replaceAll('``', '`');
    return this.#spanning('quoted', start, end, value, undefined);
  }

  /** Index after the closing quote; doubled quotes are content. -1 when there is none. */
  #closing(open: number, quote: string): number {
    const text = this.#text;
    let at = text.indexOf(quote, open + 1);
    while (at >= 0 && text[at + 1] === quote) at = text.indexOf(quote, at + 2);
    return at < 0 ? -1 : at + 1;
  }

  #plainWord(start: number, end: number): Token {
    this.#position = end;
    const image = this.#text.slice(start, end);
    const word = image.toUpperCase();
    return this.#token('word', start, image, word, word, RESERVED_WORDS.has(word));
  }

  #spanning(kind: TokenKind, start: number, end: number, value: string, charset: string | undefined): Token {
    const line = this.#line;
    const column = start - this.#lineStart + 1;
    this.#advanceTo(end);
    const span: Span = { start, end, line, column, endLine: this.#line, endColumn: end - this.#lineStart };
    const token = { kind, text: this.#text.slice(start, end), word: '', reserved: false, value, span };
    return charset === undefined ? token : { ...token, charset };
  }

  #symbol(start: number): Token {
    const text = this.#text;
    if (text.startsWith('/*+', start)) {
      this.#insideHint = true;
      return this.#symbolToken(start, '/*+');
    }
    const two = text.slice(start, start + 2);
    if (two === '*/' && this.#insideHint) {
      this.#insideHint = false;
      return this.#symbolToken(start, two);
    }
    if (TWO_CHARACTER_SYMBOLS.has(two)) return this.#symbolToken(start, two);
    const one = text[start] ?? '';
    return SYMBOLS.has(one) ? this.#symbolToken(start, one) : this.#unknown(start, one);
  }

  #symbolToken(start: number, symbol: string): Token {
    this.#position = start + symbol.length;
    return this.#token('symbol', start, symbol, symbol, '');
  }

  /** A character that begins no token, with JavaCC's text for it. */
  #unknown(start: number, character: string): Token {
    this.#position = start + 1;
    const column = start - this.#lineStart + 1;
    if (character === '!' && start + 1 < this.#text.length) {
      const next = this.#text[start + 1] ?? '';
      const seen = `Encountered: "${next}" (${next.charCodeAt(0)}), after : "!"`;
      return this.#token(
        'error',
        start,
        character,
        '',
        `Lexical error at line ${this.#line}, column ${column + 1}.  ${seen}`,
      );
    }
    const atEnd = start + 1 >= this.#text.length;
    const what = atEnd ? '<EOF>' : `"${character === '\\' ? '\\\\' : character}" (${character.charCodeAt(0)}),`;
    const message = `Lexical error at line ${this.#line}, column ${atEnd ? column + 1 : column}.  Encountered: ${what} after : ""`;
    return this.#token('error', start, character, '', message);
  }

  #unterminated(seen: string): Token {
    const column = this.#text.length - this.#lineStart + 1;
    const line = this.#line;
    const message = `Lexical error at line ${line}, column ${column}.  Encountered: <EOF> after : "${seen}"`;
    return this.#token('error', this.#text.length, '', '', message);
  }

  /** Stands on the last character, as in JavaCC: line 0, column 0 for an empty text. */
  #endOfFile(): Token {
    const length = this.#text.length;
    const endsLine = length > 0 && this.#lineStart === length;
    let line = this.#line;
    let column = length - this.#lineStart;
    if (length === 0) line = 0;
    else if (endsLine) {
      line--;
      const before = this.#text.slice(0, length - 1);
      column = length - 1 - Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r'));
    }
    const span: Span = { start: length, end: length, line, column, endLine: line, endColumn: column };
    return { kind: 'eof', text: '', word: '', reserved: false, value: '', span };
  }

  #token(kind: TokenKind, start: number, text: string, word: string, value: string, reserved = false): Token {
    const line = this.#line;
    const column = start - this.#lineStart + 1;
    const length = Math.max(text.length, 1);
    const span: Span = { start, end: start + text.length, line, column, endLine: line, endColumn: column + length - 1 };
    return { kind, text, word, reserved, value, span };
  }
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isWordStart(code: number, text: string, at: number): boolean {
  if (code < 128) return ((code | 32) >= 97 && (code | 32) <= 122) || code === 95 || code === 36;
  return LETTER.test(text[at] ?? '');
}

function isWordPart(code: number, text: string, at: number): boolean {
  if (code < 128)
    return ((code | 32) >= 97 && (code | 32) <= 122) || (code >= 48 && code <= 57) || code === 95 || code === 36;
  return LETTER_OR_DIGIT.test(text[at] ?? '');
}
