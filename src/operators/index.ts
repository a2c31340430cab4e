/** The shelf of operators: one line a kind. */
import { assert } from '../base/error.ts';
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import type { OperatorSpec } from '../dataflow/operator-spec.ts';
import { createCalc } from './calc.ts';

type Create<K extends OperatorSpec['kind']> = (
  spec: Extract<OperatorSpec, { kind: K }>,
  context: OperatorContext,
) => Operator | Promise<Operator>;

const operators: { readonly [K in OperatorSpec['kind']]?: Create<K> } = {
  Calc: createCalc,
};

/** The operator of a spec; it declares its state tables before it is returned. */
export function createOperator(spec: OperatorSpec, context: OperatorContext): Operator | Promise<Operator> {
  const create = operators[spec.kind] as Create<OperatorSpec['kind']> | undefined;
  assert(create, `there is no operator ${spec.kind}`);
  return create(spec, context);
}
