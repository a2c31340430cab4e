/** Dates and timestamps as strings. */
import { textOf } from '../types/heap-bytes.ts';
import { GrowingBytes } from './bytes-out.ts';
import { putDate, putTimestamp } from './time-out.ts';

/** `yyyy-MM-dd`. */
export function javaDate(days: number): string {
  const out = new GrowingBytes(32);
  putDate(out, days);
  return textOf(out.bytes, 0, out.length);
}

/** `yyyy-MM-dd HH:mm:ss[.fraction]` of nanoseconds since the epoch. */
export function javaTimestamp(nanos: bigint): string {
  const rest = ((nanos % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const out = new GrowingBytes(48);
  putTimestamp(out, Number((nanos - rest) / 1_000_000n), Number(rest), 32);
  return textOf(out.bytes, 0, out.length);
}
