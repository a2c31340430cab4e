/**
 * Double.toString and Float.toString as Java up to 18 writes them: not always the shortest digits (that came with 19), so the
 * digits are made the old way, by exact arithmetic that stops half a unit in the last place away from the value.
 */

/** Bits of 5^n for n below 27, as far as machine words reach. */
const BITS_OF_5_POW = [
  0, 3, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28, 31, 33, 35, 38, 40, 42, 45, 47, 49, 52, 54, 56, 59, 61,
];
const MANTISSA_BITS = 52;
const scratch = new DataView(new ArrayBuffer(8));

/** Text of a DOUBLE: `1.0`, `1.0E10`, `NaN`, `-Infinity`. */
export function doubleToText(value: number): string {
  const simple = simpleText(value) ?? shortText(value);
  if (simple !== undefined) return simple;
  scratch.setFloat64(0, Math.abs(value));
  const bits = scratch.getBigUint64(0);
  const parts = normalize(bits & ((1n << 52n) - 1n), Number(bits >> 52n), MANTISSA_BITS, 1023);
  return (value < 0 ? '-' : '') + layOut(digitsOf(parts));
}

/** Text of a FLOAT. */
export function floatToText(value: number): string {
  const simple = simpleText(value);
  if (simple !== undefined) return simple;
  scratch.setFloat32(0, Math.abs(value));
  const bits = scratch.getUint32(0);
  const parts = normalize(BigInt(bits & 0x7fffff), bits >>> 23, 23, 127);
  const wide = { ...parts, fraction: parts.fraction << BigInt(MANTISSA_BITS - 23) };
  return (value < 0 ? '-' : '') + layOut(digitsOf(wide));
}

function simpleText(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  if (Number.isInteger(value) && value < 1e7 && value > -1e7) return Object.is(value, -0) ? '-0.0' : `${value}.0`;
  return undefined;
}

/** Both languages write the same where the shortest form has at most 15 digits and no exponent. */
function shortText(value: number): string | undefined {
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e7) return undefined;
  const text = String(size);
  if (text.length > 16) return undefined;
  return value < 0 ? `-${text}` : text;
}

/** A binary number: fraction with its hidden bit at bit 52 (or 23), and how many bits of it mean something. */
interface Binary {
  readonly exponent: number;
  readonly fraction: bigint;
  readonly significantBits: number;
}

function normalize(fraction: bigint, biased: number, mantissaBits: number, bias: number): Binary {
  if (biased !== 0)
    return {
      exponent: biased - bias,
      fraction: fraction | (1n << BigInt(mantissaBits)),
      significantBits: mantissaBits + 1,
    };
  const significantBits = fraction.toString(2).length;
  const shift = mantissaBits + 1 - significantBits;
  return { exponent: 1 - shift - bias, fraction: fraction << BigInt(shift), significantBits };
}

/** Digits d1 d2 … of 0.d1d2… × 10^point. */
interface Digits {
  readonly digits: string;
  readonly point: number;
}

function digitsOf(value: Binary): Digits {
  const { exponent } = value;
  const trailing = trailingZeros(value.fraction);
  const fractionBits = MANTISSA_BITS + 1 - trailing;
  const tinyBits = Math.max(0, fractionBits - exponent - 1);
  if (exponent <= 62 && exponent >= -21 && tinyBits === 0 && fractionBits < 64) return integerDigits(value);
  return fractionDigits(value, trailing, fractionBits, tinyBits);
}

function trailingZeros(value: bigint): number {
  let count = 0;
  for (let rest = value; (rest & 1n) === 0n; rest >>= 1n) count++;
  return count;
}

function integerDigits({ exponent, fraction, significantBits }: Binary): Digits {
  const power = exponent > significantBits ? exponent - significantBits - 1 : 0;
  const insignificant = power > 1 ? Math.floor(power * Math.LOG10E * Math.LN2) : 0;
  let integer =
    exponent >= MANTISSA_BITS
      ? fraction << BigInt(exponent - MANTISSA_BITS)
      : fraction >> BigInt(MANTISSA_BITS - exponent);
  if (insignificant > 0) {
    const unit = 10n ** BigInt(insignificant);
    const residue = integer % unit;
    integer = integer / unit + (residue >= unit / 2n ? 1n : 0n);
  }
  const text = integer.toString();
  return { digits: text.replace(/0+$/, ''), point: text.length + insignificant };
}

/** The estimate may be one too high: the first digit is then 0 and dropped. */
function estimatedExponent(fraction: bigint, exponent: number): number {
  scratch.setBigUint64(0, (1023n << 52n) | (fraction & ((1n << 52n) - 1n)));
  const mantissa = scratch.getFloat64(0);
  return Math.floor((mantissa - 1.5) * 0.289529654 + 0.176091259 + exponent * 0.301029995663981);
}

interface Scaled {
  readonly numerator: bigint;
  readonly denominator: bigint;
  readonly margin: bigint;
  /** Width of the machine words that Java computes in, or 0 for exact integers. */
  readonly wordBits: number;
}

function scale(value: Binary, trailing: number, fractionBits: number, tinyBits: number, decimal: number): Scaled {
  const b5 = Math.max(0, -decimal);
  const s5 = Math.max(0, decimal);
  let b2 = b5 + tinyBits + value.exponent;
  let s2 = s5 + tinyBits;
  let m2 = b2 - value.significantBits;
  b2 -= fractionBits - 1;
  const common = Math.min(b2, s2);
  b2 -= common;
  s2 -= common;
  m2 -= common;
  if (fractionBits === 1) m2 -= 1;
  if (m2 < 0) {
    b2 -= m2;
    s2 -= m2;
    m2 = 0;
  }
  const numeratorBits = fractionBits + b2 + (BITS_OF_5_POW[b5] ?? b5 * 3);
  const tensBits = s2 + 1 + (BITS_OF_5_POW[s5 + 1] ?? (s5 + 1) * 3);
  const widest = Math.max(numeratorBits, tensBits);
  return {
    numerator: ((value.fraction >> BigInt(trailing)) * 5n ** BigInt(b5)) << BigInt(b2),
    denominator: (5n ** BigInt(s5)) << BigInt(s2),
    margin: (5n ** BigInt(b5)) << BigInt(m2),
    wordBits: widest < 32 ? 32 : widest < 64 ? 64 : 0,
  };
}

function fractionDigits(value: Binary, trailing: number, fractionBits: number, tinyBits: number): Digits {
  let decimal = estimatedExponent(value.fraction, value.exponent);
  const { numerator, denominator, margin, wordBits } = scale(value, trailing, fractionBits, tinyBits, decimal);
  const tens = denominator * 10n;
  const wrap = (x: bigint): bigint => (wordBits === 0 ? x : BigInt.asIntN(wordBits, x));
  let rest = numerator;
  let unit = margin;
  let low = false;
  let high = false;
  const digits: number[] = [];
  const step = (): number => {
    const digit = Number(rest / denominator);
    rest = (rest % denominator) * 10n;
    unit = wrap(unit * 10n);
    low = unit <= 0n || rest < unit;
    high = unit <= 0n || (wordBits === 0 ? rest + unit >= tens : wrap(rest + unit) > tens);
    return digit;
  };
  const first = step();
  if (first === 0 && !high) decimal--;
  else digits.push(first);
  if (decimal < -3 || decimal >= 8) {
    high = false;
    low = false;
  }
  while (!low && !high) digits.push(step());
  let point = decimal + 1;
  if (high && (!low || roundsUp(rest * 2n - tens, digits))) point += roundUp(digits);
  return { digits: digits.join(''), point };
}

function roundsUp(difference: bigint, digits: readonly number[]): boolean {
  return difference > 0n || (difference === 0n && ((digits.at(-1) ?? 0) & 1) !== 0);
}

/** Adds one to the last digit; returns 1 when a digit is added in front (0.999 → 0.1 × 10). */
function roundUp(digits: number[]): number {
  let at = digits.length - 1;
  while (at > 0 && digits[at] === 9) digits[at--] = 0;
  if (digits[at] === 9) {
    digits[0] = 1;
    return 1;
  }
  digits[at] = (digits[at] as number) + 1;
  return 0;
}

function layOut({ digits, point }: Digits): string {
  if (point > 0 && point < 8) {
    if (digits.length <= point) return `${digits.padEnd(point, '0')}.0`;
    return `${digits.slice(0, point)}.${digits.slice(point)}`;
  }
  if (point <= 0 && point > -3) return `0.${'0'.repeat(-point)}${digits}`;
  return `${digits[0]}.${digits.slice(1) || '0'}E${point - 1}`;
}
