/** Rows as the gateway writes them: as JSON values, or as the text that a client shows. */
import { EngineError } from '../base/error.ts';
import type { ResultRow } from '../engine/result-rows.ts';
import { decimalToText } from '../types/decimal.ts';
import { doubleToText, floatToText } from '../types/java-double.ts';
import type { Field, LogicalType } from '../types/logical-type.ts';
import { clientPrinter } from '../types/print-value.ts';
import { rowKindNames } from '../types/row-kind.ts';
import { timeZoneOf } from '../types/time-zone.ts';
import { formatDate, formatTime, formatTimestamp } from '../types/timestamp.ts';
import type { MapValue, Value } from '../types/value.ts';

export type RowFormat = 'JSON' | 'PLAIN_TEXT';

export interface RowBody {
  readonly kind: string;
  readonly fields: readonly unknown[];
}

type Writer = (value: Value) => unknown;

/** Makes the bodies of rows of these columns. */
export function rowWriter(columns: readonly Field[], format: RowFormat, timeZone: string): (row: ResultRow) => RowBody {
  const writers = columns.map(({ type }) =>
    format === 'JSON' ? jsonWriter(type, timeZone) : textWriter(type, timeZone),
  );
  return (row) => ({
    kind: rowKindNames[row.kind as 0] ?? 'INSERT',
    fields: writers.map((write, i) => write(row.values[i] ?? null)),
  });
}

function textWriter(type: LogicalType, timeZone: string): Writer {
  const print = clientPrinter(type, timeZone);
  return (value) => (value === null ? null : print(value));
}

/** Numbers are written as Java writes them, whatever their size. */
const raw = (text: string): unknown => (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(text);

function jsonWriter(type: LogicalType, timeZone: string): Writer {
  const write = notNullWriter(type, timeZone);
  return (value) => (value === null ? null : write(value));
}

function notNullWriter(type: LogicalType, timeZone: string): Writer {
  switch (type.kind) {
    case 'NULL':
      return () => null;
    case 'BOOLEAN':
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'INTERVAL_YEAR_MONTH':
    case 'CHAR':
    case 'VARCHAR':
      return (value) => value;
    case 'BIGINT':
    case 'INTERVAL_DAY_TIME':
      return (value) => raw(String(value));
    case 'FLOAT':
      return (value) => (Number.isFinite(value as number) ? raw(floatToText(value as number)) : String(value));
    case 'DOUBLE':
      return (value) => (Number.isFinite(value as number) ? raw(doubleToText(value as number)) : String(value));
    case 'DECIMAL':
      return (value) => raw(withoutTrailingZeros(decimalToText(value as bigint, type.scale)));
    case 'BINARY':
    case 'VARBINARY':
      return (value) => Buffer.from(value as Uint8Array).toString('base64');
    case 'DATE':
      return (value) => formatDate(value as number);
    case 'TIME':
      return (value) =>
        formatTime(value as number, 3).replace(/\.?0*$/, (zeros) => (zeros.startsWith('.') ? '' : zeros));
    case 'TIMESTAMP':
      return (value) => isoTimestamp(value as bigint);
    case 'TIMESTAMP_LTZ': {
      const zone = timeZoneOf(timeZone);
      return (value) => `${isoTimestamp(zone.nanosToLocal(value as bigint))}Z`;
    }
    case 'ARRAY': {
      const element = jsonWriter(type.element, timeZone);
      return (value) => (value as readonly Value[]).map(element);
    }
    case 'MAP':
      return mapWriter(type.key, jsonWriter(type.value, timeZone));
    case 'MULTISET':
      return mapWriter(type.element, (value) => value);
    case 'ROW': {
      const fields = type.fields.map((field) => [field.name, jsonWriter(field.type, timeZone)] as const);
      return (value) =>
        objectOf(fields.map(([name, write], i) => [name, write((value as readonly Value[])[i] ?? null)]));
    }
    default:
      throw unsupported(type);
  }
}

function mapWriter(key: LogicalType, write: Writer): Writer {
  if (key.kind !== 'CHAR' && key.kind !== 'VARCHAR')
    throw new EngineError(
      'GATEWAY_TYPE',
      `JSON format doesn't support non-string as key type of map. The map type is: MAP.`,
      { exceptionClass: 'java.lang.UnsupportedOperationException' },
    );
  return (value) =>
    objectOf((value as MapValue).entries.map(([name, inner]) => [name === null ? 'null' : String(name), write(inner)]));
}

/** An object whose keys are whatever they are: `__proto__` too. */
function objectOf(entries: ReadonlyArray<readonly [string, unknown]>): object {
  const object = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of entries) object[key] = value;
  return object;
}

function unsupported(type: LogicalType): EngineError {
  return new EngineError('GATEWAY_TYPE', `Not support to parse type: ${type.kind}`, {
    exceptionClass: 'java.lang.UnsupportedOperationException',
  });
}

function withoutTrailingZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** ISO text with as many digits of the second's fraction as it has. */
function isoTimestamp(localNanos: bigint): string {
  const text = formatTimestamp(localNanos, 9).replace(' ', 'T');
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
