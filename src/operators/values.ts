/** Constant rows, given out when the runtime says that it is their turn. */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import type { OperatorSpec } from '../dataflow/operator-spec.ts';
import { compileScalar } from '../expressions/generate.ts';
import { Batch } from '../types/batch.ts';
import { Column } from '../types/column.ts';
import { writeValue } from '../types/lane-value.ts';
import type { LogicalType } from '../types/logical-type.ts';
import { RowKind } from '../types/row-kind.ts';
import { sameType } from '../types/type-family.ts';
import { compileContext } from './expression-over.ts';
import { compileCopy } from './row-copy.ts';

type ValuesSpec = Extract<OperatorSpec, { kind: 'Values' }>;

export function createValues(spec: ValuesSpec, context: OperatorContext): Operator {
  const { heap, output, outputTypes } = context;
  return {
    processBatch(): void {
      // Constant rows have no input.
    },
    endInput(): void {
      const empty = new Batch([]);
      for (const row of spec.rows) {
        row.forEach((expression, i) => {
          const type = outputTypes[i] as LogicalType;
          if (expression.kind === 'literal' && sameType(expression.type, type)) {
            writeValue(type, output.batch.columns[i] as Column, output.batch.rowCount, expression.value, heap);
            return;
          }
          const column = new Column(expression.type, 1);
          compileScalar(expression, [], compileContext(context))(empty, 0, 1, column);
          const from = { columns: [column] } as unknown as Batch;
          compileCopy(heap, [expression.type], [0], atColumn(i, type), i)(from, 0, output.batch, output.batch.rowCount);
        });
        output.advance(RowKind.INSERT);
      }
      output.flush();
    },
  };
}

function atColumn(index: number, type: LogicalType): LogicalType[] {
  const types: LogicalType[] = [];
  types[index] = type;
  return types;
}
