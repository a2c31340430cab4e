/** Numbers from text as Java reads them: what is accepted, how it is rounded, and what the refusal says. */
import { doubleToText, floatToText } from '../types/java-double.ts';
import { contentError } from './format-error.ts';

const INTEGER = /^[+-]?[0-9]+$/;
const DOUBLE = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[dDfF]?$/;
const DECIMAL = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;

function forInput(text: string): never {
  throw contentError('numberFormat', `For input string: "${text}"`);
}

/** `Integer.parseInt` and `Long.parseLong`. */
export function parseInteger(text: string, bits: 32 | 64): bigint {
  if (!INTEGER.test(text)) forInput(text);
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  if (BigInt.asIntN(bits, value) !== value) forInput(text);
  return value;
}

/** `Byte.parseByte` and `Short.parseShort`. */
export function parseSmall(text: string, bits: 8 | 16): number {
  const value = Number(parseInteger(text, 32));
  if ((value << (32 - bits)) >> (32 - bits) !== value)
    throw contentError('numberFormat', `Value out of range. Value:"${text}" Radix:10`);
  return value;
}

/** `Double.parseDouble`. */
export function parseDouble(text: string): number {
  const trimmed = trimJava(text);
  if (trimmed === '') throw contentError('numberFormat', 'empty String');
  if (DOUBLE.test(trimmed)) return Number(trimmed.replace(/[dDfF]$/, ''));
  const named = /^([+-]?)(NaN|Infinity)$/.exec(trimmed);
  if (!named) forInput(text);
  if (named[2] === 'NaN') return Number.NaN;
  return named[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** `Float.parseFloat`: rounded once, from the decimal text. */
export function parseFloat32(text: string): number {
  const double = parseDouble(text);
  const float = Math.fround(double);
  if (!Number.isFinite(double) || float === double) return float;
  const other = neighbour(float, double > float);
  const middle = Number.isFinite(other) ? (float + other) / 2 : double + 1;
  if (middle !== double) return float;
  const exact = parseBigDecimal(trimJava(text).replace(/[dDfF]$/, ''));
  const order = compareWithDouble(exact, double);
  if (order === 0) return float;
  return order > 0 === other > float ? other : float;
}

const floatBits = new DataView(new ArrayBuffer(4));

function neighbour(float: number, up: boolean): number {
  floatBits.setFloat32(0, float);
  const bits = floatBits.getInt32(0);
  const away = float > 0 === up;
  if (float === 0) return up ? 2 ** -149 : -(2 ** -149);
  floatBits.setInt32(0, bits + (away ? 1 : -1));
  return floatBits.getFloat32(0);
}

function compareWithDouble(value: BigDecimal, double: number): number {
  const doubled = doubleToBigDecimal(double);
  const scale = Math.max(value.scale, doubled.scale);
  const a = value.unscaled * 10n ** BigInt(scale - value.scale);
  const b = doubled.unscaled * 10n ** BigInt(scale - doubled.scale);
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The exact decimal value of a finite double. */
function doubleToBigDecimal(double: number): BigDecimal {
  let scale = 0;
  let scaled = double;
  while (!Number.isInteger(scaled) && scale < 1074) {
    scaled *= 2;
    scale++;
  }
  return { unscaled: BigInt(scaled) * 5n ** BigInt(scale), scale };
}

/** unscaled × 10^-scale; the scale may be negative. */
export interface BigDecimal {
  readonly unscaled: bigint;
  readonly scale: number;
}

/** `new BigDecimal(text)`. */
export function parseBigDecimal(text: string): BigDecimal {
  if (!DECIMAL.test(text)) refuseDecimal(text);
  const exponentAt = text.search(/[eE]/);
  const mantissa = exponentAt < 0 ? text : text.slice(0, exponentAt);
  const exponent = exponentAt < 0 ? 0 : Number(text.slice(exponentAt + 1));
  const point = mantissa.indexOf('.');
  const digits = point < 0 ? mantissa : mantissa.slice(0, point) + mantissa.slice(point + 1);
  const negative = digits.startsWith('-');
  const magnitude = BigInt(digits.replace(/^[+-]/, ''));
  const fraction = point < 0 ? 0 : mantissa.length - point - 1;
  return { unscaled: negative ? -magnitude : magnitude, scale: fraction - exponent };
}

function refuseDecimal(text: string): never {
  const body = text.replace(/^[+-]/, '');
  if (body === '') {
    const index = text.length;
    const cause = contentError('arrayIndex', `Index ${index} out of bounds for length ${index}`);
    throw contentError('numberFormat', `Index ${index} out of bounds for length ${index}`, cause);
  }
  const odd = /[^0-9.eE]/.exec(body);
  if (odd && (body.search(/[eE]/) < 0 || odd.index < body.search(/[eE]/)))
    throw contentError(
      'numberFormat',
      `Character ${odd[0]} is neither a decimal digit number, decimal point, nor "e" notation exponential mark.`,
    );
  if ((body.match(/\./g)?.length ?? 0) > 1)
    throw contentError('numberFormat', 'Character array contains more than one decimal point.');
  if (!/[0-9]/.test(body.split(/[eE]/)[0] ?? '')) throw contentError('numberFormat', 'No digits found.');
  if (/[eE][+-]?$/.test(body)) throw contentError('numberFormat', 'No exponent digits.');
  throw contentError('numberFormat', 'Not a digit.');
}

/** `DecimalData.fromBigDecimal`: HALF_UP to the scale, null when the digits do not fit. The result is unscaled. */
export function fitDecimal(value: BigDecimal, precision: number, scale: number): bigint | null {
  const unscaled = rescale(value, scale);
  if (unscaled === null) return null;
  const magnitude = unscaled < 0n ? -unscaled : unscaled;
  return magnitude >= 10n ** BigInt(precision) ? null : unscaled;
}

const LARGEST_SHIFT = 400;

function rescale(value: BigDecimal, scale: number): bigint | null {
  const shift = scale - value.scale;
  if (value.unscaled === 0n) return 0n;
  if (shift >= 0) return shift > LARGEST_SHIFT ? null : value.unscaled * 10n ** BigInt(shift);
  if (-shift > value.unscaled.toString().length + 1) return 0n;
  const divisor = 10n ** BigInt(-shift);
  const negative = value.unscaled < 0n;
  const magnitude = negative ? -value.unscaled : value.unscaled;
  const rounded = (magnitude + divisor / 2n) / divisor;
  return negative ? -rounded : rounded;
}

/** `BigDecimal.toString`: scientific where Java is. */
export function bigDecimalToString(value: BigDecimal): string {
  const negative = value.unscaled < 0n;
  const digits = (negative ? -value.unscaled : value.unscaled).toString();
  const sign = negative ? '-' : '';
  if (value.scale === 0) return sign + digits;
  const adjusted = -value.scale + (digits.length - 1);
  if (value.scale > 0 && adjusted >= -6) return sign + plainDigits(digits, value.scale);
  const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits;
  if (adjusted === 0) return sign + mantissa;
  return `${sign}${mantissa}E${adjusted > 0 ? '+' : ''}${adjusted}`;
}

/** `BigDecimal.toPlainString`. */
export function bigDecimalToPlain(value: BigDecimal): string {
  const negative = value.unscaled < 0n;
  const digits = (negative ? -value.unscaled : value.unscaled).toString();
  const sign = negative ? '-' : '';
  if (value.scale <= 0) return value.unscaled === 0n ? '0' : sign + digits + '0'.repeat(-value.scale);
  return sign + plainDigits(digits, value.scale);
}

function plainDigits(digits: string, scale: number): string {
  const padded = digits.padStart(scale + 1, '0');
  return `${padded.slice(0, padded.length - scale)}.${padded.slice(padded.length - scale)}`;
}

/** `BigDecimal.stripTrailingZeros`. */
export function stripZeros(value: BigDecimal): BigDecimal {
  if (value.unscaled === 0n) return { unscaled: 0n, scale: 0 };
  let { unscaled, scale } = value;
  while (unscaled % 10n === 0n) {
    unscaled /= 10n;
    scale--;
  }
  return { unscaled, scale };
}

/** `String.trim`: everything up to the blank. */
export function trimJava(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) <= 32) start++;
  while (end > start && text.charCodeAt(end - 1) <= 32) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

/** `Double.toString`; `Float.toString` when `float`. */
export function doubleToString(value: number, float = false): string {
  return float ? floatToText(value) : doubleToText(value);
}
