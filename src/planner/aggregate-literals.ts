/** Arguments of aggregates that are constants: the functions look at them before the first row (a separator, a fraction, a clause). */
import type { AggregateCall } from '../dataflow/operator-spec.ts';
import { type Expression, inputsOf } from '../expressions/expression.ts';
import { lookupScalar } from '../functions/index.ts';
import { isVolatile } from './conditions.ts';
import { type Folding, fold } from './rules/fold-constants.ts';

const FOLDING: Folding = {
  find: (name) => lookupScalar(name),
  evaluation: { timeZone: 'UTC', now: () => 0, random: () => 0, watermark: () => null, legacyCast: false },
};

/** What a call says of its arguments: nothing when none is a constant. */
export function literalsOf(args: readonly Expression[]): Pick<AggregateCall, 'literals'> {
  const literals = args.map((arg) => {
    if (inputsOf(arg).size > 0 || isVolatile(arg)) return null;
    const folded = fold(arg, FOLDING);
    return folded.kind === 'literal' ? { value: folded.value } : null;
  });
  return literals.some((literal) => literal !== null) ? { literals } : {};
}
