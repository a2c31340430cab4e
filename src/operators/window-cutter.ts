/**
 * Which windows a time belongs to, and when a window is over. Window bounds are local times of the window's zone (for TIMESTAMP: the times
 * themselves); rows and watermarks of a TIMESTAMP_LTZ column are instants.
 */
import type { WindowSpec } from '../dataflow/operator-spec.ts';
import { type TimeZone, timeZoneOf } from '../types/time-zone.ts';

const HOUR_MS = 3_600_000;

export class WindowCutter {
  /** Ends of the windows of the last row, as {@link assign} left them: the first {@link count}. */
  readonly ends: number[] = [];
  count = 0;
  readonly #spec: WindowSpec;
  readonly #zone: TimeZone | null;

  constructor(spec: WindowSpec) {
    this.#spec = spec;
    this.#zone = spec.timeZone === null ? null : timeZoneOf(spec.timeZone);
  }

  /** A row's time as a local time. */
  localOf(time: number): number {
    return this.#zone ? this.#zone.toLocal(time) : time;
  }

  /** A local time as a row's time. */
  instantOf(local: number): number {
    return this.#zone ? this.#zone.toInstant(local) : local;
  }

  /** The watermark at which a window with this end is over: when it reaches the window's last millisecond. */
  dueAt(end: number): number {
    if (!this.#zone) return end - 1;
    const instant = this.#zone.toInstant(end - 1);
    const hourLater = this.#zone.toInstant(end - 1 + HOUR_MS);
    // A local time that comes twice is over at its second coming; one that never comes when the clock jumps over it.
    if (hourLater - instant > HOUR_MS) return instant + HOUR_MS;
    return hourLater === instant ? instant - (instant % HOUR_MS) : instant;
  }

  /** Puts the windows of a local time into {@link ends}, in Flink's order. Not for SESSION. */
  assign(local: number): void {
    const { type, sizeMs, slideMs, offsetMs } = this.#spec;
    this.count = 0;
    if (type === 'TUMBLE') {
      this.ends[this.count++] = startOf(local, offsetMs, sizeMs) + sizeMs;
      return;
    }
    if (type === 'HOP') {
      for (let start = startOf(local, offsetMs, slideMs); start > local - sizeMs; start -= slideMs)
        this.ends[this.count++] = start + sizeMs;
      return;
    }
    const start = startOf(local, offsetMs, sizeMs);
    const first = start + (Math.floor((local - start) / slideMs) + 1) * slideMs;
    for (let end = first; end <= start + sizeMs; end += slideMs) this.ends[this.count++] = end;
  }

  /** The start of the window that has this end. */
  startOfEnd(end: number): number {
    const { type, sizeMs, offsetMs } = this.#spec;
    return type === 'CUMULATE' ? startOf(end - 1, offsetMs, sizeMs) : end - sizeMs;
  }
}

function startOf(time: number, offset: number, size: number): number {
  const remainder = (time - offset) % size;
  return remainder < 0 ? time - (remainder + size) : time - remainder;
}
