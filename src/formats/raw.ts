/** `'format' = 'raw'`: the message's bytes are the value of the only column. */
import { TextDecoder } from 'node:util';
import { EngineError } from '../base/error.ts';
import { changelogModes } from '../types/changelog-mode.ts';
import { bytesOf, readText } from '../types/heap-bytes.ts';
import { readValue, writeValue } from '../types/lane-value.ts';
import type { Field, LogicalType } from '../types/logical-type.ts';
import { RowKind } from '../types/row-kind.ts';
import { typeSummary } from '../types/type-name.ts';
import type { Value } from '../types/value.ts';
import { putBytes } from './bytes-out.ts';
import {
  type Decoder,
  type DecoderContext,
  defineFormat,
  type Encoder,
  type FormatContext,
  type RowOutput,
} from './format.ts';
import { contentError } from './format-error.ts';
import type { EncoderContext } from './json-encode.ts';
import type { BeforeAdvance } from './row-emitter.ts';

export const raw = defineFormat({
  name: 'raw',
  summary: 'The bytes of a message as the value of one column.',
  example:
    "CREATE TABLE t (line STRING) WITH ('connector' = 'kafka', 'topic' = 'orders', 'properties.bootstrap.servers' = 'embedded', 'scan.startup.mode' = 'earliest-offset', 'format' = 'raw')",
  options: [
    { key: 'charset', type: 'string', default: 'UTF-8', summary: 'How texts are written as bytes.' },
    {
      key: 'endianness',
      type: 'string',
      default: 'big-endian',
      summary: 'Order of the bytes of numbers: `big-endian` or `little-endian`.',
    },
  ],
  decoding(context) {
    const rules = rulesOf(context);
    return {
      changelogMode: changelogModes.insertOnly,
      metadata: [],
      lineDelimited: true,
      createDecoder: (decoder) => new RawDecoder(rules, decoder),
    };
  },
  encoding(context) {
    const rules = rulesOf(context);
    return {
      changelogMode: changelogModes.insertOnly,
      createEncoder: (encoder) => rawEncoder(rules, encoder),
    };
  },
});

interface RawRules {
  readonly charset: string;
  readonly littleEndian: boolean;
}

function rulesOf(context: FormatContext): RawRules {
  const endianness = context.option('endianness') ?? 'big-endian';
  if (endianness !== 'big-endian' && endianness !== 'little-endian')
    throw new EngineError(
      'OPTION_INVALID',
      `Unsupported endianness name: ${endianness}. Valid values of 'raw.endianness' option are 'big-endian' and 'little-endian'.`,
    );
  const charset = (context.option('charset') ?? 'UTF-8').toUpperCase();
  if (!isKnownCharset(charset)) {
    const name = context.option('charset') ?? '';
    const cause = new EngineError('OPTION_INVALID', name, {
      exceptionClass: 'java.nio.charset.UnsupportedCharsetException',
    });
    throw new EngineError('OPTION_INVALID', `Unsupported 'raw.charset' name: ${name}.`, { cause });
  }
  return { charset, littleEndian: endianness === 'little-endian' };
}

function isKnownCharset(charset: string): boolean {
  try {
    new TextDecoder(charset);
    return true;
  } catch {
    return false;
  }
}

const SIZES: Readonly<Record<string, number>> = {
  BOOLEAN: 1,
  TINYINT: 1,
  SMALLINT: 2,
  INT: 4,
  BIGINT: 8,
  FLOAT: 4,
  DOUBLE: 8,
};

function onlyField(fields: readonly Field[]): Field {
  const [field] = fields;
  if (fields.length !== 1 || !field)
    throw new EngineError(
      'OPTION_INVALID',
      `The 'raw' format only supports single physical column. However the defined schema contains multiple physical columns: [${fields.map((each) => `\`${each.name}\` ${typeSummary(each.type)}`).join(', ')}]`,
    );
  const { kind } = field.type;
  if (SIZES[kind] === undefined && !isText(field.type) && kind !== 'BINARY' && kind !== 'VARBINARY')
    throw new EngineError(
      'OPTION_INVALID',
      `The 'raw' format doesn't supports '${typeSummary(field.type)}' as column type.`,
    );
  return field;
}

function isText(type: LogicalType): boolean {
  return type.kind === 'CHAR' || type.kind === 'VARCHAR';
}

class RawDecoder implements Decoder {
  readonly #context: DecoderContext;
  readonly #type: LogicalType;
  readonly #rules: RawRules;
  readonly #text: TextDecoder | null;
  readonly skipped = 0;

  constructor(rules: RawRules, context: DecoderContext) {
    this.#context = context;
    this.#rules = rules;
    this.#type = onlyField(context.fields).type;
    this.#text = isText(this.#type) && rules.charset !== 'UTF-8' ? new TextDecoder(rules.charset) : null;
  }

  decode(address: number, length: number, output: RowOutput, beforeAdvance: BeforeAdvance): number {
    const { batch } = output;
    const row = batch.rowCount;
    for (const { target, type } of this.#context.columns) {
      const column = batch.columns[target];
      if (!column) continue;
      if (length >= 0 && !this.#text && SIZES[this.#type.kind] === undefined) {
        column.lane0[row] = address;
        if (column.lane1) column.lane1[row] = length;
        if (column.nulls) column.nulls[row] = 0;
      } else writeValue(type, column, row, length < 0 ? null : this.#value(address, length), this.#context.heap);
    }
    beforeAdvance?.(row);
    output.advance(RowKind.INSERT);
    return 1;
  }

  #value(address: number, length: number): Value {
    const bytes = this.#context.heap.u8.slice(address, address + length);
    if (this.#text) return this.#text.decode(bytes);
    const { kind } = this.#type;
    if (length !== SIZES[kind])
      throw contentError('io', `Size of data received for deserializing ${kind} type is not ${SIZES[kind]}.`);
    return readNumber(kind, new DataView(bytes.buffer, bytes.byteOffset, length), this.#rules.littleEndian);
  }
}

function readNumber(kind: string, view: DataView, little: boolean): Value {
  switch (kind) {
    case 'BOOLEAN':
      return view.getUint8(0) !== 0;
    case 'TINYINT':
      return view.getInt8(0);
    case 'SMALLINT':
      return view.getInt16(0, little);
    case 'INT':
      return view.getInt32(0, little);
    case 'BIGINT':
      return view.getBigInt64(0, little);
    case 'FLOAT':
      return view.getFloat32(0, little);
    default:
      return view.getFloat64(0, little);
  }
}

function rawEncoder(rules: RawRules, context: EncoderContext): Encoder {
  const { type } = onlyField(context.fields);
  const index = context.columns[0] as number;
  if (isText(type) && !['UTF-8', 'ISO-8859-1', 'US-ASCII', 'UTF-16LE'].includes(rules.charset))
    throw new EngineError('OPTION_INVALID', `The 'raw' format cannot write the charset ${rules.charset}.`);
  return {
    encode(batch, row, out) {
      const column = batch.columns[index];
      const value = column ? readValue(type, column, row, context.heap) : null;
      if (value === null || !column) return;
      if (isText(type))
        putBytes(
          out,
          textBytes(readText(context.heap, column.lane0[row] as number, column.lane1?.[row] as number), rules),
        );
      else if (value instanceof Uint8Array) putBytes(out, value);
      else putBytes(out, numberBytes(type.kind, value, rules.littleEndian));
    },
  };
}

function textBytes(text: string, rules: RawRules): Uint8Array {
  if (rules.charset === 'UTF-8') return bytesOf(text);
  return Buffer.from(text, rules.charset === 'UTF-16LE' ? 'utf16le' : 'latin1');
}

function numberBytes(kind: string, value: Value, little: boolean): Uint8Array {
  const bytes = new Uint8Array(SIZES[kind] ?? 0);
  const view = new DataView(bytes.buffer);
  switch (kind) {
    case 'BOOLEAN':
      view.setUint8(0, value ? 1 : 0);
      break;
    case 'TINYINT':
      view.setInt8(0, value as number);
      break;
    case 'SMALLINT':
      view.setInt16(0, value as number, little);
      break;
    case 'INT':
      view.setInt32(0, value as number, little);
      break;
    case 'BIGINT':
      view.setBigInt64(0, value as bigint, little);
      break;
    case 'FLOAT':
      view.setFloat32(0, value as number, little);
      break;
    default:
      view.setFloat64(0, value as number, little);
      break;
  }
  return bytes;
}
