/** Durations as Flink writes and reads them in plans and settings. */
import { parseDuration } from '../base/duration.ts';

const UNITS: ReadonlyArray<readonly [ms: number, label: string]> = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
  [1, 'ms'],
];

/** `90000` is `90 s`: the highest unit that divides it. */
export function durationText(ms: number): string {
  const [size, label] = UNITS.find(([unit]) => ms !== 0 && ms % unit === 0) ?? [1, 'ms'];
  return `${ms / size} ${label}`;
}

/** ms of a setting, under its key; 0 when it is not there. */
export function durationMs(text: string | undefined, key = 'duration'): number {
  return text === undefined || text.trim() === '' ? 0 : parseDuration(text, key);
}
