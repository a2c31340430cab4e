/** COUNT, and counts of distinct values. */
import { types } from '../../types/logical-type.ts';
import { MapValue, type Value } from '../../types/value.ts';
import type { AggregateFunction, AggregateSite, BoxedAggregate } from '../aggregate-function.ts';
import { valueKey } from '../compare-values.ts';
import { anything } from '../operand.ts';
import type { PackedAggregate, PackedSite } from '../packed-aggregate.ts';
import { noRetract, plainAggregate } from './plain-aggregate.ts';

const BIGINT = types.bigint(false);

const boxedCount: BoxedAggregate = {
  accumulatorType: BIGINT,
  create: () => 0n,
  accumulate: (count) => (count as bigint) + 1n,
  retract: (count) => (count as bigint) - 1n,
  merge: (count, other) => (count as bigint) + (other as bigint),
  value: (count) => count,
};

function step(site: PackedSite, amount: string): void {
  site.assign(0, { lanes: [`${site.slot(0).lanes[0]} ${amount}`], isNull: 'false' });
}

const packedCount: PackedAggregate = {
  slots: [BIGINT],
  accumulate: (site) => step(site, '+ 1n'),
  retract: (site) => step(site, '- 1n'),
  merge: (site, other) => step(site, `+ ${other[0]?.lanes[0]}`),
  value: (site) => ({ ...site.slot(0), type: BIGINT }),
};

export const count: AggregateFunction = plainAggregate({
  name: 'COUNT',
  forms: ['COUNT([ALL | DISTINCT] <ANY>...)'],
  summary: 'The number of rows, or of rows where the arguments are not NULL.',
  example: 'COUNT(*)',
  args: [],
  rest: anything,
  returns: () => BIGINT,
  bind: () => boxedCount,
  packed: () => packedCount,
});

/** Distinct values as a map to how often they came. */
function distinctCount(site: AggregateSite): BoxedAggregate {
  const [type = types.null()] = site.argTypes;
  const key = valueKey(type);
  const accumulatorType = types.map(types.bytes(), types.bigint(), false);
  return {
    accumulatorType,
    create: () => new MapValue([]),
    accumulate(accumulator, [value = null]) {
      const bytes = Buffer.from(key(value), 'latin1');
      const { entries } = accumulator as MapValue;
      if (entries.some(([seen]) => Buffer.compare(seen as Uint8Array, bytes) === 0)) return accumulator;
      return new MapValue([...entries, [new Uint8Array(bytes), 1n]]);
    },
    retract: noRetract('APPROX_COUNT_DISTINCT'),
    merge: (accumulator, other) => mergeKeys(accumulator, other),
    value: (accumulator) => BigInt((accumulator as MapValue).entries.length),
  };
}

function mergeKeys(a: Value, b: Value): Value {
  const seen = new Map<string, readonly [Value, Value]>();
  for (const entry of [...(a as MapValue).entries, ...(b as MapValue).entries])
    seen.set(Buffer.from(entry[0] as Uint8Array).toString('latin1'), entry);
  return new MapValue([...seen.values()]);
}

export const approxCountDistinct: AggregateFunction = plainAggregate({
  name: 'APPROX_COUNT_DISTINCT',
  forms: ['APPROX_COUNT_DISTINCT(<ANY>)'],
  summary: 'The number of distinct values that are not NULL; here it is exact.',
  example: 'APPROX_COUNT_DISTINCT(a)',
  args: [anything],
  returns: () => BIGINT,
  canRetract: false,
  bind: distinctCount,
});
