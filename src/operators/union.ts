/** UNION ALL: rows of all inputs as they come; the watermark is the smallest of theirs. */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import { forEachStretch } from '../dataflow/operator.ts';
import type { OperatorSpec } from '../dataflow/operator-spec.ts';
import type { Batch } from '../types/batch.ts';
import { allColumns, compileCopy } from './row-copy.ts';
import { WatermarkMerge } from './watermark-merge.ts';

export function createUnion(_spec: Extract<OperatorSpec, { kind: 'Union' }>, context: OperatorContext): Operator {
  const { heap, inputTypes, output, outputTypes } = context;
  const copies = inputTypes.map((types) => compileCopy(heap, types, allColumns(types), outputTypes));
  const watermarks = new WatermarkMerge(inputTypes.length, context.state);
  return {
    processBatch(input: number, batch: Batch): void {
      const copy = copies[input] as (typeof copies)[number];
      forEachStretch(
        batch,
        (start, end) => {
          for (let row = start; row < end; row++) {
            copy(batch, row, output.batch, output.batch.rowCount);
            output.advance(batch.insertOnly ? 0 : (batch.kinds[row] as number));
          }
        },
        (watermark) => {
          const merged = watermarks.advance(input, watermark);
          if (merged !== null) output.mark(merged);
        },
      );
      output.flush();
    },
  };
}
