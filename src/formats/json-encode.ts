/** Rows as JSON text, in the spelling of Flink's serializer. */
import { unreachable } from '../base/error.ts';
import type { Batch } from '../types/batch.ts';
import { type Column, columnKind } from '../types/column.ts';
import type { Heap } from '../types/heap.ts';
import { bytesOf, textOf } from '../types/heap-bytes.ts';
import { readValue } from '../types/lane-value.ts';
import type { Field, LogicalType } from '../types/logical-type.ts';
import { typeSummary } from '../types/type-name.ts';
import type { MapValue, Value } from '../types/value.ts';
import { variantToJson } from '../types/variant.ts';
import { GrowingBytes, putAscii, putByte, putBytes, putInteger, putRange, putText } from './bytes-out.ts';
import type { ByteWriter, Encoder } from './format.ts';
import { contentError } from './format-error.ts';
import { bigDecimalToPlain, bigDecimalToString, doubleToString, stripZeros } from './java-number.ts';
import type { JsonEncodingRules } from './json-options.ts';
import { quoteJson } from './json-scanner.ts';
import { checkJsonType } from './json-text.ts';
import { putDate, putTime, putTimestamp } from './time-out.ts';

export interface EncoderContext {
  /** Fields of the message, in order. */
  readonly fields: readonly Field[];
  /** The batch's column of each field; -1: the field is null. */
  readonly columns: readonly number[];
  readonly heap: Heap;
  readonly timeZone: string;
}

type PutValue = (out: ByteWriter, column: Column, row: number) => void;

/** Writes rows as objects. */
class JsonRowWriter {
  readonly #names: readonly Uint8Array[];
  readonly #put: readonly PutValue[];
  readonly #columns: readonly number[];
  readonly #skipNulls: boolean;
  readonly #fields: readonly Field[];

  constructor(context: EncoderContext, rules: JsonEncodingRules) {
    for (const field of context.fields) checkJsonType(field.type, typeSummary);
    this.#fields = context.fields;
    this.#names = context.fields.map((field) => bytesOf(`${quoteJson(field.name)}:`));
    this.#put = context.fields.map((field) => putterOf(field.type, context.heap, rules));
    this.#columns = context.columns;
    this.#skipNulls = rules.ignoreNullFields;
  }

  write(batch: Batch, row: number, out: ByteWriter): void {
    putByte(out, 123);
    let first = true;
    for (let i = 0; i < this.#names.length; i++) {
      const index = this.#columns[i] as number;
      const column = index < 0 ? undefined : batch.columns[index];
      const isNull = column === undefined || column.nulls?.[row] === 1;
      if (isNull && this.#skipNulls) continue;
      if (!first) putByte(out, 44);
      first = false;
      putBytes(out, this.#names[i] as Uint8Array);
      if (isNull) putAscii(out, 'null');
      else this.#value(out, i, column, row);
    }
    putByte(out, 125);
  }

  #value(out: ByteWriter, index: number, column: Column, row: number): void {
    try {
      (this.#put[index] as PutValue)(out, column, row);
    } catch (error) {
      throw contentError('runtime', `Fail to serialize at field: ${this.#fields[index]?.name}.`, error);
    }
  }
}

/** Text around the row by its kind, and which kind of row goes where: `{"data":`row`,"op":"+I"}`. */
export interface Envelope {
  readonly prefix: string;
  readonly suffix: string;
}

/** An encoder of `rows`, in the envelope of the row's kind; none: the object alone. */
export function createJsonEncoder(
  context: EncoderContext,
  rules: JsonEncodingRules,
  envelopes: readonly Envelope[],
): Encoder {
  const rows = new JsonRowWriter(context, rules);
  const prefixes = envelopes.map((envelope) => bytesOf(envelope.prefix));
  const suffixes = envelopes.map((envelope) => bytesOf(envelope.suffix));
  return {
    encode(batch, row, out) {
      const start = out.length;
      const kind = batch.insertOnly ? 0 : (batch.kinds[row] as number);
      try {
        const prefix = prefixes[kind];
        if (prefix) putBytes(out, prefix);
        rows.write(batch, row, out);
        const suffix = suffixes[kind];
        if (suffix) putBytes(out, suffix);
      } catch (error) {
        out.length = start;
        throw contentError('runtime', 'Could not serialize row.', error);
      }
    },
  };
}

function putterOf(type: LogicalType, heap: Heap, rules: JsonEncodingRules): PutValue {
  switch (type.kind) {
    case 'BOOLEAN':
      return (out, column, row) => putAscii(out, column.lane0[row] ? 'true' : 'false');
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'INTERVAL_YEAR_MONTH':
      return (out, column, row) => putInteger(out, column.lane0[row] as number);
    case 'BIGINT':
    case 'INTERVAL_DAY_TIME':
      return (out, column, row) => putBigint(out, column.lane0[row] as bigint);
    case 'FLOAT':
      return (out, column, row) => putDouble(out, column.lane0[row] as number, true);
    case 'DOUBLE':
      return (out, column, row) => putDouble(out, column.lane0[row] as number, false);
    case 'DECIMAL':
      return decimalPutter(type, type.scale, rules.plainDecimals);
    case 'CHAR':
    case 'VARCHAR':
      return (out, column, row) => putString(out, heap.u8, column.lane0[row] as number, column.lane1?.[row] as number);
    case 'DATE':
      return quoted((out, column, row) => putDate(out, column.lane0[row] as number));
    case 'TIME':
      return quoted((out, column, row) => putTime(out, column.lane0[row] as number, 0));
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return timestampPutter(type, rules);
    default:
      return (out, column, row) => putText(out, boxedToJson(type, readValue(type, column, row, heap), rules));
  }
}

function quoted(put: PutValue): PutValue {
  return (out, column, row) => {
    putByte(out, 34);
    put(out, column, row);
    putByte(out, 34);
  };
}

function putBigint(out: ByteWriter, value: bigint): void {
  if (value < 9007199254740992n && value > -9007199254740992n) putInteger(out, Number(value));
  else putAscii(out, value.toString());
}

/** A number as the serializer writes it: what is no number becomes a string. */
function putDouble(out: ByteWriter, value: number, float: boolean): void {
  const text = doubleToString(value, float);
  putAscii(out, Number.isFinite(value) ? text : `"${text}"`);
}

function decimalPutter(type: LogicalType, scale: number, plain: boolean): PutValue {
  const wide = columnKind(type) === 'i128';
  return (out, column, row) => {
    const unscaled = wide
      ? ((column.lane0[row] as bigint) << 64n) | (column.lane1?.[row] as bigint)
      : (column.lane0[row] as bigint);
    putAscii(out, decimalText(unscaled, scale, plain));
  };
}

function decimalText(unscaled: bigint, scale: number, plain: boolean): string {
  const value = { unscaled, scale };
  return plain ? bigDecimalToPlain(value) : bigDecimalToString(stripZeros(value));
}

function timestampPutter(type: LogicalType, rules: JsonEncodingRules): PutValue {
  const separator = rules.timestamp === 'SQL' ? 32 : 84;
  const zoned = type.kind === 'TIMESTAMP_LTZ';
  const fine = columnKind(type) === 'nanos';
  return quoted((out, column, row) => {
    putTimestamp(out, column.lane0[row] as number, fine ? (column.lane1?.[row] as number) : 0, separator);
    if (zoned) putByte(out, 90);
  });
}

/** A string from the heap, quoted; bytes that must be escaped are. */
function putString(out: ByteWriter, u8: Uint8Array, address: number, length: number): void {
  const end = address + length;
  for (let i = address; i < end; i++) {
    const c = u8[i] as number;
    if (c < 32 || c === 34 || c === 92) {
      putText(out, quoteJson(textOf(u8, address, end)));
      return;
    }
  }
  out.reserve(length + 2);
  putByte(out, 34);
  putRange(out, u8, address, length);
  putByte(out, 34);
}

/** A boxed value as JSON text. */
function boxedToJson(type: LogicalType, value: Value, rules: JsonEncodingRules): string {
  if (value === null) return 'null';
  switch (type.kind) {
    case 'BOOLEAN':
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'INTERVAL_YEAR_MONTH':
    case 'BIGINT':
    case 'INTERVAL_DAY_TIME':
      return String(value);
    case 'FLOAT':
    case 'DOUBLE': {
      const text = doubleToString(value as number, type.kind === 'FLOAT');
      return Number.isFinite(value) ? text : `"${text}"`;
    }
    case 'DECIMAL':
      return decimalText(value as bigint, type.scale, rules.plainDecimals);
    case 'CHAR':
    case 'VARCHAR':
      return quoteJson(value as string);
    case 'BINARY':
    case 'VARBINARY':
    case 'BITMAP':
    case 'DESCRIPTOR':
      return `"${Buffer.from(value as Uint8Array).toString('base64')}"`;
    case 'VARIANT':
      return variantToJson(value as Uint8Array, 'UTC');
    case 'DATE':
    case 'TIME':
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return boxedTime(type, value, rules);
    case 'ARRAY':
      return `[${(value as readonly Value[]).map((element) => boxedToJson(type.element, element, rules)).join(',')}]`;
    case 'ROW':
      return boxedRow(type.fields, value as readonly Value[], rules);
    case 'MAP':
      return boxedMap(type.value, value as MapValue, rules);
    case 'MULTISET':
      return boxedMap({ kind: 'INT', nullable: true }, value as MapValue, rules);
    case 'NULL':
      return 'null';
    default:
      return unreachable(type);
  }
}

function boxedTime(type: LogicalType, value: Value, rules: JsonEncodingRules): string {
  const out = new GrowingBytes(48);
  putByte(out, 34);
  if (type.kind === 'DATE') putDate(out, value as number);
  else if (type.kind === 'TIME') putTime(out, value as number, 0);
  else {
    const nanos = value as bigint;
    const rest = ((nanos % 1_000_000n) + 1_000_000n) % 1_000_000n;
    putTimestamp(out, Number((nanos - rest) / 1_000_000n), Number(rest), rules.timestamp === 'SQL' ? 32 : 84);
    if (type.kind === 'TIMESTAMP_LTZ') putByte(out, 90);
  }
  putByte(out, 34);
  return textOf(out.bytes, 0, out.length);
}

function boxedRow(fields: readonly Field[], values: readonly Value[], rules: JsonEncodingRules): string {
  const parts: string[] = [];
  for (const [index, field] of fields.entries()) {
    const value = values[index] ?? null;
    if (value === null && rules.ignoreNullFields) continue;
    parts.push(`${quoteJson(field.name)}:${boxedToJson(field.type, value, rules)}`);
  }
  return `{${parts.join(',')}}`;
}

function boxedMap(valueType: LogicalType, map: MapValue, rules: JsonEncodingRules): string {
  const parts: string[] = [];
  for (const [key, value] of map.entries) {
    if (key === null && rules.mapNullKey === 'FAIL')
      throw contentError(
        'runtime',
        "JSON format doesn't support to serialize map data with null keys. You can drop null key entries or encode null in literals by specifying map-null-key.mode option.",
      );
    if (key === null && rules.mapNullKey === 'DROP') continue;
    const name = key === null ? rules.nullKeyLiteral : (key as string);
    parts.push(`${quoteJson(name)}:${boxedToJson(valueType, value, rules)}`);
  }
  return `{${parts.join(',')}}`;
}
