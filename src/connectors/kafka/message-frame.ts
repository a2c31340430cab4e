/**
 * One message in a partition's file, little-endian: length of the rest (u32), timestamp in ms (i64), key length (i32, -1 = null), value
 * length (i32, -1 = null), number of headers (u32), key, value, and per header: name length (u32), value length (i32, -1 = null), name, value.
 */
import type { ByteWriter } from '../../formats/format.ts';

/** Offsets of the fixed parts from a frame's start. */
export const FRAME = { timestamp: 4, keyLength: 12, valueLength: 16, headerCount: 20, key: 24 } as const;

export interface MessageHeader {
  readonly name: Uint8Array;
  readonly value: Uint8Array | null;
}

/** Begins a frame whose value is then appended by an encoder; {@link endFrame} closes it. Returns the frame's start. */
export function beginFrame(out: ByteWriter, timestampMs: number, key: Uint8Array | null): number {
  const start = out.length;
  const keyLength = key?.length ?? 0;
  out.reserve(FRAME.key + keyLength);
  const view = new DataView(out.bytes.buffer, out.bytes.byteOffset + start, FRAME.key);
  view.setBigInt64(FRAME.timestamp, BigInt(timestampMs), true);
  view.setInt32(FRAME.keyLength, key ? keyLength : -1, true);
  view.setUint32(FRAME.headerCount, 0, true);
  if (key) out.bytes.set(key, start + FRAME.key);
  out.length = start + FRAME.key + keyLength;
  return start;
}

/** `hasValue` false: a null message. */
export function endFrame(
  out: ByteWriter,
  start: number,
  hasValue: boolean,
  headers: readonly MessageHeader[] = [],
): void {
  const view = new DataView(out.bytes.buffer, out.bytes.byteOffset + start, FRAME.key);
  const keyLength = Math.max(0, view.getInt32(FRAME.keyLength, true));
  view.setInt32(FRAME.valueLength, hasValue ? out.length - start - FRAME.key - keyLength : -1, true);
  view.setUint32(FRAME.headerCount, headers.length, true);
  for (const header of headers) putHeader(out, header);
  new DataView(out.bytes.buffer, out.bytes.byteOffset + start, 4).setUint32(0, out.length - start - 4, true);
}

function putHeader(out: ByteWriter, header: MessageHeader): void {
  const valueLength = header.value?.length ?? 0;
  out.reserve(8 + header.name.length + valueLength);
  const view = new DataView(out.bytes.buffer, out.bytes.byteOffset + out.length, 8);
  view.setUint32(0, header.name.length, true);
  view.setInt32(4, header.value ? valueLength : -1, true);
  out.bytes.set(header.name, out.length + 8);
  if (header.value) out.bytes.set(header.value, out.length + 8 + header.name.length);
  out.length += 8 + header.name.length + valueLength;
}
