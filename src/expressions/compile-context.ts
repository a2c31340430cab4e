/** What compiling an expression needs besides the expression. */
import type { EvalContext, ScalarFunction } from '../functions/function.ts';
import type { Heap } from '../types/heap.ts';

export type FindFunction = (name: string) => ScalarFunction | undefined;

export interface CompileContext {
  readonly heap: Heap;
  readonly evaluation: EvalContext;
  readonly findFunction: FindFunction;
}
