/** Rows of boxed values into batches and out of them, for connectors whose other side speaks values and not bytes. */
import type { RowOutput } from '../formats/format.ts';
import type { Batch } from '../types/batch.ts';
import type { Column, Lane } from '../types/column.ts';
import type { Heap } from '../types/heap.ts';
import { type Box, boxFor, LaneSlots, type Unbox, unboxFor } from '../types/lane-value.ts';
import type { LogicalType } from '../types/logical-type.ts';
import type { Value } from '../types/value.ts';

type LaneValue = number | bigint;

/** Writes rows into a batch writer or a queue of batches. */
export class BoxedRowWriter {
  readonly #writer: RowOutput;
  readonly #heap: Heap;
  readonly #unbox: readonly Unbox[];
  readonly #slots = new LaneSlots();

  constructor(types: readonly LogicalType[], writer: RowOutput, heap: Heap) {
    this.#writer = writer;
    this.#heap = heap;
    this.#unbox = types.map(unboxFor);
  }

  write(kind: number, values: readonly Value[]): void {
    const batch = this.#writer.batch;
    const row = batch.rowCount;
    for (let i = 0; i < this.#unbox.length; i++) this.#set(batch.columns[i] as Column, row, i, values[i] ?? null);
    this.#writer.advance(kind);
  }

  #set(column: Column, row: number, i: number, value: Value): void {
    if (column.nulls) column.nulls[row] = value === null ? 1 : 0;
    if (value === null) return;
    (this.#unbox[i] as Unbox)(this.#heap, value, this.#slots);
    setLane(column.lane0, row, this.#slots.a);
    if (column.lane1) setLane(column.lane1, row, this.#slots.b);
  }
}

/** Reads rows of a batch of given types. */
export class BoxedRowReader {
  readonly #heap: Heap;
  readonly #boxes: readonly Box[];

  constructor(types: readonly LogicalType[], heap: Heap) {
    this.#heap = heap;
    this.#boxes = types.map(boxFor);
  }

  /** The value of one column. */
  value(batch: Batch, column: number, row: number): Value {
    const from = batch.columns[column] as Column;
    if (from.nulls?.[row] === 1) return null;
    const second = from.lane1 ? (from.lane1[row] as LaneValue) : 0;
    return (this.#boxes[column] as Box)(this.#heap, from.lane0[row] as LaneValue, second);
  }

  row(batch: Batch, row: number): Value[] {
    return this.#boxes.map((_box, column) => this.value(batch, column, row));
  }
}

function setLane(lane: Lane, row: number, value: LaneValue): void {
  (lane as { [row: number]: LaneValue })[row] = value;
}
