/** Boxed values out of lanes and into them: for generated code's boxed calls, results and tests. */
import { unreachable } from '../base/error.ts';
import { type Column, columnKind, type Lane } from './column.ts';
import type { Heap } from './heap.ts';
import { bytesOf, readBytes, readText, textLength, wellFormed, writeBytes, writeText } from './heap-bytes.ts';
import type { LogicalType } from './logical-type.ts';
import { decodeValue, encodeValue } from './nested-codec.ts';
import type { Value } from './value.ts';

type LaneValue = number | bigint;

/** Makes a boxed value of the lanes of one value that is not null; the second lane is ignored by types of one lane. */
export type Box = (heap: Heap, lane0: LaneValue, lane1: LaneValue) => Value;

/** The lanes of one value, as {@link unboxFor} leaves them. */
export class LaneSlots {
  a: LaneValue = 0;
  b: LaneValue = 0;
}

/** Puts the lanes of a value that is not null into `slots`. Bytes go to scratch room of the heap. */
export type Unbox = (heap: Heap, value: Value, slots: LaneSlots) => void;

const NANOS_OF_MILLI = 1_000_000n;

/** The boxing function of a type. */
export function boxFor(type: LogicalType): Box {
  const kind = columnKind(type);
  switch (kind) {
    case 'boolean':
      return (_heap, a) => a !== 0;
    case 'i8':
    case 'i16':
    case 'i32':
    case 'i64':
    case 'f32':
    case 'f64':
      return (_heap, a) => a;
    case 'i128':
      return (_heap, a, b) => ((a as bigint) << 64n) | (b as bigint);
    case 'millis':
      return (_heap, a) => BigInt(a) * NANOS_OF_MILLI;
    case 'nanos':
      return (_heap, a, b) => BigInt(a) * NANOS_OF_MILLI + BigInt(b);
    case 'bytes':
      return boxBytes(type);
    default:
      return unreachable(kind);
  }
}

function boxBytes(type: LogicalType): Box {
  if (isText(type)) return (heap, a, b) => readText(heap, a as number, b as number);
  if (isRaw(type)) return (heap, a, b) => readBytes(heap, a as number, b as number);
  return (heap, a, b) => decodeValue(type, readBytes(heap, a as number, b as number));
}

/** The unboxing function of a type. */
export function unboxFor(type: LogicalType): Unbox {
  const kind = columnKind(type);
  switch (kind) {
    case 'boolean':
      return (_heap, value, slots) => {
        slots.a = value ? 1 : 0;
      };
    case 'i8':
    case 'i16':
    case 'i32':
    case 'i64':
    case 'f32':
    case 'f64':
      return (_heap, value, slots) => {
        slots.a = value as LaneValue;
      };
    case 'i128':
      return (_heap, value, slots) => {
        slots.a = BigInt.asIntN(64, (value as bigint) >> 64n);
        slots.b = BigInt.asUintN(64, value as bigint);
      };
    case 'millis':
    case 'nanos':
      return (_heap, value, slots) => unboxNanos(value as bigint, slots);
    case 'bytes':
      return unboxBytes(type);
    default:
      return unreachable(kind);
  }
}

function unboxNanos(nanos: bigint, slots: LaneSlots): void {
  const rest = ((nanos % NANOS_OF_MILLI) + NANOS_OF_MILLI) % NANOS_OF_MILLI;
  slots.a = Number((nanos - rest) / NANOS_OF_MILLI);
  slots.b = Number(rest);
}

function unboxBytes(type: LogicalType): Unbox {
  if (isText(type))
    return (heap, value, slots) => {
      const text = wellFormed(value as string);
      const length = textLength(text);
      slots.a = writeText(heap, text, length);
      slots.b = length;
    };
  const encode = isRaw(type) ? (value: Value) => value as Uint8Array : (value: Value) => encodeValue(type, value);
  return (heap, value, slots) => {
    const bytes = encode(value);
    slots.a = writeBytes(heap, bytes);
    slots.b = bytes.length;
  };
}

function isText(type: LogicalType): boolean {
  return type.kind === 'CHAR' || type.kind === 'VARCHAR';
}

function isRaw(type: LogicalType): boolean {
  return type.kind === 'BINARY' || type.kind === 'VARBINARY' || type.kind === 'VARIANT' || type.kind === 'BITMAP';
}

/** The value at a row of a column. */
export function readValue(type: LogicalType, column: Column, row: number, heap: Heap): Value {
  if (column.nulls?.[row] === 1) return null;
  return boxFor(type)(heap, column.lane0[row] as LaneValue, column.lane1 ? (column.lane1[row] as LaneValue) : 0);
}

/** Writes a value at a row of a column. A null in a NOT NULL column is the caller's mistake. */
export function writeValue(type: LogicalType, column: Column, row: number, value: Value, heap: Heap): void {
  if (column.nulls) column.nulls[row] = value === null ? 1 : 0;
  if (value === null) return;
  const slots = new LaneSlots();
  unboxFor(type)(heap, value, slots);
  store(column.lane0, row, slots.a);
  if (column.lane1) store(column.lane1, row, slots.b);
}

function store(lane: Lane, row: number, value: LaneValue): void {
  (lane as { [row: number]: LaneValue })[row] = value;
}

/** The canonical bytes of a value of a type in bytes lanes: UTF-8, raw, or nested. */
export function laneBytes(type: LogicalType, value: Value): Uint8Array {
  if (isText(type)) return bytesOf(value as string);
  return isRaw(type) ? (value as Uint8Array) : encodeValue(type, value);
}
