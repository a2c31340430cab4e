/**
 * Variance by Welford's method: count, mean and the sum of the squares of distances from the mean, all in doubles. Where taking rows back
 * leaves less than nothing of that sum, the result is NULL, as Flink's.
 */
import { castFunction } from '../../types/cast.ts';
import { columnKind } from '../../types/column.ts';
import { type LogicalType, types } from '../../types/logical-type.ts';
import type { Value } from '../../types/value.ts';
import type { AggregateSite, BoxedAggregate } from '../aggregate-function.ts';
import { bigOf, storeBig } from '../decimal-code.ts';
import type { Operand } from '../generated-code.ts';
import type { PackedAggregate, PackedSite } from '../packed-aggregate.ts';

const NUMBER = types.double(false);
const CONTEXT = { timeZone: 'UTC', legacyCast: false };

type Distances = readonly [count: number, mean: number, squares: number];

const NONE: Distances = [0, 0, 0];

function accumulate([before, mean, squares]: Distances, value: number): Distances {
  const delta = value - mean;
  const newMean = mean + delta / (before + 1);
  return [before + 1, newMean, squares + delta * (value - newMean)];
}

function retract([before, mean, squares]: Distances, value: number): Distances {
  if (before === 1) return NONE;
  const delta = value - mean;
  const newMean = mean - delta / (before - 1);
  return [before - 1, newMean, squares - delta * (value - newMean)];
}

function merge(a: Distances, b: Distances): Distances {
  const count = a[0] + b[0];
  if (b[0] === 0) return a;
  const delta = b[1] - a[1];
  return [count, a[1] + delta * (b[0] / count), a[2] + b[2] + ((a[0] * b[0]) / count) * delta * delta];
}

function result(site: AggregateSite, sample: boolean, root: boolean): (count: number, squares: number) => Value {
  const finish = castFunction(types.double(), site.type);
  return (count, squares) => {
    const divisor = sample ? count - 1 : count;
    if (divisor <= 0 || squares < 0) return null;
    const variance = squares / divisor;
    return finish(root ? variance ** 0.5 : variance, CONTEXT);
  };
}

export function boxedWelford(site: AggregateSite, sample: boolean, root: boolean): BoxedAggregate {
  const toDouble = castFunction(site.argTypes[0] as LogicalType, types.double());
  const variance = result(site, sample, root);
  const number = (raw: Value) => toDouble(raw, CONTEXT) as number;
  return {
    accumulatorType: types.row(
      [
        { name: 'count', type: NUMBER },
        { name: 'mean', type: NUMBER },
        { name: 'squares', type: NUMBER },
      ],
      false,
    ),
    create: () => NONE,
    accumulate: (accumulator, [value = null]) => accumulate(accumulator as Distances, number(value)),
    retract: (accumulator, [value = null]) => retract(accumulator as Distances, number(value)),
    merge: (accumulator, other) => merge(accumulator as Distances, other as Distances),
    value: (accumulator) => variance((accumulator as Distances)[0], (accumulator as Distances)[2]),
  };
}

/** Emits the assignment of the three slots; `count` may read the old one. */
function assign(code: PackedSite, count: string, mean: string, squares: string): void {
  code.assign(2, { lanes: [squares], isNull: 'false' });
  code.assign(1, { lanes: [mean], isNull: 'false' });
  code.assign(0, { lanes: [count], isNull: 'false' });
}

export function packedWelford(site: AggregateSite, sample: boolean, root: boolean): PackedAggregate {
  const toDouble = castFunction(site.argTypes[0] as LogicalType, types.double());
  const variance = result(site, sample, root);
  const slots = (code: PackedSite) => [0, 1, 2].map((i) => code.slot(i).lanes[0] as string) as [string, string, string];
  const number = (code: PackedSite, value: Operand): string => {
    const big = bigOf(value);
    if (value.type.kind !== 'DECIMAL') return big === undefined ? (value.lanes[0] as string) : `Number(${big})`;
    return `${code.constant((raw: Value) => toDouble(raw, CONTEXT))}(${big})`;
  };
  const move = (code: PackedSite, value: Operand, sign: '+' | '-'): void => {
    const [count, mean, squares] = slots(code);
    const [raw, delta, newMean] = [code.local(), code.local(), code.local()];
    code.emit(`${raw} = ${number(code, value)}; ${delta} = ${raw} - ${mean};`);
    code.emit(`${newMean} = ${mean} ${sign} ${delta} / (${count} ${sign} 1);`);
    if (sign === '-') code.emit(`if (${count} === 1) { ${newMean} = 0; ${delta} = 0; }`);
    const rest = sign === '-' ? `${count} === 1 ? 0 : ` : '';
    assign(code, `(${count} ${sign} 1)`, newMean, `(${rest}${squares} ${sign} ${delta} * (${raw} - ${newMean}))`);
  };
  return {
    slots: [NUMBER, NUMBER, NUMBER],
    accumulate: (code, [value]) => move(code, value as Operand, '+'),
    retract: (code, [value]) => move(code, value as Operand, '-'),
    merge(code, others) {
      const [count, mean, squares] = slots(code);
      const [right, otherMean, otherSquares] = others.map(({ lanes }) => lanes[0] as string);
      const [all, delta] = [code.local(), code.local()];
      code.emit(`${all} = ${count} + ${right}; ${delta} = ${all} === 0 ? 0 : ${otherMean} - ${mean};`);
      code.emit(`if (${right} !== 0) {`);
      assign(
        code,
        all,
        `(${mean} + ${delta} * (${right} / ${all}))`,
        `(${squares} + ${otherSquares} + ${count} * ${right} / ${all} * ${delta} * ${delta})`,
      );
      code.emit('}');
    },
    value(code) {
      const [count, , squares] = slots(code);
      const whole = code.local();
      code.emit(`${whole} = ${code.constant(variance)}(${count}, ${squares});`);
      const isNull = `(${whole} === null)`;
      const kind = columnKind(site.type);
      if (kind !== 'i128') return { type: site.type, lanes: [whole], isNull };
      const lanes = [code.local(), code.local()];
      code.emit(`if (${whole} !== null) { ${storeBig(site.type, lanes, whole)} }`);
      return { type: site.type, lanes, isNull };
    },
  };
}
