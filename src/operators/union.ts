/** UNION ALL: rows of all inputs as they come; the watermark is the smallest of theirs. */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import type { OperatorSpec } from '../dataflow/operator-spec.ts';
import type { Batch } from '../types/batch.ts';
import { copyBatch } from './row-copy.ts';
import { WatermarkMerge } from './watermark-merge.ts';

export function createUnion(_spec: Extract<OperatorSpec, { kind: 'Union' }>, context: OperatorContext): Operator {
  const { inputTypes, output } = context;
  const watermarks = new WatermarkMerge(inputTypes.length, context.state);
  return {
    processBatch(input: number, batch: Batch): void {
      const to = output.batch;
      copyBatch(batch, to);
      for (let mark = 0; mark < batch.markCount; mark++) {
        const merged = watermarks.advance(input, batch.markValues[mark] as number);
        if (merged === null) continue;
        to.rowCount = batch.markRows[mark] as number;
        output.mark(merged);
      }
      to.rowCount = batch.rowCount;
      output.flush();
    },
  };
}
