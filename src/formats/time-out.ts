/** Dates and times as Java's ISO and Flink's SQL formatters print them: seconds always, as many fraction digits as are not zero. */
import { packedCivil } from '../types/timestamp.ts';
import { putByte, putDigits, putInteger } from './bytes-out.ts';
import type { ByteWriter } from './format.ts';

const DAY_MS = 86_400_000;

/** `yyyy-MM-dd` of days since the epoch. */
export function putDate(out: ByteWriter, days: number): void {
  const civil = packedCivil(days);
  putYear(out, Math.floor(civil / 512));
  putByte(out, 45);
  putDigits(out, (civil >> 5) & 15, 2);
  putByte(out, 45);
  putDigits(out, civil & 31, 2);
}

function putYear(out: ByteWriter, year: number): void {
  if (year > 9999) {
    putByte(out, 43);
    putInteger(out, year);
    return;
  }
  if (year < 0) putByte(out, 45);
  putDigits(out, Math.abs(year), 4);
}

/** `HH:mm:ss[.fraction]` of milliseconds of the day and nanoseconds within the millisecond. */
export function putTime(out: ByteWriter, millis: number, nanos: number): void {
  const seconds = Math.floor(millis / 1000);
  putDigits(out, Math.floor(seconds / 3600), 2);
  putByte(out, 58);
  putDigits(out, Math.floor(seconds / 60) % 60, 2);
  putByte(out, 58);
  putDigits(out, seconds % 60, 2);
  let fraction = (millis % 1000) * 1_000_000 + nanos;
  if (fraction === 0) return;
  let width = 9;
  while (fraction % 10 === 0) {
    fraction /= 10;
    width--;
  }
  putByte(out, 46);
  putDigits(out, fraction, width);
}

/** Date, `separator`, time. */
export function putTimestamp(out: ByteWriter, millis: number, nanos: number, separator: number): void {
  const days = Math.floor(millis / DAY_MS);
  putDate(out, days);
  putByte(out, separator);
  putTime(out, millis - days * DAY_MS, nanos);
}
