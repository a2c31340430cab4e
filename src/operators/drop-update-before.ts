/** Leaves out -U rows, where nobody behind needs them. */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import { forEachStretch } from '../dataflow/operator.ts';
import type { OperatorSpec } from '../dataflow/operator-spec.ts';
import { RowKind } from '../types/row-kind.ts';
import { allColumns, compileCopy } from './row-copy.ts';

export function createDropUpdateBefore(
  _spec: Extract<OperatorSpec, { kind: 'DropUpdateBefore' }>,
  context: OperatorContext,
): Operator {
  const { heap, output, outputTypes } = context;
  const types = context.inputTypes[0] ?? [];
  const copy = compileCopy(heap, types, allColumns(types), outputTypes);
  return {
    processBatch(_input, batch): void {
      forEachStretch(
        batch,
        (start, end) => {
          for (let row = start; row < end; row++) {
            const kind = batch.insertOnly ? RowKind.INSERT : (batch.kinds[row] as number);
            if (kind === RowKind.UPDATE_BEFORE) continue;
            copy(batch, row, output.batch, output.batch.rowCount);
            output.advance(kind);
          }
        },
        (watermark) => output.mark(watermark),
      );
      output.flush();
    },
  };
}
