/** Filters rows and computes columns. A change of a row that the filter leaves out is left out with it. */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import type { OperatorSpec } from '../dataflow/operator-spec.ts';
import { compileCalc } from '../expressions/generate.ts';
import { lookupScalar } from '../functions/index.ts';
import { columnKind } from '../types/column.ts';
import type { LogicalType } from '../types/logical-type.ts';
import { ProjectedBatch } from './batch-view.ts';

export type CalcSpec = Extract<OperatorSpec, { kind: 'Calc' }>;

export function createCalc(spec: CalcSpec, context: OperatorContext): Operator {
  const { heap, evaluation, output } = context;
  const columns = shownColumns(spec, context);
  if (columns) {
    const projected = new ProjectedBatch(context.outputTypes, columns);
    return { processBatch: (_input, batch) => output.pass(projected.over(batch)) };
  }
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

/** The input's columns that are the output's as they are; null when rows are filtered or anything is computed. */
function shownColumns(spec: CalcSpec, { inputTypes, outputTypes }: OperatorContext): number[] | null {
  if (spec.condition || !spec.projection) return null;
  const columns: number[] = [];
  for (const [i, expression] of spec.projection.entries()) {
    if (expression.kind !== 'input') return null;
    const from = inputTypes[0]?.[expression.index] as LogicalType;
    const to = outputTypes[i] as LogicalType;
    if (columnKind(from) !== columnKind(to) || from.nullable !== to.nullable) return null;
    columns.push(expression.index);
  }
  return columns;
}
