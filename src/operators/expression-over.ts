/** The operators' way to compile expressions: with all built-in functions, over what an operator's context offers. */
import type { OperatorContext } from '../dataflow/operator.ts';
import type { CompileContext } from '../expressions/compile-context.ts';
import type { Expression } from '../expressions/expression.ts';
import { compilePredicate } from '../expressions/generate.ts';
import { lookupScalar } from '../functions/index.ts';
import type { Batch } from '../types/batch.ts';
import type { LogicalType } from '../types/logical-type.ts';

export type RowTest = (batch: Batch, row: number) => boolean;

export function compileContext(context: OperatorContext): CompileContext {
  return { heap: context.heap, evaluation: context.evaluation, findFunction: lookupScalar };
}

/** True where the condition is TRUE for a row of a batch of `types`. */
export function compileRowTest(
  condition: Expression,
  types: readonly LogicalType[],
  context: OperatorContext,
): RowTest {
  const predicate = compilePredicate(condition, { types }, { types: [] }, compileContext(context));
  return (batch, row) => predicate(batch, row, null, 0);
}
