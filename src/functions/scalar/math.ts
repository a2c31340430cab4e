/** Functions of numbers. */
import { columnKind } from '../../types/column.ts';
import { decimalToNumber, divideHalfUp, powerOfTen, toDecimal } from '../../types/decimal.ts';
import { doubleToText } from '../../types/java-double.ts';
import { parseBigDecimal } from '../../types/java-number.ts';
import { type LogicalType, types, withNullable } from '../../types/logical-type.ts';
import { preciseCos, preciseExp, preciseLog, preciseLog10, preciseSin, preciseTan } from '../../types/precise-math.ts';
import { integerBits, isApproximate, isInteger, isInterval } from '../../types/type-family.ts';
import type { Value } from '../../types/value.ts';
import { roundType } from '../arithmetic-type.ts';
import { runtimeError, unsupportedCall } from '../call-error.ts';
import { guarded, lane, nullOf, pure } from '../code-helpers.ts';
import { bigOf, decimalResult } from '../decimal-code.ts';
import type { ArgumentInfo, CallSite, Eval, ScalarFunction } from '../function.ts';
import type { CodeSite, Operand } from '../generated-code.ts';
import { anyNullable, integer, interval, numeric } from '../operand.ts';
import { likeArgument, plain, result } from '../plain-function.ts';

function toNumber(type: LogicalType | undefined): (value: Value) => number {
  return type?.kind === 'DECIMAL' ? (value) => decimalToNumber(value as bigint, type.scale) : Number;
}

function asDouble(operand: Operand | undefined): string | undefined {
  if (!operand) return undefined;
  const kind = columnKind(operand.type);
  if (operand.type.kind === 'DECIMAL') return undefined;
  return kind === 'i64' ? `Number(${lane(operand)})` : lane(operand);
}

/** A DOUBLE function of numbers. */
function double(
  name: string,
  summary: string,
  compute: (...values: number[]) => number,
  count = 1,
  forms?: readonly string[],
): ScalarFunction {
  const places = Array.from({ length: count }, () => '<NUMERIC>').join(', ');
  return plain({
    name,
    category: 'arithmetic',
    forms: forms ?? [`${name}(${places})`],
    summary,
    example: `${name}(${count === 1 ? '0.5' : '2, 3'})`,
    args: Array.from({ length: count }, () => numeric),
    returns: result.double,
    bind(site) {
      const convert = site.argTypes.map(toNumber);
      if (count === 1) return ([value]) => compute((convert[0] as (v: Value) => number)(value as Value));
      return (args) => compute(...args.map((arg, i) => (convert[i] as (v: Value) => number)(arg)));
    },
    generate(site) {
      const args = site.args.map(asDouble);
      if (args.includes(undefined)) return undefined;
      return pure(site, [`${site.constant(compute)}(${args.join(', ')})`]);
    },
  });
}

/** There is code for two DECIMALs and for two others. */
function withoutMixedDecimals(fn: ScalarFunction): ScalarFunction {
  return {
    ...fn,
    inferType(args) {
      const argTypes = args.map((arg) => arg.type);
      const decimals = argTypes.filter((type) => type.kind === 'DECIMAL');
      if (decimals.length === 1 && argTypes.every(numeric)) throw unsupportedCall(fn.name, argTypes);
      return fn.inferType(args);
    },
  };
}

/** Java computes it from an e that is off by one in its last digit. */
const COSH_1 = 1.543080634815244;

const doubles: readonly ScalarFunction[] = [
  double('SQRT', 'The square root.', Math.sqrt),
  double('LN', 'The natural logarithm.', preciseLog),
  double('LOG10', 'The logarithm to the base 10.', preciseLog10),
  double('LOG2', 'The logarithm to the base 2.', (value) => preciseLog(value) / preciseLog(2)),
  double('EXP', 'e to the power of a number.', preciseExp),
  double('POWER', 'A number to the power of another.', (base, exponent) => base ** exponent, 2),
  double('SIN', 'The sine.', preciseSin),
  double('SINH', 'The hyperbolic sine.', Math.sinh),
  double('COS', 'The cosine.', preciseCos),
  double('COSH', 'The hyperbolic cosine.', (value) => (Math.abs(value) === 1 ? COSH_1 : Math.cosh(value))),
  double('TAN', 'The tangent.', preciseTan),
  double('TANH', 'The hyperbolic tangent.', Math.tanh),
  double('COT', 'The cotangent.', (value) => 1 / preciseTan(value)),
  double('ASIN', 'The arc sine.', Math.asin),
  double('ACOS', 'The arc cosine.', Math.acos),
  double('ATAN', 'The arc tangent.', Math.atan),
  withoutMixedDecimals(double('ATAN2', 'The arc tangent of a coordinate.', Math.atan2, 2)),
  double('DEGREES', 'Radians as degrees.', (value) => value * (180 / Math.PI)),
  double('RADIANS', 'Degrees as radians.', (value) => value * (Math.PI / 180)),
  plain({
    name: 'LOG',
    category: 'arithmetic',
    forms: ['LOG(<NUMERIC>)', 'LOG(<NUMERIC>, <NUMERIC>)'],
    summary: 'The natural logarithm, or of the second argument to the base of the first.',
    example: 'LOG(2, 8)',
    args: [numeric],
    optional: [numeric],
    returns: result.double,
    bind(site) {
      const convert = site.argTypes.map(toNumber) as ((value: Value) => number)[];
      return ([a, b]) => {
        const first = preciseLog((convert[0] as (value: Value) => number)(a as Value));
        return b === undefined ? first : preciseLog((convert[1] as (value: Value) => number)(b)) / first + 0;
      };
    },
  }),
  plain({
    name: 'PI',
    category: 'arithmetic',
    forms: ['PI()'],
    summary: 'The number pi.',
    example: 'PI()',
    args: [],
    returns: result.double,
    eval: () => Math.PI,
  }),
  plain({
    name: 'E',
    category: 'arithmetic',
    forms: ['E()'],
    summary: "Euler's number.",
    example: 'E()',
    args: [],
    returns: result.double,
    eval: () => Math.E,
  }),
];

/** An integer as Java holds it after arithmetic. */
function wrap(value: bigint, type: LogicalType): Value {
  const bits = integerBits(type);
  const wrapped = BigInt.asIntN(bits || 64, value);
  return bits === 64 ? wrapped : Number(wrapped);
}

function bindAbs(site: CallSite): Eval {
  const { type } = site;
  if (isInterval(type)) throw unsupportedCall('ABS', [type]);
  if (type.kind === 'DECIMAL') return ([value]) => ((value as bigint) < 0n ? -(value as bigint) : (value as bigint));
  if (isInteger(type))
    return ([value]) => {
      const number = BigInt(value as number);
      return wrap(number < 0n ? -number : number, type);
    };
  return ([value]) => Math.abs(value as number);
}

function absCode(site: CodeSite): Operand | undefined {
  const kind = columnKind(site.type);
  const value = lane(site.args[0]);
  if (kind === 'f32' || kind === 'f64') return pure(site, [`Math.abs(${value})`]);
  if (kind === 'i64') return pure(site, [`BigInt.asIntN(64, ${value} < 0n ? -${value} : ${value})`]);
  if (kind === 'i32') return pure(site, [`(Math.abs(${value}) | 0)`]);
  if (kind === 'i16') return pure(site, [`(Math.abs(${value}) << 16 >> 16)`]);
  return kind === 'i8' ? pure(site, [`(Math.abs(${value}) << 24 >> 24)`]) : undefined;
}

/** FLOOR and CEIL of a number; over times see `round-time.ts`. */
export function bindFloorCeil(site: CallSite, up: boolean): Eval {
  const from = site.argTypes[site.argTypes.length - 1] as LogicalType;
  if (from.kind === 'DECIMAL') {
    const unit = powerOfTen(from.scale);
    return ([value]) => floorDivide(value as bigint, unit, up);
  }
  if (isApproximate(from)) return ([value]) => (up ? Math.ceil(value as number) : Math.floor(value as number));
  return ([value]) => value as Value;
}

function floorDivide(value: bigint, unit: bigint, up: boolean): bigint {
  const quotient = value / unit;
  if (value % unit === 0n) return quotient;
  if (up) return value > 0n ? quotient + 1n : quotient;
  return value < 0n ? quotient - 1n : quotient;
}

/** DECIMAL loses its fraction, other numbers stay. */
export function floorType(args: readonly ArgumentInfo[]): LogicalType | undefined {
  const type = args[0]?.type;
  return type?.kind === 'DECIMAL' ? types.decimal(type.precision, 0, type.nullable) : type;
}

/** The number of digits if it is a literal, else undefined. */
function digitsOf(args: readonly ArgumentInfo[]): number | undefined {
  if (args.length === 1) return 0;
  const value = args[1]?.literal?.value;
  return value === undefined || value === null ? undefined : Number(value);
}

function roundedType(args: readonly ArgumentInfo[]): LogicalType | undefined {
  const type = args[0]?.type;
  if (type?.kind !== 'DECIMAL') return type && withNullable(type, anyNullable(args));
  const digits = digitsOf(args);
  if (digits === undefined) return withNullable(type, anyNullable(args));
  return withNullable(roundType(type.precision, type.scale, digits), anyNullable(args));
}

/** `value` cut or rounded to a multiple of the unit. */
function toUnit(value: bigint, unit: bigint, cut: boolean): bigint {
  return (cut ? value / unit : divideHalfUp(value, unit)) * unit;
}

/** No number that is rounded exactly has more digits. */
const DIGITS_MAX = 38;

function bindRound(site: CallSite, cut: boolean): Eval {
  const [from, places] = site.argTypes as readonly [LogicalType, LogicalType?];
  const { type } = site;
  if (places?.kind === 'BIGINT') throw unsupportedCall(cut ? 'TRUNCATE' : 'ROUND', [from, places]);
  if (cut && (from.kind === 'TINYINT' || from.kind === 'SMALLINT'))
    throw runtimeError(
      `Assignment conversion not possible from type "int" to type "${from.kind === 'TINYINT' ? 'byte' : 'short'}"`,
      'org.codehaus.commons.compiler.CompileException',
    );
  const digits = (arg: Value | undefined) => (arg === undefined ? 0 : Number(arg));
  if (from.kind === 'DECIMAL' && type.kind === 'DECIMAL')
    return ([value, places]) => {
      const drop = Math.min(from.scale - digits(places), DIGITS_MAX + 1);
      const whole = drop > 0 ? toUnit(value as bigint, powerOfTen(drop), cut) : (value as bigint);
      return toDecimal(whole, from.scale, type.precision, type.scale);
    };
  if (isInteger(from))
    return ([value, places]) => {
      const count = digits(places);
      if (count < -DIGITS_MAX) return wrap(0n, type);
      return count >= 0 ? (value as Value) : wrap(toUnit(BigInt(value as number), powerOfTen(-count), cut), type);
    };
  const single = from.kind === 'FLOAT';
  return ([value, places]) => {
    const rounded = roundDouble(value as number, digits(places), cut);
    return single ? Math.fround(rounded) : rounded;
  };
}

/** Decimals by a literal number of digits, and doubles. */
function roundCode(site: CodeSite, cut: boolean): Operand | undefined {
  const [value, places] = site.args as [Operand, Operand?];
  if (places?.type.kind === 'BIGINT') return undefined;
  if (value.type.kind === 'DOUBLE') {
    const round = site.constant(roundDouble);
    return guarded(
      site,
      1,
      ([target]) => `${target} = ${round}(${lane(value)}, ${places ? `Number(${lane(places)})` : 0}, ${cut});`,
    );
  }
  const literal = places && site.literal(1);
  const code = bigOf(value);
  if (value.type.kind !== 'DECIMAL' || code === undefined || (places && typeof literal?.value !== 'number'))
    return undefined;
  const { scale } = value.type;
  const drop = Math.min(scale - Number(literal?.value ?? 0), DIGITS_MAX + 1);
  const unit = drop > 0 ? powerOfTen(drop) : 1n;
  const whole = site.constant((exact: bigint) => toUnit(exact, unit, cut));
  return decimalResult(site, drop > 0 ? `${whole}(${code})` : code, scale, nullOf(site.args));
}

/** Rounds the decimal text of the number, as BigDecimal does. */
function roundDouble(value: number, digits: number, cut: boolean): number {
  const { unscaled, scale } = parseBigDecimal(doubleToText(value));
  const drop = scale - digits;
  if (drop <= 0) return value;
  if (drop > 400) return 0;
  const whole = toUnit(unscaled, powerOfTen(drop), cut);
  return Number(`${whole}e${-scale}`);
}

function bindSign(site: CallSite): Eval {
  const { type } = site;
  if (type.kind === 'TINYINT' || type.kind === 'SMALLINT')
    throw runtimeError(
      `Assignment conversion not possible from type "int" to type "${type.kind === 'TINYINT' ? 'byte' : 'short'}"`,
      'org.codehaus.commons.compiler.CompileException',
    );
  if (type.kind === 'DECIMAL') {
    const one = toDecimal(1n, 0, type.precision, type.scale);
    if (one === null) return ([value]) => (value === 0n ? 0n : null);
    return ([value]) => ((value as bigint) > 0n ? one : (value as bigint) < 0n ? -one : 0n);
  }
  if (type.kind === 'BIGINT') return ([value]) => ((value as bigint) > 0n ? 1n : (value as bigint) < 0n ? -1n : 0n);
  return ([value]) => Math.sign(value as number);
}

const roundings: readonly ScalarFunction[] = [
  plain({
    name: 'ABS',
    category: 'arithmetic',
    forms: ['ABS(<NUMERIC>)', 'ABS(<DATETIME_INTERVAL>)'],
    summary: 'The size of a number.',
    example: 'ABS(-5)',
    args: [(type) => numeric(type) || interval(type)],
    returns: likeArgument(0),
    bind: bindAbs,
    generate: absCode,
  }),
  plain({
    name: 'SIGN',
    category: 'arithmetic',
    forms: ['SIGN(<NUMERIC>)'],
    summary: 'The sign of a number: -1, 0 or 1.',
    example: 'SIGN(-5)',
    args: [numeric],
    returns: likeArgument(0),
    bind: bindSign,
  }),
  plain({
    name: 'ROUND',
    category: 'arithmetic',
    forms: ['ROUND(<NUMERIC>, <INTEGER>)', 'ROUND(<NUMERIC>)'],
    summary: 'A number rounded half up to a number of digits behind the point.',
    example: 'ROUND(2.567, 1)',
    args: [numeric],
    optional: [integer],
    returns: roundedType,
    bind: (site) => bindRound(site, false),
    generate: (site) => roundCode(site, false),
  }),
  plain({
    name: 'TRUNCATE',
    category: 'arithmetic',
    forms: ['TRUNCATE(<NUMERIC>, <INTEGER>)', 'TRUNCATE(<NUMERIC>)'],
    summary: 'A number cut to a number of digits behind the point.',
    example: 'TRUNCATE(42.324, 2)',
    args: [numeric],
    optional: [integer],
    returns: roundedType,
    bind: (site) => bindRound(site, true),
    generate: (site) => roundCode(site, true),
  }),
];

export const math: readonly ScalarFunction[] = [...doubles, ...roundings];
