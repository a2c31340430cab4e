/** GROUPING SETS: each row once for every set, with the keys that the set leaves out as nulls and the set's id behind. */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import { forEachStretch } from '../dataflow/operator.ts';
import type { OperatorSpec } from '../dataflow/operator-spec.ts';
import type { Batch } from '../types/batch.ts';
import type { Column } from '../types/column.ts';
import { allColumns, compileCopy } from './row-copy.ts';

type ExpandSpec = Extract<OperatorSpec, { kind: 'Expand' }>;

export function createExpand(spec: ExpandSpec, context: OperatorContext): Operator {
  const { heap, output, outputTypes } = context;
  const types = context.inputTypes[0] ?? [];
  const copy = compileCopy(heap, types, allColumns(types), outputTypes);
  const sets = spec.sets.map((set) => ({ id: set.id, nulls: spec.keys.filter((key) => !set.keep.includes(key)) }));
  const columns = output.batch.columns as readonly Column[];
  const ids = columns[types.length] as Column;

  function expand(batch: Batch, row: number, kind: number): void {
    for (const { id, nulls } of sets) {
      const to = output.batch.rowCount;
      copy(batch, row, output.batch, to);
      for (const key of nulls) (columns[key] as Column & { nulls: Uint8Array }).nulls[to] = 1;
      ids.lane0[to] = id;
      if (ids.nulls) ids.nulls[to] = 0;
      output.advance(kind);
    }
  }

  return {
    processBatch(_input, batch): void {
      forEachStretch(
        batch,
        (start, end) => {
          for (let row = start; row < end; row++)
            expand(batch, row, batch.insertOnly ? 0 : (batch.kinds[row] as number));
        },
        (watermark) => output.mark(watermark),
      );
      output.flush();
    },
  };
}
