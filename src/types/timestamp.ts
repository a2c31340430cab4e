/** Dates and times as numbers, and their texts by Flink's rules. The calendar is Gregorian for all years. */
import { EngineError } from '../base/error.ts';

export const MILLIS_OF_DAY = 86_400_000;
const NANOS_OF_MILLI = 1_000_000n;
const NANOS_OF_SECOND = 1_000_000_000n;

interface CivilDate {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

/** Days since the epoch of a date. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

export function civilFromDays(days: number): CivilDate {
  const packed = packedCivil(days);
  return { year: Math.floor(packed / 512), month: (packed >> 5) & 15, day: packed & 31 };
}

/** The civil date of days since the epoch in one number, for row paths: `year * 512 + month * 32 + day`. */
export function packedCivil(days: number): number {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  return year * 512 + month * 32 + day;
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** The date `months` later; the day is cut to the length of the month. */
export function addMonths(days: number, months: number): number {
  const { year, month, day } = civilFromDays(days);
  const total = year * 12 + month - 1 + months;
  const newYear = Math.floor(total / 12);
  const newMonth = total - newYear * 12 + 1;
  return daysFromCivil(newYear, newMonth, Math.min(day, daysInMonth(newYear, newMonth)));
}

/** Whole milliseconds, towards the past. */
export function nanosToMillis(nanos: bigint): number {
  const millis = nanos / NANOS_OF_MILLI;
  return Number(nanos < 0n && nanos % NANOS_OF_MILLI !== 0n ? millis - 1n : millis);
}

export function millisToNanos(millis: number): bigint {
  return BigInt(millis) * NANOS_OF_MILLI;
}

/** Nanoseconds within the second of a timestamp, 0 to 999,999,999. */
function nanoOfSecond(nanos: bigint): number {
  return Number(((nanos % NANOS_OF_SECOND) + NANOS_OF_SECOND) % NANOS_OF_SECOND);
}

/** Cuts digits of the second beyond `precision`, towards the past. */
export function truncateNanos(nanos: bigint, precision: number): bigint {
  if (precision >= 9) return nanos;
  const unit = 10n ** BigInt(9 - precision);
  return nanos - (((nanos % unit) + unit) % unit);
}

export function floorModulo(a: number, b: number): number {
  return a - Math.floor(a / b) * b;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

/** `2020-02-29`; of a year with more than four digits the last four are written, as Flink does. */
export function formatDate(days: number): string {
  const { year, month, day } = civilFromDays(days);
  return `${String(Math.abs(year) % 10_000).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

/** `12:34:56.123` with `precision` digits; a TIME has no more than milliseconds. */
export function formatTime(millis: number, precision: number): string {
  const seconds = Math.floor(millis / 1000);
  const text = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  if (precision === 0) return text;
  const fraction = String(millis % 1000).padStart(3, '0');
  return `${text}.${precision <= 3 ? fraction.slice(0, precision) : fraction.padEnd(precision, '0')}`;
}

/** `2020-02-29 12:34:56.123456` with exactly `precision` digits, of local time. */
export function formatTimestamp(localNanos: bigint, precision: number): string {
  const millis = nanosToMillis(localNanos);
  const days = Math.floor(millis / MILLIS_OF_DAY);
  const text = `${formatDate(days)} ${formatTime(millis - days * MILLIS_OF_DAY, 0)}`;
  if (precision === 0) return text;
  return `${text}.${String(nanoOfSecond(localNanos)).padStart(9, '0').slice(0, precision)}`;
}

const INTEGER = /^\d+$/;

function integerOf(text: string): number | undefined {
  const trimmed = text.trim();
  return INTEGER.test(trimmed) && trimmed.length <= 9 ? Number(trimmed) : undefined;
}

/** Days of `2021`, `2021-9`, `2021-9-1`; what follows a blank is ignored. Undefined when it is no date. */
export function parseDate(text: string): number | undefined {
  const blank = text.indexOf(' ');
  const parts = (blank > 0 ? text.slice(0, blank) : text).split('-');
  const first = integerOf(parts[0] as string);
  const second = parts.length > 1 ? integerOf(parts[1] as string) : 1;
  const third = parts.length > 2 ? integerOf(parts.slice(2).join('-')) : 1;
  if (first === undefined || second === undefined || third === undefined) return undefined;
  if (first < 0 || first > 9999 || second < 1 || second > 12) return undefined;
  if (third < 1 || third > daysInMonth(first, second)) return undefined;
  return daysFromCivil(first, second, third);
}

function parseError(text: string, reason: string): EngineError {
  return new EngineError('SQL_VALIDATION', `Text '${text}' could not be parsed${reason}`, {
    exceptionClass: 'java.time.format.DateTimeParseException',
  });
}

/** One or two digits at a place, and what comes behind. */
function shortNumber(text: string, at: number): { readonly value: number; readonly end: number } | undefined {
  const first = digit(text, at);
  if (first < 0) return undefined;
  const second = digit(text, at + 1);
  return second < 0 ? { value: first, end: at + 1 } : { value: first * 10 + second, end: at + 2 };
}

function digit(text: string, at: number): number {
  const code = text.charCodeAt(at) - 48;
  return code >= 0 && code <= 9 ? code : -1;
}

/** Parts of a parsed text; `at` is where parsing stopped or failed. */
interface Scan {
  readonly values: number[];
  at: number;
}

/** Numbers of one or two digits with a separator before each but the first. False at a failure, `at` then says where. */
function scanNumbers(text: string, scan: Scan, separators: string): boolean {
  for (const separator of separators) {
    if (text[scan.at] !== separator) return false;
    scan.at++;
    const number = shortNumber(text, scan.at);
    if (!number) return false;
    scan.values.push(number.value);
    scan.at = number.end;
  }
  return true;
}

function scanYear(text: string, scan: Scan): boolean {
  const signed = text[0] === '+' || text[0] === '-';
  let end = signed ? 1 : 0;
  while (digit(text, end) >= 0 && end < 20) end++;
  const digits = end - (signed ? 1 : 0);
  const tooLong = signed ? text[0] === '+' && digits === 4 : digits > 4;
  if (digits < 4 || tooLong) {
    scan.at = digits < 4 && signed ? 1 : 0;
    return false;
  }
  scan.values.push(Number(text.slice(0, end)));
  scan.at = end;
  return true;
}

function scanFraction(text: string, scan: Scan): number {
  if (text[scan.at] !== '.') return 0;
  let end = scan.at + 1;
  while (digit(text, end) >= 0 && end - scan.at <= 9) end++;
  const digits = text.slice(scan.at + 1, end);
  scan.at = end;
  return Number(digits.padEnd(9, '0'));
}

const RANGES: readonly (readonly [string, number, number, string])[] = [
  ['YearOfEra', 1, 999_999_999, '1 - 999999999/1000000000'],
  ['MonthOfYear', 1, 12, '1 - 12'],
  ['DayOfMonth', 1, 31, '1 - 28/31'],
  ['HourOfDay', 0, 23, '0 - 23'],
  ['MinuteOfHour', 0, 59, '0 - 59'],
  ['SecondOfMinute', 0, 59, '0 - 59'],
];

function checkRanges(values: readonly number[]): void {
  values.forEach((value, i) => {
    const [name, low, high, range] = RANGES[i] as readonly [string, number, number, string];
    if (i === 3 && value === 24 && values[4] === 0 && values[5] === 0) return;
    if (value < low || value > high)
      throw new EngineError('SQL_VALIDATION', `Invalid value for ${name} (valid values ${range}): ${value}`, {
        exceptionClass: 'java.time.DateTimeException',
      });
  });
}

/**
 * Local nanoseconds of `2020-1-2` or `2020-1-2 3:4:5.678`. A day beyond the end of its month is cut to it, as Java's smart resolver does.
 * Throws Java's DateTimeParseException, or DateTimeException for a value out of its range.
 */
export function parseTimestamp(text: string): bigint {
  const scan: Scan = { values: [], at: 0 };
  if (!scanYear(text, scan) || !scanNumbers(text, scan, '--')) throw parseError(text, ` at index ${scan.at}`);
  let nanos = 0;
  if (text[scan.at] === ' ') {
    const date: Scan = { values: [...scan.values], at: scan.at };
    if (scanNumbers(text, date, ' ::')) {
      nanos = scanFraction(text, date);
      scan.values.push(...date.values.slice(3));
      scan.at = date.at;
    }
  }
  if (scan.at < text.length) throw parseError(text, `, unparsed text found at index ${scan.at}`);
  checkRanges(scan.values);
  const [year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0] = scan.values;
  const days = daysFromCivil(year, month, Math.min(day, daysInMonth(year, month)));
  const seconds = days * 86_400 + hour * 3600 + minute * 60 + second;
  return BigInt(seconds) * NANOS_OF_SECOND + BigInt(nanos);
}
