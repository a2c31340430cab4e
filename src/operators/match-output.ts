/** MEASURES: matches become rows of the output. */
import type { OperatorContext } from '../dataflow/operator.ts';
import type { MatchSpec } from '../dataflow/operator-spec.ts';
import { inputReference, mapInputs } from '../expressions/expression.ts';
import { type Calc, compileCalc } from '../expressions/generate.ts';
import { lookupScalar } from '../functions/index.ts';
import type { Slot } from '../state/state.ts';
import { BATCH_ROWS, Batch } from '../types/batch.ts';
import { type LogicalType, withNullable } from '../types/logical-type.ts';
import { generatedFunction } from './generated-function.ts';
import { assignBatch, recordOperand } from './lane-code.ts';
import type { MatchPartition } from './match-partitions.ts';
import type { MatchRows } from './match-rows.ts';
import type { Run } from './match-run.ts';
import { type MatchSite, MatchValues } from './match-values.ts';
import type { RowTable } from './row-table.ts';

export class MatchOutput {
  readonly #context: OperatorContext;
  readonly #rows: MatchRows;
  readonly #table: RowTable;
  readonly #values: MatchValues;
  /** Columns of the partition, then the values of one match a row. */
  readonly #found: Batch;
  readonly #readKey: (address: number, to: Batch, toRow: number) => void;
  readonly #measure: Calc;
  readonly #site: MatchSite;

  constructor(spec: MatchSpec, empty: MatchPartition, rows: MatchRows, table: RowTable, context: OperatorContext) {
    const { heap, evaluation, outputTypes } = context;
    const keys = spec.partition.map((column) => withNullable(rows.types[column] as LogicalType, true));
    const names = spec.variables.map(({ name }) => name);
    this.#context = context;
    this.#rows = rows;
    this.#table = table;
    this.#values = new MatchValues(spec.values, keys.length, names, rows, table, context);
    const inputTypes = [...keys, ...this.#values.types];
    this.#found = new Batch(inputTypes);
    this.#site = { partition: empty, run: null, time: 0, variable: -1, view: this.#found, row: 0 };
    const reads = spec.partition.map((column, i) => {
      const key = recordOperand(table.slots[column] as Slot, table.storedTypes[column] as LogicalType, 'a');
      return assignBatch('to', i, keys[i] as LogicalType, 'toRow', key);
    });
    this.#readKey = generatedFunction(heap, 'a, to, toRow', reads.join('\n'));
    const projection = [
      ...keys.map((type, i) => inputReference(i, type)),
      ...spec.measures.map((measure) => mapInputs(measure, (index, type) => inputReference(keys.length + index, type))),
    ];
    this.#measure = compileCalc(
      { inputTypes, condition: null, projection, outputTypes },
      { heap, evaluation, findFunction: lookupScalar },
    );
  }

  /** Takes a match, found at `time`. Its rows may be forgotten before it is flushed. */
  add(partition: MatchPartition, run: Run, time: number): void {
    const row = this.#found.rowCount;
    this.#readKey(partition.addressOf(run.start), this.#found, row);
    this.#site.partition = partition;
    this.#site.run = run;
    // Only the end of the input set it free.
    this.#site.time = Number.isFinite(time) ? time : this.#rows.timeOf(this.#table, partition.addressOf(run.end));
    this.#values.write(this.#site, this.#found, row);
    this.#found.rowCount = row + 1;
    if (this.#found.rowCount === BATCH_ROWS) this.flush();
  }

  /** Gives out what was taken. */
  flush(): void {
    const { output } = this.#context;
    if (this.#found.rowCount === 0) return;
    output.flush();
    this.#measure(this.#found, output);
    output.flush();
    this.#found.clear();
  }
}
