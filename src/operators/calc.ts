/** Filters rows and computes columns. A change of a row that the filter leaves out is left out with it. */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import type { OperatorSpec } from '../dataflow/operator-spec.ts';
import { compileCalc } from '../expressions/generate.ts';
import { lookupScalar } from '../functions/index.ts';

export type CalcSpec = Extract<OperatorSpec, { kind: 'Calc' }>;

export function createCalc(spec: CalcSpec, context: OperatorContext): Operator {
  const { heap, evaluation, output } = context;
  const calc = compileCalc(
    {
      inputTypes: context.inputTypes[0] ?? [],
      condition: spec.condition,
      projection: spec.projection,
      outputTypes: context.outputTypes,
      ...(spec.columnNames && { outputNames: spec.columnNames }),
    },
    { heap, evaluation, findFunction: lookupScalar },
  );
  return {
    processBatch(_input, batch): void {
      calc(batch, output);
      output.flush();
    },
  };
}
