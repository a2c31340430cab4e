/** LIMIT without ORDER BY: the first rows in order of arrival. A row that is taken back lets the next one in. */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import { forEachStretch } from '../dataflow/operator.ts';
import type { OperatorSpec } from '../dataflow/operator-spec.ts';
import type { Batch } from '../types/batch.ts';
import { RowKind } from '../types/row-kind.ts';
import { createRank } from './rank.ts';
import { allColumns, compileCopy } from './row-copy.ts';

type LimitSpec = Extract<OperatorSpec, { kind: 'Limit' }>;

export function createLimit(spec: LimitSpec, context: OperatorContext): Operator {
  if (context.mode === 'batch' || spec.inputRetracts === false) return createFirstRows(spec, context);
  return createRank(
    {
      kind: 'Rank',
      partition: [],
      order: [],
      rankStart: spec.offset + 1,
      rankEnd: spec.offset + spec.fetch,
      outputRank: false,
      strategy: 'retract',
      uniqueKey: null,
      emitUpdateBefore: spec.emitUpdateBefore,
      ttlMs: 0,
    },
    context,
  );
}

/** Input that only grows: counting is enough. */
function createFirstRows(spec: LimitSpec, context: OperatorContext): Operator {
  const { heap, output, outputTypes, state } = context;
  const types = context.inputTypes[0] ?? [];
  const copy = compileCopy(heap, types, allColumns(types), outputTypes);
  const seen = state.value('seen', 0);
  const last = spec.offset + spec.fetch;
  return {
    processBatch(_input, batch: Batch): void {
      let count = seen.get();
      forEachStretch(
        batch,
        (start, end) => {
          for (let row = start; row < end && count < last; row++) {
            count++;
            if (count <= spec.offset) continue;
            copy(batch, row, output.batch, output.batch.rowCount);
            output.advance(RowKind.INSERT);
          }
        },
        (watermark) => output.mark(watermark),
      );
      seen.set(count);
      output.flush();
    },
  };
}
