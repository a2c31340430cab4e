/** `'connector' = 'print'`: each change as a line of the job's output. */

import type { SinkContext, SinkWriter, TableSink } from '../../dataflow/sink.ts';
import type { Batch } from '../../types/batch.ts';
import { readValue } from '../../types/lane-value.ts';
import { rowKindSigns } from '../../types/row-kind.ts';
import { defineConnector, type TableContext } from '../connector.ts';
import { javaText } from './java-text.ts';

export const print = defineConnector({
  name: 'print',
  summary: "Writes each change as a line to the job's standard output.",
  example: "CREATE TABLE t (id BIGINT, name STRING) WITH ('connector' = 'print')",
  options: [
    {
      key: 'print-identifier',
      type: 'string',
      example: { 'print-identifier': 'orders' },
      summary: 'A word in front of every line.',
    },
    { key: 'standard-error', type: 'boolean', default: 'false', summary: 'Write to standard error instead.' },
    { key: 'sink.parallelism', type: 'int', example: { 'sink.parallelism': '1' }, summary: 'Parallelism of the sink.' },
  ],
  formatKeys: [],
  sink: (table) => printSink(table),
});

function printSink(table: TableContext): TableSink {
  const identifier = table.option('print-identifier');
  const prefix = identifier ? `${identifier}> ` : '';
  return {
    changelogMode: (requested) => requested,
    delivery: 'none',
    openWriter: (context) => new PrintWriter(table, context, prefix),
  };
}

class PrintWriter implements SinkWriter {
  readonly #context: SinkContext;
  readonly #prefix: string;
  /** By column of the table: the input's column, or -1. */
  readonly #inputs: readonly number[];
  readonly bufferedBytes = 0;

  constructor(table: TableContext, context: SinkContext, prefix: string) {
    this.#context = context;
    this.#prefix = prefix;
    this.#inputs = table.table.columns.map((_, column) => context.targetColumns.indexOf(column));
  }

  write(batch: Batch): void {
    const { heap, inputTypes } = this.#context;
    for (let row = 0; row < batch.rowCount; row++) {
      const sign = rowKindSigns[(batch.insertOnly ? 0 : batch.kinds[row]) as 0] as string;
      const values = this.#inputs.map((input) => {
        const column = batch.columns[input];
        const type = inputTypes[input];
        return column && type ? javaText(type, readValue(type, column, row, heap)) : 'null';
      });
      this.#context.print(`${this.#prefix}${sign}[${values.join(', ')}]`);
    }
  }

  seal(): null {
    return null;
  }

  close(): void {}
}
