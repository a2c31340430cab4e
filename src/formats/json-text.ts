/** Rules of a JSON format, and Flink's values of a text or a number, whether read from tokens or from a tree. */
import { inHashOrder } from '../types/java-hash-order.ts';
import { type LogicalType, types } from '../types/logical-type.ts';
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

export interface JsonRules {
  readonly failOnMissingField: boolean;
  readonly ignoreParseErrors: boolean;
  readonly timestamp: TimestampStandard;
  /** Fractions are BigDecimals: some column of the table is a DECIMAL. */
  readonly exactFloats: boolean;
}

export const INT_TYPE: LogicalType = { kind: 'INT', nullable: true };

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
export function fromText(type: LogicalType, text: string, rules: JsonRules): Value {
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
export function truncated(text: string, isFloat: boolean, bits: 32 | 64): bigint | null {
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

export function boxInteger(value: bigint, type: LogicalType): Value {
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

/** Flink keeps a map of JSON in a HashMap, and shows its order. */
export function jsonMap(entries: ReadonlyArray<readonly [string, Value]>): MapValue {
  return new MapValue(inHashOrder(types.string(), entries));
}
