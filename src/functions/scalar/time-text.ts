/** Times from texts and numbers, and texts of times. */

import { castFunction } from '../../types/cast.ts';
import { columnKind } from '../../types/column.ts';
import { dateTimeFormatter, simpleDateFormatter } from '../../types/date-format.ts';
import { dateTimeParser, simpleDateParser } from '../../types/date-parse.ts';
import { decimalToNumber, powerOfTen } from '../../types/decimal.ts';
import type { Heap } from '../../types/heap.ts';
import { type LogicalType, types } from '../../types/logical-type.ts';
import { type TimeZone, timeZoneOf, UTC } from '../../types/time-zone.ts';
import {
  civilFromDays,
  daysFromCivil,
  MILLIS_OF_DAY,
  millisToNanos,
  nanosToMillis,
  parseDate,
  truncateNanos,
} from '../../types/timestamp.ts';
import { isInteger, isText, isTimestamp } from '../../types/type-family.ts';
import type { Value } from '../../types/value.ts';
import { inferenceError } from '../call-error.ts';
import { guarded } from '../code-helpers.ts';
import type { ArgumentInfo, CallSite, Eval, ScalarFunction } from '../function.ts';
import type { CodeSite, Operand } from '../generated-code.ts';
import { integer, numeric, text, timestamp } from '../operand.ts';
import { plain } from '../plain-function.ts';

const DEFAULT_PATTERN = 'yyyy-MM-dd HH:mm:ss';
const FAILED = -9223372036854775808n;
const NULLABLE_STRING = types.string();

/** Remembers the last result: patterns seldom change from row to row. */
function lastOf<T>(make: (pattern: string) => T): (pattern: string) => T {
  let pattern: string | undefined;
  let made: T;
  return (wanted) => {
    if (wanted !== pattern) {
      made = make(wanted);
      pattern = wanted;
    }
    return made;
  };
}

/** Runs of these lengths only: `SSSSSS` and `MMMM` are other fields. */
const FIXED = /^(?:yyyy(?!y)|MM(?!M)|dd(?!d)|HH(?!H)|mm(?!m)|ss(?!s)|SSS(?!S)|[^a-zA-Z'[\]{}#\x80-\uffff])*$/;
const FIXED_PARTS = /yyyy|MM|dd|HH|mm|ss|SSS|[^a-zA-Z]/g;

/** Writes digits of a number from the right. */
function putDigits(u8: Uint8Array, at: number, count: number, value: number): void {
  let rest = value;
  for (let i = at + count - 1; i >= at; i--) {
    u8[i] = 48 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}

/** A writer of ASCII texts for patterns of plain fields; undefined for others. */
function asciiWriter(pattern: string): ((heap: Heap, millis: number) => number) | undefined {
  if (!FIXED.test(pattern)) return undefined;
  const parts = pattern.match(FIXED_PARTS) ?? [];
  let lastDay = Number.NaN;
  let date = civilFromDays(0);
  return (heap, millis) => {
    const address = heap.scratch(pattern.length);
    const days = Math.floor(millis / MILLIS_OF_DAY);
    const time = millis - days * MILLIS_OF_DAY;
    if (days !== lastDay) {
      date = civilFromDays(days);
      lastDay = days;
    }
    let at = address;
    for (const part of parts) {
      if (part.length === 1) heap.u8[at] = part.charCodeAt(0);
      else putDigits(heap.u8, at, part.length, fieldOf(part, date, time));
      at += part.length;
    }
    return address;
  };
}

function fieldOf(part: string, date: { year: number; month: number; day: number }, time: number): number {
  switch (part) {
    case 'yyyy':
      return date.year;
    case 'MM':
      return date.month;
    case 'dd':
      return date.day;
    case 'HH':
      return Math.floor(time / 3_600_000);
    case 'mm':
      return Math.floor(time / 60_000) % 60;
    case 'ss':
      return Math.floor(time / 1000) % 60;
    default:
      return time % 1000;
  }
}

function formatCode(site: CodeSite): Operand | undefined {
  const pattern = site.literal(1)?.value;
  const [value] = site.args as [Operand];
  const kind = columnKind(value.type);
  const isLocal = value.type.kind === 'TIMESTAMP_LTZ';
  if (
    typeof pattern !== 'string' ||
    (value.type.kind !== 'TIMESTAMP' && !isLocal) ||
    (kind !== 'millis' && kind !== 'nanos')
  )
    return undefined;
  const writer = asciiWriter(pattern);
  if (!writer) return undefined;
  const write = site.constant(writer);
  const zone = timeZoneOf(site.evaluation.timeZone);
  const millis = isLocal ? `${site.constant((ms: number) => zone.toLocal(ms))}(${value.lanes[0]})` : value.lanes[0];
  return guarded(
    site,
    2,
    ([address, length]) => `${address} = ${write}(${site.heap}, ${millis}); ${length} = ${pattern.length};`,
    [value],
  );
}

function bindFormat(site: CallSite): Eval {
  const type = site.argTypes[0] as LogicalType;
  if (isText(type)) return bindTextFormat();
  const formatter = lastOf(dateTimeFormatter);
  const local = type.kind === 'TIMESTAMP_LTZ';
  return ([value, pattern], context) => {
    const nanos = local ? timeZoneOf(context.timeZone).nanosToLocal(value as bigint) : (value as bigint);
    const millis = nanosToMillis(nanos);
    return formatter(pattern as string)(millis, Number(nanos - millisToNanos(millis)));
  };
}

function bindTextFormat(): Eval {
  const parse = simpleDateParser(DEFAULT_PATTERN);
  const formatter = lastOf(simpleDateFormatter);
  return ([value, pattern], context) => {
    const zone = timeZoneOf(context.timeZone);
    const millis = parse(value as string, zone);
    return millis === undefined ? null : formatter(pattern as string)(millis, zone);
  };
}

/** `java.sql.Timestamp.valueOf` and `java.sql.Date.valueOf`: days beyond the month's end roll over. */
function parseSqlTime(raw: string): bigint | null {
  const match = /^(\d{4})-(\d{1,2})-(\d{1,2})(?: (\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,9}))?)?$/.exec(raw.trim());
  if (!match) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (month < 1 || month > 12 || day < 1 || day > 31) return null;
  const days = daysFromCivil(year, month, 1) + day - 1;
  const millis = days * MILLIS_OF_DAY + ((hour * 60 + minute) * 60 + second) * 1000;
  return millisToNanos(millis) + BigInt((match[7] ?? '').padEnd(9, '0') || '0');
}

/** Local nanoseconds by a pattern, else as SQL's own form; null when it is neither. */
function parseLocal(value: string, parser: ReturnType<typeof dateTimeParser>): bigint | null {
  const parsed = parser(value);
  if (parsed) return millisToNanos(parsed.millis) + BigInt(parsed.nanos);
  return parseSqlTime(value);
}

function bindToTimestamp(): Eval {
  const parser = lastOf(dateTimeParser);
  return ([value, pattern]) => {
    const nanos = parseLocal(value as string, parser((pattern as string | undefined) ?? DEFAULT_PATTERN));
    return nanos === null ? null : truncateNanos(nanos, 3);
  };
}

const MIN_MILLIS = daysFromCivil(0, 1, 1) * MILLIS_OF_DAY;
const MAX_MILLIS = daysFromCivil(10_000, 1, 1) * MILLIS_OF_DAY - 1;

/** Null outside of the years 0 to 9999. */
function inRange(nanos: bigint): bigint | null {
  return nanos >= millisToNanos(MIN_MILLIS) && nanos < millisToNanos(MAX_MILLIS + 1) ? nanos : null;
}

/** A number of units of 10^-precision seconds; of a number with a fraction whole milliseconds count. */
function bindNumberToInstant(site: CallSite): Eval {
  const type = site.argTypes[0] as LogicalType;
  if (isInteger(type))
    return ([value, precision = 3]) => inRange(BigInt(value as number) * powerOfTen(9 - Number(precision)));
  const number = type.kind === 'DECIMAL' ? (value: Value) => decimalToNumber(value as bigint, type.scale) : Number;
  return ([value, precision = 3]) => {
    const millis = Math.trunc(number(value as Value) * 10 ** (3 - Number(precision)));
    return Number.isFinite(millis) ? inRange(millisToNanos(millis)) : null;
  };
}

function bindTextToInstant(site: CallSite): Eval {
  if (site.argTypes.length === 1) {
    const cast = castFunction(types.string(), types.timestampLtz(3));
    return ([value], context) => cast(value as Value, { ...context, timeZone: 'UTC' });
  }
  const parser = lastOf(dateTimeParser);
  return ([value, pattern, zone]) => {
    const nanos = parseLocal(value as string, parser(pattern as string));
    if (nanos === null) return null;
    const id = zone === undefined ? UTC : timeZoneOf(zone as string);
    return truncateNanos(id.nanosToInstant(nanos), 3);
  };
}

function instantType(args: readonly ArgumentInfo[]): LogicalType {
  const [first, second, third] = args.map((arg) => arg.type) as [LogicalType, LogicalType?, LogicalType?];
  const ok =
    isText(first) || first.kind === 'NULL' ? !second || text(second) : numeric(first) && (!second || integer(second));
  if (!ok || (third && !(isText(first) && text(third)))) throw inferenceError('TO_TIMESTAMP_LTZ', args);
  const precision = isText(first) ? 3 : Number(args[1]?.literal?.value ?? 3);
  if (precision < 0 || precision > 9)
    throw inferenceError(
      'TO_TIMESTAMP_LTZ',
      args,
      `Precision for TO_TIMESTAMP_LTZ must be between 0 and 9 but was ${precision}.`,
    );
  return types.timestampLtz(Math.max(precision, 3));
}

function parseDateText(
  value: string,
  pattern: string | undefined,
  parse: (pattern: string) => (text: string) => number | undefined,
): number | null {
  if (pattern === undefined) return parseDate(value) ?? null;
  const millis = parse(pattern)(value);
  // What cannot be read becomes the smallest instant, whose day overflows an int.
  if (millis === undefined) return Number(BigInt.asIntN(32, FAILED / BigInt(MILLIS_OF_DAY)));
  return Math.trunc(millis / MILLIS_OF_DAY) + 0;
}

const formatting: readonly ScalarFunction[] = [
  plain({
    name: 'DATE_FORMAT',
    category: 'temporal',
    forms: ['DATE_FORMAT(<TIMESTAMP>, <CHARACTER>)', 'DATE_FORMAT(<CHARACTER>, <CHARACTER>)'],
    summary: "A time as text, by a pattern of Java's.",
    example: "DATE_FORMAT(TIMESTAMP '2020-01-02 03:04:05', 'yyyy-MM-dd')",
    args: [(type) => timestamp(type) || isText(type), text],
    returns: NULLABLE_STRING,
    bind: bindFormat,
    generate: formatCode,
  }),
  plain({
    name: 'FROM_UNIXTIME',
    category: 'temporal',
    forms: ['FROM_UNIXTIME(<INTEGER>)', 'FROM_UNIXTIME(<INTEGER>, <CHARACTER>)'],
    summary: 'Seconds since the epoch as text in the session time zone.',
    example: 'FROM_UNIXTIME(44)',
    args: [integer],
    optional: [text],
    returns: NULLABLE_STRING,
    bind() {
      const formatter = lastOf(simpleDateFormatter);
      return ([seconds, pattern], context) =>
        formatter((pattern as string | undefined) ?? DEFAULT_PATTERN)(
          Number(seconds) * 1000,
          timeZoneOf(context.timeZone),
        );
    },
  }),
  plain({
    name: 'CONVERT_TZ',
    category: 'temporal',
    forms: ['CONVERT_TZ(<CHARACTER>, <CHARACTER>, <CHARACTER>)'],
    summary: 'A time in text, moved from one time zone to another.',
    example: "CONVERT_TZ('1970-01-01 00:00:00', 'UTC', 'America/Los_Angeles')",
    args: [text, text, text],
    returns: NULLABLE_STRING,
    bind() {
      const parse = simpleDateParser(DEFAULT_PATTERN);
      const format = simpleDateFormatter(DEFAULT_PATTERN);
      return ([value, from, to]) => {
        const millis = parse(value as string, timeZoneOf(from as string));
        return millis === undefined ? null : format(millis, timeZoneOf(to as string));
      };
    },
  }),
];

const parsing: readonly ScalarFunction[] = [
  plain({
    name: 'TO_DATE',
    category: 'temporal',
    forms: ['TO_DATE(<CHARACTER>)', 'TO_DATE(<CHARACTER>, <CHARACTER>)'],
    summary: 'A date out of text.',
    example: "TO_DATE('2020-01-02')",
    args: [text],
    optional: [text],
    returns: types.date(),
    bind() {
      const parser = lastOf(simpleDateParser);
      return ([value, pattern]) => parseDateText(value as string, pattern as string | undefined, parser);
    },
  }),
  plain({
    name: 'TO_TIMESTAMP',
    category: 'temporal',
    forms: ['TO_TIMESTAMP(<CHARACTER>)', 'TO_TIMESTAMP(<CHARACTER>, <CHARACTER>)'],
    summary: 'A local time out of text.',
    example: "TO_TIMESTAMP('2020-01-02 03:04:05')",
    args: [text],
    optional: [text],
    returns: types.timestamp(3),
    bind: bindToTimestamp,
  }),
  plain({
    name: 'TO_TIMESTAMP_LTZ',
    category: 'temporal',
    inference: 'flink',
    forms: ['TO_TIMESTAMP_LTZ(<NUMERIC>, <INTEGER_NUMERIC>)', 'TO_TIMESTAMP_LTZ(<CHARACTER_STRING>)'],
    summary: 'An instant out of seconds (0) or milliseconds (3) since the epoch, or out of text.',
    example: 'TO_TIMESTAMP_LTZ(4001, 3)',
    args: [(type) => text(type) || numeric(type)],
    optional: [(type) => text(type) || integer(type), text],
    returns: instantType,
    bind: (site) => (isText(site.argTypes[0] as LogicalType) ? bindTextToInstant(site) : bindNumberToInstant(site)),
  }),
  plain({
    name: 'UNIX_TIMESTAMP',
    category: 'temporal',
    forms: ['UNIX_TIMESTAMP()', 'UNIX_TIMESTAMP(<CHARACTER>)', 'UNIX_TIMESTAMP(<CHARACTER>, <CHARACTER>)'],
    summary: 'Seconds since the epoch, now or of a time in text.',
    example: "UNIX_TIMESTAMP('2020-01-02 03:04:05')",
    args: [],
    optional: [text, text],
    returns: types.bigint(false),
    bind() {
      const parser = lastOf(simpleDateParser);
      return ([value, pattern], context) => {
        if (value === undefined) return BigInt(Math.floor(context.now() / 1000));
        const zone: TimeZone = timeZoneOf(context.timeZone);
        const millis = parser((pattern as string | undefined) ?? DEFAULT_PATTERN)(value as string, zone);
        return millis === undefined ? FAILED : BigInt(Math.trunc(millis / 1000));
      };
    },
  }),
];

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

const clocks: readonly ScalarFunction[] = [
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

export const timeTexts: readonly ScalarFunction[] = [...formatting, ...parsing, ...clocks];
