/** Times from texts and numbers. */
import { messageOf } from '../../base/error.ts';
import { castFunction, tryCastFunction } from '../../types/cast.ts';
import { dateTimeFormatter } from '../../types/date-format.ts';
import { dateTimeParser, simpleDateParser } from '../../types/date-parse.ts';
import { powerOfTen } from '../../types/decimal.ts';
import { type LogicalType, types } from '../../types/logical-type.ts';
import { type TimeZone, timeZoneOf, UTC, zoneProblem } from '../../types/time-zone.ts';
import { daysFromCivil, MILLIS_OF_DAY, millisToNanos, parseDate, truncateNanos } from '../../types/timestamp.ts';
import { isInteger, isInterval, isText } from '../../types/type-family.ts';
import type { Value } from '../../types/value.ts';
import { familyError, inferenceError, runtimeError } from '../call-error.ts';
import type { ArgumentInfo, CallSite, Eval, ScalarFunction } from '../function.ts';
import { integer, numeric, text } from '../operand.ts';
import { plain } from '../plain-function.ts';

export const DEFAULT_PATTERN = 'yyyy-MM-dd HH:mm:ss';

const FAILED = -9223372036854775808n;

export const NULLABLE_STRING = types.string();

/** Remembers the last result: patterns seldom change from row to row. */
export function lastOf<T>(make: (pattern: string) => T): (pattern: string) => T {
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

type Parser = ReturnType<typeof dateTimeParser>;

/** Local nanoseconds by a pattern, else in another form; null when it is neither. */
function parseLocal(value: string, parser: Parser, otherwise: (value: string) => Value = parseSqlTime): bigint | null {
  const parsed = parser(value);
  if (parsed) return millisToNanos(parsed.millis) + BigInt(parsed.nanos);
  return otherwise(value) as bigint | null;
}

function bindToTimestamp(): Eval {
  const parser = lastOf(dateTimeParser);
  const cast = tryCastFunction(NULLABLE_STRING, types.timestamp(9));
  return ([value, pattern], context) => {
    const nanos =
      pattern === undefined
        ? parseLocal(value as string, parser(DEFAULT_PATTERN), (text) => cast(text, context))
        : parseLocal(value as string, parser(pattern as string));
    return nanos === null ? null : truncateNanos(nanos, 3);
  };
}

const MIN_MILLIS = daysFromCivil(0, 1, 1) * MILLIS_OF_DAY;

const MAX_MILLIS = daysFromCivil(10_000, 1, 1) * MILLIS_OF_DAY - 1;

/** Null outside of the years 0 to 9999. */
function inRange(nanos: bigint): bigint | null {
  return nanos >= millisToNanos(MIN_MILLIS) && nanos < millisToNanos(MAX_MILLIS + 1) ? nanos : null;
}

/** The precision of a row, which no literal says. */
function checkedPrecision(value: Value): number {
  const precision = Number(value);
  if (precision >= 0 && precision <= 9) return precision;
  throw runtimeError(precisionText(precision), 'org.apache.flink.table.api.TableException');
}

function precisionText(precision: number): string {
  return `Precision for TO_TIMESTAMP_LTZ must be between 0 and 9 but was ${precision}.`;
}

/** A number of units of 10^-precision seconds; a DECIMAL counts whole units, other fractions whole milliseconds that have passed. */
function bindNumberToInstant(site: CallSite): Eval {
  const type = site.argTypes[0] as LogicalType;
  if (isInteger(type))
    return ([value, precision = 3]) => inRange(BigInt(value as number) * powerOfTen(9 - checkedPrecision(precision)));
  if (type.kind === 'DECIMAL') {
    const one = powerOfTen(type.scale);
    return ([value, precision = 3]) => inRange(((value as bigint) / one) * powerOfTen(9 - checkedPrecision(precision)));
  }
  return ([value, precision = 3]) => {
    const millis = Math.floor(Number(value) * 10 ** (3 - checkedPrecision(precision)));
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
  const isNumber = (numeric(first) && first.kind !== 'NULL') || isInterval(first);
  const isOther = second !== undefined && !isText(second);
  if (!(ok || (isNumber && isOther && !third)) || (third && !(isText(first) && text(third))))
    throw isText(first) && isOther
      ? familyError('TO_TIMESTAMP_LTZ', args, 'CHARACTER_STRING', second)
      : inferenceError('TO_TIMESTAMP_LTZ', args);
  if (isNumber && second !== undefined && second.kind !== 'INT')
    throw inferenceError(
      'TO_TIMESTAMP_LTZ',
      args,
      'Unsupported argument type. TO_TIMESTAMP_LTZ(<NUMERIC>, <INTEGER>) requires the second argument to be <INTEGER>.',
    );
  const precision = isText(first) ? 3 : Number(args[1]?.literal?.value ?? 3);
  if (precision < 0 || precision > 9) throw inferenceError('TO_TIMESTAMP_LTZ', args, precisionText(precision));
  if (isText(first)) checkParsing(args);
  return types.timestampLtz(Math.max(precision, 3));
}

/** A pattern and a zone that are literals are looked at before anything runs. */
function checkParsing(args: readonly ArgumentInfo[]): void {
  const [pattern, zone] = [args[1]?.literal?.value, args[2]?.literal?.value];
  const refuse = (what: string, why: string) =>
    inferenceError('TO_TIMESTAMP_LTZ', args, `Invalid ${what} for parsing TIMESTAMP_LTZ: ${why}`);
  try {
    if (typeof pattern === 'string') dateTimeFormatter(pattern);
  } catch (error) {
    throw refuse('pattern', messageOf(error));
  }
  const problem = typeof zone === 'string' ? zoneProblem(zone) : undefined;
  if (problem !== undefined) throw refuse('timezone', problem);
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

export const timeTexts: readonly ScalarFunction[] = [
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
