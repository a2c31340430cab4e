/**
 * Accumulators of one boxed aggregate: objects while they are hot, bytes of the group's record at a barrier. An entry belongs to a record's
 * address, so it must be dropped when the record goes or is born.
 */
import type { BoxedAggregate } from '../functions/aggregate-function.ts';
import type { KeyedTable, Slot } from '../state/state.ts';
import type { Batch } from '../types/batch.ts';
import type { Column } from '../types/column.ts';
import type { Heap } from '../types/heap.ts';
import { readBytes, writeBytes } from '../types/heap-bytes.ts';
import { type Box, boxFor, LaneSlots, laneBytes, unboxFor } from '../types/lane-value.ts';
import type { LogicalType } from '../types/logical-type.ts';
import { types } from '../types/logical-type.ts';
import { decodeValue } from '../types/nested-codec.ts';
import type { Value } from '../types/value.ts';

/** Decoded accumulators that are kept before all are written back. */
const CACHE_LIMIT = 8192;

export class BoxedAccumulators {
  readonly #heap: Heap;
  readonly #table: KeyedTable;
  readonly #column: number;
  readonly #slot: Slot;
  readonly #aggregate: BoxedAggregate;
  readonly #stored: LogicalType;
  readonly #args: readonly number[];
  readonly #unbox: (heap: Heap, value: Value, slots: LaneSlots) => void;
  readonly #cache = new Map<number, Value>();
  readonly #dirty = new Set<number>();
  /** Results that are no objects, until their accumulator changes: the old result of a row is the new one of the row before. */
  readonly #results = new Map<number, Value>();
  readonly #boxes: readonly Box[];
  /** Lanes of the result that {@link result} left. */
  readonly lanes = new LaneSlots();

  constructor(
    heap: Heap,
    table: KeyedTable,
    column: number,
    aggregate: BoxedAggregate,
    args: readonly number[],
    types: { readonly args: readonly LogicalType[]; readonly result: LogicalType },
  ) {
    this.#heap = heap;
    this.#table = table;
    this.#column = column;
    this.#slot = table.layout.value[column] as Slot;
    this.#aggregate = aggregate;
    this.#stored = storedType(aggregate.accumulatorType);
    this.#args = args;
    this.#unbox = unboxFor(types.result);
    this.#boxes = types.args.map(boxFor);
  }

  accumulate(address: number, batch: Batch, row: number): void {
    this.#put(address, this.#aggregate.accumulate(this.#get(address), this.#read(batch, row)));
  }

  retract(address: number, batch: Batch, row: number): void {
    this.#put(address, this.#aggregate.retract(this.#get(address), this.#read(batch, row)));
  }

  /** Puts the result's lanes into {@link lanes}; true when it is null. */
  result(address: number): boolean {
    const value = this.#resultOf(address);
    if (value === null) return true;
    this.#unbox(this.#heap, value, this.lanes);
    return false;
  }

  drop(address: number): void {
    this.#results.delete(address);
    this.#cache.delete(address);
    this.#dirty.delete(address);
  }

  /** Writes what is not in the records yet. */
  flush(): void {
    for (const address of this.#dirty) this.#store(address);
    this.#dirty.clear();
    this.#cache.clear();
    this.#results.clear();
  }

  #store(address: number): void {
    const bytes = laneBytes(this.#stored, [this.#cache.get(address) as Value]);
    this.#table.setBytes(address, this.#column, writeBytes(this.#heap, bytes), bytes.length);
    this.#heap.u8[address + this.#slot.nullByte] = 0;
    this.#table.markDirty(address);
  }

  #get(address: number): Value {
    const cached = this.#cache.get(address);
    if (cached !== undefined) return cached;
    const value = this.#load(address);
    this.#cache.set(address, value);
    return value;
  }

  #load(address: number): Value {
    const { u8, u32, i32 } = this.#heap;
    if (u8[address + this.#slot.nullByte] === 1) return this.#aggregate.create();
    const start = u32[(address + (this.#slot.lanes[0] as number)) >>> 2] as number;
    const length = i32[(address + (this.#slot.lanes[1] as number)) >>> 2] as number;
    return (decodeValue(this.#stored, readBytes(this.#heap, start, length)) as readonly Value[])[0] as Value;
  }

  #resultOf(address: number): Value {
    const known = this.#results.get(address);
    if (known !== undefined) return known;
    const value = this.#aggregate.value(this.#get(address));
    // An object may be the accumulator itself, which changes.
    if (typeof value !== 'object') this.#results.set(address, value);
    return value;
  }

  #put(address: number, value: Value): void {
    this.#results.delete(address);
    this.#cache.set(address, value);
    this.#dirty.add(address);
    if (this.#cache.size > CACHE_LIMIT) this.flush();
  }

  #read(batch: Batch, row: number): Value[] {
    return this.#args.map((column, i) => {
      const { lane0, lane1, nulls } = batch.columns[column] as Column;
      if (nulls?.[row] === 1) return null;
      return (this.#boxes[i] as Box)(
        this.#heap,
        lane0[row] as number | bigint,
        lane1 ? (lane1[row] as number | bigint) : 0,
      );
    });
  }
}

/** An accumulator of any type is stored as a row of one field, so that it is always bytes. */
export function storedType(accumulator: LogicalType): LogicalType {
  return types.row([{ name: 'accumulator', type: accumulator }]);
}
