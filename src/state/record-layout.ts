/**
 * Where things lie in a record. A record is: header, key region, value region. Regions begin at multiples of 8; in a region wide lanes come
 * first, null bytes last, and what is left of its last 8 bytes is zero, so that regions can be compared and stored by words.
 *
 * Header: hash (i32), flags (i32); with chains: next, previous, tail (of the chain, kept in its head), prefix hash (i32), sequence (f64);
 * with TTL: last write (f64, ms).
 */
import { columnKind, LANE_BYTES, lanesOf } from '../types/column.ts';
import type { LogicalType } from '../types/logical-type.ts';
import type { Slot, TableLayout, TableSpec } from './state.ts';

export const RECORD_LIVE = 1;
/** In the list of what the next checkpoint stores. */
export const RECORD_DIRTY = 2;
/** Not in any checkpoint yet: its removal leaves nothing. */
export const RECORD_BORN = 4;

export interface RecordLayout extends TableLayout {
  /** Offsets in bytes, -1 where absent. */
  readonly tail: number;
  readonly prefixHash: number;
  readonly sequence: number;
  readonly lastWrite: number;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
  /** Distance between records. */
  readonly stride: number;
  /** Word offsets (from the record) of the address lanes of bytes columns; each length is the word at the same index of the other list. */
  readonly keyBytes: ReadonlyArray<readonly [address: number, length: number]>;
  readonly valueBytes: ReadonlyArray<readonly [address: number, length: number]>;
}

export function layoutOf(spec: TableSpec): RecordLayout {
  const chained = spec.prefix > 0;
  let end = 8;
  const take = (present: boolean, bytes: number): number => {
    if (!present) return -1;
    end += bytes;
    return end - bytes;
  };
  const next = take(chained, 4);
  const previous = take(chained, 4);
  const tail = take(chained, 4);
  const prefixHash = take(chained, 4);
  const sequence = take(chained, 8);
  const lastWrite = take(spec.ttlMs > 0, 8);
  const keyStart = end;
  const key = placeColumns(spec.key, keyStart);
  const value = placeColumns(spec.value, key.end);
  return {
    key: key.slots,
    value: value.slots,
    recordBytes: value.end,
    next,
    previous,
    tail,
    prefixHash,
    sequence,
    lastWrite,
    keyStart,
    keyEnd: key.end,
    valueStart: key.end,
    valueEnd: value.end,
    stride: strideOf(value.end),
    keyBytes: bytesLanes(key.slots),
    valueBytes: bytesLanes(value.slots),
  };
}

function placeColumns(types: readonly LogicalType[], start: number): { slots: Slot[]; end: number } {
  const lanes: number[][] = types.map(() => []);
  let end = start;
  for (const width of [8, 4, 2, 1])
    types.forEach((type, column) => {
      lanesOf(type).forEach((lane, index) => {
        if (LANE_BYTES[lane] !== width) return;
        (lanes[column] as number[])[index] = end;
        end += width;
      });
    });
  const nullBytes = types.map((type) => (type.nullable ? end++ : -1));
  const slots = types.map((type, column) => ({
    kind: columnKind(type),
    lanes: lanes[column] as number[],
    nullByte: nullBytes[column] as number,
  }));
  return { slots, end: (end + 7) & ~7 };
}

function bytesLanes(slots: readonly Slot[]): Array<readonly [number, number]> {
  return slots
    .filter((slot) => slot.kind === 'bytes')
    .map((slot) => [(slot.lanes[0] as number) >> 2, (slot.lanes[1] as number) >> 2] as const);
}

/** Records above 32 bytes keep to multiples of 16, so that fewer of them lie across two cache lines. */
function strideOf(bytes: number): number {
  return bytes <= 32 ? bytes : (bytes + 15) & ~15;
}
