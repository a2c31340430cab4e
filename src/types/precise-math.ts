/**
 * Exponential, logarithms and trigonometric functions to the last digit, as Java's are; those of the JavaScript engine are off by one there
 * once in ten or twenty values. A number is held as the sum of two doubles while it is computed.
 */

/** A value and what its double leaves out. */
type Pair = readonly [high: number, low: number];

const SPLITTER = 2 ** 27 + 1;
const LN_2: Pair = [Math.LN2, 2.3190468138462996e-17];
const LN_10: Pair = [Math.LN10, -2.1707562233822494e-16];
/** Three parts, the first two of few digits, so that small multiples of them are exact. */
const HALF_PI = [1.570796325802803, 9.920935791635221e-10, 5.170182981794105e-19] as const;
/** Beyond it a multiple of π/2 is no longer known well enough. */
const ANGLE_MAX = 1e5;
/** Halvings of the argument of the exponential's series, and its terms. */
const HALVINGS = 6;
const TERMS = 12;

export function preciseExp(x: number): number {
  if (!(Math.abs(x) < 700)) return Math.exp(x);
  const [high, low] = exponential([x, 0]);
  return high + low;
}

export function preciseLog(x: number): number {
  if (!isOrdinary(x)) return Math.log(x);
  const [high, low] = logarithm(x);
  return high + low;
}

export function preciseLog10(x: number): number {
  if (!isOrdinary(x)) return Math.log10(x);
  const [high, low] = quotient(logarithm(x), LN_10);
  return high + low;
}

export function preciseSin(x: number): number {
  return trigonometric(
    x,
    Math.sin,
    (quarter, sine, cosine) => [sine, cosine, negative(sine), negative(cosine)][quarter],
  );
}

export function preciseCos(x: number): number {
  return trigonometric(
    x,
    Math.cos,
    (quarter, sine, cosine) => [cosine, negative(sine), negative(cosine), sine][quarter],
  );
}

export function preciseTan(x: number): number {
  return trigonometric(x, Math.tan, (quarter, sine, cosine) =>
    quarter % 2 === 0 ? quotient(sine, cosine) : negative(quotient(cosine, sine)),
  );
}

function isOrdinary(x: number): boolean {
  return x > 1e-300 && x < 1e300;
}

function trigonometric(
  x: number,
  plain: (x: number) => number,
  choose: (quarter: number, sine: Pair, cosine: Pair) => Pair | undefined,
): number {
  if (!(Math.abs(x) < ANGLE_MAX) || Math.abs(x) < 1e-8) return plain(x);
  const quarters = Math.round(x / (Math.PI / 2));
  const rest = sum(
    sum(sum([x, 0], product(-quarters, HALF_PI[0])), product(-quarters, HALF_PI[1])),
    product(-quarters, HALF_PI[2]),
  );
  const square = times(rest, rest);
  const chosen = choose(((quarters % 4) + 4) % 4, times(rest, series(square, 1)), series(square, 0));
  return chosen === undefined ? plain(x) : chosen[0] + chosen[1];
}

/** 1 - s/((k+1)(k+2)) + …: the cosine of the root of s for k = 0, the sine over the root for k = 1. */
function series(square: Pair, first: number): Pair {
  let result: Pair = [1, 0];
  for (let k = 24 + first; k > first; k -= 2)
    result = sum([1, 0], negative(quotient(times(square, result), [k * (k - 1), 0])));
  return result;
}

function exponential(x: Pair): Pair {
  const power = Math.round(x[0] / LN_2[0]);
  const [high, low] = sum(x, negative(times([power, 0], LN_2)));
  const small: Pair = [high / 2 ** HALVINGS, low / 2 ** HALVINGS];
  // Of e^x - 1, which keeps its digits when it is squared again and again.
  let less: Pair = [0, 0];
  for (let k = TERMS; k >= 1; k--) less = quotient(times(small, sum(less, [1, 0])), [k, 0]);
  for (let i = 0; i < HALVINGS; i++) less = sum(times(less, less), [2 * less[0], 2 * less[1]]);
  const [a, b] = sum(less, [1, 0]);
  return [a * 2 ** power, b * 2 ** power];
}

/** One step of Newton from the engine's own. */
function logarithm(x: number): Pair {
  const near = Math.log(x);
  const off = sum(times([x, 0], exponential([-near, 0])), [-1, 0]);
  return sum([near, 0], sum(off, [-(off[0] * off[0]) / 2, 0]));
}

function negative([high, low]: Pair): Pair {
  return [-high, -low];
}

function sum([a, b]: Pair, [c, d]: Pair): Pair {
  const high = a + c;
  const part = high - a;
  const low = a - (high - part) + (c - part) + (b + d);
  return normal(high, low);
}

function times([a, b]: Pair, [c, d]: Pair): Pair {
  const [high, low] = product(a, c);
  return normal(high, low + (a * d + b * c));
}

function quotient(a: Pair, b: Pair): Pair {
  const high = a[0] / b[0];
  const rest = sum(a, negative(times([high, 0], b)));
  return normal(high, rest[0] / b[0]);
}

/** The exact product of two doubles. */
function product(a: number, c: number): Pair {
  const high = a * c;
  const [a1, a2] = halves(a);
  const [c1, c2] = halves(c);
  return [high, a1 * c1 - high + a1 * c2 + a2 * c1 + a2 * c2];
}

function halves(a: number): Pair {
  const shifted = SPLITTER * a;
  const high = shifted - (shifted - a);
  return [high, a - high];
}

function normal(high: number, low: number): Pair {
  const total = high + low;
  return [total, low - (total - high)];
}
