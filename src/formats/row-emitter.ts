/** Rows of boxed values into a reader's output: the exact way, beside the generated ones. */
import { EngineError } from '../base/error.ts';
import { writeValue } from '../types/lane-value.ts';
import type { LogicalType } from '../types/logical-type.ts';
import type { Value } from '../types/value.ts';
import type { DecoderContext, RowOutput } from './format.ts';

/** Fills the caller's own columns of a row. */
export type BeforeAdvance = ((row: number) => void) | null;

export class RowEmitter {
  readonly #context: DecoderContext;
  readonly #read: ReadonlyArray<(row: readonly Value[], metadata: ReadonlyMap<string, Value>) => Value>;
  count = 0;

  /** Rows are given as values of all of `context.fields`. */
  constructor(context: DecoderContext) {
    this.#context = context;
    this.#read = context.columns.map((column) => {
      const { metadata, path } = column;
      if (metadata !== undefined) return (_row, values) => values.get(metadata) ?? null;
      if (!path) throw new EngineError('INTERNAL', 'a column is neither a field nor metadata');
      const indexes = pathIndexes(context, path);
      return (row) =>
        indexes.reduce<Value>((at, index) => (at === null ? null : ((at as readonly Value[])[index] ?? null)), row);
    });
  }

  emit(
    output: RowOutput,
    kind: number,
    row: readonly Value[],
    before: BeforeAdvance,
    metadata: ReadonlyMap<string, Value> = NO_METADATA,
  ): void {
    this.emitColumns(
      output,
      kind,
      this.#read.map((read) => read(row, metadata)),
      before,
    );
  }

  /** A row given column by column as the context lists them. */
  emitColumns(output: RowOutput, kind: number, values: readonly Value[], before: BeforeAdvance): void {
    const batch = output.batch;
    const row = batch.rowCount;
    for (const [index, column] of this.#context.columns.entries()) {
      const target = batch.columns[column.target];
      if (target) writeValue(column.type, target, row, values[index] ?? null, this.#context.heap);
    }
    before?.(row);
    output.advance(kind);
    this.count++;
  }
}

const NO_METADATA: ReadonlyMap<string, Value> = new Map();

/** Field indexes of a path of names. */
export function pathIndexes(context: DecoderContext, path: readonly string[]): number[] {
  let fields = context.fields;
  return path.map((name) => {
    const index = fields.findIndex((field) => field.name === name);
    const type = fields[index]?.type as LogicalType | undefined;
    if (index < 0 || !type) throw new EngineError('INTERNAL', `no field ${path.join('.')}`);
    fields = type.kind === 'ROW' ? type.fields : [];
    return index;
  });
}
