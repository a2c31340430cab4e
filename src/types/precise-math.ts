/**
 * Exponential, logarithms and trigonometric functions to the last digit, as Java's are; those of the JavaScript engine are off by one there
 * once in ten or twenty values. A number is held as the sum of two doubles while it is computed. Steps take their operands from `sum` and
 * `other` and leave the result in `sum`: a double that is passed to a function is an object of the engine's, and a value would make hundreds.
 */

const SPLITTER = 2 ** 27 + 1;
/** Three parts of π/2, the first two of few digits, so that small multiples of them are exact. */
const HALF_PI = new Float64Array([1.570796325802803, 9.920935791635221e-10, 5.170182981794105e-19]);
/** Beyond it a multiple of π/2 is no longer known well enough. */
const ANGLE_MAX = 1e5;
/** Halvings of the argument of the exponential's series, and its terms. */
const HALVINGS = 6;
const TERMS = 12;

/** Each two doubles: what is computed, and what it is computed with. */
const sum = new Float64Array(2);
const other = new Float64Array(2);
/** The angle within its quarter, its square, sine and cosine. */
const rest = new Float64Array(2);
const square = new Float64Array(2);
const sine = new Float64Array(2);
const cosine = new Float64Array(2);
/** What is left of an exponent. */
const small = new Float64Array(2);

const ONE = Float64Array.of(1, 0);
const LN_2 = Float64Array.of(Math.LN2, 2.3190468138462996e-17);
const LN_10 = Float64Array.of(Math.LN10, -2.1707562233822494e-16);

export function preciseExp(x: number): number {
  if (!(Math.abs(x) < 700)) return Math.exp(x);
  put(sum, x);
  exponential();
  return total(sum);
}

export function preciseLog(x: number): number {
  if (!isOrdinary(x)) return Math.log(x);
  put(rest, x);
  logarithm();
  return total(sum);
}

export function preciseLog10(x: number): number {
  if (!isOrdinary(x)) return Math.log10(x);
  put(rest, x);
  logarithm();
  copy(other, LN_10);
  divide();
  return total(sum);
}

export function preciseSin(x: number): number {
  if (!isAngle(x)) return Math.sin(x);
  put(sum, x);
  const quarter = reduce();
  return total(quarter % 2 === 0 ? sine : cosine) * (quarter < 2 ? 1 : -1);
}

export function preciseCos(x: number): number {
  if (!isAngle(x)) return Math.cos(x);
  put(sum, x);
  const quarter = reduce();
  return total(quarter % 2 === 0 ? cosine : sine) * (quarter === 0 || quarter === 3 ? 1 : -1);
}

export function preciseTan(x: number): number {
  if (!isAngle(x)) return Math.tan(x);
  put(sum, x);
  const even = reduce() % 2 === 0;
  copy(sum, even ? sine : cosine);
  copy(other, even ? cosine : sine);
  divide();
  return even ? total(sum) : -total(sum);
}

function isOrdinary(x: number): boolean {
  return x > 1e-300 && x < 1e300;
}

function isAngle(x: number): boolean {
  return Math.abs(x) < ANGLE_MAX && Math.abs(x) >= 1e-8;
}

function put(pair: Float64Array, value: number): void {
  pair[0] = value;
  pair[1] = 0;
}

function copy(to: Float64Array, from: Float64Array): void {
  to[0] = from[0] as number;
  to[1] = from[1] as number;
}

function total(pair: Float64Array): number {
  return (pair[0] as number) + (pair[1] as number);
}

/** The quarter of the circle that `sum` is in, 0 to 3; `sine` and `cosine` are those of what it is beyond. */
function reduce(): number {
  const quarters = Math.round((sum[0] as number) / (Math.PI / 2));
  for (let i = 0; i < HALF_PI.length; i++) {
    copy(rest, sum);
    put(sum, -quarters);
    put(other, HALF_PI[i] as number);
    multiply();
    copy(other, rest);
    add();
  }
  copy(rest, sum);
  copy(other, sum);
  multiply();
  copy(square, sum);
  series(1);
  copy(other, rest);
  multiply();
  copy(sine, sum);
  series(0);
  copy(cosine, sum);
  return ((quarters % 4) + 4) % 4;
}

/** 1 - s/((k+1)(k+2)) + …: the cosine of the root of `square` for k = 0, the sine over the root for k = 1. */
function series(first: number): void {
  copy(sum, ONE);
  for (let k = 24 + first; k > first; k -= 2) {
    copy(other, square);
    multiply();
    put(other, -k * (k - 1));
    divide();
    copy(other, ONE);
    add();
  }
}

/** e to the power of `sum`. */
function exponential(): void {
  const power = Math.round((sum[0] as number) / Math.LN2);
  copy(small, sum);
  put(sum, -power);
  copy(other, LN_2);
  multiply();
  copy(other, small);
  add();
  small[0] = (sum[0] as number) / 2 ** HALVINGS;
  small[1] = (sum[1] as number) / 2 ** HALVINGS;
  // Of e^x - 1, which keeps its digits when it is squared again and again.
  put(sum, 0);
  for (let k = TERMS; k >= 1; k--) {
    copy(other, ONE);
    add();
    copy(other, small);
    multiply();
    put(other, k);
    divide();
  }
  for (let i = 0; i < HALVINGS; i++) {
    copy(small, sum);
    copy(other, sum);
    multiply();
    other[0] = 2 * (small[0] as number);
    other[1] = 2 * (small[1] as number);
    add();
  }
  copy(other, ONE);
  add();
  const scale = 2 ** power;
  sum[0] = (sum[0] as number) * scale;
  sum[1] = (sum[1] as number) * scale;
}

/** The logarithm of `rest`: one step of Newton from the engine's own. */
function logarithm(): void {
  const near = Math.log(rest[0] as number);
  put(sum, -near);
  exponential();
  copy(other, rest);
  multiply();
  put(other, -1);
  add();
  put(other, -((sum[0] as number) * (sum[0] as number)) / 2);
  add();
  put(other, near);
  add();
}

/** `sum` + `other`. */
function add(): void {
  const a = sum[0] as number;
  const b = other[0] as number;
  const rough = a + b;
  const part = rough - a;
  settle(rough, a - (rough - part) + (b - part) + ((sum[1] as number) + (other[1] as number)));
}

/** `sum` times `other`. */
function multiply(): void {
  const a = sum[0] as number;
  const b = other[0] as number;
  const rough = a * b;
  settle(rough, lost(a, b, rough) + (a * (other[1] as number) + (sum[1] as number) * b));
}

/** `sum` divided by `other`. */
function divide(): void {
  const a = sum[0] as number;
  const b = other[0] as number;
  const rough = a / b;
  const back = rough * b;
  const backLow = lost(rough, b, back) + rough * (other[1] as number);
  settle(rough, (a - back - backLow + (sum[1] as number)) / b);
}

/** What the product of two doubles leaves out. */
function lost(a: number, b: number, rough: number): number {
  const aShifted = SPLITTER * a;
  const aUpper = aShifted - (aShifted - a);
  const aLower = a - aUpper;
  const bShifted = SPLITTER * b;
  const bUpper = bShifted - (bShifted - b);
  const bLower = b - bUpper;
  return aUpper * bUpper - rough + aUpper * bLower + aLower * bUpper + aLower * bLower;
}

function settle(rough: number, left: number): void {
  const settled = rough + left;
  sum[0] = settled;
  sum[1] = left - (settled - rough);
}
