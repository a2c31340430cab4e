/** Bytes that records own in the heap: copying, comparing, freeing. Nothing is shared; an empty value has no room. */
import type { Heap } from '../types/heap.ts';

const SHORT_BYTES = 24;

/** Whether two ranges of the heap hold the same bytes. */
export function bytesEqual(view: DataView, left: number, right: number, length: number): boolean {
  if (length >= 4) {
    const last = length - 4;
    for (let at = 0; at < last; at += 4)
      if (view.getInt32(left + at, true) !== view.getInt32(right + at, true)) return false;
    return view.getInt32(left + last, true) === view.getInt32(right + last, true);
  }
  for (let at = 0; at < length; at++) if (view.getUint8(left + at) !== view.getUint8(right + at)) return false;
  return true;
}

/** Copies bytes of the heap into room of their own; 0 for none. */
export function ownBytes(heap: Heap, address: number, length: number): number {
  if (length === 0) return 0;
  const to = heap.allocate(length);
  const u8 = heap.u8;
  if (length <= SHORT_BYTES) for (let i = 0; i < length; i++) u8[to + i] = u8[address + i] as number;
  else u8.copyWithin(to, address, address + length);
  return to;
}

/** Gives room of {@link ownBytes} back; the bytes stay readable until the heap's release. */
export function freeBytes(heap: Heap, address: number, length: number): void {
  if (address !== 0 && length > 0) heap.free(address, length);
}
