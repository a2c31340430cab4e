/** Arguments of aggregates that are constants: the functions look at them before the first row (a separator, a fraction, a clause). */
import type { AggregateCall } from '../dataflow/operator-spec.ts';
import { type Expression, inputsOf } from '../expressions/expression.ts';
import { interpret } from '../expressions/interpret.ts';
import type { EvalContext } from '../functions/function.ts';
import { lookupScalar } from '../functions/index.ts';
import type { Value } from '../types/value.ts';
import { isVolatile } from './conditions.ts';

const EVALUATION: EvalContext = {
  timeZone: 'UTC',
  now: () => 0,
  random: () => 0,
  watermark: () => null,
  legacyCast: false,
};

/** What a call says of its arguments: nothing when none is a constant. */
export function literalsOf(args: readonly Expression[]): Pick<AggregateCall, 'literals'> {
  const literals = args.map(constantOf);
  return literals.some((literal) => literal !== null) ? { literals } : {};
}

/** What cannot be computed fails on a row, as it would without an aggregate. */
function constantOf(arg: Expression): { readonly value: Value } | null {
  if (arg.kind === 'literal') return { value: arg.value };
  if (inputsOf(arg).size > 0 || isVolatile(arg)) return null;
  try {
    return { value: interpret(arg, lookupScalar)([], EVALUATION) };
  } catch {
    return null;
  }
}
