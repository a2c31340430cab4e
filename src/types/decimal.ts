/** DECIMAL as an unscaled bigint: `1.50` of scale 2 is `150n`. All rounding is HALF_UP; what does not fit becomes null. */

const POWERS: bigint[] = [];
for (let power = 1n; POWERS.length <= 80; power *= 10n) POWERS.push(power);

export function powerOfTen(exponent: number): bigint {
  return POWERS[exponent] ?? 10n ** BigInt(exponent);
}

/** True when the unscaled value has at most `precision` digits. */
export function fitsPrecision(unscaled: bigint, precision: number): boolean {
  const limit = powerOfTen(precision);
  return unscaled < limit && unscaled > -limit;
}

/** `numerator / denominator`, rounded half away from zero. */
export function divideHalfUp(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const rest = numerator % denominator;
  if (rest === 0n) return quotient;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  if (twice < (denominator < 0n ? -denominator : denominator)) return quotient;
  return numerator < 0n === denominator < 0n ? quotient + 1n : quotient - 1n;
}

/** The value at another scale, rounded HALF_UP. */
export function rescale(unscaled: bigint, from: number, to: number): bigint {
  if (to === from) return unscaled;
  if (to > from) return unscaled * powerOfTen(to - from);
  return divideHalfUp(unscaled, powerOfTen(from - to));
}

/** Rescales to DECIMAL(precision, scale); null when it has too many digits. */
export function toDecimal(unscaled: bigint, from: number, precision: number, scale: number): bigint | null {
  const result = rescale(unscaled, from, scale);
  return fitsPrecision(result, precision) ? result : null;
}

/** Quotient at `scale`, rounded HALF_UP. The divisor is not zero. */
export function divideDecimal(a: bigint, aScale: number, b: bigint, bScale: number, scale: number): bigint {
  const shift = scale + bScale - aScale;
  if (shift >= 0) return divideHalfUp(a * powerOfTen(shift), b);
  return divideHalfUp(a, b * powerOfTen(-shift));
}

/** Plain text with all digits of the scale: `-0.05`. */
export function decimalToText(unscaled: bigint, scale: number): string {
  if (scale === 0) return unscaled.toString();
  const negative = unscaled < 0n;
  const digits = (negative ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const point = digits.length - scale;
  return `${negative ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** The nearest double. */
export function decimalToNumber(unscaled: bigint, scale: number): number {
  if (scale === 0) return Number(unscaled);
  // Up to 18 digits Flink divides, as a double holds them.
  if (scale <= 22 && unscaled < 1_000_000_000_000_000_000n && unscaled > -1_000_000_000_000_000_000n)
    return Number(unscaled) / Number(powerOfTen(scale));
  return Number(decimalToText(unscaled, scale));
}

/** A number in text, exact: unscaled digits and scale (which may be negative: `1E3` is 1 of scale -3). */
export interface ExactNumber {
  readonly unscaled: bigint;
  readonly scale: number;
}

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,10}))?$/;

/** Reads `-12.5e3`; undefined when it is no number. */
export function parseExact(text: string): ExactNumber | undefined {
  const match = NUMBER.exec(text);
  if (!match) return undefined;
  const whole = match[2] ?? '';
  const fraction = match[3] ?? '';
  if (whole === '' && fraction === '') return undefined;
  const digits = BigInt(whole + fraction);
  return { unscaled: match[1] === '-' ? -digits : digits, scale: fraction.length - Number(match[4] ?? 0) };
}

/** An exact number as DECIMAL(precision, scale), HALF_UP; null when it does not fit. */
export function exactToDecimal(value: ExactNumber, precision: number, scale: number): bigint | null {
  if (value.unscaled === 0n) return 0n;
  if (-value.scale > precision) return null;
  if (value.scale - scale > 400) return 0n;
  if (value.scale < 0) return toDecimal(value.unscaled * powerOfTen(-value.scale), 0, precision, scale);
  return toDecimal(value.unscaled, value.scale, precision, scale);
}
