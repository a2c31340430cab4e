/** COUNT, and counts of distinct values. */
import { types, withNullable } from '../../types/logical-type.ts';
import type { MapValue } from '../../types/value.ts';
import type { AggregateFunction, AggregateSite, BoxedAggregate } from '../aggregate-function.ts';
import { anything } from '../operand.ts';
import type { PackedAggregate, PackedSite } from '../packed-aggregate.ts';
import { CountedValues } from './counted-values.ts';
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
  const type = withNullable(site.argTypes[0] ?? types.null(), true);
  const counted = new CountedValues(type);
  return {
    accumulatorType: types.map(type, types.int(false), false),
    create: () => counted.create(),
    accumulate: (accumulator, [value = null]) => counted.add(accumulator as MapValue, value, 1),
    retract: noRetract('APPROX_COUNT_DISTINCT'),
    merge: (accumulator, other) => counted.merge(accumulator as MapValue, other as MapValue),
    value: (accumulator) => BigInt((accumulator as MapValue).entries.length),
  };
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
