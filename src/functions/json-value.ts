/** SQL values as JSON text, for JSON_STRING, JSON_OBJECT, JSON_ARRAY and their aggregates. */
import { doubleToText } from '../types/java-double.ts';
import { type LogicalType, types } from '../types/logical-type.ts';
import { textPrinter } from '../types/print-value.ts';
import { formatTimestamp } from '../types/timestamp.ts';
import type { MapValue, Value } from '../types/value.ts';
import { variantToJson } from '../types/variant.ts';
import { runtimeError } from './call-error.ts';
import { bigDecimalText } from './json-tree.ts';

/** A text in quotes, as Jackson writes it: other than JSON.stringify it escapes with upper case hex digits. */
export function jsonText(text: string): string {
  return JSON.stringify(text).replace(/\\u([0-9a-f]{4})/g, (_all, digits: string) => `\\u${digits.toUpperCase()}`);
}

/** Writes values of a type that are not null. */
export function jsonWriter(type: LogicalType, timeZone = 'UTC'): (value: Value) => string {
  switch (type.kind) {
    case 'CHAR':
    case 'VARCHAR':
      return (value) => jsonText(value as string);
    case 'BOOLEAN':
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'BIGINT':
      return String;
    case 'DECIMAL':
      return (value) => decimalNumber(value as bigint, type.scale);
    case 'FLOAT':
      return (value) => number(doubleToText(value as number));
    case 'DOUBLE':
      return (value) => number(doubleToText(value as number));
    case 'BINARY':
    case 'VARBINARY':
      return (value) => jsonText(Buffer.from(value as Uint8Array).toString('base64'));
    case 'TIMESTAMP':
      return (value) => jsonText(isoText(value as bigint, type.precision));
    case 'TIMESTAMP_LTZ':
      return (value) => jsonText(`${isoText(value as bigint, type.precision)}Z`);
    case 'VARIANT':
      return (value) => variantToJson(value as Uint8Array, timeZone);
    case 'ARRAY': {
      const write = nullable(jsonWriter(type.element, timeZone));
      return (value) => `[${(value as readonly Value[]).map(write).join(',')}]`;
    }
    case 'ROW': {
      const writers = type.fields.map((field) => nullable(jsonWriter(field.type, timeZone)));
      return (value) =>
        `{${type.fields.map((field, i) => `${jsonText(field.name)}:${writers[i]?.((value as readonly Value[])[i] ?? null)}`).join(',')}}`;
    }
    case 'MAP':
    case 'MULTISET':
      return mapWriter(type, timeZone);
    default: {
      const print = textPrinter(type, timeZone);
      return (value) => jsonText(print(value));
    }
  }
}

function nullable(write: (value: Value) => string): (value: Value) => string {
  return (value) => (value === null ? 'null' : write(value));
}

function mapWriter(type: Extract<LogicalType, { kind: 'MAP' | 'ARRAY' | 'MULTISET' }> | LogicalType, timeZone: string) {
  const keyType = type.kind === 'MAP' ? type.key : type.kind === 'MULTISET' ? type.element : type;
  const key = textPrinter(keyType, timeZone);
  const item = type.kind === 'MAP' ? nullable(jsonWriter(type.value, timeZone)) : String;
  return (value: Value) =>
    jsonObject((value as MapValue).entries.map(([k, v], i) => [key(notNull(k, i)), item(v)] as const));
}

function notNull(key: Value, index: number): Value {
  if (key !== null) return key;
  const message = `Key at index ${index} was null. This is not supported during conversion to JSON.`;
  throw runtimeError(message, 'java.lang.IllegalArgumentException');
}

/** Fields by name, as Flink's writer sorts them. */
export function jsonObject(fields: ReadonlyArray<readonly [string, string]>): string {
  const sorted = [...fields].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${sorted.map(([name, json]) => `${jsonText(name)}:${json}`).join(',')}}`;
}

/** As BigDecimal prints itself: small ones with an exponent. */
function decimalNumber(unscaled: bigint, scale: number): string {
  const digits = bigDecimalText((unscaled < 0n ? -unscaled : unscaled).toString(), scale);
  return unscaled < 0n ? `-${digits}` : digits;
}

/** JSON has no NaN and no Infinity: they are texts. Others are written as BigDecimal does: `1.0E+10`. */
function number(text: string): string {
  if (/[NI]/.test(text)) return jsonText(text);
  return text.replace(/E(?=\d)/, 'E+');
}

/** `2020-01-02T03:04:05.123`, the fraction without zeros at its end. */
function isoText(nanos: bigint, precision: number): string {
  const text = formatTimestamp(nanos, precision).replace(' ', 'T');
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** The type of texts that are JSON already: results of JSON_OBJECT, JSON_ARRAY and JSON, which go into others as they are. */
export function jsonTextType(nullable: boolean): LogicalType {
  return Object.assign({ json: true }, types.string(nullable));
}

export function isJsonText(type: LogicalType): boolean {
  return 'json' in type;
}
