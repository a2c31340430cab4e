/** Rows as csv, quoted where the writer that Flink uses would quote. */
import { columnKind } from '../types/column.ts';
import { bytesOf, textOf } from '../types/heap-bytes.ts';
import { readValue } from '../types/lane-value.ts';
import type { LogicalType } from '../types/logical-type.ts';
import type { Value } from '../types/value.ts';
import { GrowingBytes, putByte, putBytes, putText } from './bytes-out.ts';
import { checkCsvFields } from './csv-convert.ts';
import type { CsvRules } from './csv-options.ts';
import type { Encoder } from './format.ts';
import { bigDecimalToPlain, bigDecimalToString, doubleToString, stripZeros } from './java-number.ts';
import type { EncoderContext } from './json-encode.ts';
import { putDate, putTime } from './time-out.ts';
import { javaTimestamp } from './time-text.ts';

/** Longer texts are quoted without a look. */
const LONGEST_CHECKED = 24;

export function createCsvEncoder(context: EncoderContext, rules: CsvRules): Encoder {
  checkCsvFields(context.fields);
  const nullText = bytesOf(rules.nullLiteral ?? '');
  return {
    encode(batch, row, out) {
      for (const [i, field] of context.fields.entries()) {
        if (i > 0) putByte(out, rules.delimiter);
        const index = context.columns[i] as number;
        const column = index < 0 ? undefined : batch.columns[index];
        if (!column || column.nulls?.[row] === 1) putBytes(out, nullText);
        else putText(out, fieldText(field.type, readValue(field.type, column, row, context.heap), rules));
      }
    },
  };
}

function fieldText(type: LogicalType, value: Value, rules: CsvRules): string {
  const text = plainText(type, value, rules);
  return isBare(type) ? text : quoted(text, rules);
}

/** Numbers and booleans are never quoted. */
function isBare(type: LogicalType): boolean {
  return type.kind === 'BOOLEAN' || type.kind.startsWith('INTERVAL') || type.kind === 'DECIMAL' || isNumber(type);
}

function isNumber(type: LogicalType): boolean {
  const kind = columnKind(type);
  return type.kind !== 'DATE' && type.kind !== 'TIME' && ['i8', 'i16', 'i32', 'i64', 'f32', 'f64'].includes(kind);
}

function plainText(type: LogicalType, value: Value, rules: CsvRules): string {
  if (value === null) return rules.nullLiteral ?? '';
  switch (type.kind) {
    case 'FLOAT':
    case 'DOUBLE':
      return doubleToString(value as number, type.kind === 'FLOAT');
    case 'DECIMAL': {
      const decimal = stripZeros({ unscaled: value as bigint, scale: type.scale });
      return rules.scientific ? bigDecimalToString(decimal) : bigDecimalToPlain(decimal);
    }
    case 'BINARY':
    case 'VARBINARY':
      return Buffer.from(value as Uint8Array).toString('base64');
    case 'DATE':
    case 'TIME':
      return clockText(type, value as number);
    case 'TIMESTAMP':
      return javaTimestamp(value as bigint);
    case 'TIMESTAMP_LTZ':
      return `${javaTimestamp(value as bigint)}Z`;
    case 'ARRAY':
      return (value as readonly Value[])
        .map((part) => plainText(type.element, part, rules))
        .join(rules.elementDelimiter);
    case 'ROW':
      return type.fields
        .map((field, i) => plainText(field.type, (value as readonly Value[])[i] ?? null, rules))
        .join(rules.elementDelimiter);
    default:
      return String(value);
  }
}

function clockText(type: LogicalType, value: number): string {
  const out = new GrowingBytes(32);
  if (type.kind === 'DATE') putDate(out, value);
  else putTime(out, value, 0);
  return textOf(out.bytes, 0, out.length);
}

function quoted(text: string, rules: CsvRules): string {
  if (rules.quote < 0 || !needsQuotes(text, rules)) return text;
  const quote = String.fromCharCode(rules.quote);
  if (rules.escapeWith < 0) return `${quote}${text.replaceAll(quote, quote + quote)}${quote}`;
  const sign = String.fromCharCode(rules.escapeWith);
  return `${quote}${text.replaceAll(sign, sign + sign).replaceAll(quote, sign + quote)}${quote}`;
}

/** Any character up to the largest special one asks for quotes: blanks do, with the usual delimiter. */
function needsQuotes(text: string, rules: CsvRules): boolean {
  if (text.length > LONGEST_CHECKED) return true;
  const safe = Math.max(rules.delimiter, rules.quote, rules.escapeWith, 10) + 1;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) < safe) return true;
  return false;
}
