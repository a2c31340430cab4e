/** Runs a format over messages and gives the rows boxed: the test's way to see what was decoded. */

import type { RowOutput } from '../../src/formats/format.ts';
import { findFormat } from '../../src/formats/index.ts';
import { BATCH_ROWS, Batch } from '../../src/types/batch.ts';
import { Heap } from '../../src/types/heap.ts';
import { readValue } from '../../src/types/lane-value.ts';
import type { Field, LogicalType } from '../../src/types/logical-type.ts';
import { RowKind, rowKindSigns } from '../../src/types/row-kind.ts';
import type { Value } from '../../src/types/value.ts';

export type BoxedRow = readonly [string, ...Value[]];

export interface DecodeRequest {
  readonly format: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly fields: readonly Field[];
  /** Default: all fields. */
  readonly columns?: ReadonlyArray<{ path?: readonly string[]; metadata?: string; type: LogicalType }>;
}

/** Messages (null: a null message) to rows. */
export function decodeMessages(
  request: DecodeRequest,
  messages: ReadonlyArray<string | Uint8Array | null>,
): BoxedRow[] {
  const heap = new Heap();
  const columns = (request.columns ?? request.fields.map((f) => ({ path: [f.name], type: f.type }))).map(
    (column, target) => ({
      ...column,
      target,
    }),
  );
  const format = findFormat(request.format);
  const decoding = format?.decoding?.({
    table: 't',
    option: (key) => request.options?.[key] ?? format.options.find((spec) => spec.key === key)?.default,
  });
  if (!decoding) throw new Error(`no format ${request.format}`);
  const decoder = decoding.createDecoder({ heap, fields: request.fields, columns, timeZone: 'UTC' });
  const output = new BoxingOutput(
    columns.map((column) => column.type),
    heap,
  );
  for (const message of messages) {
    const bytes = message === null ? null : typeof message === 'string' ? Buffer.from(message) : message;
    const address = heap.scratch(bytes?.length ?? 0);
    if (bytes) heap.u8.set(bytes, address);
    decoder.decode(address, bytes ? bytes.length : -1, output, null);
  }
  output.flush();
  return output.rows;
}

class BoxingOutput implements RowOutput {
  readonly batch: Batch;
  readonly rows: BoxedRow[] = [];
  readonly #heap: Heap;
  constructor(types: readonly LogicalType[], heap: Heap) {
    this.batch = new Batch(types);
    this.#heap = heap;
  }
  advance(kind: number): void {
    this.batch.kinds[this.batch.rowCount] = kind;
    if (kind !== RowKind.INSERT) this.batch.insertOnly = false;
    if (++this.batch.rowCount === BATCH_ROWS) this.flush();
  }
  flush(): void {
    const { batch } = this;
    for (let row = 0; row < batch.rowCount; row++)
      this.rows.push([
        rowKindSigns[batch.kinds[row] as 0] as string,
        ...batch.types.map((type, i) => readValue(type, batch.columns[i] as never, row, this.#heap)),
      ]);
    batch.clear();
  }
}
