/** Texts of times. */
import { columnKind } from '../../types/column.ts';
import { dateTimeFormatter, simpleDateFormatter } from '../../types/date-format.ts';
import { simpleDateParser } from '../../types/date-parse.ts';
import type { Heap } from '../../types/heap.ts';
import type { LogicalType } from '../../types/logical-type.ts';
import { oldTimeZoneOf, timeZoneOf } from '../../types/time-zone.ts';
import { civilFromDays, MILLIS_OF_DAY, millisToNanos, nanosToMillis } from '../../types/timestamp.ts';
import { isText } from '../../types/type-family.ts';
import { guarded } from '../code-helpers.ts';
import type { CallSite, Eval, ScalarFunction } from '../function.ts';
import type { CodeSite, Operand } from '../generated-code.ts';
import { integer, text, timestamp } from '../operand.ts';
import { plain } from '../plain-function.ts';
import { DEFAULT_PATTERN, lastOf, NULLABLE_STRING } from './time-text.ts';

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

export const timeFormats: readonly ScalarFunction[] = [
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
          Number(BigInt.asIntN(64, BigInt(seconds as number) * 1000n)),
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
        const millis = parse(value as string, oldTimeZoneOf(from as string));
        return millis === undefined ? null : format(millis, oldTimeZoneOf(to as string));
      };
    },
  }),
];
