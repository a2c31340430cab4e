/** Dates and times from text as Java's DateTimeFormatter reads them, with its refusals. */
import { daysFromCivil, daysInMonth } from '../types/timestamp.ts';
import { contentError } from './format-error.ts';

const DAY_MS = 86_400_000;
const NANOS_OF_SECOND = 1_000_000_000n;

export type TimestampStandard = 'SQL' | 'ISO-8601';

interface Parts {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  nanos: number;
  hasDate: boolean;
  hasTime: boolean;
}

/** Cursor over the text: each step either moves on or throws with the index at which it stopped. */
class TemporalText {
  readonly text: string;
  position = 0;
  constructor(text: string) {
    this.text = text;
  }
  fail(index = this.position): never {
    throw contentError('dateTimeParse', `Text '${this.text}' could not be parsed at index ${index}`);
  }
  digits(count: number): number {
    const part = this.text.slice(this.position, this.position + count);
    if (part.length < count || !/^[0-9]+$/.test(part)) this.fail();
    this.position += count;
    return Number(part);
  }
  literal(character: string): void {
    if (this.text[this.position] !== character) this.fail();
    this.position++;
  }
  at(character: string): boolean {
    return this.text[this.position] === character;
  }
  end(): void {
    if (this.position < this.text.length)
      throw contentError(
        'dateTimeParse',
        `Text '${this.text}' could not be parsed, unparsed text found at index ${this.position}`,
      );
  }
}

function readDate(from: TemporalText, parts: Parts): void {
  const match = /^([+-]?)([0-9]{4,10})(?![0-9])/.exec(from.text.slice(from.position));
  const sign = match?.[1] ?? '';
  const year = match?.[2] ?? '';
  if (!match || (sign === '' && year.length > 4) || (sign === '+' && year.length === 4)) from.fail();
  parts.year = Number(year) * (sign === '-' ? -1 : 1);
  from.position += match[0].length;
  from.literal('-');
  parts.month = from.digits(2);
  from.literal('-');
  parts.day = from.digits(2);
  parts.hasDate = true;
}

function readTime(from: TemporalText, parts: Parts, secondsOptional: boolean): void {
  parts.hour = from.digits(2);
  from.literal(':');
  parts.minute = from.digits(2);
  parts.hasTime = true;
  if (secondsOptional && !(from.at(':') && /^[0-9]{2}/.test(from.text.slice(from.position + 1)))) return;
  from.literal(':');
  parts.second = from.digits(2);
  if (!from.at('.')) return;
  const fraction = /^[0-9]{0,9}/.exec(from.text.slice(from.position + 1))?.[0] ?? '';
  if (fraction === '' && secondsOptional) return;
  from.position += 1 + fraction.length;
  parts.nanos = Number(fraction.padEnd(9, '0'));
}

function newParts(): Parts {
  return { year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0, nanos: 0, hasDate: false, hasTime: false };
}

function check(text: string, field: string, value: number, low: number, high: number): void {
  if (value >= low && value <= high) return;
  refuse(text, `Invalid value for ${field} (valid values ${low} - ${high}): ${value}`);
}

function refuse(text: string, reason: string): never {
  throw contentError(
    'dateTimeParse',
    `Text '${text}' could not be parsed: ${reason}`,
    contentError('dateTime', reason),
  );
}

const MONTHS = [
  'JANUARY',
  'FEBRUARY',
  'MARCH',
  'APRIL',
  'MAY',
  'JUNE',
  'JULY',
  'AUGUST',
  'SEPTEMBER',
  'OCTOBER',
  'NOVEMBER',
  'DECEMBER',
]; // prettier-ignore

/** Days since the epoch. `strict`: a day that the month lacks is refused, else it becomes the month's last. */
function resolveDate(text: string, parts: Parts, strict: boolean): number {
  check(text, 'MonthOfYear', parts.month, 1, 12);
  check(text, 'DayOfMonth', parts.day, 1, 31);
  const length = daysInMonth(parts.year, parts.month);
  if (parts.day > length && strict) {
    if (parts.day === 29) refuse(text, `Invalid date 'February 29' as '${parts.year}' is not a leap year`);
    refuse(text, `Invalid date '${MONTHS[parts.month - 1]} ${parts.day}'`);
  }
  return daysFromCivil(parts.year, parts.month, Math.min(parts.day, length));
}

/** Milliseconds of the day (nanoseconds apart); 24:00 is the end of the day. */
function resolveTime(text: string, parts: Parts): number {
  if (!(parts.hour === 24 && parts.minute === 0 && parts.second === 0 && parts.nanos === 0))
    check(text, 'HourOfDay', parts.hour, 0, 23);
  check(text, 'MinuteOfHour', parts.minute, 0, 59);
  check(text, 'SecondOfMinute', parts.second, 0, 59);
  return (parts.hour * 3600 + parts.minute * 60 + parts.second) * 1000;
}

/** `yyyy-MM-dd`: days since the epoch. */
export function parseDate(text: string): number {
  const from = new TemporalText(text);
  const parts = newParts();
  readDate(from, parts);
  from.end();
  return resolveDate(text, parts, true);
}

/** `HH:mm:ss[.fraction]`: milliseconds of the day. */
export function parseTime(text: string, secondsOptional = false): number {
  const from = new TemporalText(text);
  const parts = newParts();
  readTime(from, parts, secondsOptional);
  from.end();
  if (secondsOptional) check(text, 'HourOfDay', parts.hour, 0, 23);
  return (resolveTime(text, parts) % DAY_MS) + Math.floor(parts.nanos / 1e6);
}

/** A timestamp: nanoseconds since the epoch, as if in UTC. `zoned`: a literal `Z` must follow. */
export function parseTimestamp(text: string, standard: TimestampStandard, zoned: boolean): bigint {
  const from = new TemporalText(text);
  const parts = newParts();
  const iso = standard === 'ISO-8601';
  readDate(from, parts);
  if (iso && from.at('t')) from.position++;
  else from.literal(iso ? 'T' : ' ');
  readTime(from, parts, iso);
  if (zoned) from.literal('Z');
  from.end();
  const millis = resolveDate(text, parts, false) * DAY_MS + resolveTime(text, parts);
  return (BigInt(millis) / 1000n) * NANOS_OF_SECOND + BigInt(parts.nanos);
}
