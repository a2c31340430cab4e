/** Parts of times, floors, ceilings and differences by unit. Times before the epoch follow Flink, which cuts towards zero in places. */
import { EngineError } from '../base/error.ts';
import type { LogicalType } from '../types/logical-type.ts';
import { addMonths, civilFromDays, daysFromCivil, floorModulo, MILLIS_OF_DAY } from '../types/timestamp.ts';
import { typeSummary } from '../types/type-name.ts';

export const UNIT_MS: Readonly<Record<string, number>> = {
  MILLISECOND: 1,
  SECOND: 1000,
  MINUTE: 60_000,
  HOUR: 3_600_000,
  DAY: MILLIS_OF_DAY,
  WEEK: 7 * MILLIS_OF_DAY,
};

export const UNIT_MONTHS: Readonly<Record<string, number>> = {
  MONTH: 1,
  QUARTER: 3,
  YEAR: 12,
  DECADE: 120,
  CENTURY: 1200,
  MILLENNIUM: 12_000,
};

export const TIME_UNITS: ReadonlySet<string> = new Set(
  'YEAR MONTH DAY HOUR MINUTE SECOND QUARTER ISOYEAR WEEK MILLISECOND MICROSECOND NANOSECOND DOW ISODOW DOY EPOCH DECADE CENTURY MILLENNIUM'.split(
    ' ',
  ),
);

/** SQL_TSI_DAY and plurals of the unit. */
export function unitOf(name: string): string {
  return name.toUpperCase().replace(/^SQL_TSI_/, '');
}

function isoWeek(days: number): { readonly year: number; readonly week: number } {
  const thursday = days - floorModulo(days + 3, 7) + 3;
  const { year } = civilFromDays(thursday);
  return { year, week: Math.floor((thursday - daysFromCivil(year, 1, 1)) / 7) + 1 };
}

/** A part of a date; undefined for units that are parts of a time of day. */
export function datePart(unit: string, days: number): number | undefined {
  const { year, month, day } = civilFromDays(days);
  switch (unit) {
    case 'YEAR':
      return year;
    case 'QUARTER':
      return Math.floor((month - 1) / 3) + 1;
    case 'MONTH':
      return month;
    case 'DAY':
      return day;
    case 'DOW':
      return floorModulo(days + 4, 7) + 1;
    case 'ISODOW':
      return floorModulo(days + 3, 7) + 1;
    case 'DOY':
      return days - daysFromCivil(year, 1, 1) + 1;
    case 'WEEK':
      return isoWeek(days).week;
    case 'ISOYEAR':
      return isoWeek(days).year;
    case 'DECADE':
      return Math.trunc(year / 10);
    case 'CENTURY':
      return year > 0 ? Math.trunc((year + 99) / 100) : Math.trunc((year - 99) / 100);
    case 'MILLENNIUM':
      return year > 0 ? Math.trunc((year + 999) / 1000) : Math.trunc((year - 999) / 1000);
    default:
      return undefined;
  }
}

const TIME_PARTS: Readonly<Record<string, readonly [modulus: number, divisor: number]>> = {
  HOUR: [MILLIS_OF_DAY, 3_600_000],
  MINUTE: [3_600_000, 60_000],
  SECOND: [60_000, 1000],
  MILLISECOND: [1000, 1],
  MICROSECOND: [1000, 0.001],
  NANOSECOND: [1000, 0.000001],
};

/** A part of the time of day of local milliseconds; negative before the epoch, as in Flink. */
export function timePart(unit: string, millis: number): number | undefined {
  const part = TIME_PARTS[unit];
  if (!part) return undefined;
  const rest = millis % part[0];
  return Math.trunc(part[1] < 1 ? rest * Math.round(1 / part[1]) : rest / part[1]) + 0;
}

export function unitError(unit: string, type: LogicalType): EngineError {
  const small = unit === 'MICROSECOND' || unit === 'NANOSECOND';
  const name = type.kind === 'TIME' && !small ? 'time' : typeSummary(type);
  return new EngineError('SQL_VALIDATION', `unit ${unit} can not be applied to ${name} variable`);
}

/** The start of the unit that a date lies in, or with `up` the next one. Undefined for units below the day. */
export function roundDate(unit: string, days: number, up: boolean): number | undefined {
  const { year, month, day } = civilFromDays(days);
  const later = up && (month > 1 || day > 1);
  switch (unit) {
    case 'MILLENNIUM':
      return daysFromCivil(1000 * Math.trunc((year + 999) / 1000) + (up ? 1 : -999), 1, 1);
    case 'CENTURY':
      return daysFromCivil(100 * Math.trunc((year + 99) / 100) + (up ? 1 : -99), 1, 1);
    case 'DECADE':
      return daysFromCivil(10 * (Math.trunc(year / 10) + (up ? 1 : 0)), 1, 1);
    case 'YEAR':
      return daysFromCivil(later ? year + 1 : year, 1, 1);
    case 'QUARTER': {
      const first = month - ((month - 1) % 3);
      const next = up && (month !== first || day > 1);
      return addMonths(daysFromCivil(year, first, 1), next ? 3 : 0);
    }
    case 'MONTH':
      return addMonths(daysFromCivil(year, month, 1), up && day > 1 ? 1 : 0);
    case 'WEEK': {
      const offset = floorModulo(days + 4, 7);
      return up && offset > 0 ? days - offset + 7 : days - offset;
    }
    default:
      return undefined;
  }
}

/** Local milliseconds rounded to a unit. Undefined for units that cannot be rounded to. */
export function roundMillis(unit: string, millis: number, up: boolean): number | undefined {
  // Flink has a year of the ISO calendar for twelve milliseconds here.
  const size = unit === 'WEEK' ? undefined : unit === 'ISOYEAR' ? 12 : UNIT_MS[unit];
  if (size !== undefined) return (up ? Math.ceil(millis / size) : Math.floor(millis / size)) * size + 0;
  const days = roundDate(unit, Math.trunc(millis / MILLIS_OF_DAY) + 0, up);
  return days === undefined ? undefined : days * MILLIS_OF_DAY;
}

function monthsBetweenDays(later: number, earlier: number): number {
  if (later < earlier) return -monthsBetweenDays(earlier, later);
  let months = Math.trunc((later - earlier) / 31);
  for (;;) {
    if (addMonths(earlier, months) >= later) return months;
    if (addMonths(earlier, months + 1) > later) return months;
    months++;
  }
}

/** Whole months from `from` to `to` in ms, as Flink counts them. */
export function monthsBetween(from: number, to: number): number {
  const toTime = floorModulo(to, MILLIS_OF_DAY);
  const fromTime = floorModulo(from, MILLIS_OF_DAY);
  const toDay = (to - toTime) / MILLIS_OF_DAY;
  const fromDay = (from - fromTime) / MILLIS_OF_DAY;
  const months = monthsBetweenDays(toDay, fromDay);
  return addMonths(fromDay, months) === toDay && toTime < fromTime ? months - 1 : months;
}
