/** Durations in Flink's words: `500 ms`, `1 s`, `10 min`, `1h`, `2 d`; a bare number is milliseconds. */
import { EngineError } from './error.ts';

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

function invalid(text: string, key: string): EngineError {
  const cause = /^\s*\d/.test(text)
    ? undefined
    : new EngineError(
        'OPTION_INVALID',
        `text does not start with a number, and is not a valid ISO-8601 duration format: ${text}`,
        { exceptionClass: 'java.lang.NumberFormatException' },
      );
  return new EngineError('OPTION_INVALID', `Could not parse value '${text}' for key '${key}'.`, {
    exceptionClass: 'java.lang.IllegalArgumentException',
    cause,
  });
}
