/** `+ - * / %` over numbers, intervals and times. */
import { columnKind } from '../../types/column.ts';
import { decimalToNumber, divideDecimal, divideHalfUp, powerOfTen, rescale, toDecimal } from '../../types/decimal.ts';
import { type LogicalType, withNullable } from '../../types/logical-type.ts';
import {
  integerBits,
  isApproximate,
  isDatetime,
  isExactNumeric,
  isInteger,
  isInterval,
  isNumeric,
} from '../../types/type-family.ts';
import { typeSummary } from '../../types/type-name.ts';
import type { Value } from '../../types/value.ts';
import { type ArithmeticOperator, arithmeticType } from '../arithmetic-type.ts';
import { codeError, unsupportedCall } from '../call-error.ts';
import { guarded, lane, nullOf, pure } from '../code-helpers.ts';
import { bigOf, decimalResult, doubleOf, scaleOf } from '../decimal-code.ts';
import { divisionByZero, isZero, noRemainder } from '../division-error.ts';
import { folding } from '../folded-value.ts';
import { type ArgumentInfo, type CallSite, defineScalar, type Eval, type ScalarFunction } from '../function.ts';
import type { CodeSite, Operand } from '../generated-code.ts';
import { anyNullable, interval, numeric } from '../operand.ts';
import { plain } from '../plain-function.ts';
import { addInterval, generateAddInterval } from './add-interval.ts';

/** A bigint function of the unscaled values, exact, and the scale of its result. */
function decimalEval(operator: ArithmeticOperator, site: CallSite): (a: Value, b: Value) => Value {
  const { type } = site;
  if (type.kind !== 'DECIMAL') return () => null;
  const [s1, s2] = site.argTypes.map(scaleOf) as [number, number];
  const { precision, scale } = type;
  const common = Math.max(s1, s2);
  switch (operator) {
    case '*':
      return (a, b) => toDecimal(BigInt(a as bigint) * BigInt(b as bigint), s1 + s2, precision, scale);
    case '/':
      return (a, b) => {
        const divisor = BigInt(b as bigint);
        if (divisor === 0n) throw divisionByZero();
        return toDecimal(divideDecimal(BigInt(a as bigint), s1, divisor, s2, scale), scale, precision, scale);
      };
    case '%':
      return (a, b) => {
        const divisor = rescale(BigInt(b as bigint), s2, common);
        if (divisor === 0n) throw noRemainder(a);
        return toDecimal(rescale(BigInt(a as bigint), s1, common) % divisor, common, precision, scale);
      };
    default: {
      const sign = operator === '+' ? 1n : -1n;
      return (a, b) =>
        toDecimal(
          rescale(BigInt(a as bigint), s1, common) + sign * rescale(BigInt(b as bigint), s2, common),
          common,
          precision,
          scale,
        );
    }
  }
}

function numberOf(type: LogicalType): (value: Value) => number {
  return type.kind === 'DECIMAL' ? (value) => decimalToNumber(value as bigint, type.scale) : Number;
}

const FLOATING: Record<ArithmeticOperator, (a: number, b: number) => number> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

const WHOLE: Record<ArithmeticOperator, (a: bigint, b: bigint) => bigint> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

/** Computes `a operator b` of number types into the type of the site. */
export function numberEval(operator: ArithmeticOperator, site: CallSite): (a: Value, b: Value) => Value {
  const [aType, bType] = site.argTypes as [LogicalType, LogicalType];
  if (isApproximate(site.type)) {
    const compute = FLOATING[operator];
    const left = numberOf(aType);
    const right = numberOf(bType);
    const single = site.type.kind === 'FLOAT';
    return (a, b) => {
      const value = compute(left(a), right(b));
      return single ? Math.fround(value) : value;
    };
  }
  if (aType.kind === 'DECIMAL' || bType.kind === 'DECIMAL') {
    if (site.type.kind === 'DECIMAL') return decimalEval(operator, site);
  }
  const compute = WHOLE[operator];
  const bits = integerBits(site.type) || 64;
  const divides = operator === '/' || operator === '%';
  return (a, b) => {
    const divisor = BigInt(b as bigint);
    if (divides && divisor === 0n) throw divisionByZero();
    const value = BigInt.asIntN(bits, compute(BigInt(a as bigint), divisor));
    return bits === 64 ? value : Number(value);
  };
}

const INTERVAL_FORMS: Record<ArithmeticOperator, readonly string[]> = {
  '+': [
    '<DATETIME_INTERVAL> + <DATETIME_INTERVAL>',
    '<DATETIME> + <DATETIME_INTERVAL>',
    '<DATETIME_INTERVAL> + <DATETIME>',
  ],
  '-': ['<DATETIME_INTERVAL> - <DATETIME_INTERVAL>', '<DATETIME> - <DATETIME_INTERVAL>'],
  '*': ['<DATETIME_INTERVAL> * <NUMERIC>', '<NUMERIC> * <DATETIME_INTERVAL>'],
  '/': ['<DATETIME_INTERVAL> / <NUMERIC>'],
  '%': [],
};

const VERBS: Record<ArithmeticOperator, string> = {
  '+': 'The sum of two numbers, or a time moved by an interval.',
  '-': 'The difference of two numbers, or a time moved back by an interval.',
  '*': 'The product of two numbers.',
  '/': 'The quotient of two numbers; of integers without the fraction.',
  '%': 'The remainder of the division of two exact numbers; it has the sign of the first.',
};

function inferred(
  operator: ArithmeticOperator,
  args: readonly ArgumentInfo[],
  target: LogicalType | undefined,
): LogicalType | undefined {
  const [a, b] = args.map((arg) => arg.type) as [LogicalType, LogicalType];
  if (a.kind === 'NULL' || b.kind === 'NULL') return a.kind === 'NULL' ? withNullable(b, true) : withNullable(a, true);
  if (operator === '%' && !(isExactNumeric(a) && isExactNumeric(b))) return undefined;
  if (isNumeric(a) && isNumeric(b)) return arithmeticType(operator, a, b);
  if (operator === '+' || operator === '-') {
    if (isInterval(a) && a.kind === b.kind) return a;
    if (isDatetime(a) && isInterval(b)) return a;
    if (operator === '+' && isInterval(a) && isDatetime(b)) return b;
    if (operator === '-' && isDatetime(a) && isDatetime(b) && target && isInterval(target)) return target;
  }
  if (operator === '*' && isInterval(a) && isNumeric(b)) return a;
  if (operator === '*' && isNumeric(a) && isInterval(b)) return b;
  return operator === '/' && isInterval(a) && isNumeric(b) ? a : undefined;
}

function bindOperator(operator: ArithmeticOperator, site: CallSite): Eval {
  const [a, b] = site.argTypes as [LogicalType, LogicalType];
  if (isNumeric(a) && isNumeric(b)) {
    const evaluate = numberEval(operator, site);
    const zero = operator === '/' && isConstant(site) && isZero(site.literals[1]?.value);
    return folding(site, ([x, y]) => {
      if (zero) throw divisionByZero('Division by zero');
      return evaluate(x as Value, y as Value);
    });
  }
  if (isInterval(a) && isInterval(b)) return intervalEval(operator === '-' ? -1n : 1n);
  if (isDatetime(a) || isDatetime(b)) return folding(site, addInterval(site, operator === '-' ? -1 : 1));
  if (operator === '/') throw unsupportedCall('/', [a, b]);
  return scaledInterval(operator, site);
}

function isConstant(site: CallSite): boolean {
  return site.argTypes.every((_type, i) => site.literals[i] !== undefined);
}

function intervalEval(sign: bigint): Eval {
  return ([a, b]) =>
    typeof a === 'bigint'
      ? BigInt.asIntN(64, a + sign * (b as bigint))
      : ((a as number) + Number(sign) * (b as number)) | 0;
}

function scaledInterval(operator: ArithmeticOperator, site: CallSite): Eval {
  const [a, b] = site.argTypes as [LogicalType, LogicalType];
  const left = numberOf(a);
  const right = numberOf(b);
  const compute = FLOATING[operator];
  const months = site.type.kind === 'INTERVAL_YEAR_MONTH';
  return ([x, y]) => {
    const value = Math.trunc(compute(left(x as Value), right(y as Value)));
    if (!Number.isFinite(value))
      throw codeError(`Unsupported casting from ${typeSummary(isInterval(a) ? b : a)} to ${typeSummary(site.type)}.`);
    return months ? value | 0 : BigInt(value);
  };
}

/** Code for numbers; undefined for what the boxed form does. */
function generateNumbers(operator: ArithmeticOperator, site: CodeSite): Operand | undefined {
  const [a, b] = site.args as [Operand, Operand];
  const kind = columnKind(site.type);
  if (isDatetime(a.type) && isInterval(b.type) && (operator === '+' || operator === '-'))
    return generateAddInterval(site, operator === '-' ? -1 : 1);
  if (!isNumeric(a.type) || !isNumeric(b.type)) return undefined;
  if (site.type.kind === 'DECIMAL') return generateDecimal(operator, site, a, b);
  if (kind === 'f32' || kind === 'f64') {
    const code = `${doubleOf(site, a)} ${operator} ${doubleOf(site, b)}`;
    return pure(site, [kind === 'f32' ? `Math.fround(${code})` : `(${code})`]);
  }
  if (a.type.kind === 'DECIMAL' || b.type.kind === 'DECIMAL') return undefined;
  if (operator === '/' || operator === '%') return generateDivision(operator, site, a, b);
  if (kind === 'i64') return pure(site, [`BigInt.asIntN(64, ${bigOf(a)} ${operator} ${bigOf(b)})`]);
  const code = operator === '*' ? `Math.imul(${lane(a)}, ${lane(b)})` : `(${lane(a)} ${operator} ${lane(b)} | 0)`;
  return pure(site, [narrow(kind, code)]);
}

function narrow(kind: string, code: string): string {
  if (kind === 'i8') return `(${code} << 24 >> 24)`;
  return kind === 'i16' ? `(${code} << 16 >> 16)` : code;
}

function generateDivision(operator: '/' | '%', site: CodeSite, a: Operand, b: Operand): Operand {
  const kind = columnKind(site.type);
  const fail = site.constant(() => {
    throw divisionByZero();
  });
  const wide = columnKind(a.type) === 'i64' || columnKind(b.type) === 'i64';
  if (wide) {
    const code = `BigInt.asIntN(64, ${bigOf(a)} ${operator} ${bigOf(b)})`;
    const value = kind === 'i64' ? code : narrow(kind, `Number(${code})`);
    return guarded(site, 1, ([target]) => `if (${bigOf(b)} === 0n) ${fail}(); ${target} = ${value};`);
  }
  return guarded(
    site,
    1,
    ([target]) =>
      `if (${lane(b)} === 0) ${fail}(); ${target} = ${narrow(kind, `(${lane(a)} ${operator} ${lane(b)} | 0)`)};`,
  );
}

function generateDecimal(operator: ArithmeticOperator, site: CodeSite, a: Operand, b: Operand): Operand | undefined {
  const left = bigOf(a);
  const right = bigOf(b);
  if (left === undefined || right === undefined || site.type.kind !== 'DECIMAL') return undefined;
  const s1 = scaleOf(a.type);
  const s2 = scaleOf(b.type);
  const isNull = nullOf(site.args);
  if (operator === '*') return decimalResult(site, `${left} * ${right}`, s1 + s2, isNull);
  if (operator === '+' || operator === '-') {
    const common = Math.max(s1, s2);
    return decimalResult(
      site,
      `${aligned(left, common - s1)} ${operator} ${aligned(right, common - s2)}`,
      common,
      isNull,
    );
  }
  if (operator === '%') {
    const common = Math.max(s1, s2);
    const remainder = site.constant((value: bigint, divisor: bigint) => {
      if (divisor === 0n) throw noRemainder(value);
      return value % divisor;
    });
    return decimalResult(
      site,
      `${remainder}(${aligned(left, common - s1)}, ${aligned(right, common - s2)})`,
      common,
      isNull,
    );
  }
  const { scale } = site.type;
  const shift = scale + s2 - s1;
  const divide = site.constant((numerator: bigint, divisor: bigint) => {
    if (divisor === 0n) throw divisionByZero();
    return divideHalfUp(numerator, divisor);
  });
  return decimalResult(
    site,
    `${divide}(${aligned(left, Math.max(shift, 0))}, ${aligned(right, Math.max(-shift, 0))})`,
    scale,
    isNull,
  );
}

function aligned(code: string, digits: number): string {
  return digits > 0 ? `(${code} * ${powerOfTen(digits)}n)` : code;
}

function operatorFunction(operator: ArithmeticOperator, aliases?: readonly string[]): ScalarFunction {
  const numbers = operator === '%' ? '<EXACT_NUMERIC> % <EXACT_NUMERIC>' : `<NUMERIC> ${operator} <NUMERIC>`;
  return defineScalar({
    name: operator,
    ...(aliases ? { aliases } : {}),
    category: 'arithmetic',
    signatures: [numbers, ...INTERVAL_FORMS[operator]],
    summary: VERBS[operator],
    example: `7 ${operator} 2`,
    minArgs: 2,
    maxArgs: 2,
    inferType(args, target) {
      const type = inferred(operator, args, target);
      return type && withNullable(type, anyNullable(args));
    },
    bind: (site) => bindOperator(operator, site),
    generate: (site) => generateNumbers(operator, site),
  });
}

const negate = plain({
  name: 'NEGATE',
  category: 'arithmetic',
  forms: ['-<NUMERIC>', '-<DATETIME_INTERVAL>'],
  summary: 'The number with the other sign.',
  example: '-(5)',
  args: [(type) => numeric(type) || interval(type)],
  returns: (args) => args[0]?.type,
  eval: ([value], _context, site) => negated(value as Value, site.type),
  generate(site) {
    const kind = columnKind(site.type);
    const code = `-${lane(site.args[0])}`;
    if (kind === 'f32' || kind === 'f64') return pure(site, [`(${code})`]);
    if (kind === 'i128') return undefined;
    if (kind === 'i64') return pure(site, [`BigInt.asIntN(64, ${code})`]);
    return pure(site, [narrow(kind, `(${code} | 0)`)]);
  },
});

function negated(value: Value, type: LogicalType): Value {
  if (typeof value === 'bigint') return type.kind === 'DECIMAL' ? -value : BigInt.asIntN(64, -value);
  if (!isInteger(type) && type.kind !== 'INTERVAL_YEAR_MONTH') return -(value as number);
  return Number(BigInt.asIntN(integerBits(type) || 32, BigInt(-(value as number))));
}

const mod: ScalarFunction = {
  ...operatorFunction('%'),
  name: 'MOD',
  signatures: ['MOD(<EXACT_NUMERIC>, <EXACT_NUMERIC>)'],
  example: 'MOD(7, 3)',
};

export const arithmetic: readonly ScalarFunction[] = [
  operatorFunction('+'),
  operatorFunction('-'),
  operatorFunction('*'),
  operatorFunction('/'),
  operatorFunction('%'),
  mod,
  negate,
];
