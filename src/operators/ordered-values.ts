/** FIRST_VALUE and LAST_VALUE over input that is taken back: the values of a group in order of arrival. */
import type { BoxedAggregate } from '../functions/aggregate-function.ts';
import { laneBytes } from '../types/lane-value.ts';
import { type LogicalType, types } from '../types/logical-type.ts';
import type { Value } from '../types/value.ts';

/** The first or last of the values that are left. A retraction takes the oldest equal one, as Flink does. */
export function orderedValues(type: LogicalType, which: 'first' | 'last'): BoxedAggregate {
  const isSame = sameFor(type);
  return {
    accumulatorType: types.array(type, false),
    create: () => [],
    accumulate(accumulator, args) {
      (accumulator as Value[]).push(args[0] as Value);
      return accumulator;
    },
    retract(accumulator, args) {
      const values = accumulator as Value[];
      const index = values.findIndex((value) => isSame(value, args[0] as Value));
      if (index >= 0) values.splice(index, 1);
      return accumulator;
    },
    merge(accumulator, other) {
      (accumulator as Value[]).push(...(other as Value[]));
      return accumulator;
    },
    value(accumulator) {
      const values = accumulator as Value[];
      return values.at(which === 'first' ? 0 : -1) ?? null;
    },
  };
}

function sameFor(type: LogicalType): (a: Value, b: Value) => boolean {
  return (a, b) => {
    if (typeof a !== 'object' || typeof b !== 'object') return Object.is(a, b);
    if (a === null || b === null) return a === b;
    return Buffer.compare(laneBytes(type, a), laneBytes(type, b)) === 0;
  };
}
