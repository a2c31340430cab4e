/** Bytes that the records of a table own in the heap: copying, comparing, freeing. An empty value has no room. */
import type { Heap } from '../types/heap.ts';

const SHORT_BYTES = 24;

/** Whether two ranges of the heap hold the same bytes. */
export function bytesEqual(view: DataView, left: number, right: number, length: number): boolean {
  return left === right || sameBytes(view, left, view, right, length);
}

/** Whether ranges of two memories hold the same bytes. */
export function sameBytes(one: DataView, left: number, other: DataView, right: number, length: number): boolean {
  if (length >= 4) {
    const last = length - 4;
    for (let at = 0; at < last; at += 4)
      if (one.getInt32(left + at, true) !== other.getInt32(right + at, true)) return false;
    return one.getInt32(left + last, true) === other.getInt32(right + last, true);
  }
  for (let at = 0; at < length; at++) if (one.getUint8(left + at) !== other.getUint8(right + at)) return false;
  return true;
}

/** The bytes of one table, counted. What the heap keeps for ever (`repeated-bytes.ts`) is nobody's. */
export class OwnedBytes {
  readonly heap: Heap;
  /** Bytes of values that are owned. */
  count = 0;

  constructor(heap: Heap) {
    this.heap = heap;
  }

  /** Copies bytes of the heap into room of their own; 0 for none. */
  copy(address: number, length: number): number {
    if (length === 0) return 0;
    const to = this.allocate(length);
    const u8 = this.heap.u8;
    if (length <= SHORT_BYTES) for (let i = 0; i < length; i++) u8[to + i] = u8[address + i] as number;
    else u8.copyWithin(to, address, address + length);
    return to;
  }

  /** Room for bytes that the caller writes; 0 for none. */
  allocate(length: number): number {
    this.count += length;
    return length === 0 ? 0 : this.heap.allocate(length);
  }

  /** Gives room back; the bytes stay readable until the heap's release. */
  free(address: number, length: number): void {
    if (address === 0 || length === 0 || this.heap.isKept(address)) return;
    this.count -= length;
    this.heap.free(address, length);
  }

  /** Room for bytes instead of others that nobody reads any more. */
  replace(address: number, before: number, length: number): number {
    if (before > 0 && length > 0 && !this.heap.isKept(address) && this.heap.isSameRoom(before, length)) {
      this.count += length - before;
      return address;
    }
    this.free(address, before);
    return this.allocate(length);
  }
}
