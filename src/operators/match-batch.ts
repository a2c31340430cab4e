/** MATCH_RECOGNIZE over a bounded input: its rows are sorted at the end. */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import type { MatchSpec } from '../dataflow/operator-spec.ts';
import { BATCH_ROWS, Batch } from '../types/batch.ts';
import type { Column } from '../types/column.ts';
import { BatchRows, forEachPartition } from './batch-rows.ts';
import { MatchProcessor } from './match-processor.ts';

export class MatchBatch implements Operator {
  readonly #spec: MatchSpec;
  readonly #context: OperatorContext;
  readonly #rows: BatchRows;
  readonly #processor: MatchProcessor;
  readonly #chunk: Batch;
  readonly #read: (address: number, to: Batch, toRow: number) => void;
  readonly #times = new Float64Array(BATCH_ROWS);

  constructor(spec: MatchSpec, context: OperatorContext) {
    const input = context.inputTypes[0] ?? [];
    this.#spec = spec;
    this.#context = context;
    this.#rows = new BatchRows(context);
    this.#processor = new MatchProcessor(spec, context);
    this.#chunk = new Batch(input);
    this.#read = this.#rows.rows.compileRead(input, 0, this.#rows.width);
  }

  processBatch(_input: number, batch: Batch): void {
    const { output } = this.#context;
    this.#rows.add(batch);
    for (let mark = 0; mark < batch.markCount; mark++) output.mark(batch.markValues[mark] as number);
    output.flush();
  }

  endInput(): void {
    const { records, byPartition } = this.#rows.sorted(this.#spec.partition, this.#spec.order);
    forEachPartition(records, byPartition, (start, end) => {
      for (let from = start; from < end; from += BATCH_ROWS)
        this.#process(records.slice(from, Math.min(end, from + BATCH_ROWS)));
      this.#processor.endPartition(Number.POSITIVE_INFINITY);
      this.#processor.endBatch();
    });
    this.#processor.flushOutput();
    this.#context.output.flush();
  }

  #process(records: readonly number[]): void {
    records.forEach((address, row) => {
      this.#read(address, this.#chunk, row);
    });
    this.#chunk.rowCount = records.length;
    const { lane0 } = this.#chunk.columns[this.#spec.order[0]?.column ?? 0] as Column;
    for (let row = 0; row < records.length; row++) this.#times[row] = lane0[row] as number;
    this.#processor.process(this.#chunk, this.#times);
  }
}
