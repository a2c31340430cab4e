/** SUM, $SUM0 and AVG. */
import { columnKind } from '../../types/column.ts';
import { divideDecimal, fitsPrecision, toDecimal } from '../../types/decimal.ts';
import { type LogicalType, types, withNullable } from '../../types/logical-type.ts';
import { integerBits, isInteger } from '../../types/type-family.ts';
import type { Value } from '../../types/value.ts';
import type { AggregateFunction, AggregateSite, BoxedAggregate } from '../aggregate-function.ts';
import { arithmeticType } from '../arithmetic-type.ts';
import { bigOf, storeBig } from '../decimal-code.ts';
import type { ArgumentInfo } from '../function.ts';
import type { Operand } from '../generated-code.ts';
import { numeric } from '../operand.ts';
import type { PackedAggregate, PackedSite } from '../packed-aggregate.ts';
import { plainAggregate } from './plain-aggregate.ts';

const COUNT = types.bigint(false);

function sumType(args: readonly ArgumentInfo[]): LogicalType | undefined {
  const type = args[0]?.type;
  return type?.kind === 'DECIMAL' ? types.decimal(38, type.scale, type.nullable) : type;
}

/** AVG and the functions of variance: DECIMAL gets at least six digits behind the point. */
export function averageType(args: readonly ArgumentInfo[]): LogicalType | undefined {
  const type = args[0]?.type;
  return type?.kind === 'DECIMAL' ? types.decimal(38, Math.max(6, type.scale), type.nullable) : type;
}

type Add = (a: Value, b: Value, sign: 1 | -1) => Value;

/** Addition within a type; a DECIMAL that does not fit gives null. */
function adder(type: LogicalType): Add {
  if (type.kind === 'DECIMAL')
    return (a, b, sign) => {
      const sum = (a as bigint) + BigInt(sign) * (b as bigint);
      return fitsPrecision(sum, 38) ? sum : null;
    };
  if (type.kind === 'BIGINT' || type.kind === 'INTERVAL_DAY_TIME')
    return (a, b, sign) => BigInt.asIntN(64, (a as bigint) + BigInt(sign) * (b as bigint));
  const bits = integerBits(type) || (type.kind === 'INTERVAL_YEAR_MONTH' ? 32 : 0);
  if (bits > 0) return (a, b, sign) => Number(BigInt.asIntN(bits, BigInt((a as number) + sign * (b as number))));
  if (type.kind === 'FLOAT') return (a, b, sign) => Math.fround((a as number) + sign * (b as number));
  return (a, b, sign) => (a as number) + sign * (b as number);
}

function zeroOf(type: LogicalType): Value {
  return columnKind(type) === 'i64' || columnKind(type) === 'i128' ? 0n : 0;
}

/** Sum and count; the sum is null where the count is 0. */
function boxedSum(site: AggregateSite, whenEmpty: Value): BoxedAggregate {
  const type = withNullable(site.type, true);
  const add = adder(type);
  const zero = zeroOf(type);
  const move = (accumulator: Value, value: Value, count: bigint, sign: 1 | -1): Value => {
    const [sum = null, held] = accumulator as readonly [Value, bigint];
    return [add(sum ?? zero, value, sign), held + BigInt(sign) * count];
  };
  return {
    accumulatorType: types.row(
      [
        { name: 'sum', type },
        { name: 'count', type: COUNT },
      ],
      false,
    ),
    create: () => [zero, 0n],
    accumulate: (accumulator, [value = null]) => move(accumulator, value, 1n, 1),
    retract: (accumulator, [value = null]) => move(accumulator, value, 1n, -1),
    merge: (accumulator, other) => {
      const [sum, count] = other as readonly [Value, bigint];
      return move(accumulator, sum ?? zero, count, 1);
    },
    value: (accumulator) => {
      const [sum, count] = accumulator as readonly [Value, bigint];
      return count === 0n ? whenEmpty : sum;
    },
  };
}

/** JavaScript of `a + b` (or `-`) in the lanes of the sum's type, as statements before and lanes. */
function addLanes(site: PackedSite, type: LogicalType, a: Operand, b: Operand, sign: '+' | '-'): readonly string[] {
  const kind = columnKind(type);
  const left = a.lanes[0] as string;
  const right = b.lanes[0] as string;
  switch (kind) {
    case 'i8':
      return [`(${left} ${sign} ${right} << 24 >> 24)`];
    case 'i16':
      return [`(${left} ${sign} ${right} << 16 >> 16)`];
    case 'i32':
      return [`(${left} ${sign} ${right} | 0)`];
    case 'i64':
      return [`BigInt.asIntN(64, ${left} ${sign} ${bigOf(b) ?? right})`];
    case 'f32':
      return [`Math.fround(${left} ${sign} ${right})`];
    case 'i128':
      return addWide(site, type, a, b, sign);
    default:
      return [`(${left} ${sign} ${right})`];
  }
}

/**
 * Two lanes. While both fit 64 bits (the high lane then is the sign) and so does the result, machine integers do; else one bigint of 128 bits
 * is made, which costs ten times as much.
 */
function addWide(site: PackedSite, type: LogicalType, a: Operand, b: Operand, sign: '+' | '-'): string[] {
  const [high, low, left, right, result, whole] = Array.from({ length: 6 }, () => site.local()) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const isSmall = ([top, bottom]: readonly string[], signed: string): string =>
    bottom === undefined ? '' : `${top} === (${signed} < 0n ? -1n : 0n) && `;
  const lowOf = ({ lanes }: Operand): string =>
    lanes.length === 1 ? (bigOf(b) as string) : `BigInt.asIntN(64, ${lanes[1]})`;
  const overflow =
    sign === '+'
      ? `((${left} ^ ${result}) & (${right} ^ ${result}))`
      : `((${left} ^ ${right}) & (${left} ^ ${result}))`;
  site.emit(
    `${left} = ${lowOf(a)}; ${right} = ${lowOf(b)}; ${result} = BigInt.asIntN(64, ${left} ${sign} ${right});
if (${isSmall(a.lanes, left)}${isSmall(b.lanes, right)}${overflow} >= 0n) { ${low} = BigInt.asUintN(64, ${result}); ${high} = ${result} < 0n ? -1n : 0n; }
else { ${whole} = ${bigOf(a)} ${sign} ${bigOf(b)}; ${storeBig(type, [high, low], whole)} }`,
  );
  return [high, low];
}

function moveSum(site: PackedSite, type: LogicalType, value: Operand, sign: '+' | '-', count: string): void {
  site.assign(0, { lanes: addLanes(site, type, site.slot(0), value, sign), isNull: 'false' });
  site.assign(1, { lanes: [`${site.slot(1).lanes[0]} ${sign} ${count}`], isNull: 'false' });
}

function packedSum(site: AggregateSite, nullWhenEmpty: boolean): PackedAggregate {
  const type = withNullable(site.type, false);
  const overflow = type.kind === 'DECIMAL';
  return {
    slots: [type, COUNT],
    accumulate: (code, [value]) => moveSum(code, type, value as Operand, '+', '1n'),
    retract: (code, [value]) => moveSum(code, type, value as Operand, '-', '1n'),
    merge: (code, [sum, count]) => moveSum(code, type, sum as Operand, '+', count?.lanes[0] ?? '0n'),
    value(code) {
      const sum = code.slot(0);
      const tests = nullWhenEmpty ? [`${code.slot(1).lanes[0]} === 0n`] : [];
      if (overflow) {
        const high = sum.lanes[0];
        // Up to 64 bits there are 38 digits at most.
        tests.push(`(${high} !== 0n && ${high} !== -1n && !${code.constant(fitsPrecision)}(${bigOf(sum)}, 38))`);
      }
      return { type: site.type, lanes: sum.lanes, isNull: tests.length === 0 ? 'false' : `(${tests.join(' || ')})` };
    },
  };
}

export const sum: AggregateFunction = plainAggregate({
  name: 'SUM',
  forms: ['SUM(<NUMERIC>)'],
  summary: 'The sum of the values that are not NULL; NULL when there are none.',
  example: 'SUM(amount)',
  args: [numeric],
  returns: sumType,
  bind: (site) => boxedSum(site, null),
  packed: (site) => packedSum(site, true),
});

export const sumZero: AggregateFunction = plainAggregate({
  name: '$SUM0',
  aliases: ['SUM0'],
  forms: ['$SUM0(<NUMERIC>)'],
  summary: 'The sum of the values that are not NULL; 0 when there are none.',
  example: '$SUM0(amount)',
  args: [numeric],
  returns: (args) => {
    const type = sumType(args);
    return type && withNullable(type, false);
  },
  bind: (site) => boxedSum(site, zeroOf(site.type)),
  packed: (site) => packedSum(site, false),
});

/** The type in which AVG adds. */
function averageSumType(arg: LogicalType): LogicalType {
  if (arg.kind === 'DECIMAL') return types.decimal(38, arg.scale, false);
  return isInteger(arg) ? types.bigint(false) : types.double(false);
}

/** Quotient of a sum and a count in the type of the result. */
function averageOf(site: AggregateSite): (sum: Value, count: bigint) => Value {
  const arg = site.argTypes[0] as LogicalType;
  const { type } = site;
  if (arg.kind === 'DECIMAL' && type.kind === 'DECIMAL') {
    const quotient = arithmeticType('/', types.decimal(38, arg.scale), COUNT);
    const digits = quotient.kind === 'DECIMAL' ? quotient.scale : 0;
    return (sum, count) =>
      toDecimal(divideDecimal(sum as bigint, arg.scale, count, 0, digits), digits, type.precision, type.scale);
  }
  if (isInteger(arg)) {
    const bits = integerBits(type);
    return (sum, count) => {
      const value = BigInt.asIntN(bits, (sum as bigint) / count);
      return bits === 64 ? value : Number(value);
    };
  }
  return type.kind === 'FLOAT'
    ? (sum, count) => Math.fround((sum as number) / Number(count))
    : (sum, count) => (sum as number) / Number(count);
}

function boxedAverage(site: AggregateSite): BoxedAggregate {
  const arg = site.argTypes[0] as LogicalType;
  const type = averageSumType(arg);
  const inner = boxedSum({ ...site, type }, null);
  const average = averageOf(site);
  const widen = (args: readonly Value[]): readonly Value[] =>
    type.kind === 'BIGINT' ? args.map((value) => BigInt(value as number)) : args;
  return {
    ...inner,
    accumulate: (accumulator, args) => inner.accumulate(accumulator, widen(args)),
    retract: (accumulator, args) => inner.retract(accumulator, widen(args)),
    value(accumulator) {
      const [total, count] = accumulator as readonly [Value, bigint];
      return count === 0n || total === null ? null : average(total, count);
    },
  };
}

function packedAverage(site: AggregateSite): PackedAggregate | undefined {
  const arg = site.argTypes[0] as LogicalType;
  const type = averageSumType(arg);
  const base = packedSum({ ...site, type }, true);
  const kind = columnKind(site.type);
  return {
    ...base,
    value(code) {
      const [total, count] = [code.slot(0), code.slot(1).lanes[0] as string];
      const empty = `${count} === 0n`;
      if (type.kind === 'DECIMAL') return decimalAverage(code, site, total, count);
      if (type.kind === 'DOUBLE') {
        const quotient = `${total.lanes[0]} / Number(${count})`;
        return {
          type: site.type,
          lanes: [kind === 'f32' ? `Math.fround(${quotient})` : `(${quotient})`],
          isNull: `(${empty})`,
        };
      }
      const quotient = `(${empty} ? 0n : ${total.lanes[0]} / ${count})`;
      const lane = kind === 'i64' ? quotient : `Number(BigInt.asIntN(${integerBits(site.type)}, ${quotient}))`;
      return { type: site.type, lanes: [lane], isNull: `(${empty})` };
    },
  };
}

function decimalAverage(code: PackedSite, site: AggregateSite, total: Operand, count: string): Operand {
  const average = code.constant(averageOf(site));
  const whole = code.local();
  const lanes = [code.local(), code.local()].slice(0, columnKind(site.type) === 'i128' ? 2 : 1);
  code.emit(`${whole} = ${count} === 0n ? null : ${average}(${bigOf(total)}, ${count});`);
  code.emit(`if (${whole} !== null) { ${storeBig(site.type, lanes, whole)} }`);
  return { type: site.type, lanes, isNull: `(${whole} === null)` };
}

export const average: AggregateFunction = plainAggregate({
  name: 'AVG',
  forms: ['AVG(<NUMERIC>)'],
  summary: 'The arithmetic mean of the values that are not NULL; of integers without the fraction.',
  example: 'AVG(amount)',
  args: [numeric],
  returns: averageType,
  bind: boxedAverage,
  packed: packedAverage,
});
