/** Cuts a csv record into fields, and finds where a record ends. */
import { textOf } from '../types/heap-bytes.ts';
import type { CsvRules } from './csv-options.ts';
import { contentError } from './format-error.ts';

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const BLANK = 32;
/** What messages call the input. */
export const CSV_SOURCE = '(org.apache.flink.connector.file.src.impl.StreamFormatAdapter$TrackingFsDataInputStream)';

export class CsvScanner {
  readonly #rules: CsvRules;
  /** Fields of the last record. */
  readonly fields: string[] = [];
  /** The line of the record, for messages. */
  line = 1;
  /** Where each field begins, in bytes from the record's start. */
  readonly starts: number[] = [];

  constructor(rules: CsvRules) {
    this.#rules = rules;
  }

  /** The position behind the record and its line end, or -1 when it goes on beyond `end`. */
  recordEnd(u8: Uint8Array, start: number, end: number, last: boolean): number {
    const { delimiter, quote, escapeWith, trimSpaces } = this.#rules;
    let atFieldStart = true;
    let quoted = false;
    for (let p = start; p < end; p++) {
      const c = u8[p] as number;
      if (quoted) {
        if (c === escapeWith) p++;
        else if (c === quote) {
          if (p + 1 >= end && !last) return -1;
          if (u8[p + 1] === quote && p + 1 < end) p++;
          else quoted = false;
        }
        continue;
      }
      if (c === LINE_FEED) return p + 1;
      if (c === CARRIAGE_RETURN) {
        if (p + 1 < end) return u8[p + 1] === LINE_FEED ? p + 2 : p + 1;
        return last ? p + 1 : -1;
      }
      if (c === escapeWith) p++;
      else if (c === quote && atFieldStart) quoted = true;
      atFieldStart = c === delimiter || (atFieldStart && trimSpaces && c === BLANK);
    }
    return last ? end : -1;
  }

  /** Splits the record in [start, end), its line end excluded. */
  split(u8: Uint8Array, start: number, end: number): void {
    this.fields.length = 0;
    this.starts.length = 0;
    let p = start;
    for (;;) {
      p = this.#field(u8, p, start, end);
      if (p >= end) {
        if (p === end && u8[end - 1] === this.#rules.delimiter && this.#endsInDelimiter) {
          this.fields.push('');
          this.starts.push(end - start);
        }
        return;
      }
    }
  }

  #endsInDelimiter = false;

  /** Reads one field; the position behind it and its delimiter. */
  #field(u8: Uint8Array, position: number, start: number, end: number): number {
    const { delimiter, quote, trimSpaces } = this.#rules;
    let p = position;
    if (trimSpaces) while (p < end && (u8[p] as number) <= BLANK && u8[p] !== delimiter) p++;
    this.starts.push(p - start);
    if (p < end && u8[p] === quote) return this.#quoted(u8, p + 1, start, end);
    const from = p;
    let escaped = false;
    while (p < end && u8[p] !== delimiter) {
      if (u8[p] === this.#rules.escapeWith) {
        escaped = true;
        p++;
      }
      p++;
    }
    const behind = Math.min(p, end);
    const text = escaped ? this.#unescape(textOf(u8, from, behind)) : textOf(u8, from, behind);
    this.fields.push(trimSpaces ? trimEnd(text) : text);
    this.#endsInDelimiter = p < end;
    return p + 1;
  }

  #quoted(u8: Uint8Array, position: number, start: number, end: number): number {
    const { delimiter, quote, escapeWith } = this.#rules;
    let p = position;
    let doubled = false;
    for (; ; p++) {
      if (p >= end)
        throw contentError(
          'jacksonParse',
          `Missing closing quote for value\n at [Source: ${CSV_SOURCE}; line: ${this.line + 1}, column: 1]`,
        );
      if (u8[p] === escapeWith) {
        doubled = true;
        p++;
      } else if (u8[p] === quote) {
        if (u8[p + 1] !== quote || p + 1 >= end) break;
        doubled = true;
        p++;
      }
    }
    const text = textOf(u8, position, p);
    this.fields.push(doubled ? this.#unescape(text, String.fromCharCode(quote)) : text);
    p++;
    while (p < end && u8[p] !== delimiter) {
      if ((u8[p] as number) > BLANK)
        throw contentError(
          'jacksonParse',
          `Unexpected character ('${String.fromCharCode(u8[p] as number)}' (code ${u8[p]})): Expected column separator character ('${String.fromCharCode(delimiter)}' (code ${delimiter})) or end-of-line\n at [Source: ${CSV_SOURCE}; line: ${this.line}, column: ${p - start + 2}]`,
        );
      p++;
    }
    this.#endsInDelimiter = p < end;
    return p + 1;
  }

  #unescape(text: string, quote = ''): string {
    const sign = this.#rules.escapeWith < 0 ? '' : String.fromCharCode(this.#rules.escapeWith);
    let out = '';
    for (let i = 0; i < text.length; i++) {
      const c = text[i] as string;
      if (sign !== '' && c === sign) out += ESCAPED[text[++i] ?? ''] ?? text[i] ?? '';
      else {
        out += c;
        if (c === quote) i++;
      }
    }
    return out;
  }
}

const ESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '0': '\0' };

/** Without what is a blank or less at the end. */
function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) <= BLANK) end--;
  return text.slice(0, end);
}
