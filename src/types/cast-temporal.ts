/** Casts to DATE, TIME, TIMESTAMP and TIMESTAMP_LTZ. Digits beyond the precision are cut. */
import { EngineError } from '../base/error.ts';
import type { Cast, CastContext } from './cast-context.ts';
import type { LogicalType } from './logical-type.ts';
import { parseTime } from './parse-time.ts';
import { type TimeZone, timeZoneOf } from './time-zone.ts';
import {
  floorModulo,
  MILLIS_OF_DAY,
  millisToNanos,
  nanosToMillis,
  parseDate,
  parseTimestamp,
  truncateNanos,
} from './timestamp.ts';
import { isText } from './type-family.ts';
import type { Value } from './value.ts';

export function castTemporal(from: LogicalType, to: LogicalType): Cast {
  switch (to.kind) {
    case 'DATE':
      return toDate(from);
    case 'TIME':
      return toTime(from, to.precision);
    case 'TIMESTAMP':
      return toTimestamp(from, to.precision);
    case 'TIMESTAMP_LTZ':
      return toInstant(from, to.precision);
    default:
      throw new EngineError('INTERNAL', `no cast from ${from.kind} to ${to.kind}`);
  }
}

function timeError(text: string): EngineError {
  return new EngineError('JOB_FAILED', text, { exceptionClass: 'java.time.DateTimeException' });
}

function zoneOf(context: CastContext): TimeZone {
  return timeZoneOf(context.timeZone);
}

function toDate(from: LogicalType): Cast {
  if (isText(from))
    return (value) => {
      const days = parseDate(value as string);
      if (days === undefined) throw timeError(`For input string: '${value as string}'.`);
      return days;
    };
  // Flink divides towards zero: a time of day before the epoch counts to the next day.
  if (from.kind === 'TIMESTAMP') return (value) => Math.trunc(nanosToMillis(value as bigint) / MILLIS_OF_DAY) + 0;
  return (value, context) => Math.floor(zoneOf(context).toLocal(nanosToMillis(value as bigint)) / MILLIS_OF_DAY);
}

function toTime(from: LogicalType, precision: number): Cast {
  if (isText(from))
    return (value) => {
      const millis = parseTime(value as string);
      if (millis !== undefined) return cutMillis(millis, precision);
      throw timeError(
        `Invalid time format: '${value as string}'. Expected format: HH:mm:ss[.fff] where HH is 00-23, mm is 00-59, ss is 00-59`,
      );
    };
  if (from.kind === 'TIME') return (value) => cutMillis(value as number, precision);
  if (from.kind === 'TIMESTAMP')
    return (value) => cutMillis(floorModulo(nanosToMillis(value as bigint), MILLIS_OF_DAY), precision);
  return (value, context) =>
    cutMillis(floorModulo(zoneOf(context).toLocal(nanosToMillis(value as bigint)), MILLIS_OF_DAY), precision);
}

function cutMillis(millis: number, precision: number): number {
  if (precision >= 3) return millis;
  const unit = 10 ** (3 - precision);
  return Math.floor(millis / unit) * unit;
}

/** Nanoseconds of local time. */
function localNanos(from: LogicalType): (value: Value, context: CastContext) => bigint {
  if (isText(from)) return (value) => parseTimestamp(value as string);
  switch (from.kind) {
    case 'DATE':
      return (value) => millisToNanos((value as number) * MILLIS_OF_DAY);
    case 'TIME':
      return (value) => millisToNanos(value as number);
    case 'TIMESTAMP_LTZ':
      return (value, context) => zoneOf(context).nanosToLocal(value as bigint);
    default:
      return (value) => value as bigint;
  }
}

function toTimestamp(from: LogicalType, precision: number): Cast {
  const local = localNanos(from);
  return (value, context) => truncateNanos(local(value, context), precision);
}

function toInstant(from: LogicalType, precision: number): Cast {
  if (from.kind === 'TIMESTAMP_LTZ') return (value) => truncateNanos(value as bigint, precision);
  const local = localNanos(from);
  return (value, context) => truncateNanos(zoneOf(context).nanosToInstant(local(value, context)), precision);
}
