/**
 * Before an upsert sink whose key is not the key of the rows: keeps the rows of each sink key in order of arrival and passes on the newest,
 * so that a row which leaves uncovers the one before it. Rows have a key of their own here; without one: `newest-row-materializer.ts`.
 */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import { forEachStretch } from '../dataflow/operator.ts';
import type { OperatorSpec } from '../dataflow/operator-spec.ts';
import type { Batch } from '../types/batch.ts';
import { RowKind } from '../types/row-kind.ts';
import { NewestRowMaterializer } from './newest-row-materializer.ts';
import { allColumns, type CopyRow, compileCopy } from './row-copy.ts';
import { RowTable } from './row-table.ts';

type SinkMaterializerSpec = Extract<OperatorSpec, { kind: 'SinkMaterializer' }>;

export function createSinkMaterializer(spec: SinkMaterializerSpec, context: OperatorContext): Operator {
  return spec.upsertKey === null
    ? new NewestRowMaterializer(spec, context)
    : new SinkMaterializer(spec, spec.upsertKey, context);
}

class SinkMaterializer implements Operator {
  readonly #context: OperatorContext;
  readonly #isBatch: boolean;
  readonly #rows: RowTable;
  readonly #sinkKey: readonly number[];
  readonly #copy: CopyRow;
  readonly #read: (address: number, to: Batch, toRow: number) => void;

  constructor(spec: SinkMaterializerSpec, upsertKey: readonly number[], context: OperatorContext) {
    const { heap, state, outputTypes } = context;
    const input = context.inputTypes[0] ?? [];
    this.#context = context;
    this.#isBatch = context.mode === 'batch';
    this.#sinkKey = spec.keys;
    this.#rows = new RowTable(heap, state, {
      name: 'rows',
      types: input,
      keys: [...spec.keys, ...upsertKey.filter((column) => !spec.keys.includes(column))],
      prefix: spec.keys.length,
      ttlMs: spec.ttlMs,
    });
    this.#copy = compileCopy(heap, input, allColumns(input), outputTypes);
    this.#read = this.#rows.compileRead(outputTypes, 0, input.length);
  }

  processBatch(_input: number, batch: Batch): void {
    const { output } = this.#context;
    forEachStretch(
      batch,
      (start, end) => {
        for (let row = start; row < end; row++) {
          const kind = batch.insertOnly ? RowKind.INSERT : (batch.kinds[row] as number);
          if ((kind & 1) === 0) this.#add(batch, row);
          else this.#retract(batch, row);
        }
      },
      (watermark) => output.mark(watermark),
    );
    output.flush();
  }

  endInput(): void {
    if (!this.#isBatch) return;
    const { heap, output } = this.#context;
    const { layout, table } = this.#rows;
    table.forEach((address) => {
      if (heap.u32[(address + layout.next) >>> 2] !== 0) return;
      this.#read(address, output.batch, output.batch.rowCount);
      output.advance(RowKind.INSERT);
    });
    output.flush();
  }

  #add(batch: Batch, row: number): void {
    const { table, keys } = this.#rows;
    const isFirst = table.chain(batch, this.#sinkKey, row) === 0;
    this.#rows.write(table.findOrInsert(batch, keys, row), batch, row);
    if (this.#isBatch) return;
    const { output } = this.#context;
    this.#copy(batch, row, output.batch, output.batch.rowCount);
    output.advance(isFirst ? RowKind.INSERT : RowKind.UPDATE_AFTER);
  }

  #retract(batch: Batch, row: number): void {
    const { heap, output } = this.#context;
    const { table, keys } = this.#rows;
    const address = table.find(batch, keys, row);
    if (address === 0) return;
    const next = heap.u32[(address + this.#rows.layout.next) >>> 2] as number;
    const previous = heap.u32[(address + this.#rows.layout.previous) >>> 2] as number;
    if (next === 0 && !this.#isBatch) {
      if (previous === 0) this.#copy(batch, row, output.batch, output.batch.rowCount);
      else this.#read(previous, output.batch, output.batch.rowCount);
      output.advance(previous === 0 ? RowKind.DELETE : RowKind.UPDATE_AFTER);
    }
    table.remove(address);
  }
}
