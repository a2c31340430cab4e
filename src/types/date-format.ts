/**
 * Java's patterns of dates: `DateTimeFormatter` (strict, for DATE_FORMAT and TO_TIMESTAMP) and `SimpleDateFormat` (lenient, for
 * FROM_UNIXTIME, UNIX_TIMESTAMP and TO_DATE). One pattern language, two readings of its letters.
 */
import { EngineError } from '../base/error.ts';
import { type TimeZone, UTC } from './time-zone.ts';
import { civilFromDays, daysFromCivil, floorModulo, MILLIS_OF_DAY } from './timestamp.ts';

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const DAYS = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ');

export type PatternPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'letters'; readonly letter: string; readonly count: number }
  | { readonly kind: 'open' | 'close' };

function illegal(message: string): EngineError {
  return new EngineError('JOB_FAILED', message, { exceptionClass: 'java.lang.IllegalArgumentException' });
}

/** Cuts a pattern into letters, texts and (with `optional`) brackets. Throws IllegalArgumentException. */
export function parsePattern(pattern: string, optional: boolean): PatternPart[] {
  const parts: PatternPart[] = [];
  for (let i = 0; i < pattern.length; ) {
    const char = pattern[i] as string;
    if (/[a-zA-Z]/.test(char)) {
      let end = i;
      while (pattern[end] === char) end++;
      parts.push({ kind: 'letters', letter: char, count: end - i });
      i = end;
    } else if (char === "'") {
      const quoted = readQuoted(pattern, i, optional);
      parts.push({ kind: 'text', text: quoted.text });
      i = quoted.end;
    } else if (optional && (char === '[' || char === ']')) {
      parts.push({ kind: char === '[' ? 'open' : 'close' });
      i++;
    } else {
      if (optional && '{}#'.includes(char)) throw illegal(`Pattern includes reserved character: '${char}'`);
      parts.push({ kind: 'text', text: char });
      i++;
    }
  }
  return parts;
}

function readQuoted(pattern: string, start: number, strict: boolean): { readonly text: string; readonly end: number } {
  if (pattern[start + 1] === "'") return { text: "'", end: start + 2 };
  let text = '';
  for (let i = start + 1; i < pattern.length; i++) {
    if (pattern[i] !== "'") text += pattern[i];
    else if (pattern[i + 1] === "'") {
      text += "'";
      i++;
    } else return { text, end: i + 1 };
  }
  throw illegal(strict ? `Pattern ends with an incomplete string literal: ${pattern}` : 'Unterminated quote');
}

/** Local date and time taken apart, as patterns need it. */
interface Fields {
  readonly days: number;
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** Within the second. */
  readonly nanos: number;
}

function fieldsOf(localMillis: number, nanosOfMilli: number): Fields {
  const days = Math.floor(localMillis / MILLIS_OF_DAY);
  const time = localMillis - days * MILLIS_OF_DAY;
  return {
    days,
    ...civilFromDays(days),
    hour: Math.floor(time / 3_600_000),
    minute: Math.floor(time / 60_000) % 60,
    second: Math.floor(time / 1000) % 60,
    nanos: (time % 1000) * 1_000_000 + nanosOfMilli,
  };
}

function pad(value: number, count: number): string {
  return value < 0 ? `-${String(-value).padStart(count, '0')}` : String(value).padStart(count, '0');
}

/** ISO weekday, 1 is Monday. */
function isoDay(days: number): number {
  return floorModulo(days + 3, 7) + 1;
}

/** Week of the year where weeks start on `first` (0 Monday, 6 Sunday) and the first week has at least `minimal` days. */
function weekOf(
  days: number,
  year: number,
  first: number,
  minimal: number,
): { readonly week: number; readonly year: number } {
  const start = (of: number): number => {
    const newYear = daysFromCivil(of, 1, 1);
    const offset = floorModulo(newYear + 3 - first, 7);
    return offset <= 7 - minimal ? newYear - offset : newYear - offset + 7;
  };
  let weekYear = year;
  if (days < start(year)) weekYear--;
  else if (days >= start(year + 1)) weekYear++;
  return { week: Math.floor((days - start(weekYear)) / 7) + 1, year: weekYear };
}

type Formatter = (fields: Fields, count: number, zone: ZoneText) => string;

interface ZoneText {
  readonly zone: TimeZone | undefined;
  readonly offsetMs: number;
}

function monthText(month: number, count: number): string {
  const name = MONTHS[month - 1] as string;
  if (count <= 2) return pad(month, count);
  return count === 3 ? name.slice(0, 3) : count === 5 ? name.slice(0, 1) : name;
}

function dayText(days: number, count: number): string {
  const name = DAYS[isoDay(days) - 1] as string;
  return count <= 3 ? name.slice(0, 3) : count === 5 ? name.slice(0, 1) : name;
}

function yearText(year: number, count: number): string {
  if (count === 2) return pad(floorModulo(year, 100), 2);
  if (count >= 4 && year > 9999) return `+${year}`;
  return pad(year, count);
}

function eraYear(year: number): number {
  return year > 0 ? year : 1 - year;
}

const COMMON: Readonly<Record<string, Formatter>> = {
  y: (f, n) => yearText(eraYear(f.year), n),
  M: (f, n) => monthText(f.month, n),
  L: (f, n) => monthText(f.month, n),
  d: (f, n) => pad(f.day, n),
  D: (f, n) => pad(f.days - daysFromCivil(f.year, 1, 1) + 1, n),
  H: (f, n) => pad(f.hour, n),
  k: (f, n) => pad(f.hour === 0 ? 24 : f.hour, n),
  K: (f, n) => pad(f.hour % 12, n),
  h: (f, n) => pad(f.hour % 12 === 0 ? 12 : f.hour % 12, n),
  m: (f, n) => pad(f.minute, n),
  s: (f, n) => pad(f.second, n),
  a: (f) => (f.hour < 12 ? 'AM' : 'PM'),
  E: (f, n) => dayText(f.days, n),
  G: (f, n) => (n === 4 ? (f.year > 0 ? 'Anno Domini' : 'Before Christ') : f.year > 0 ? 'AD' : 'BC'),
};

/** `DateTimeFormatter.ofPattern`, in the locale en-US, over local times without a zone. */
const STRICT: Readonly<Record<string, Formatter>> = {
  ...COMMON,
  u: (f, n) => yearText(f.year, n),
  S: (f, n) => String(f.nanos).padStart(9, '0').slice(0, n).padEnd(n, '0'),
  n: (f, n) => pad(f.nanos, n),
  A: (f, n) => pad(((f.hour * 60 + f.minute) * 60 + f.second) * 1000 + Math.floor(f.nanos / 1_000_000), n),
  N: (f, n) => pad(((f.hour * 60 + f.minute) * 60 + f.second) * 1_000_000_000 + f.nanos, n),
  e: (f, n) => (n > 2 ? dayText(f.days, n) : pad((isoDay(f.days) % 7) + 1, n)),
  c: (f, n) => (n > 2 ? dayText(f.days, n) : pad((isoDay(f.days) % 7) + 1, n)),
  w: (f, n) => pad(weekOf(f.days, f.year, 6, 1).week, n),
  Y: (f, n) => yearText(weekOf(f.days, f.year, 6, 1).year, n),
  W: (f, n) => pad(Math.floor((f.day - 1 + floorModulo(isoDay(f.days - f.day + 1), 7)) / 7) + 1, n),
  F: (f, n) => pad(Math.floor((f.day - 1) % 7) + 1, n),
  Q: (f, n) => quarterText(f.month, n),
  q: (f, n) => quarterText(f.month, n),
  V: (f) => zoneless('ZoneId', f),
  z: (f) => zoneless('ZoneId', f),
  O: (f) => zoneless('OffsetSeconds', f),
  X: (f) => zoneless('OffsetSeconds', f),
  x: (f) => zoneless('OffsetSeconds', f),
  Z: (f) => zoneless('OffsetSeconds', f),
};

function quarterText(month: number, count: number): string {
  const quarter = Math.floor((month - 1) / 3) + 1;
  if (count <= 2) return pad(quarter, count);
  if (count === 3) return `Q${quarter}`;
  return count === 5 ? String(quarter) : `${quarter}${['st', 'nd', 'rd', 'th'][quarter - 1]} quarter`;
}

/** Local time has no zone to write. */
function zoneless(field: string, f: Fields): never {
  const fraction =
    f.nanos > 0
      ? `.${String(f.nanos)
          .padStart(9, '0')
          .replace(/(?:000){1,2}$/, '')}`
      : '';
  const seconds = f.second > 0 || f.nanos > 0 ? `:${pad(f.second, 2)}${fraction}` : '';
  const local = `${pad(f.year, 4)}-${pad(f.month, 2)}-${pad(f.day, 2)}T${pad(f.hour, 2)}:${pad(f.minute, 2)}${seconds}`;
  const message =
    field === 'ZoneId' ? `Unable to extract ZoneId from temporal ${local}` : `Unsupported field: ${field}`;
  throw new EngineError('JOB_FAILED', message, {
    exceptionClass:
      field === 'ZoneId' ? 'java.time.DateTimeException' : 'java.time.temporal.UnsupportedTemporalTypeException',
  });
}

function offsetText(offsetMs: number, separator: string): string {
  const minutes = Math.abs(Math.trunc(offsetMs / 60_000));
  return `${offsetMs < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60), 2)}${separator}${pad(minutes % 60, 2)}`;
}

/** `SimpleDateFormat`, in the locale en-US. */
const SIMPLE: Readonly<Record<string, Formatter>> = {
  ...COMMON,
  y: (f, n) => (n === 2 ? pad(floorModulo(f.year, 100), 2) : pad(eraYear(f.year), n)),
  S: (f, n) => pad(Math.floor(f.nanos / 1_000_000), n),
  u: (f, n) => pad(isoDay(f.days), n),
  E: (f, n) => (n >= 4 ? (DAYS[isoDay(f.days) - 1] as string) : dayText(f.days, 3)),
  M: (f, n) => (n >= 4 ? (MONTHS[f.month - 1] as string) : monthText(f.month, n)),
  w: (f, n) => pad(weekOf(f.days, f.year, 6, 1).week, n),
  Y: (f, n) => yearText(weekOf(f.days, f.year, 6, 1).year, n),
  W: (f, n) => pad(Math.floor((f.day - 1 + floorModulo(isoDay(f.days - f.day + 1), 7)) / 7) + 1, n),
  F: (f, n) => pad(Math.floor((f.day - 1) / 7) + 1, n),
  z: (_f, _n, z) => z.zone?.id ?? 'UTC',
  Z: (_f, _n, z) => offsetText(z.offsetMs, ''),
  X: (_f, n, z) =>
    z.offsetMs === 0 ? 'Z' : offsetText(z.offsetMs, n === 3 ? ':' : '').slice(0, n === 1 ? 3 : undefined),
};

function render(
  parts: readonly PatternPart[],
  table: Readonly<Record<string, Formatter>>,
  f: Fields,
  zone: ZoneText,
): string {
  let out = '';
  for (const part of parts) {
    if (part.kind === 'text') out += part.text;
    else if (part.kind === 'letters') out += (table[part.letter] as Formatter)(f, part.count, zone);
  }
  return out;
}

/** What Java says of the first letter that it does not know, or not so often. */
function refuseLetter(letter: string, count: number): void {
  if (letter === 'p') throw illegal(`Pad letter 'p' must be followed by valid pad pattern: p`);
  if (!STRICT[letter]) throw illegal(`Unknown pattern letter: ${letter}`);
  if (letter === 'c' && count === 2) throw illegal('Invalid pattern "cc"');
  if (letter === 'V' && count !== 2) throw illegal(`Pattern letter count must be 2: V`);
  const most = 'WF'.includes(letter) ? 1 : 'dHhKkms'.includes(letter) ? 2 : 'MLEGQqec'.includes(letter) ? 5 : count;
  if (count > most) throw illegal(`Too many pattern letters: ${letter}`);
}

/** Formats local time. Throws IllegalArgumentException at once for a broken pattern. */
export function dateTimeFormatter(pattern: string): (localMillis: number, nanosOfMilli: number) => string {
  const parts = parsePattern(pattern, true);
  for (const part of parts) if (part.kind === 'letters') refuseLetter(part.letter, part.count);
  const zone = { zone: undefined, offsetMs: 0 };
  return (localMillis, nanosOfMilli) => render(parts, STRICT, fieldsOf(localMillis, nanosOfMilli), zone);
}

/** The parts of a pattern of `SimpleDateFormat`. Throws IllegalArgumentException for a letter that it does not know. */
export function simplePattern(pattern: string): readonly PatternPart[] {
  const parts = parsePattern(pattern, false);
  for (const part of parts)
    if (part.kind === 'letters' && !SIMPLE[part.letter]) throw illegal(`Illegal pattern character '${part.letter}'`);
  return parts;
}

/** Formats instants in a zone as `SimpleDateFormat` does. */
export function simpleDateFormatter(pattern: string): (millis: number, zone?: TimeZone) => string {
  const parts = simplePattern(pattern);
  return (millis, zone = UTC) => {
    const offsetMs = zone.offsetAt(millis);
    return render(parts, SIMPLE, fieldsOf(millis + offsetMs, 0), { zone, offsetMs });
  };
}
