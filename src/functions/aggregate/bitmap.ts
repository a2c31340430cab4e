/** Aggregates of bitmaps. */
import { type BitmapOperation, bitmapCardinality, decodeBitmap, encodeBitmap } from '../../types/bitmap.ts';
import { types } from '../../types/logical-type.ts';
import { MapValue, type Value } from '../../types/value.ts';
import type { AggregateFunction, BoxedAggregate } from '../aggregate-function.ts';
import { bitmap, integer } from '../operand.ts';
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
  const move = (accumulator: Value, value: Value, sign: 1 | -1): Value => {
    const [counts, rows] = accumulator as readonly [MapValue, number];
    const next = new Map(counts.entries as [number, number][]);
    for (const member of members(value)) next.set(member, (next.get(member) ?? 0) + sign);
    return [new MapValue([...next].filter(([, count]) => count !== 0)), rows + sign];
  };
  return {
    accumulatorType: types.row(
      [
        { name: 'counts', type: types.map(types.bigint(false), types.int(false), false) },
        { name: 'rows', type: types.int(false) },
      ],
      false,
    ),
    create: () => [new MapValue([]), 0],
    accumulate: (accumulator, [value = null]) => move(accumulator, value, 1),
    retract: (accumulator, [value = null]) => move(accumulator, value, -1),
    merge(accumulator, other) {
      const [counts, rows] = accumulator as readonly [MapValue, number];
      const [otherCounts, otherRows] = other as readonly [MapValue, number];
      const next = new Map(counts.entries as [number, number][]);
      for (const [member, count] of otherCounts.entries as [number, number][])
        next.set(member, (next.get(member) ?? 0) + count);
      return [new MapValue([...next]), rows + otherRows];
    },
    value(accumulator) {
      const [counts, rows] = accumulator as readonly [MapValue, number];
      if (rows === 0) return null;
      const chosen = counts.entries
        .filter(([, count]) => select(count as number, rows))
        .map(([member]) => Number(member));
      return finish(encodeBitmap(chosen));
    },
  };
}

const SELECT: Record<Exclude<BitmapOperation, 'andnot'>, (count: number, rows: number) => boolean> = {
  and: (count, rows) => count === rows,
  or: (count) => count > 0,
  xor: (count) => count % 2 === 1,
};

/** Keys of the stored counts are bigints, as the accumulator's type says. */
function* membersOf(value: Value): Iterable<number> {
  for (const member of decodeBitmap(value as Uint8Array)) yield BigInt(member) as unknown as number;
}

function* integerOf(value: Value): Iterable<number> {
  yield BigInt(Number(value) >>> 0) as unknown as number;
}

function combining(operation: keyof typeof SELECT, cardinality: boolean): AggregateFunction {
  const name = `BITMAP_${operation.toUpperCase()}_${cardinality ? 'CARDINALITY_AGG' : 'AGG'}`;
  return plainAggregate({
    name,
    inference: 'flink',
    forms: [`${name}(bitmap <BITMAP>)`],
    summary: `The ${operation.toUpperCase()} of all bitmaps${cardinality ? ', counted' : ''}.`,
    example: `${name}(bitmap)`,
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
