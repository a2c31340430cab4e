/** The text of a value, as CAST to STRING and the client write it; the two differ for bytes only. */
import { unreachable } from '../base/error.ts';
import { bitmapText } from './bitmap.ts';
import { decimalToText } from './decimal.ts';
import { textOf } from './heap-bytes.ts';
import { doubleToText, floatToText } from './java-double.ts';
import { inHashOrder } from './java-hash-order.ts';
import { type LogicalType, types } from './logical-type.ts';
import { timeZoneOf } from './time-zone.ts';
import { formatDate, formatTime, formatTimestamp, MILLIS_OF_DAY } from './timestamp.ts';
import { MapValue, type Value } from './value.ts';
import { variantToJson } from './variant.ts';

/** Text of one value that is not null. */
type ValuePrinter = (value: Value) => string;

const COUNT = types.int(false);

/** How the client shows values of a type: bytes as `x'0aff'`, null as `<NULL>` (inside of others `NULL`). */
export function clientPrinter(type: LogicalType, timeZone: string): ValuePrinter {
  const print = printer(type, timeZone, true);
  return (value) => (value === null ? '<NULL>' : print(value));
}

/** How CAST to STRING writes values of a type: bytes as the UTF-8 text they are. */
export function textPrinter(type: LogicalType, timeZone: string): ValuePrinter {
  return printer(type, timeZone, false);
}

function printer(type: LogicalType, timeZone: string, client: boolean): ValuePrinter {
  switch (type.kind) {
    case 'BOOLEAN':
      return (value) => (value ? 'TRUE' : 'FALSE');
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'BIGINT':
      return String;
    case 'DECIMAL':
      return (value) => decimalToText(value as bigint, type.scale);
    case 'FLOAT':
      return (value) => floatToText(value as number);
    case 'DOUBLE':
      return (value) => doubleToText(value as number);
    case 'CHAR':
    case 'VARCHAR':
      return (value) => value as string;
    case 'BINARY':
    case 'VARBINARY':
      return client ? (value) => `x'${hexOf(value as Uint8Array)}'` : (value) => textOf(value as Uint8Array);
    case 'DATE':
      return (value) => formatDate(value as number);
    case 'TIME':
      return (value) => formatShortTime(value as number, type.precision);
    case 'TIMESTAMP':
      return (value) => formatTimestamp(value as bigint, type.precision);
    case 'TIMESTAMP_LTZ': {
      const zone = timeZoneOf(timeZone);
      return (value) => formatTimestamp(zone.nanosToLocal(value as bigint), type.precision);
    }
    case 'INTERVAL_YEAR_MONTH':
      return (value) => formatMonths(value as number);
    case 'INTERVAL_DAY_TIME':
      return (value) => formatDayTime(value as bigint);
    case 'NULL':
    case 'DESCRIPTOR':
      return () => 'NULL';
    case 'VARIANT':
      return (value) => variantToJson(value as Uint8Array, timeZone);
    case 'BITMAP':
      return (value) => bitmapText(value as Uint8Array);
    default:
      return nestedPrinter(type, timeZone, client);
  }
}

function nestedPrinter(
  type: Extract<LogicalType, { kind: 'ARRAY' | 'MULTISET' | 'MAP' | 'ROW' }>,
  timeZone: string,
  client: boolean,
): ValuePrinter {
  const inner = (part: LogicalType): ValuePrinter => {
    const print = printer(part, timeZone, client);
    return (value) => (value === null ? 'NULL' : print(value));
  };
  switch (type.kind) {
    case 'ARRAY': {
      const print = inner(type.element);
      return (value) => `[${(value as readonly Value[]).map(print).join(', ')}]`;
    }
    case 'MAP':
      return mapPrinter(inner(type.key), inner(type.value));
    case 'MULTISET':
      return multisetPrinter(type.element, mapPrinter(inner(type.element), inner(COUNT)));
    case 'ROW': {
      const prints = type.fields.map((field) => inner(field.type));
      return (value) => `(${prints.map((print, i) => print((value as readonly Value[])[i] ?? null)).join(', ')})`;
    }
    default:
      return unreachable(type);
  }
}

function mapPrinter(key: ValuePrinter, item: ValuePrinter): ValuePrinter {
  return (value) => `{${(value as MapValue).entries.map(([k, v]) => `${key(k)}=${item(v)}`).join(', ')}}`;
}

function multisetPrinter(element: LogicalType, print: ValuePrinter): ValuePrinter {
  return (value) => print(new MapValue(inHashOrder(element, (value as MapValue).entries)));
}

/** A TIME loses the zeros at its end, but for one. */
function formatShortTime(millis: number, precision: number): string {
  if (precision === 0) return formatTime(millis, 0);
  return formatTime(millis, Math.min(precision, 3)).replace(/(\.\d)(\d*?)0+$/, '$1$2');
}

/** Lower case hex digits. */
export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/** `+1-02` of months. */
function formatMonths(months: number): string {
  const size = Math.abs(months);
  return `${months < 0 ? '-' : '+'}${Math.floor(size / 12)}-${String(size % 12).padStart(2, '0')}`;
}

/** `+1 10:17:36.789` of milliseconds. */
function formatDayTime(millis: bigint): string {
  const size = millis < 0n ? -millis : millis;
  const days = size / BigInt(MILLIS_OF_DAY);
  return `${millis < 0n ? '-' : '+'}${days} ${formatTime(Number(size % BigInt(MILLIS_OF_DAY)), 3)}`;
}
