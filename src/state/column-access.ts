/** Generates the copies of single columns between batches and records: a setter for each value column, a getter for each column. */
import type { Batch } from '../types/batch.ts';
import { LANE_BYTES, type LaneKind, lanesOf } from '../types/column.ts';
import type { Heap } from '../types/heap.ts';
import type { LogicalType } from '../types/logical-type.ts';
import type { RepeatedBytes } from './repeated-bytes.ts';
import type { Slot } from './state.ts';

/** Copies a column of a batch's row into the record. */
export type SetColumn = (address: number, batch: Batch, from: number, row: number) => void;
/** Copies a column of a record into a column of a batch's row. */
export type GetColumn = (address: number, batch: Batch, to: number, row: number) => void;

export function generateSetter(heap: Heap, owner: RepeatedBytes, type: LogicalType, slot: Slot): SetColumn {
  const lanes = lanesOf(type);
  const isBytes = slot.kind === 'bytes';
  const nulls = 'const n = column.nulls !== null && column.nulls[row] !== 0 ? 1 : 0;';
  const body = `'use strict';
return (a, batch, from, row) => {
const column = batch.columns[from];
${slot.nullByte >= 0 ? `${nulls} H.u8[a + ${slot.nullByte}] = n;` : ''}
${isBytes ? bytesSetter(slot) : lanes.map((lane, i) => `${place(lane, slot, i)} = column.lane${i}[row];`).join(' ')}
};`;
  return new Function('H', 'T', body)(heap, owner) as SetColumn;
}

function bytesSetter(slot: Slot): string {
  const [address, length] = slot.lanes as [number, number];
  const isNull = slot.nullByte >= 0 ? 'n === 1' : 'false';
  return `const old = H.u32[(a + ${address}) >>> 2], oldLength = H.i32[(a + ${length}) >>> 2];
const size = ${isNull} ? 0 : column.lane1[row];
const own = T.own(${isNull} ? 0 : column.lane0[row], size);
T.disown(old, oldLength);
H.u32[(a + ${address}) >>> 2] = own;
H.i32[(a + ${length}) >>> 2] = size;`;
}

export function generateGetter(heap: Heap, type: LogicalType, slot: Slot): GetColumn {
  const copies = lanesOf(type).map((lane, i) => `column.lane${i}[row] = ${place(lane, slot, i)};`);
  const isNull = slot.nullByte >= 0 ? `H.u8[a + ${slot.nullByte}]` : '0';
  const body = `'use strict';
return (a, batch, to, row) => {
const column = batch.columns[to];
if (column.nulls !== null) column.nulls[row] = ${isNull};
${copies.join(' ')}
};`;
  return new Function('H', body)(heap) as GetColumn;
}

/** A lane of a record as an assignable expression over the heap's views. */
function place(lane: LaneKind, slot: Slot, index: number): string {
  const shift = Math.log2(LANE_BYTES[lane]);
  const offset = slot.lanes[index] as number;
  return shift === 0 ? `H.${lane}[a + ${offset}]` : `H.${lane}[(a + ${offset}) >>> ${shift}]`;
}
