/** One column of a batch: one or two typed arrays (lanes) by type, and null bytes. Table D of the data plane's design. */
import { unreachable } from '../base/error.ts';
import type { LogicalType } from './logical-type.ts';

export type LaneKind = 'u8' | 'i8' | 'i16' | 'i32' | 'u32' | 'i64' | 'u64' | 'f32' | 'f64';
export type Lane =
  | Uint8Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/**
 * How a type lies in lanes:
 * BOOLEAN u8; TINYINT i8; SMALLINT i16; INT, DATE, TIME, INTERVAL MONTH i32; BIGINT, INTERVAL DAY (ms), DECIMAL ≤ 18 (unscaled) i64;
 * DECIMAL > 18: i64 (high 64 bits, signed) and u64 (low 64 bits) of the two's complement unscaled value; FLOAT f32; DOUBLE f64;
 * TIMESTAMP and TIMESTAMP_LTZ f64 (ms since the epoch, an integer), with precision > 3 also i32 (0 to 999,999 ns within the ms);
 * all others u32 (address in the heap) and i32 (length in bytes): UTF-8, raw bytes, or the canonical bytes of a nested value
 * (`nested-codec.ts`).
 */
export type ColumnKind =
  | 'boolean'
  | 'i8'
  | 'i16'
  | 'i32'
  | 'i64'
  | 'i128'
  | 'f32'
  | 'f64'
  | 'millis'
  | 'nanos'
  | 'bytes';

const LANES: Record<ColumnKind, readonly LaneKind[]> = {
  boolean: ['u8'],
  i8: ['i8'],
  i16: ['i16'],
  i32: ['i32'],
  i64: ['i64'],
  i128: ['i64', 'u64'],
  f32: ['f32'],
  f64: ['f64'],
  millis: ['f64'],
  nanos: ['f64', 'i32'],
  bytes: ['u32', 'i32'],
};

export const LANE_BYTES: Record<LaneKind, number> = {
  u8: 1,
  i8: 1,
  i16: 2,
  i32: 4,
  u32: 4,
  i64: 8,
  u64: 8,
  f32: 4,
  f64: 8,
};

export function columnKind(type: LogicalType): ColumnKind {
  switch (type.kind) {
    case 'BOOLEAN':
    case 'NULL':
      return 'boolean';
    case 'TINYINT':
      return 'i8';
    case 'SMALLINT':
      return 'i16';
    case 'INT':
    case 'DATE':
    case 'TIME':
    case 'INTERVAL_YEAR_MONTH':
      return 'i32';
    case 'BIGINT':
    case 'INTERVAL_DAY_TIME':
      return 'i64';
    case 'DECIMAL':
      return type.precision <= 18 ? 'i64' : 'i128';
    case 'FLOAT':
      return 'f32';
    case 'DOUBLE':
      return 'f64';
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return type.precision <= 3 ? 'millis' : 'nanos';
    case 'CHAR':
    case 'VARCHAR':
    case 'BINARY':
    case 'VARBINARY':
    case 'VARIANT':
    case 'BITMAP':
    case 'ARRAY':
    case 'MULTISET':
    case 'MAP':
    case 'ROW':
    case 'DESCRIPTOR':
      return 'bytes';
    default:
      return unreachable(type);
  }
}

export function lanesOf(type: LogicalType): readonly LaneKind[] {
  return LANES[columnKind(type)];
}

const LANE_ARRAYS = {
  u8: Uint8Array,
  i8: Int8Array,
  i16: Int16Array,
  i32: Int32Array,
  u32: Uint32Array,
  i64: BigInt64Array,
  u64: BigUint64Array,
  f32: Float32Array,
  f64: Float64Array,
} as const;

/** The lanes of one column. Where `nulls[i]` is 1 the lanes hold anything. */
export class Column {
  readonly lane0: Lane;
  /** The second lane, or null for types of one lane. */
  readonly lane1: Lane | null;
  /** The lanes as 32-bit words (two a row for 8-byte lanes), for hashes and comparisons of bits; null for lanes below 4 bytes. */
  readonly words0: Int32Array | null;
  readonly words1: Int32Array | null;
  /** One byte a row, 1 = null; absent where the type is NOT NULL. */
  readonly nulls: Uint8Array | null;

  constructor(type: LogicalType, capacity: number) {
    const [first, second] = lanesOf(type) as [LaneKind, LaneKind?];
    this.lane0 = new LANE_ARRAYS[first](capacity);
    this.lane1 = second ? new LANE_ARRAYS[second](capacity) : null;
    this.words0 = wordsOf(this.lane0);
    this.words1 = this.lane1 && wordsOf(this.lane1);
    this.nulls = type.nullable ? new Uint8Array(capacity) : null;
  }
}

function wordsOf(lane: Lane): Int32Array | null {
  return lane.BYTES_PER_ELEMENT < 4 ? null : new Int32Array(lane.buffer);
}
