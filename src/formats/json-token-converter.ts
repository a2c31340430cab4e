/** JSON to boxed values by Flink's rules, from the token stream (format json). */
import type { Field, LogicalType } from '../types/logical-type.ts';
import type { Value } from '../types/value.ts';
import { contentError } from './format-error.ts';
import { trimJava } from './java-number.ts';
import { type JsonScanner, JsonToken } from './json-scanner.ts';
import { boxInteger, fromText, INT_TYPE, type JsonRules, jsonMap, truncated } from './json-text.ts';
import { nodeToJson, readTree } from './json-tree.ts';
import { nodeToVariant } from './json-variant.ts';

/** Converts the value at the scanner's token and leaves the scanner on the value's last token. */
export type TokenConverter = (scanner: JsonScanner) => Value;

/** The converter of a value of a type, null-safe, which swallows errors when the rules say so. */
export function tokenConverter(type: LogicalType, rules: JsonRules): TokenConverter {
  const convert = notNullTokenConverter(type, rules);
  return (scanner) => {
    if (scanner.token === JsonToken.NULL || scanner.token === JsonToken.NONE) return null;
    if (!rules.ignoreParseErrors) return convert(scanner);
    try {
      return convert(scanner);
    } catch {
      return null;
    }
  };
}

function notNullTokenConverter(type: LogicalType, rules: JsonRules): TokenConverter {
  switch (type.kind) {
    case 'ARRAY':
      return arrayFromTokens(type.element, rules);
    case 'MAP':
      return mapFromTokens(type.value, rules);
    case 'MULTISET':
      return mapFromTokens(INT_TYPE, rules);
    case 'ROW':
      return rowFromTokens(type.fields, rules);
    case 'NULL':
      return () => null;
    default:
      return (scanner) => scalarFromToken(type, scanner, rules);
  }
}

function scalarFromToken(type: LogicalType, scanner: JsonScanner, rules: JsonRules): Value {
  const token = scanner.token;
  const isNumber = token === JsonToken.INTEGER || token === JsonToken.FLOAT;
  switch (type.kind) {
    case 'INT':
    case 'INTERVAL_YEAR_MONTH':
    case 'BIGINT':
    case 'INTERVAL_DAY_TIME':
      if (isNumber) {
        const bits = type.kind === 'INT' || type.kind === 'INTERVAL_YEAR_MONTH' ? 32 : 64;
        const value = truncated(scanner.text, token === JsonToken.FLOAT, bits);
        if (value === null) throw contentError('jacksonInput', `Numeric value (${scanner.text}) out of range`);
        return boxInteger(value, type);
      }
      break;
    case 'VARIANT':
      return nodeToVariant(readTree(scanner));
    case 'CHAR':
    case 'VARCHAR':
      if (token === JsonToken.START_OBJECT || token === JsonToken.START_ARRAY)
        return nodeToJson(readTree(scanner), rules.exactFloats);
      break;
    case 'BINARY':
    case 'VARBINARY':
      if (token !== JsonToken.STRING) throw contentError('jacksonParse', 'Current token not VALUE_STRING');
      break;
    case 'DECIMAL':
      if (token !== JsonToken.STRING && !isNumber) throw contentError('jacksonParse', 'Current token not numeric');
      break;
    default:
      break;
  }
  return fromText(type, type.kind === 'DECIMAL' ? trimJava(scanner.text) : scanner.text, rules);
}

function arrayFromTokens(element: LogicalType, rules: JsonRules): TokenConverter {
  const convert = tokenConverter(element, rules);
  return (scanner) => {
    if (scanner.token !== JsonToken.START_ARRAY) throw contentError('illegalState', 'Illegal JSON array data...');
    const values: Value[] = [];
    while (nextInside(scanner) !== JsonToken.END_ARRAY) values.push(convert(scanner));
    return values;
  };
}

function mapFromTokens(valueType: LogicalType, rules: JsonRules): TokenConverter {
  const convert = tokenConverter(valueType, rules);
  return (scanner) => {
    if (scanner.token !== JsonToken.START_OBJECT) throw contentError('illegalState', 'Illegal JSON map data...');
    const entries = new Map<string, Value>();
    while (nextInside(scanner) !== JsonToken.END_OBJECT) {
      const key = scanner.text;
      scanner.next();
      entries.set(key, convert(scanner));
    }
    return jsonMap([...entries]);
  };
}

/** Past the end of the message nothing can follow: an array that swallowed its own end would else never stop. */
function nextInside(scanner: JsonScanner): number {
  const token = scanner.next();
  if (token === JsonToken.NONE) throw contentError('jacksonEof', 'Unexpected end-of-input');
  return token;
}

/**
 * Fields of an object by name. Once as many fields as declared were met, the rest is only skipped: a repeated name counts, so the last of two
 * wins only while fields are missing. That is Flink's.
 */
function rowFromTokens(fields: readonly Field[], rules: JsonRules): TokenConverter {
  const indexes = new Map(fields.map((field, index) => [field.name, index]));
  const converters = fields.map((field) => tokenConverter(field.type, rules));
  const arity = indexes.size;
  return (scanner) => {
    if (scanner.token !== JsonToken.START_OBJECT) throw contentError('illegalState', 'Illegal JSON object data...');
    const row: Value[] = new Array<Value>(fields.length).fill(null);
    let met = 0;
    for (let token = scanner.next(); token !== JsonToken.END_OBJECT; token = scanner.token) {
      if (met >= arity) {
        skipToken(scanner);
        continue;
      }
      const name = scanner.text;
      nextInside(scanner);
      const index = indexes.get(name);
      if (index === undefined) {
        skipToken(scanner);
        continue;
      }
      row[index] = fieldFromToken(converters[index] as TokenConverter, name, scanner);
      nextInside(scanner);
      met++;
    }
    if (met < arity && rules.failOnMissingField)
      throw contentError('flinkJsonParse', 'Some field is missing in the JSON data.');
    return row;
  };
}

function fieldFromToken(convert: TokenConverter, name: string, scanner: JsonScanner): Value {
  try {
    return convert(scanner);
  } catch {
    throw contentError('flinkJsonParse', `Fail to deserialize at field: ${name}.`);
  }
}

/** Moves behind the current token; a container's first token: behind the container. */
export function skipToken(scanner: JsonScanner): void {
  if (scanner.token === JsonToken.START_OBJECT || scanner.token === JsonToken.START_ARRAY) {
    let depth = 1;
    while (depth > 0) {
      const token = nextInside(scanner);
      if (token === JsonToken.END_ARRAY || token === JsonToken.END_OBJECT) depth--;
      else if (token === JsonToken.START_ARRAY || token === JsonToken.START_OBJECT) depth++;
    }
  }
  nextInside(scanner);
}
