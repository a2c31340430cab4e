/** Functions of the time at which a row is evaluated. */
import { type LogicalType, types } from '../../types/logical-type.ts';
import { type TimeZone, timeZoneOf } from '../../types/time-zone.ts';
import { MILLIS_OF_DAY, millisToNanos } from '../../types/timestamp.ts';
import { isTimestamp } from '../../types/type-family.ts';
import type { Value } from '../../types/value.ts';
import { inferenceError } from '../call-error.ts';
import type { ArgumentInfo, ScalarFunction } from '../function.ts';
import { plain } from '../plain-function.ts';

const WITHOUT_PARENTHESES = /^(?:CURRENT_DATE|CURRENT_TIME|CURRENT_TIMESTAMP|LOCALTIME|LOCALTIMESTAMP)$/;

/** A function of the time it is evaluated at. */
function clock(
  name: string,
  summary: string,
  returns: LogicalType,
  read: (nowMs: number, zone: TimeZone) => Value,
  aliases?: readonly string[],
): ScalarFunction {
  return plain({
    name,
    ...(aliases ? { aliases } : {}),
    category: 'temporal',
    forms: [`${name}()`],
    summary,
    example: WITHOUT_PARENTHESES.test(name) ? name : `${name}()`,
    args: [],
    returns,
    deterministic: false,
    eval: (_args, context) => read(context.now(), timeZoneOf(context.timeZone)),
  });
}

const INSTANT = types.timestampLtz(3, false);

const instant = (nowMs: number): Value => millisToNanos(nowMs);

const localTime = (nowMs: number, zone: TimeZone): Value => {
  const local = zone.toLocal(nowMs);
  return Math.floor((local - Math.floor(local / MILLIS_OF_DAY) * MILLIS_OF_DAY) / 1000) * 1000;
};

export const clocks: readonly ScalarFunction[] = [
  clock('CURRENT_TIMESTAMP', 'The time now.', INSTANT, instant),
  clock('NOW', 'The time now.', INSTANT, instant),
  clock('CURRENT_ROW_TIMESTAMP', 'The time at which the row is evaluated.', INSTANT, instant),
  clock(
    'PROCTIME',
    'The time at which the row is evaluated, as a time attribute.',
    { kind: 'TIMESTAMP_LTZ', precision: 3, nullable: false, timeAttribute: 'proctime' },
    instant,
  ),
  clock('LOCALTIMESTAMP', 'The local time now.', types.timestamp(3, false), (nowMs, zone) =>
    millisToNanos(zone.toLocal(nowMs)),
  ),
  clock('CURRENT_DATE', 'The date today.', types.date(false), (nowMs, zone) =>
    Math.floor(zone.toLocal(nowMs) / MILLIS_OF_DAY),
  ),
  clock('CURRENT_TIME', 'The time of day.', types.time(0, false), localTime),
  clock('LOCALTIME', 'The time of day.', types.time(0, false), localTime),
  plain({
    name: 'CURRENT_WATERMARK',
    category: 'temporal',
    inference: 'flink',
    forms: ['CURRENT_WATERMARK(rowtime <TIMESTAMP>)'],
    summary: 'The current watermark; NULL before the first.',
    example: 'CURRENT_WATERMARK(ts)',
    args: [() => true],
    returns: (args) => {
      const type = args[0]?.type;
      if (!type || !isTimestamp(type) || !('precision' in type)) throw watermarkError(args);
      return type.kind === 'TIMESTAMP_LTZ' ? types.timestampLtz(type.precision) : types.timestamp(type.precision);
    },
    nullPropagating: false,
    deterministic: false,
    eval: (_args, context) => {
      const watermark = context.watermark();
      return watermark === null || !Number.isFinite(watermark) ? null : millisToNanos(watermark);
    },
  }),
];

function watermarkError(args: readonly ArgumentInfo[]): Error {
  const actual = inferenceError('CURRENT_WATERMARK', args).message.replace(/^[^(]*\(|\)$/gs, '');
  return inferenceError(
    'CURRENT_WATERMARK',
    args,
    `CURRENT_WATERMARK() must be called with a single rowtime attribute argument, but '${actual}' cannot be a time attribute.`,
  );
}
