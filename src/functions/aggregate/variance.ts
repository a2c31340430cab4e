/**
 * STDDEV and VAR in their two forms. An aggregation adds up squares of distances from the mean (`welford.ts`); OVER and MATCH_RECOGNIZE have
 * sums in the type of the argument, so that integers lose fractions on the way. Both as Flink.
 */
import { castFunction } from '../../types/cast.ts';
import { type LogicalType, types, withNullable } from '../../types/logical-type.ts';
import type { Value } from '../../types/value.ts';
import type { AggregateFunction, AggregateSite, BoxedAggregate } from '../aggregate-function.ts';
import { type ArithmeticOperator, arithmeticType } from '../arithmetic-type.ts';
import { numeric } from '../operand.ts';
import { numberEval } from '../scalar/arithmetic.ts';
import { plainAggregate } from './plain-aggregate.ts';
import { averageType } from './sum.ts';
import { boxedWelford, packedWelford } from './welford.ts';

const COUNT = types.bigint(false);
const CONTEXT = { timeZone: 'UTC', legacyCast: false };

interface Operation {
  readonly type: LogicalType;
  readonly compute: (a: Value, b: Value) => Value;
}

/** `a operator b` where null in gives null out. */
function operation(operator: ArithmeticOperator, a: LogicalType, b: LogicalType): Operation {
  const type = arithmeticType(operator, a, b);
  const compute = numberEval(operator, { type, argTypes: [a, b], literals: [] });
  return { type, compute: (x, y) => (x === null || y === null ? null : compute(x, y)) };
}

function sumTypeOf(type: LogicalType): LogicalType {
  return type.kind === 'DECIMAL' ? types.decimal(38, type.scale) : withNullable(type, true);
}

/** The arithmetic of a site: square, sums, and the result out of the sums. */
function formula(site: AggregateSite, sample: boolean, root: boolean) {
  const type = withNullable(site.type, false);
  const cast = castFunction(site.argTypes[0] as LogicalType, type);
  const square = operation('*', type, type);
  const squares = sumTypeOf(square.type);
  const sums = sumTypeOf(type);
  const addSquares = sumOperation(squares);
  const addSums = sumOperation(sums);
  const product = operation('*', sums, sums);
  const mean = operation('/', product.type, COUNT);
  const difference = operation('-', squares, mean.type);
  const quotient = operation('/', difference.type, COUNT);
  const toDouble = castFunction(quotient.type, types.double());
  const finish = castFunction(root ? types.double() : quotient.type, site.type);
  const result = (sumOfSquares: Value, sum: Value, count: bigint): Value => {
    const divisor = sample ? count - 1n : count;
    if (divisor <= 0n) return null;
    const deviation = difference.compute(sumOfSquares, mean.compute(product.compute(sum, sum), count));
    const variance = quotient.compute(deviation, divisor);
    if (!root) return finish(variance, CONTEXT);
    const number = toDouble(variance, CONTEXT);
    return number === null ? null : finish((number as number) ** 0.5, CONTEXT);
  };
  return { cast, square, squares, sums, addSquares, addSums, result };
}

/** Adds or takes away within the type of a sum. */
function sumOperation(type: LogicalType): (a: Value, b: Value, sign: '+' | '-') => Value {
  const site = { type, argTypes: [type, type], literals: [] };
  const plus = numberEval('+', site);
  const minus = numberEval('-', site);
  return (a, b, sign) => {
    if (b === null) return a;
    if (a === null) return sign === '+' ? b : null;
    return sign === '+' ? plus(a, b) : minus(a, b);
  };
}

function varianceOfSums(site: AggregateSite, sample: boolean, root: boolean): BoxedAggregate {
  const math = formula(site, sample, root);
  const move = (accumulator: Value, raw: Value, sign: '+' | '-'): Value => {
    const [squares = null, sum = null, count] = accumulator as readonly [Value, Value, bigint];
    const value = math.cast(raw, CONTEXT);
    return [
      math.addSquares(squares, math.square.compute(value, value), sign),
      math.addSums(sum, value, sign),
      sign === '+' ? count + 1n : count - 1n,
    ];
  };
  return {
    accumulatorType: types.row(
      [
        { name: 'squares', type: math.squares },
        { name: 'sum', type: math.sums },
        { name: 'count', type: COUNT },
      ],
      false,
    ),
    create: () => [null, null, 0n],
    accumulate: (accumulator, [value = null]) => move(accumulator, value, '+'),
    retract: (accumulator, [value = null]) => move(accumulator, value, '-'),
    merge(accumulator, other) {
      const [squares = null, sum = null, count] = accumulator as readonly [Value, Value, bigint];
      const [otherSquares = null, otherSum = null, otherCount] = other as readonly [Value, Value, bigint];
      return [math.addSquares(squares, otherSquares, '+'), math.addSums(sum, otherSum, '+'), count + otherCount];
    },
    value(accumulator) {
      const [squares = null, sum = null, count] = accumulator as readonly [Value, Value, bigint];
      return count === 0n ? null : math.result(squares, sum, count);
    },
  };
}

function variance(
  name: string,
  summary: string,
  sample: boolean,
  root: boolean,
  aliases?: readonly string[],
): AggregateFunction {
  return plainAggregate({
    name,
    ...(aliases ? { aliases } : {}),
    forms: [`${name}(<NUMERIC>)`],
    summary,
    example: `${name}(amount)`,
    args: [numeric],
    returns: (args) => {
      const type = averageType(args);
      return type && withNullable(type, sample || type.nullable);
    },
    bind: (site) => (site.isOver ? varianceOfSums(site, sample, root) : boxedWelford(site, sample, root)),
    packed: (site) => (site.isOver ? undefined : packedWelford(site, sample, root)),
  });
}

export const variances: readonly AggregateFunction[] = [
  variance('STDDEV_POP', 'The standard deviation of all values.', false, true),
  variance('STDDEV_SAMP', 'The standard deviation of a sample.', true, true, ['STDDEV']),
  variance('VAR_POP', 'The variance of all values.', false, false),
  variance('VAR_SAMP', 'The variance of a sample.', true, false, ['VARIANCE']),
];
