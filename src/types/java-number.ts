/** Numbers in text as Java and Flink read them, with their words where they refuse. */
import { EngineError } from '../base/error.ts';
import { type ExactNumber, exactToDecimal, fitsPrecision, parseExact, rescale } from './decimal.ts';
import type { Heap } from './heap.ts';
import { readText } from './heap-bytes.ts';

function refuse(text: string): EngineError {
  return new EngineError('JOB_FAILED', text, { exceptionClass: 'java.lang.NumberFormatException' });
}

function trimSpaces(text: string): string {
  return text.replace(/^ +| +$/g, '');
}

/** An integer of `bits` bits out of text; digits behind a point are dropped. Throws NumberFormatException. */
export function parseInteger(raw: string, bits: number): bigint {
  const text = trimSpaces(raw);
  const fail = (reason: string) => refuse(`For input string: '${text}'. ${reason}`);
  if (text === '') throw fail('Input is empty.');
  if (text === '-' || text === '+') throw fail('Input has only positive or negative symbol.');
  const match = /^([+-]?)(\d*)(?:\.\d*)?$/.exec(text);
  if (!match) throw fail('Invalid character found.');
  const digits = BigInt(match[2] || '0');
  const value = match[1] === '-' ? -digits : digits;
  if (BigInt.asIntN(bits, value) !== value) throw fail('Overflow.');
  return value;
}

/** Digits that are exact as a double. */
const SHORT_DIGITS = 15;

/** As {@link parseInteger}, of the text at a place of the heap. */
export function integerAt(heap: Heap, address: number, length: number, bits: number): bigint {
  const value = shortIntegerAt(heap.u8, address, address + length);
  if (value < 2 ** (bits - 1) && value >= -(2 ** (bits - 1))) return BigInt(value);
  return parseInteger(readText(heap, address, length), bits);
}

/** A plain integer of few digits; NaN for every other text. */
function shortIntegerAt(u8: Uint8Array, start: number, end: number): number {
  const sign = u8[start];
  const from = sign === 45 || sign === 43 ? start + 1 : start;
  if (from >= end || end - from > SHORT_DIGITS) return Number.NaN;
  let value = 0;
  for (let at = from; at < end; at++) {
    const digit = (u8[at] as number) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return sign === 45 ? -value : value;
}

const DOUBLE = /^[+-]?(?:NaN|Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?)$/;
const HEX = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?\d+)[fFdD]?$/;

/** `Double.parseDouble`. Throws NumberFormatException. */
export function parseDouble(raw: string): number {
  const text = trimControl(raw);
  if (DOUBLE.test(text)) return Number(text.replace(/[fFdD]$/, '').replace(/^\+/, ''));
  const hex = HEX.exec(text);
  if (hex && (hex[2] !== '' || hex[3] !== '')) {
    const fraction = hex[3] as string;
    const mantissa = Number.parseInt((hex[2] as string) + fraction, 16);
    return (hex[1] === '-' ? -1 : 1) * mantissa * 2 ** (Number(hex[4]) - 4 * fraction.length);
  }
  if (text === '') throw refuse('empty String');
  if (/^[+-]?\d*\.\d*\./.test(text)) throw refuse('multiple points');
  throw refuse(`For input string: "${text}"`);
}

/** Java's `trim`: everything up to the blank goes. */
function trimControl(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) <= 32) start++;
  while (end > start && text.charCodeAt(end - 1) <= 32) end--;
  return text.slice(start, end);
}

/** `new BigDecimal(text)`. Throws NumberFormatException in Java's words. */
export function parseBigDecimal(text: string): ExactNumber {
  const exact = parseExact(text);
  if (exact) return exact;
  throw refuse(bigDecimalFault(text));
}

function bigDecimalFault(text: string): string {
  const body = /^[+-]/.test(text) ? text.slice(1) : text;
  const compact = body.length <= 18;
  let point = false;
  let digits = 0;
  for (let i = 0; i < body.length; i++) {
    const char = body[i] as string;
    if (/\p{Nd}/u.test(char)) digits++;
    else if (char === '.') {
      if (point) return 'Character array contains more than one decimal point.';
      point = true;
    } else if (char === 'e' || char === 'E') return exponentFault(body.slice(i + 1));
    else if (compact)
      return `Character ${char} is neither a decimal digit number, decimal point, nor "e" notation exponential mark.`;
    else return 'Character array is missing "e" notation exponential mark.';
  }
  return digits === 0 ? 'No digits found.' : 'Not a digit.';
}

function exponentFault(text: string): string {
  const digits = text.replace(/^[+-]/, '');
  if (digits === '') return 'No exponent digits.';
  if (digits.replace(/^0+/, '').length > 10) return 'Too many nonzero exponent digits.';
  return /^\d+$/.test(digits) ? 'Exponent overflow.' : 'Not a digit.';
}

const BLANK = /^[ \n\t]+|[ \n\t]+$/g;

/** A DECIMAL out of text, HALF_UP. Throws NumberFormatException, also when it has too many digits. */
export function parseDecimal(text: string, precision: number, scale: number): bigint {
  const small = precision <= 18 && Buffer.byteLength(text) <= 18;
  const result = small ? parseSmall(text, precision, scale) : parseLarge(text, precision, scale);
  if (result === null) throw refuse(`For input string: '${text}'. Overflow.`);
  return result;
}

function parseLarge(text: string, precision: number, scale: number): bigint | null {
  const trimmed = text.replace(BLANK, '');
  return exactToDecimal(parseBigDecimal(trimmed === '' ? text : trimmed), precision, scale);
}

/** Flink's short cut for few digits takes any single byte behind the digits for an exponent mark without exponent. */
function parseSmall(text: string, precision: number, scale: number): bigint | null {
  const match = /^[ \n\t]*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+)|[\0-\x7f])?[ \n\t]*$/.exec(text);
  if (!match || text.replace(BLANK, '') === '' || /^[ \n\t]*[+-]$/.test(text)) return null;
  const fraction = match[3] ?? '';
  const digits = BigInt((match[2] ?? '') + fraction);
  const exponent = Number(match[4] ?? 0);
  if (digits !== 0n && Math.abs(exponent) > 60) return exponent > 0 ? null : 0n;
  const signed = match[1] === '-' ? -digits : digits;
  const valueScale = fraction.length - exponent;
  const unscaled = valueScale < 0 ? rescale(signed, 0, -valueScale) : signed;
  const result = rescale(unscaled, Math.max(valueScale, 0), scale);
  return fitsPrecision(result, precision) ? result : null;
}

/** Java's `(long)` of a floating number: cut, held at the ends, NaN is 0. */
export function toLong(value: number): bigint {
  if (Number.isNaN(value)) return 0n;
  if (value >= 2 ** 63) return 9223372036854775807n;
  if (value <= -(2 ** 63)) return -9223372036854775808n;
  return BigInt(Math.trunc(value));
}

/** Java's `(int)` of a floating number. */
export function toInt(value: number): number {
  if (Number.isNaN(value)) return 0;
  return Math.trunc(Math.min(Math.max(value, -2147483648), 2147483647)) + 0;
}
