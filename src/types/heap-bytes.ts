/** Strings and bytes between JavaScript and a heap. Addresses are valid as long as the heap's own rules say. */
import type { Heap } from './heap.ts';

interface NativeText {
  utf8Slice(this: Uint8Array, start: number, end: number): string;
  latin1Slice(this: Uint8Array, start: number, end: number): string;
  utf8Write(this: Uint8Array, text: string, offset: number, length: number): number;
}

/** Node's own text methods work on any byte array, also over shared memory, where TextDecoder refuses. */
const native = Buffer.prototype as unknown as NativeText;
const utf8Slice = native.utf8Slice;
const latin1Slice = native.latin1Slice;
const utf8Write = native.utf8Write;
const SHORT_TEXT = 24;

/** The text of UTF-8 bytes; broken bytes become U+FFFD. */
export function textOf(bytes: Uint8Array, start = 0, end = bytes.length): string {
  if (end - start > SHORT_TEXT) return utf8Slice.call(bytes, start, end);
  for (let i = start; i < end; i++) if ((bytes[i] as number) > 127) return utf8Slice.call(bytes, start, end);
  return latin1Slice.call(bytes, start, end);
}

export function readText(heap: Heap, address: number, length: number): string {
  return textOf(heap.u8, address, address + length);
}

/** A copy of bytes of the heap. */
export function readBytes(heap: Heap, address: number, length: number): Uint8Array {
  return new Uint8Array(heap.u8.subarray(address, address + length));
}

const ALONE = /\p{Surrogate}/gu;

/** Half a pair of surrogates has no UTF-8: Java writes a question mark. */
export function wellFormed(text: string): string {
  return text.isWellFormed() ? text : text.replace(ALONE, '?');
}

/** Number of UTF-8 bytes. */
export function textLength(text: string): number {
  return Buffer.byteLength(text);
}

/** Writes text into scratch room of `length` = {@link textLength} bytes, and returns its address. */
export function writeText(heap: Heap, text: string, length: number): number {
  const address = heap.scratch(length);
  if (length === text.length && length <= SHORT_TEXT) {
    const u8 = heap.u8;
    for (let i = 0; i < length; i++) u8[address + i] = text.charCodeAt(i);
  } else utf8Write.call(heap.u8, text, address, length);
  return address;
}

/** Copies bytes into scratch room, and returns the address. */
export function writeBytes(heap: Heap, bytes: Uint8Array): number {
  const address = heap.scratch(bytes.length);
  heap.u8.set(bytes, address);
  return address;
}

/** The UTF-8 bytes of a text. */
export function bytesOf(text: string): Uint8Array {
  return Buffer.from(wellFormed(text), 'utf8');
}
