/** Text and numbers into a growing byte buffer. */
import type { ByteWriter } from './format.ts';

export class GrowingBytes implements ByteWriter {
  bytes: Uint8Array;
  length = 0;
  readonly #capacity: number;

  constructor(capacity = 65_536) {
    this.#capacity = capacity;
    this.bytes = Buffer.allocUnsafeSlow(capacity);
  }

  reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, needed));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  /** Gives back what a burst has made the buffer grow by. */
  shrink(): void {
    if (this.bytes.length <= this.#capacity || this.length > this.#capacity) return;
    const small = Buffer.allocUnsafeSlow(this.#capacity);
    small.set(this.bytes.subarray(0, this.length));
    this.bytes = small;
  }

  /** What was written, as bytes of their own; the buffer starts anew. */
  take(): Uint8Array {
    // Not `slice`: a Buffer's shares its memory.
    const taken = new Uint8Array(this.bytes.subarray(0, this.length));
    this.length = 0;
    return taken;
  }
}

/** Up to so many bytes a loop is faster than a call. */
const SHORT = 32;

export function putByte(out: ByteWriter, byte: number): void {
  out.reserve(1);
  out.bytes[out.length++] = byte;
}

export function putBytes(out: ByteWriter, bytes: Uint8Array): void {
  const { length } = bytes;
  out.reserve(length);
  if (length > SHORT) out.bytes.set(bytes, out.length);
  else for (let i = 0; i < length; i++) out.bytes[out.length + i] = bytes[i] as number;
  out.length += length;
}

/** Text of ASCII characters only. */
export function putAscii(out: ByteWriter, text: string): void {
  out.reserve(text.length);
  const { bytes } = out;
  let at = out.length;
  for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i);
  out.length = at;
}

export function putText(out: ByteWriter, text: string): void {
  const size = Buffer.byteLength(text);
  out.reserve(size);
  if (size === text.length) putAscii(out, text);
  else putBytes(out, Buffer.from(text, 'utf8'));
}

/** `length` bytes of `from` at `address`. */
export function putRange(out: ByteWriter, from: Uint8Array, address: number, length: number): void {
  out.reserve(length);
  if (length > SHORT) out.bytes.set(from.subarray(address, address + length), out.length);
  else for (let i = 0; i < length; i++) out.bytes[out.length + i] = from[address + i] as number;
  out.length += length;
}

/** An integer, |value| ≤ 2^53, in decimal. */
export function putInteger(out: ByteWriter, value: number): void {
  out.reserve(20);
  const { bytes } = out;
  let rest = value;
  if (rest < 0) {
    bytes[out.length++] = 45;
    rest = -rest;
  }
  let digits = 1;
  for (let limit = 10; rest >= limit && digits < 17; limit *= 10) digits++;
  let at = out.length + digits;
  out.length = at;
  while (at > out.length - digits) {
    const next = Math.floor(rest / 10);
    bytes[--at] = 48 + (rest - next * 10);
    rest = next;
  }
}

/** Exactly `width` digits. */
export function putDigits(out: ByteWriter, value: number, width: number): void {
  out.reserve(width);
  let rest = value;
  for (let i = width - 1; i >= 0; i--) {
    const next = Math.floor(rest / 10);
    out.bytes[out.length + i] = 48 + (rest - next * 10);
    rest = next;
  }
  out.length += width;
}
