/** The shelf of functions: every built-in, by name. */
import { bitmapAggregates } from './aggregate/bitmap.ts';
import { collects } from './aggregate/collect.ts';
import { approxCountDistinct, count } from './aggregate/count.ts';
import { extremes } from './aggregate/extreme.ts';
import { average, sum, sumZero } from './aggregate/sum.ts';
import { variances } from './aggregate/variance.ts';
import type { AggregateFunction } from './aggregate-function.ts';
import type { ScalarFunction } from './function.ts';
import { arithmetic } from './scalar/arithmetic.ts';
import { arrays } from './scalar/array.ts';
import { arraySets } from './scalar/array-set.ts';
import { bitmaps } from './scalar/bitmap.ts';
import { booleans } from './scalar/boolean.ts';
import { clocks } from './scalar/clock.ts';
import { collections } from './scalar/collection.ts';
import { comparisons } from './scalar/comparison.ts';
import { concats } from './scalar/concat.ts';
import { conditionals } from './scalar/conditional.ts';
import { conversions } from './scalar/conversion.ts';
import { encodings } from './scalar/encoding.ts';
import { jsonPaths } from './scalar/json.ts';
import { jsonConstructs } from './scalar/json-construct.ts';
import { likes } from './scalar/like.ts';
import { maps } from './scalar/map.ts';
import { math } from './scalar/math.ts';
import { randoms } from './scalar/random.ts';
import { regexes } from './scalar/regex.ts';
import { texts } from './scalar/text.ts';
import { textPositions } from './scalar/text-position.ts';
import { timeArithmetic } from './scalar/time-arithmetic.ts';
import { timeFormats } from './scalar/time-format.ts';
import { timeParts } from './scalar/time-parts.ts';
import { timeTexts } from './scalar/time-text.ts';

export const scalarFunctions: readonly ScalarFunction[] = [
  ...comparisons,
  ...booleans,
  ...arithmetic,
  ...conditionals,
  ...conversions,
  ...likes,
  ...texts,
  ...textPositions,
  ...concats,
  ...regexes,
  ...encodings,
  ...math,
  ...randoms,
  ...timeParts,
  ...timeArithmetic,
  ...timeTexts,
  ...clocks,
  ...timeFormats,
  ...collections,
  ...maps,
  ...arrays,
  ...arraySets,
  ...jsonPaths,
  ...jsonConstructs,
  ...bitmaps,
];

export const aggregateFunctions: readonly AggregateFunction[] = [
  count,
  sum,
  sumZero,
  average,
  ...extremes,
  ...variances,
  ...collects,
  approxCountDistinct,
  ...bitmapAggregates,
];

function byName<F extends { readonly name: string; readonly aliases?: readonly string[] }>(
  list: readonly F[],
): ReadonlyMap<string, F> {
  const names = new Map<string, F>();
  for (const fn of list) for (const name of [fn.name, ...(fn.aliases ?? [])]) names.set(name, fn);
  return names;
}

const scalars = byName(scalarFunctions);
const aggregates = byName(aggregateFunctions);

/** A scalar function or operator by its name in upper case. */
export function lookupScalar(name: string): ScalarFunction | undefined {
  return scalars.get(name.toUpperCase());
}

export function lookupAggregate(name: string): AggregateFunction | undefined {
  return aggregates.get(name.toUpperCase());
}
