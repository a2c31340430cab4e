/**
 * One value as canonical bytes, so that it can be a key of state: equal values of a type have equal bytes, but for maps, which keep the order
 * of their entries (maps of one order are one key, as with Flink).
 *
 * Layout, little-endian, by type; nulls only inside containers:
 * - BOOLEAN, TINYINT 1 byte; SMALLINT 2; INT, DATE, TIME, INTERVAL MONTH 4; BIGINT, INTERVAL DAY 8;
 *   DECIMAL ≤ 18 digits 8, above 16 (low, high); FLOAT 4; DOUBLE 8 (one NaN);
 *   TIMESTAMP and TIMESTAMP_LTZ 8 (nanoseconds of the day) after 4 (day);
 * - CHAR, VARCHAR, BINARY, VARBINARY, VARIANT, BITMAP: length (i32), bytes;
 * - ROW: a bit per field (1 = null), then the fields that are not null;
 * - ARRAY: count (i32), a bit per element, then the elements that are not null;
 * - MAP: count (i32), then entries in their order: null byte, key, null byte, value; MULTISET: the same by ascending bytes of the key.
 */
import { unreachable } from '../base/error.ts';
import { ByteReader, ByteWriter } from './byte-buffer.ts';
import { type LogicalType, types } from './logical-type.ts';
import { MapValue, type Value } from './value.ts';

const NANOS_OF_DAY = 86_400_000_000_000n;
const COUNT = types.int(false);

/** Bytes of a value that is not null. */
export function encodeValue(type: LogicalType, value: Value): Uint8Array {
  const writer = new ByteWriter();
  write(writer, type, value);
  return writer.result();
}

/** The inverse of {@link encodeValue}. */
export function decodeValue(type: LogicalType, bytes: Uint8Array): Value {
  return read(new ByteReader(bytes), type);
}

function write(out: ByteWriter, type: LogicalType, value: Value): void {
  switch (type.kind) {
    case 'BOOLEAN':
    case 'NULL':
      out.u8(value ? 1 : 0);
      break;
    case 'TINYINT':
      out.u8((value as number) & 0xff);
      break;
    case 'SMALLINT':
      out.i16(value as number);
      break;
    case 'INT':
    case 'DATE':
    case 'TIME':
    case 'INTERVAL_YEAR_MONTH':
      out.i32(value as number);
      break;
    case 'BIGINT':
    case 'INTERVAL_DAY_TIME':
      out.i64(value as bigint);
      break;
    case 'DECIMAL':
      out.i64(value as bigint);
      if (type.precision > 18) out.i64((value as bigint) >> 64n);
      break;
    case 'FLOAT':
      out.f32(Number.isNaN(value) ? Number.NaN : (value as number));
      break;
    case 'DOUBLE':
      out.f64(Number.isNaN(value) ? Number.NaN : (value as number));
      break;
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      writeNanos(out, value as bigint);
      break;
    case 'CHAR':
    case 'VARCHAR':
      out.text(value as string);
      break;
    case 'BINARY':
    case 'VARBINARY':
    case 'VARIANT':
    case 'BITMAP':
    case 'DESCRIPTOR':
      out.bytes(value as Uint8Array);
      break;
    default:
      writeNested(out, type, value);
      break;
  }
}

function writeNanos(out: ByteWriter, nanos: bigint): void {
  const rest = ((nanos % NANOS_OF_DAY) + NANOS_OF_DAY) % NANOS_OF_DAY;
  out.i32(Number((nanos - rest) / NANOS_OF_DAY));
  out.i64(rest);
}

type Nested = Extract<LogicalType, { kind: 'ROW' | 'ARRAY' | 'MAP' | 'MULTISET' }>;

function writeNested(out: ByteWriter, type: Nested, value: Value): void {
  switch (type.kind) {
    case 'MAP':
      writeEntries(out, type.key, type.value, value as MapValue);
      break;
    case 'MULTISET':
      writeEntries(out, type.element, COUNT, value as MapValue, true);
      break;
    case 'ROW':
      writeParts(out, type.fields.length, (i) => fieldType(type, i), value as readonly Value[]);
      break;
    case 'ARRAY': {
      const elements = value as readonly Value[];
      out.i32(elements.length);
      writeParts(out, elements.length, () => type.element, elements);
      break;
    }
    default:
      unreachable(type);
  }
}

function writeParts(
  out: ByteWriter,
  count: number,
  typeAt: (index: number) => LogicalType,
  parts: readonly Value[],
): void {
  const nulls = out.zeros((count + 7) >> 3);
  for (let i = 0; i < count; i++) {
    const part = parts[i] ?? null;
    if (part === null) out.setBit(nulls, i);
    else write(out, typeAt(i), part);
  }
}

function fieldType(type: Extract<LogicalType, { kind: 'ROW' }>, index: number): LogicalType {
  return (type.fields[index] as { type: LogicalType }).type;
}

function writeEntries(
  out: ByteWriter,
  keyType: LogicalType,
  valueType: LogicalType,
  map: MapValue,
  isSorted = false,
): void {
  const entries = map.entries.map(([key, value]) => ({ key: nullable(keyType, key), value }));
  if (isSorted) entries.sort((a, b) => Buffer.compare(a.key, b.key));
  out.i32(entries.length);
  for (const entry of entries) {
    out.raw(entry.key);
    out.raw(nullable(valueType, entry.value));
  }
}

function nullable(type: LogicalType, value: Value): Uint8Array {
  const writer = new ByteWriter();
  writer.u8(value === null ? 1 : 0);
  if (value !== null) write(writer, type, value);
  return writer.result();
}

function read(from: ByteReader, type: LogicalType): Value {
  switch (type.kind) {
    case 'BOOLEAN':
    case 'NULL':
      return from.u8() === 1;
    case 'TINYINT':
      return (from.u8() << 24) >> 24;
    case 'SMALLINT':
      return from.i16();
    case 'INT':
    case 'DATE':
    case 'TIME':
    case 'INTERVAL_YEAR_MONTH':
      return from.i32();
    case 'BIGINT':
    case 'INTERVAL_DAY_TIME':
      return from.i64();
    case 'DECIMAL': {
      const low = from.i64();
      return type.precision > 18 ? (from.i64() << 64n) | BigInt.asUintN(64, low) : low;
    }
    case 'FLOAT':
      return from.f32();
    case 'DOUBLE':
      return from.f64();
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return BigInt(from.i32()) * NANOS_OF_DAY + from.i64();
    case 'CHAR':
    case 'VARCHAR':
      return from.text();
    case 'BINARY':
    case 'VARBINARY':
    case 'VARIANT':
    case 'BITMAP':
    case 'DESCRIPTOR':
      return from.bytes();
    default:
      return readNested(from, type);
  }
}

function readNested(from: ByteReader, type: Nested): Value {
  switch (type.kind) {
    case 'MAP':
      return readEntries(from, type.key, type.value);
    case 'MULTISET':
      return readEntries(from, type.element, COUNT);
    case 'ROW':
      return readParts(from, type.fields.length, (i) => fieldType(type, i));
    case 'ARRAY':
      return readParts(from, from.i32(), () => type.element);
    default:
      return unreachable(type);
  }
}

function readParts(from: ByteReader, count: number, typeAt: (index: number) => LogicalType): Value[] {
  const nulls = from.position;
  from.position += (count + 7) >> 3;
  const parts: Value[] = [];
  for (let i = 0; i < count; i++) parts.push(from.bit(nulls, i) ? null : read(from, typeAt(i)));
  return parts;
}

function readEntries(from: ByteReader, keyType: LogicalType, valueType: LogicalType): MapValue {
  const count = from.i32();
  const entries: [Value, Value][] = [];
  for (let i = 0; i < count; i++) {
    const key = from.u8() === 1 ? null : read(from, keyType);
    entries.push([key, from.u8() === 1 ? null : read(from, valueType)]);
  }
  return new MapValue(entries);
}
