/** Fields of csv to values, by Flink's rules. */
import type { Field, LogicalType } from '../types/logical-type.ts';
import { daysFromCivil } from '../types/timestamp.ts';
import { typeSummary } from '../types/type-name.ts';
import type { Value } from '../types/value.ts';
import type { CsvRules } from './csv-options.ts';
import { contentError } from './format-error.ts';
import { parseDouble, parseFloat32, trimJava } from './java-number.ts';
import { parseTime, parseTimestamp } from './java-time.ts';
import { base64, plainFromText } from './json-text.ts';

/** What a field is: a text, parts of an array column, or null. */
export type CsvNode = string | readonly string[] | null;

/** Throws for types that csv cannot hold. */
export function checkCsvFields(fields: readonly Field[]): void {
  for (const { type, name } of fields) checkCsvType(type, name, true);
}

function checkCsvType(type: LogicalType, name: string, top: boolean): void {
  if (type.kind === 'TIME' && type.precision > 3)
    throw contentError(
      'illegalArgument',
      `Csv does not support TIME type with precision: ${type.precision}, it only supports precision 0 ~ 3.`,
    );
  if (type.kind === 'MAP' || type.kind === 'MULTISET' || (!top && (type.kind === 'ARRAY' || type.kind === 'ROW')))
    throw contentError('illegalArgument', `Unsupported type '${typeSummary(type)}' for field '${name}'.`);
  if (type.kind === 'ARRAY') checkCsvType(type.element, name, false);
  if (type.kind === 'ROW') for (const field of type.fields) checkCsvType(field.type, field.name, false);
}

/** The node of a field's text. */
export function csvNode(text: string, type: LogicalType, rules: CsvRules): CsvNode {
  if (rules.nullLiteral !== null && text === rules.nullLiteral) return null;
  if (rules.emptyAsNull && text === '') return null;
  if (type.kind !== 'ARRAY' && type.kind !== 'ROW') return text;
  return text === '' ? [] : text.split(rules.elementDelimiter);
}

/** The value of a node; errors become null when the rules say so. */
export function csvValue(node: CsvNode, type: LogicalType, rules: CsvRules): Value {
  if (node === null) return null;
  try {
    if (typeof node === 'string') return scalar(node, type);
    if (type.kind === 'ARRAY')
      return node.map((element) => csvValue(csvNode(element, type.element, rules), type.element, rules));
    if (type.kind === 'ROW') return rowValue(node, type.fields, rules);
    throw contentError('unsupported', `Unsupported type: ${type.kind}`);
  } catch (error) {
    if (!rules.ignoreParseErrors) throw error;
    return null;
  }
}

function rowValue(parts: readonly string[], fields: readonly Field[], rules: CsvRules): Value {
  if (parts.length === 0) return null;
  checkLength(fields.length, parts.length, rules);
  return fields.map((field, i) => {
    const part = parts[i];
    return part === undefined ? null : csvValue(csvNode(part, field.type, rules), field.type, rules);
  });
}

/** Throws when a row has too few fields. */
export function checkLength(expected: number, actual: number, rules: CsvRules): void {
  if (expected > actual && !rules.ignoreParseErrors)
    throw contentError('runtime', `Row length mismatch. ${expected} fields expected but was ${actual}.`);
}

function scalar(text: string, type: LogicalType): Value {
  const plain = plainFromText(type, text);
  if (plain !== undefined) return plain;
  switch (type.kind) {
    case 'FLOAT':
      return parseFloat32(trimJava(text));
    case 'DOUBLE':
      return parseDouble(trimJava(text));
    case 'DATE':
      return sqlDate(text);
    case 'TIME':
      return timeOf(text, type.precision);
    case 'TIMESTAMP':
      return parseTimestamp(trimJava(text), 'SQL', false);
    case 'TIMESTAMP_LTZ':
      return parseTimestamp(trimJava(text), 'SQL', true);
    case 'BINARY':
    case 'VARBINARY':
      return base64(text);
    case 'NULL':
      return null;
    default:
      return text;
  }
}

/** `java.sql.Date.valueOf`: a day that the month lacks runs over into the next one. */
function sqlDate(text: string): number {
  const match = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
  const month = Number(match?.[2]);
  const day = Number(match?.[3]);
  if (!match || month < 1 || month > 12 || day < 1 || day > 31)
    throw contentError('illegalArgument', `Invalid date: ${text}`);
  return daysFromCivil(Number(match[1]), month, 1) + day - 1;
}

function timeOf(text: string, precision: number): number {
  const unit = 10 ** (3 - Math.min(precision, 3));
  return Math.floor(parseTime(text, true) / unit) * unit;
}
