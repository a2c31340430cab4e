/**
 * JSON to boxed values by Flink's rules: from the token stream (format json) and from a tree (the change-data formats, and json with
 * `decode.json-parser.enabled` = false). The two differ in small ways, as they do in Flink.
 */
import { EngineError, unreachable } from '../base/error.ts';
import { inHashOrder } from '../types/java-hash-order.ts';
import { type Field, type LogicalType, types } from '../types/logical-type.ts';
import { MapValue, type Value } from '../types/value.ts';
import { contentError } from './format-error.ts';
import {
  fitDecimal,
  parseBigDecimal,
  parseDouble,
  parseFloat32,
  parseInteger,
  parseSmall,
  trimJava,
} from './java-number.ts';
import { parseDate, parseTime, parseTimestamp, type TimestampStandard } from './java-time.ts';
import { type JsonScanner, JsonToken } from './json-scanner.ts';
import { type JsonNode, nodeToJson, readTree, textOfNode } from './json-tree.ts';
import { nodeToVariant } from './json-variant.ts';

export interface JsonRules {
  readonly failOnMissingField: boolean;
  readonly ignoreParseErrors: boolean;
  readonly timestamp: TimestampStandard;
  /** Fractions are BigDecimals: some column of the table is a DECIMAL. */
  readonly exactFloats: boolean;
}

/** Converts the value at the scanner's token and leaves the scanner on the value's last token. */
export type TokenConverter = (scanner: JsonScanner) => Value;
export type NodeConverter = (node: JsonNode) => Value;

const INT_TYPE: LogicalType = { kind: 'INT', nullable: true };

/** Whether a type contains DECIMAL, which makes the parser exact about fractions. */
export function hasDecimal(type: LogicalType): boolean {
  switch (type.kind) {
    case 'DECIMAL':
      return true;
    case 'ARRAY':
    case 'MULTISET':
      return hasDecimal(type.element);
    case 'MAP':
      return hasDecimal(type.key) || hasDecimal(type.value);
    case 'ROW':
      return type.fields.some((field) => hasDecimal(field.type));
    default:
      return false;
  }
}

/** Values that json and csv read alike from a text; undefined for types whose forms differ. */
export function plainFromText(type: LogicalType, text: string): Value | undefined {
  switch (type.kind) {
    case 'BOOLEAN':
      return trimJava(text).toLowerCase() === 'true';
    case 'TINYINT':
      return parseSmall(trimJava(text), 8);
    case 'SMALLINT':
      return parseSmall(trimJava(text), 16);
    case 'INT':
    case 'INTERVAL_YEAR_MONTH':
      return Number(parseInteger(trimJava(text), 32));
    case 'BIGINT':
    case 'INTERVAL_DAY_TIME':
      return parseInteger(trimJava(text), 64);
    case 'DECIMAL':
      return fitDecimal(parseBigDecimal(text), type.precision, type.scale);
    default:
      return undefined;
  }
}

/** Values whose conversion needs nothing but the text. `trim` is already Java's. */
function fromText(type: LogicalType, text: string, rules: JsonRules): Value {
  const plain = plainFromText(type, text);
  if (plain !== undefined) return plain;
  switch (type.kind) {
    case 'FLOAT':
      return parseFloat32(text);
    case 'DOUBLE':
      return parseDouble(text);
    case 'DATE':
      return parseDate(text);
    case 'TIME':
      return parseTime(text);
    case 'TIMESTAMP':
      return parseTimestamp(text, rules.timestamp, false);
    case 'TIMESTAMP_LTZ':
      return parseTimestamp(text, rules.timestamp, true);
    case 'BINARY':
    case 'VARBINARY':
      return base64(text);
    default:
      return text;
  }
}

const BROKEN_BASE64 = 'Cannot access contents of TextNode as binary due to broken Base64 encoding: ';
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Base64 as Jackson reads it: padding is required. */
export function base64(text: string): Uint8Array {
  const packed = withoutBlanks(text);
  if (!BASE64.test(packed)) {
    const odd = /[^A-Za-z0-9+/=]/.exec(packed);
    throw contentError(
      'jacksonFormat',
      odd
        ? `${BROKEN_BASE64}Illegal character '${odd[0]}' (code 0x${odd[0].charCodeAt(0).toString(16)}) in base64 content`
        : BROKEN_BASE64 +
            "Unexpected end of base64-encoded String: base64 variant 'MIME-NO-LINEFEEDS' expects padding (one or more '=' characters) at the end. This Base64Variant might have been incorrectly configured",
    );
  }
  return new Uint8Array(Buffer.from(packed, 'base64'));
}

/** Blanks are passed over in front of each group of four characters, and nowhere else. */
function withoutBlanks(text: string): string {
  if (!/[\s]/.test(text)) return text;
  let packed = '';
  for (const c of text) if (c.charCodeAt(0) > 32 || packed.length % 4 !== 0) packed += c;
  return packed;
}

/** A JSON number as an integer of Java's, truncated towards zero. */
function truncated(text: string, isFloat: boolean, bits: 32 | 64): bigint | null {
  if (!isFloat) {
    const value = BigInt(text);
    return BigInt.asIntN(bits, value) === value ? value : null;
  }
  const double = Number(text);
  const limit = bits === 32 ? 2147483647 : 2 ** 63;
  if (!(double >= (bits === 32 ? -2147483648 : -(2 ** 63)) && double <= limit)) return null;
  if (double === 2 ** 63) return 2n ** 63n - 1n;
  return BigInt(Math.trunc(double));
}

function boxInteger(value: bigint, type: LogicalType): Value {
  return type.kind === 'BIGINT' || type.kind === 'INTERVAL_DAY_TIME' ? value : Number(value);
}

function refuseMapKey(type: LogicalType, summary: string): void {
  const key = type.kind === 'MAP' ? type.key : type.kind === 'MULTISET' ? type.element : null;
  if (key && key.kind !== 'CHAR' && key.kind !== 'VARCHAR')
    throw contentError(
      'unsupported',
      `JSON format doesn't support non-string as key type of map. The type is: ${summary}`,
    );
}

/** Throws for types that JSON cannot hold; called when a table is opened. */
export function checkJsonType(type: LogicalType, summary: (type: LogicalType) => string): void {
  refuseMapKey(type, summary(type));
  if (type.kind === 'ARRAY') checkJsonType(type.element, summary);
  if (type.kind === 'MAP') checkJsonType(type.value, summary);
  if (type.kind === 'ROW') for (const field of type.fields) checkJsonType(field.type, summary);
}

// ---- from tokens ----

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

/** Flink keeps a map of JSON in a HashMap, and shows its order. */
function jsonMap(entries: ReadonlyArray<readonly [string, Value]>): MapValue {
  return new MapValue(inHashOrder(types.string(), entries));
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

// ---- from a tree ----

/** The converter of a node, null-safe, which swallows errors when the rules say so. */
export function nodeConverter(type: LogicalType, rules: JsonRules): NodeConverter {
  const convert = notNullNodeConverter(type, rules);
  return (node) => {
    if (node.kind === 'null') return null;
    if (!rules.ignoreParseErrors) return convert(node);
    try {
      return convert(node);
    } catch (error) {
      if (error instanceof EngineError) return null;
      throw error;
    }
  };
}

function notNullNodeConverter(type: LogicalType, rules: JsonRules): NodeConverter {
  switch (type.kind) {
    case 'ARRAY': {
      const convert = nodeConverter(type.element, rules);
      return (node) => {
        if (node.kind !== 'array') throw castError(node, 'ArrayNode');
        return node.elements.map(convert);
      };
    }
    case 'MAP':
      return mapFromNode(type.value, rules);
    case 'MULTISET':
      return mapFromNode(INT_TYPE, rules);
    case 'ROW':
      return rowFromNode(type.fields, rules);
    case 'NULL':
      return () => null;
    default:
      return (node) => scalarFromNode(type, node, rules);
  }
}

function scalarFromNode(type: LogicalType, node: JsonNode, rules: JsonRules): Value {
  const isContainer = node.kind === 'object' || node.kind === 'array';
  switch (type.kind) {
    case 'INT':
    case 'INTERVAL_YEAR_MONTH':
    case 'BIGINT':
    case 'INTERVAL_DAY_TIME':
      if (node.kind === 'number') {
        const bits = type.kind === 'INT' || type.kind === 'INTERVAL_YEAR_MONTH' ? 32 : 64;
        const value = truncated(node.text, node.isFloat, bits);
        if (value !== null) return boxInteger(value, type);
      }
      break;
    case 'VARIANT':
      return nodeToVariant(node);
    case 'CHAR':
    case 'VARCHAR':
      if (isContainer) return nodeToJson(node, rules.exactFloats);
      break;
    case 'BINARY':
    case 'VARBINARY':
      if (node.kind !== 'string') return null;
      break;
    case 'DECIMAL':
      if (node.kind === 'number') return fitDecimal(parseBigDecimal(node.text), type.precision, type.scale);
      break;
    case 'DOUBLE':
    case 'FLOAT':
      if (node.kind === 'number') return fromText(type, node.text, rules);
      break;
    default:
      break;
  }
  return fromText(type, textOfNode(node, rules.exactFloats), rules);
}

function mapFromNode(valueType: LogicalType, rules: JsonRules): NodeConverter {
  const convert = nodeConverter(valueType, rules);
  return (node) => {
    const entries = node.kind === 'object' ? [...node.entries] : [];
    return jsonMap(entries.map(([key, value]) => [key, convert(value)] as const));
  };
}

/** Fields of an object node by name; absent ones are null or refused. */
export function rowFromNode(fields: readonly Field[], rules: JsonRules): NodeConverter {
  const converters = fields.map((field) => nodeConverter(field.type, rules));
  return (node) => {
    if (node.kind !== 'object') throw castError(node, 'ObjectNode');
    return fields.map((field, index) => {
      const part = node.entries.get(field.name);
      try {
        if (part === undefined) {
          if (rules.failOnMissingField)
            throw contentError('flinkJsonParse', `Could not find field with name '${field.name}'.`);
          return null;
        }
        return (converters[index] as NodeConverter)(part);
      } catch (error) {
        throw contentError('flinkJsonParse', `Fail to deserialize at field: ${field.name}.`, error);
      }
    });
  };
}

const NODE_PACKAGE = 'org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node';

function nodeClass(node: JsonNode): string {
  switch (node.kind) {
    case 'object':
      return 'ObjectNode';
    case 'array':
      return 'ArrayNode';
    case 'string':
      return 'TextNode';
    case 'boolean':
      return 'BooleanNode';
    case 'null':
      return 'NullNode';
    case 'number':
      if (node.isFloat) return 'DoubleNode';
      return truncated(node.text, false, 32) !== null
        ? 'IntNode'
        : truncated(node.text, false, 64) !== null
          ? 'LongNode'
          : 'BigIntegerNode';
    default:
      return unreachable(node);
  }
}

function castError(node: JsonNode, wanted: string): EngineError {
  const from = `${NODE_PACKAGE}.${nodeClass(node)}`;
  const to = `${NODE_PACKAGE}.${wanted}`;
  return contentError(
    'classCast',
    `class ${from} cannot be cast to class ${to} (${from} and ${to} are in unnamed module of loader 'app')`,
  );
}
