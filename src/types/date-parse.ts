/** Reads texts by Java's patterns: strictly as `DateTimeFormatter`, leniently as `SimpleDateFormat`. */
import { type PatternPart, parsePattern, simplePattern } from './date-format.ts';
import { findTimeZone, type TimeZone, UTC } from './time-zone.ts';
import { daysFromCivil, daysInMonth, floorModulo, MILLIS_OF_DAY } from './timestamp.ts';

const MONTHS = 'january february march april may june july august september october november december'.split(' ');
const DAYS = 'monday tuesday wednesday thursday friday saturday sunday'.split(' ');

type Values = Map<string, number>;

interface Cursor {
  readonly text: string;
  at: number;
}

function digitsAt(text: string, at: number, most: number): string {
  let end = at;
  while (end < text.length && end - at < most && text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57) end++;
  return text.slice(at, end);
}

/** The index of the longest name at a place; a name may be cut to `short` letters. */
function nameAt(
  text: string,
  at: number,
  names: readonly string[],
  short: number,
  ignoreCase: boolean,
): [number, number] | undefined {
  const rest = ignoreCase ? text.slice(at, at + 12).toLowerCase() : text.slice(at, at + 12);
  for (const [index, lower] of names.entries()) {
    const name = ignoreCase ? lower : (lower[0] as string).toUpperCase() + lower.slice(1);
    if (short > 3 ? rest.startsWith(name) : rest.startsWith(name.slice(0, 3)))
      return [index + 1, short > 3 ? name.length : 3];
  }
  return undefined;
}

/** Digits that a letter takes: at least, at most. */
function widthOf(letter: string, count: number, adjacent: boolean): [number, number] {
  if ((letter === 'y' || letter === 'u') && count === 2) return [2, 2];
  if (letter === 'y' || letter === 'u') return adjacent && count >= 3 ? [count, count] : [count, count === 1 ? 19 : 19];
  if (letter === 'S') return [count, count];
  if (letter === 'D') return [count, 3];
  if (count === 1) return [1, letter === 'n' || letter === 'A' || letter === 'N' ? 19 : 2];
  return [count, count];
}

function isNumber(part: PatternPart | undefined): boolean {
  return part?.kind === 'letters' && !'EaGzVXxZO'.includes(part.letter) && !(part.letter === 'M' && part.count > 2);
}

/** Reads by `DateTimeFormatter`: undefined when the text does not match the pattern exactly. */
export function dateTimeParser(
  pattern: string,
): (text: string) => { readonly millis: number; readonly nanos: number } | undefined {
  const parts = parsePattern(pattern, true);
  const isPlain = pattern === 'yyyy-MM-dd HH:mm:ss';
  return (text) => {
    const plain = isPlain ? plainMillis(text) : Number.NaN;
    if (!Number.isNaN(plain)) return { millis: plain, nanos: 0 };
    const values: Values = new Map();
    const cursor: Cursor = { text, at: 0 };
    if (!readParts(parts, 0, parts.length, cursor, values) || cursor.at < text.length) return undefined;
    return resolve(values);
  };
}

const PLAIN = '0000-00-00 00:00:00';

/** `yyyy-MM-dd HH:mm:ss` of a day that every month has; NaN for whatever else. */
function plainMillis(text: string): number {
  if (text.length !== PLAIN.length) return Number.NaN;
  for (let i = 0; i < PLAIN.length; i++) {
    const want = PLAIN.charCodeAt(i);
    const code = text.charCodeAt(i);
    if (want === 48 ? code < 48 || code > 57 : code !== want) return Number.NaN;
  }
  const number = (at: number) => (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48;
  const year = number(0) * 100 + number(2);
  const [month, day] = [number(5), number(8)];
  const [hour, minute, second] = [number(11), number(14), number(17)];
  const isLate = hour > 23 || minute > 59 || second > 59;
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > 28 || isLate) return Number.NaN;
  return daysFromCivil(year, month, day) * MILLIS_OF_DAY + ((hour * 60 + minute) * 60 + second) * 1000;
}

function closing(parts: readonly PatternPart[], open: number): number {
  let depth = 0;
  for (let i = open; i < parts.length; i++) {
    if (parts[i]?.kind === 'open') depth++;
    if (parts[i]?.kind === 'close' && --depth === 0) return i;
  }
  return parts.length;
}

function readParts(parts: readonly PatternPart[], from: number, to: number, cursor: Cursor, values: Values): boolean {
  for (let i = from; i < to; i++) {
    const part = parts[i] as PatternPart;
    if (part.kind === 'close') continue;
    if (part.kind === 'open') {
      const end = closing(parts, i);
      const inner: Values = new Map(values);
      const probe: Cursor = { text: cursor.text, at: cursor.at };
      if (readParts(parts, i + 1, end, probe, inner)) {
        cursor.at = probe.at;
        for (const [key, value] of inner) values.set(key, value);
      }
      i = end;
    } else if (part.kind === 'text') {
      if (!cursor.text.startsWith(part.text, cursor.at)) return false;
      cursor.at += part.text.length;
    } else if (!readLetters(parts, i, cursor, values)) return false;
  }
  return true;
}

/** Room for the fixed digits of numbers that follow at once. */
function reserved(parts: readonly PatternPart[], index: number): number {
  let total = 0;
  for (let i = index + 1; isNumber(parts[i]); i++) total += (parts[i] as { count: number }).count;
  return total;
}

function readLetters(parts: readonly PatternPart[], index: number, cursor: Cursor, values: Values): boolean {
  const part = parts[index] as Extract<PatternPart, { kind: 'letters' }>;
  const { letter, count } = part;
  const { text } = cursor;
  if ((letter === 'M' || letter === 'L') && count > 2) return readName(cursor, values, 'M', MONTHS, count);
  if (letter === 'E') return readName(cursor, values, 'E', DAYS, count);
  if (letter === 'a') {
    const word = text.slice(cursor.at, cursor.at + 2).toUpperCase();
    if (word !== 'AM' && word !== 'PM') return false;
    cursor.at += 2;
    return put(values, 'a', word === 'PM' ? 1 : 0);
  }
  if ('XxZOVz'.includes(letter)) return readZone(cursor, values);
  const after = reserved(parts, index);
  const [least, most] = widthOf(letter, count, after > 0);
  const available = digitsAt(text, cursor.at, 30).length - after;
  const digits = digitsAt(text, cursor.at, after > 0 ? Math.min(most, Math.max(available, least)) : most);
  if (digits.length < least) return false;
  if ((letter === 'y' || letter === 'u') && count >= 3 && digits.length > Math.max(count, 4) && after === 0)
    return false;
  cursor.at += digits.length;
  if (letter === 'S') return put(values, 'S', Number(digits.padEnd(9, '0')));
  const value = Number(digits);
  return put(values, letter, (letter === 'y' || letter === 'u') && count === 2 ? 2000 + value : value);
}

function put(values: Values, key: string, value: number): boolean {
  const known = values.get(key);
  if (known !== undefined && known !== value) return false;
  values.set(key, value);
  return true;
}

function readName(cursor: Cursor, values: Values, key: string, names: readonly string[], count: number): boolean {
  const found = nameAt(cursor.text, cursor.at, names, count, false);
  if (!found) return false;
  cursor.at += found[1];
  return put(values, key, found[0]);
}

/** An offset or the id of a zone; local time is what counts, so it is read and dropped. */
function readZone(cursor: Cursor, values: Values): boolean {
  const match = /^(?:Z|[+-]\d{2}(?::?\d{2})?|[A-Za-z]+(?:\/[A-Za-z_]+)*)/.exec(cursor.text.slice(cursor.at));
  if (!match) return false;
  cursor.at += match[0].length;
  values.set('zone', 0);
  return true;
}

const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  M: [1, 12],
  L: [1, 12],
  d: [1, 31],
  D: [1, 366],
  H: [0, 23],
  k: [1, 24],
  K: [0, 11],
  h: [1, 12],
  m: [0, 59],
  s: [0, 59],
};

function resolve(values: Values): { readonly millis: number; readonly nanos: number } | undefined {
  const midnight = values.get('H') === 24 && !values.get('m') && !values.get('s');
  for (const [key, value] of values) {
    const range = RANGES[key];
    if (range && (value < range[0] || value > range[1]) && !(key === 'H' && midnight)) return undefined;
  }
  const year = values.get('y') ?? values.get('u') ?? 1970;
  if (values.has('y') && year < 1) return undefined;
  const month = values.get('M') ?? values.get('L') ?? 1;
  const day = Math.min(values.get('d') ?? 1, daysInMonth(year, month));
  const dayOfYear = values.get('D');
  const days = dayOfYear === undefined ? daysFromCivil(year, month, day) : daysFromCivil(year, 1, 1) + dayOfYear - 1;
  const weekday = values.get('E');
  if (weekday !== undefined && floorModulo(days + 3, 7) + 1 !== weekday) return undefined;
  const seconds = hourOf(values) * 3600 + (values.get('m') ?? 0) * 60 + (values.get('s') ?? 0);
  const fraction = values.get('S') ?? values.get('n') ?? 0;
  return {
    millis: days * MILLIS_OF_DAY + seconds * 1000 + Math.floor(fraction / 1_000_000),
    nanos: fraction % 1_000_000,
  };
}

function hourOf(values: Values): number {
  const direct = values.get('H') ?? (values.has('k') ? (values.get('k') as number) % 24 : undefined);
  if (direct !== undefined) return direct;
  const half = values.get('h') ?? values.get('K');
  if (half === undefined || !values.has('a')) return 0;
  return (half % 12) + (values.get('a') === 1 ? 12 : 0);
}

/** Reads by `SimpleDateFormat`, lenient and without regard to what follows: ms since the epoch, or undefined. */
export function simpleDateParser(pattern: string): (text: string, zone?: TimeZone) => number | undefined {
  const parts = simplePattern(pattern);
  return (text, zone = UTC) => {
    const values: Values = new Map();
    const cursor: Cursor = { text, at: 0 };
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i] as PatternPart;
      if (part.kind === 'text') {
        if (!readSimpleText(cursor, part.text)) return undefined;
      } else if (part.kind === 'letters' && !readSimple(part, isNumber(parts[i + 1]), cursor, values)) return undefined;
    }
    // A pattern that reads nothing reads no date.
    return cursor.at === 0 ? undefined : simpleInstant(values, zone);
  };
}

/** A blank in the pattern stands for any run of blanks in the text. */
function readSimpleText(cursor: Cursor, text: string): boolean {
  for (const char of text) {
    if (cursor.text[cursor.at] !== char) return false;
    cursor.at++;
  }
  return true;
}

function readSimple(
  part: Extract<PatternPart, { kind: 'letters' }>,
  adjacent: boolean,
  cursor: Cursor,
  values: Values,
): boolean {
  const { letter, count } = part;
  while (cursor.text[cursor.at] === ' ' || cursor.text[cursor.at] === '\t') cursor.at++;
  if (letter === 'M' && count > 2) {
    const found = nameAt(cursor.text, cursor.at, MONTHS, 9, true) ?? nameAt(cursor.text, cursor.at, MONTHS, 3, true);
    if (!found) return false;
    cursor.at += found[1];
    values.set('M', found[0]);
    return true;
  }
  if (letter === 'E') {
    const found = nameAt(cursor.text, cursor.at, DAYS, 9, true) ?? nameAt(cursor.text, cursor.at, DAYS, 3, true);
    if (!found) return false;
    cursor.at += found[1];
    return true;
  }
  if (letter === 'a') {
    const word = cursor.text.slice(cursor.at, cursor.at + 2).toUpperCase();
    if (word !== 'AM' && word !== 'PM') return false;
    cursor.at += 2;
    values.set('a', word === 'PM' ? 1 : 0);
    return true;
  }
  if (letter === 'z' || letter === 'Z' || letter === 'X') return readSimpleZone(cursor, values);
  return readSimpleNumber(letter, count, adjacent, cursor, values);
}

function readSimpleNumber(letter: string, count: number, adjacent: boolean, cursor: Cursor, values: Values): boolean {
  const negative = cursor.text[cursor.at] === '-';
  const start = negative ? cursor.at + 1 : cursor.at;
  const digits = digitsAt(cursor.text, start, adjacent ? count - (negative ? 1 : 0) : 18);
  if (digits === '') return false;
  cursor.at = start + digits.length;
  const value = negative ? -Number(digits) : Number(digits);
  const short = letter === 'y' && count <= 2 && digits.length === 2 && !negative;
  values.set(letter === 'L' ? 'M' : letter, short ? shortYear(value) : value);
  return true;
}

/** Two digits mean a year from 80 before to 19 after now; the window of 2026 is taken. */
function shortYear(value: number): number {
  return value <= 46 ? 2000 + value : 1900 + value;
}

function readSimpleZone(cursor: Cursor, values: Values): boolean {
  const rest = cursor.text.slice(cursor.at);
  const match = /^(?:GMT|UTC)?([+-])(\d{1,2}):?(\d{2})|^Z|^[A-Za-z]+(?:\/[A-Za-z_]+)*/.exec(rest);
  if (!match) return false;
  cursor.at += match[0].length;
  const sign = match[1] === '-' ? -1 : 1;
  const zone = match[1] ? undefined : findTimeZone(match[0] === 'Z' ? 'UTC' : match[0]);
  if (!match[1] && !zone) return false;
  values.set(
    'offset',
    match[1] ? sign * (Number(match[2]) * 60 + Number(match[3])) * 60_000 : (zone?.offsetAt(0) ?? 0),
  );
  return true;
}

function simpleInstant(values: Values, zone: TimeZone): number {
  const dayOfYear = values.get('D');
  const month = (values.get('M') ?? 1) - 1;
  const year = (values.get('y') ?? values.get('Y') ?? 1970) + Math.floor(month / 12);
  const days =
    dayOfYear === undefined
      ? daysFromCivil(year, floorModulo(month, 12) + 1, 1) + (values.get('d') ?? 1) - 1
      : daysFromCivil(year, 1, 1) + dayOfYear - 1;
  const half = values.get('h') ?? values.get('K');
  const hour =
    values.get('H') ?? values.get('k') ?? (half === undefined ? 0 : (half % 12) + (values.get('a') === 1 ? 12 : 0));
  const time = ((hour * 60 + (values.get('m') ?? 0)) * 60 + (values.get('s') ?? 0)) * 1000 + (values.get('S') ?? 0);
  const local = days * MILLIS_OF_DAY + time;
  const offset = values.get('offset');
  return offset === undefined ? local - zone.offsetOfLocal(local, true) : local - offset;
}
