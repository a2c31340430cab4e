/** Top-N, deduplication, ORDER BY and ORDER BY with LIMIT of a bounded input: everything at its end. */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import type { SortKey } from '../dataflow/operator-spec.ts';
import type { Batch } from '../types/batch.ts';
import type { Column } from '../types/column.ts';
import { RowKind } from '../types/row-kind.ts';
import { BatchRows, forEachPartition } from './batch-rows.ts';
import { firstAsFlink } from './unstable-sort.ts';

export interface BatchRankSpec {
  readonly partition: readonly number[];
  readonly order: readonly SortKey[];
  readonly rankStart: number;
  readonly rankEnd: number;
  readonly outputRank: boolean;
  /** ORDER BY with LIMIT: only the first rows are kept while the input runs. */
  readonly isLimit: boolean;
}

export class BatchRank implements Operator {
  readonly #spec: BatchRankSpec;
  readonly #context: OperatorContext;
  readonly #rows: BatchRows;
  readonly #read: (address: number, to: Batch, toRow: number) => void;

  constructor(spec: BatchRankSpec, context: OperatorContext) {
    this.#spec = spec;
    this.#context = context;
    this.#rows = new BatchRows(context);
    this.#read = this.#rows.rows.compileRead(context.outputTypes, 0, this.#rows.width);
  }

  processBatch(_input: number, batch: Batch): void {
    const { output } = this.#context;
    this.#rows.add(batch);
    for (let mark = 0; mark < batch.markCount; mark++) output.mark(batch.markValues[mark] as number);
    output.flush();
  }

  endInput(): void {
    const { partition, order, rankStart, rankEnd, isLimit } = this.#spec;
    if (isLimit) {
      const first = firstAsFlink(this.#rows.all(), this.#rows.rows.compileOrder(order), rankEnd);
      for (let at = rankStart - 1; at < first.length; at++) this.#emit(first[at] as number, at + 1);
    } else {
      const { records, byPartition } = this.#rows.sorted(partition, order);
      forEachPartition(records, byPartition, (start, end) => {
        const last = Math.min(end, start + rankEnd);
        for (let at = start + rankStart - 1; at < last; at++) this.#emit(records[at] as number, at - start + 1);
      });
    }
    this.#context.output.flush();
  }

  #emit(address: number, rank: number): void {
    const { output } = this.#context;
    const { batch } = output;
    this.#read(address, batch, batch.rowCount);
    if (this.#spec.outputRank) {
      const column = batch.columns[this.#rows.width] as Column;
      column.lane0[batch.rowCount] = BigInt(rank);
      if (column.nulls) column.nulls[batch.rowCount] = 0;
    }
    output.advance(RowKind.INSERT);
  }
}
