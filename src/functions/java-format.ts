/** java.util.Formatter in the locale en-US, over the values that SQL has. */

import { decimalToText } from '../types/decimal.ts';
import { bytesOf } from '../types/heap-bytes.ts';
import { doubleToText, floatToText } from '../types/java-double.ts';
import { murmur } from '../types/java-hash-order.ts';
import type { LogicalType } from '../types/logical-type.ts';
import { isApproximate, isInteger, isText } from '../types/type-family.ts';
import type { Value } from '../types/value.ts';

const SPEC = /%(?:(\d+)\$)?([-#+ 0,(<]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/g;

/** Thrown by formats that Java refuses. */
class BadFormat extends Error {}

interface Spec {
  readonly flags: string;
  readonly width: number | undefined;
  readonly precision: number | undefined;
  readonly conversion: string;
}

/** The formatted text, or null where Java throws. */
export function javaFormat(format: string, args: readonly Value[], types: readonly LogicalType[]): string | null {
  let next = 0;
  let last = -1;
  try {
    if (/%/.test(format.replace(SPEC, ''))) return null;
    return format.replace(
      SPEC,
      (_all, position: string, flags: string, width: string, precision: string, conversion: string) => {
        const spec: Spec = {
          flags,
          width: width === undefined ? undefined : Number(width),
          precision: precision === undefined ? undefined : Number(precision),
          conversion,
        };
        if (conversion === '%') return pad('%', spec);
        if (conversion === 'n') return '\n';
        if (position !== undefined) last = Number(position) - 1;
        else if (!flags.includes('<')) last = next++;
        const type = types[last];
        if (last < 0 || !type) throw new BadFormat();
        return one(spec, args[last] ?? null, type);
      },
    );
  } catch (error) {
    if (error instanceof BadFormat) return null;
    throw error;
  }
}

function pad(text: string, spec: Spec): string {
  if (spec.width === undefined) return text;
  return spec.flags.includes('-') ? text.padEnd(spec.width) : text.padStart(spec.width);
}

function one(spec: Spec, value: Value, type: LogicalType): string {
  const lower = spec.conversion.toLowerCase();
  const upper = lower !== spec.conversion;
  const finish = (text: string): string => pad(upper ? text.toUpperCase() : text, spec);
  const cut = (text: string): string => (spec.precision === undefined ? text : text.slice(0, spec.precision));
  if (lower === 's') return finish(cut(plainText(value, type)));
  if (lower === 'b') return finish(cut(String(type.kind === 'BOOLEAN' ? (value ?? false) : value !== null)));
  if (value === null) return finish(cut('null'));
  if (lower === 'h') return finish(cut(javaHash(value, type)));
  if (lower === 'd' || lower === 'x' || lower === 'o') return finish(integer(spec, value, type, lower));
  if (lower === 'c') return finish(character(value, type));
  if (lower === 'f' || lower === 'e' || lower === 'g') return finish(floating(spec, value, type, lower));
  throw new BadFormat();
}

/** The hash of a value as Flink's runtime holds it, in hex digits. */
function javaHash(value: Value, type: LogicalType): string {
  let hash = Number(value);
  if (typeof value === 'string') hash = murmur(bytesOf(value));
  else if (type.kind === 'BOOLEAN') hash = value ? 1231 : 1237;
  else if (type.kind === 'DOUBLE' || typeof value === 'bigint') {
    const view = new DataView(new ArrayBuffer(8));
    if (typeof value === 'bigint') view.setBigInt64(0, value);
    else view.setFloat64(0, value as number);
    hash = view.getInt32(0) ^ view.getInt32(4);
  }
  return (hash >>> 0).toString(16);
}

function plainText(value: Value, type: LogicalType): string {
  if (value === null) return 'null';
  if (type.kind === 'DECIMAL') return decimalToText(value as bigint, type.scale);
  if (type.kind === 'DOUBLE') return doubleToText(value as number);
  return type.kind === 'FLOAT' ? floatToText(value as number) : String(value);
}

function isWhole(type: LogicalType): boolean {
  return isInteger(type) || type.kind === 'DATE' || type.kind === 'TIME' || type.kind.startsWith('INTERVAL');
}

function integer(spec: Spec, value: Value, type: LogicalType, conversion: string): string {
  if (!isWhole(type) || spec.precision !== undefined) throw new BadFormat();
  const number = BigInt(value as number);
  if (conversion !== 'd') {
    const bits = type.kind === 'BIGINT' ? 64 : type.kind === 'TINYINT' ? 8 : type.kind === 'SMALLINT' ? 16 : 32;
    const digits = BigInt.asUintN(bits, number).toString(conversion === 'x' ? 16 : 8);
    const prefix = spec.flags.includes('#') ? (conversion === 'x' ? '0x' : '0') : '';
    return zeroPad(prefix + digits, spec, 0);
  }
  return signed(spec, number < 0n, grouped(spec, (number < 0n ? -number : number).toString()));
}

function grouped(spec: Spec, digits: string): string {
  if (!spec.flags.includes(',')) return digits;
  const [whole = '', fraction] = digits.split('.');
  const groups = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? groups : `${groups}.${fraction}`;
}

function signed(spec: Spec, negative: boolean, digits: string): string {
  if (negative && spec.flags.includes('(')) return `(${zeroPad(digits, spec, 2)})`;
  const sign = negative ? '-' : spec.flags.includes('+') ? '+' : spec.flags.includes(' ') ? ' ' : '';
  return sign + zeroPad(digits, spec, sign.length);
}

function zeroPad(digits: string, spec: Spec, taken: number): string {
  if (!spec.flags.includes('0')) return digits;
  if (spec.width === undefined) throw new BadFormat();
  return digits.padStart(spec.width - taken, '0');
}

function character(value: Value, type: LogicalType): string {
  if (!isInteger(type) || type.kind === 'BIGINT') throw new BadFormat();
  return String.fromCodePoint(value as number);
}

function floating(spec: Spec, value: Value, type: LogicalType, conversion: string): string {
  if (!isApproximate(type) || isText(type)) throw new BadFormat();
  const number = value as number;
  if (!Number.isFinite(number)) return doubleToText(number);
  const size = Math.abs(number);
  const negative = number < 0 || Object.is(number, -0);
  const precision = spec.precision ?? 6;
  if (conversion === 'e') return signed(spec, negative, exponent(size, precision));
  if (conversion === 'f') return signed(spec, negative, grouped(spec, fixed(size, precision)));
  const digits = precision === 0 ? 1 : precision;
  if (size !== 0 && (size < 1e-4 || size >= 10 ** digits)) return signed(spec, negative, exponent(size, digits - 1));
  const whole = size === 0 ? 1 : Math.floor(Math.log10(size)) + 1;
  return signed(spec, negative, grouped(spec, fixed(size, Math.max(digits - Math.max(whole, 1), 0))));
}

/** Rounded half up by the number's own decimal digits. */
function fixed(size: number, precision: number): string {
  const [mantissa = '0', power = '0'] = size.toExponential().split('e');
  const digits = mantissa.replace('.', '');
  const scale = digits.length - 1 - Number(power);
  const shift = scale - precision;
  let unscaled = BigInt(digits);
  if (shift > 0) {
    const unit = 10n ** BigInt(shift);
    unscaled = (unscaled + unit / 2n) / unit;
  } else unscaled *= 10n ** BigInt(-shift);
  return decimalToText(unscaled, precision);
}

function exponent(size: number, precision: number): string {
  const [mantissa = '0', power = '0'] = size.toExponential(precision).split('e');
  const value = Number(power);
  return `${mantissa}e${value < 0 ? '-' : '+'}${String(Math.abs(value)).padStart(2, '0')}`;
}
