/** Bytes of literals live in the heap as long as the job: compiled code refers to them by address. */
import type { Heap } from '../types/heap.ts';
import { laneBytes } from '../types/lane-value.ts';
import type { LogicalType } from '../types/logical-type.ts';
import type { Value } from '../types/value.ts';

export function literalBytes(heap: Heap, type: LogicalType, value: Value): { address: number; length: number } {
  const bytes = laneBytes(type, value);
  if (bytes.length === 0) return { address: 0, length: 0 };
  const address = heap.allocate(bytes.length);
  heap.u8.set(bytes, address);
  return { address, length: bytes.length };
}
