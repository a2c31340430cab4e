/** Aggregates of bitmaps. */
import { type BitmapOperation, bitmapCardinality, decodeBitmap, encodeBitmap } from '../../types/bitmap.ts';
import { types } from '../../types/logical-type.ts';
import type { MapValue, Value } from '../../types/value.ts';
import type { AggregateFunction, BoxedAggregate } from '../aggregate-function.ts';
import { bitmap, integer } from '../operand.ts';
import { CountedValues } from './counted-values.ts';
import { plainAggregate } from './plain-aggregate.ts';

type Finish = (bytes: Uint8Array) => Value;

const asBitmap: Finish = (bytes) => bytes;
const asCount: Finish = (bytes) => BigInt(bitmapCardinality(bytes));

/** Counts per value and of rows: what every operation can be computed from, also after rows were taken back. */
function counting(
  members: (value: Value) => Iterable<number>,
  select: (count: number, rows: number) => boolean,
  finish: Finish,
): BoxedAggregate {
  const memberType = types.bigint(false);
  const counted = new CountedValues(memberType);
  const move = (accumulator: Value, value: Value, sign: 1 | -1): Value => {
    const [counts, rows] = accumulator as readonly [MapValue, number];
    for (const member of members(value)) counted.add(counts, BigInt(member), sign);
    return [counts, rows + sign];
  };
  return {
    accumulatorType: types.row(
      [
        { name: 'counts', type: types.map(memberType, types.int(false), false) },
        { name: 'rows', type: types.int(false) },
      ],
      false,
    ),
    create: () => [counted.create(), 0],
    accumulate: (accumulator, [value = null]) => move(accumulator, value, 1),
    retract: (accumulator, [value = null]) => move(accumulator, value, -1),
    merge(accumulator, other) {
      const [counts, rows] = accumulator as readonly [MapValue, number];
      const [otherCounts, otherRows] = other as readonly [MapValue, number];
      return [counted.merge(counts, otherCounts), rows + otherRows];
    },
    value(accumulator) {
      const [counts, rows] = accumulator as readonly [MapValue, number];
      if (rows === 0) return null;
      const chosen = counts.entries.filter(([, count]) => select(count as number, rows));
      return finish(encodeBitmap(chosen.map(([member]) => Number(member))));
    },
  };
}

const SELECT: Record<Exclude<BitmapOperation, 'andnot'>, (count: number, rows: number) => boolean> = {
  and: (count, rows) => count === rows,
  or: (count) => count > 0,
  xor: (count) => count % 2 === 1,
};

const membersOf = (value: Value): Iterable<number> => decodeBitmap(value as Uint8Array);
const integerOf = (value: Value): Iterable<number> => [Number(value) >>> 0];

function combining(operation: keyof typeof SELECT, cardinality: boolean): AggregateFunction {
  const name = `BITMAP_${operation.toUpperCase()}_${cardinality ? 'CARDINALITY_AGG' : 'AGG'}`;
  return plainAggregate({
    name,
    inference: 'flink',
    forms: [`${name}(bitmap <BITMAP>)`],
    summary: `The ${operation.toUpperCase()} of all bitmaps${cardinality ? ', counted' : ''}.`,
    example: `${name}(b)`,
    args: [bitmap],
    returns: () => (cardinality ? types.bigint() : types.bitmap()),
    bind: () => counting(membersOf, SELECT[operation], cardinality ? asCount : asBitmap),
  });
}

function building(cardinality: boolean): AggregateFunction {
  const name = cardinality ? 'BITMAP_BUILD_CARDINALITY_AGG' : 'BITMAP_BUILD_AGG';
  return plainAggregate({
    name,
    inference: 'flink',
    forms: [`${name}(value <INT>)`],
    summary: `A bitmap of all integers${cardinality ? ', counted' : ''}.`,
    example: `${name}(id)`,
    args: [integer],
    returns: () => (cardinality ? types.bigint() : types.bitmap()),
    bind: () => counting(integerOf, SELECT.or, cardinality ? asCount : asBitmap),
  });
}

export const bitmapAggregates: readonly AggregateFunction[] = [
  combining('and', false),
  combining('and', true),
  combining('or', false),
  combining('or', true),
  combining('xor', false),
  combining('xor', true),
  building(false),
  building(true),
];
