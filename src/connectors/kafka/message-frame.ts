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
  const { bytes } = out;
  putWord(bytes, start + FRAME.timestamp, timestampMs | 0);
  putWord(bytes, start + FRAME.timestamp + 4, Math.floor(timestampMs / 2 ** 32));
  putWord(bytes, start + FRAME.keyLength, key ? keyLength : -1);
  putWord(bytes, start + FRAME.headerCount, 0);
  if (key) bytes.set(key, start + FRAME.key);
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
  const keyLength = Math.max(0, wordAt(out.bytes, start + FRAME.keyLength));
  const valueLength = hasValue ? out.length - start - FRAME.key - keyLength : -1;
  putWord(out.bytes, start + FRAME.valueLength, valueLength);
  putWord(out.bytes, start + FRAME.headerCount, headers.length);
  for (const header of headers) putHeader(out, header);
  putWord(out.bytes, start, out.length - start - 4);
}

function putHeader(out: ByteWriter, header: MessageHeader): void {
  const valueLength = header.value?.length ?? 0;
  out.reserve(8 + header.name.length + valueLength);
  putWord(out.bytes, out.length, header.name.length);
  putWord(out.bytes, out.length + 4, header.value ? valueLength : -1);
  out.bytes.set(header.name, out.length + 8);
  if (header.value) out.bytes.set(header.value, out.length + 8 + header.name.length);
  out.length += 8 + header.name.length + valueLength;
}

/** A view of its own a message would cost more than these. */
function putWord(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}
