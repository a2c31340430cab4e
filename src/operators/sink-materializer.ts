/**
 * Before an upsert sink whose key is not the key of the rows: keeps the rows of each sink key in order of arrival and passes on the newest,
 * so that a row which leaves uncovers the one before it.
 */
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import { forEachStretch } from '../dataflow/operator.ts';
import type { OperatorSpec } from '../dataflow/operator-spec.ts';
import type { Batch } from '../types/batch.ts';
import { types } from '../types/logical-type.ts';
import { RowKind } from '../types/row-kind.ts';
import { BatchView } from './batch-view.ts';
import { allColumns, type CopyRow, compileCopy } from './row-copy.ts';
import { RowTable } from './row-table.ts';
import { stateSequence } from './state-sequence.ts';

type SinkMaterializerSpec = Extract<OperatorSpec, { kind: 'SinkMaterializer' }>;

export function createSinkMaterializer(spec: SinkMaterializerSpec, context: OperatorContext): Operator {
  return new SinkMaterializer(spec, context);
}

class SinkMaterializer implements Operator {
  readonly #context: OperatorContext;
  readonly #hasUpsertKey: boolean;
  readonly #isBatch: boolean;
  readonly #view: BatchView;
  readonly #rows: RowTable;
  readonly #sinkKey: readonly number[];
  readonly #next: () => number;
  readonly #copy: CopyRow;
  readonly #read: (address: number, to: Batch, toRow: number) => void;
  readonly #isSame: (address: number, batch: Batch, row: number) => boolean;

  constructor(spec: SinkMaterializerSpec, context: OperatorContext) {
    const { heap, state, outputTypes } = context;
    const input = context.inputTypes[0] ?? [];
    this.#context = context;
    this.#isBatch = context.mode === 'batch';
    this.#hasUpsertKey = spec.upsertKey !== null;
    this.#view = new BatchView(input, [types.double(false)]);
    this.#sinkKey = spec.keys;
    const upsert = spec.upsertKey?.filter((column) => !spec.keys.includes(column));
    this.#rows = new RowTable(heap, state, {
      name: 'rows',
      types: this.#view.types,
      keys: [...spec.keys, ...(upsert ?? [this.#view.column(0)])],
      stored: allColumns(input),
      prefix: spec.keys.length,
      ttlMs: spec.ttlMs,
    });
    this.#next = stateSequence(state, 'sequence');
    this.#copy = compileCopy(heap, input, allColumns(input), outputTypes);
    this.#read = this.#rows.compileRead(outputTypes, 0, input.length);
    this.#isSame = this.#rows.compileSameColumns(allColumns(input));
  }

  processBatch(_input: number, batch: Batch): void {
    const { output } = this.#context;
    const view = this.#view.over(batch);
    forEachStretch(
      batch,
      (start, end) => {
        for (let row = start; row < end; row++) {
          const kind = batch.insertOnly ? RowKind.INSERT : (batch.kinds[row] as number);
          if ((kind & 1) === 0) this.#add(view, row);
          else this.#retract(view, row);
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

  #add(view: Batch, row: number): void {
    const { table, keys } = this.#rows;
    const isFirst = table.chain(view, this.#sinkKey, row) === 0;
    if (!this.#hasUpsertKey) (this.#view.own[0] as Batch['columns'][number]).lane0[row] = this.#next();
    this.#rows.write(table.findOrInsert(view, keys, row), view, row);
    if (this.#isBatch) return;
    const { output } = this.#context;
    this.#copy(view, row, output.batch, output.batch.rowCount);
    output.advance(isFirst ? RowKind.INSERT : RowKind.UPDATE_AFTER);
  }

  #retract(view: Batch, row: number): void {
    const { heap, output } = this.#context;
    const { table } = this.#rows;
    const address = this.#find(view, row);
    if (address === 0) return;
    const next = heap.u32[(address + this.#rows.layout.next) >>> 2] as number;
    const previous = heap.u32[(address + this.#rows.layout.previous) >>> 2] as number;
    if (next === 0 && !this.#isBatch) {
      if (previous === 0) this.#copy(view, row, output.batch, output.batch.rowCount);
      else this.#read(previous, output.batch, output.batch.rowCount);
      output.advance(previous === 0 ? RowKind.DELETE : RowKind.UPDATE_AFTER);
    }
    table.remove(address);
  }

  /** The oldest record of the row: by upsert key, or by all its columns. */
  #find(view: Batch, row: number): number {
    const { table, keys } = this.#rows;
    if (this.#hasUpsertKey) return table.find(view, keys, row);
    const { heap } = this.#context;
    let address = table.chain(view, this.#sinkKey, row);
    while (address !== 0 && !this.#isSame(address, view, row))
      address = heap.u32[(address + this.#rows.layout.next) >>> 2] as number;
    return address;
  }
}
