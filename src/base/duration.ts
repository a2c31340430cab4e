/** Durations in Flink's words: `500 ms`, `1 s`, `10 min`, `1h`, `2 d`; a bare number is milliseconds. */
import type { EngineError } from './error.ts';
import { numberError, optionError, unparsable } from './option-value.ts';

const UNIT_MS: Readonly<Record<string, number>> = {
  '': 1,
  ns: 1e-6,
  nano: 1e-6,
  nanos: 1e-6,
  nanosecond: 1e-6,
  nanoseconds: 1e-6,
  µs: 1e-3,
  micro: 1e-3,
  micros: 1e-3,
  microsecond: 1e-3,
  microseconds: 1e-3,
  ms: 1,
  milli: 1,
  millis: 1,
  millisecond: 1,
  milliseconds: 1,
  s: 1000,
  sec: 1000,
  secs: 1000,
  second: 1000,
  seconds: 1000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  minutes: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  days: 86_400_000,
};

/** Milliseconds of a duration as typed. Throws `OPTION_INVALID` with the key's name. */
export function parseDuration(text: string, key = 'duration'): number {
  const trimmed = text.trim();
  const match = /^(\d+)\s*([a-zµ]*)$/i.exec(trimmed);
  const unit = match ? UNIT_MS[(match[2] as string).toLowerCase()] : undefined;
  if (match && unit !== undefined) return Number(match[1]) * unit;
  if (/^p/i.test(trimmed)) return parseIsoDuration(trimmed, key);
  throw invalid(text, key);
}

function parseIsoDuration(text: string, key: string): number {
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/i.exec(text);
  if (!match) throw invalid(text, key);
  const part = (index: number): number => Number(match[index] ?? 0);
  return part(1) * 86_400_000 + part(2) * 3_600_000 + part(3) * 60_000 + part(4) * 1000;
}

const UNIT_LABELS =
  'DAYS: (d | day | days), HOURS: (h | hour | hours), MINUTES: (min | m | minute | minutes), SECONDS: (s | sec | secs | second | seconds), MILLISECONDS: (ms | milli | millis | millisecond | milliseconds), MICROSECONDS: (µs | micro | micros | microsecond | microseconds), NANOSECONDS: (ns | nano | nanos | nanosecond | nanoseconds)';

/** Flink's error for a value that is no duration: what was being read, caused by what is wrong with the text. */
function invalid(text: string, key: string): EngineError {
  const trimmed = text.trim();
  const unit = /^\d+\s*(.*)$/s.exec(trimmed)?.[1];
  if (trimmed === '') return unparsable(text, key, optionError('argument is an empty- or whitespace-only string'));
  const why =
    unit === undefined
      ? numberError(`text does not start with a number, and is not a valid ISO-8601 duration format: ${trimmed}`)
      : optionError(
          `Time interval unit label '${unit.toLowerCase()}' does not match any of the recognized units: ${UNIT_LABELS}`,
        );
  return unparsable(text, key, why);
}
