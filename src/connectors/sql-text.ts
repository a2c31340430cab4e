/** Values of a type as the text that both databases store and give back: canonical, without a time zone. */
import { EngineError } from '../base/error.ts';
import { decimalToText, exactToDecimal, parseExact } from '../types/decimal.ts';
import type { LogicalType } from '../types/logical-type.ts';
import { formatDate, formatTime, formatTimestamp, parseDate, parseTimestamp } from '../types/timestamp.ts';
import type { Value } from '../types/value.ts';

/** The text of a DECIMAL or a temporal value; undefined for types that need no text. */
export function toSqlText(type: LogicalType, value: Value): string | undefined {
  switch (type.kind) {
    case 'DECIMAL':
      return decimalToText(value as bigint, type.scale);
    case 'DATE':
      return formatDate(value as number);
    case 'TIME':
      return formatTime(value as number, type.precision);
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return formatTimestamp(value as bigint, type.precision);
    default:
      return undefined;
  }
}

/** The value of a text that a database gave for a column of a type. Throws `CONNECTOR_JDBC_VALUE` when it cannot be one. */
export function fromSqlText(type: LogicalType, text: string, column: string): Value {
  const value = parse(type, text);
  if (value === undefined)
    throw new EngineError('CONNECTOR_JDBC_VALUE', `The value '${text}' of column '${column}' is no ${type.kind}.`);
  return value;
}

function parse(type: LogicalType, text: string): Value | undefined {
  switch (type.kind) {
    case 'DECIMAL': {
      const exact = parseExact(text);
      return exact && exactToDecimal(exact, type.precision, type.scale);
    }
    case 'DATE':
      return parseDate(text);
    case 'TIME':
      return parseTime(text);
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return parseTimestamp(text.replace('T', ' '));
    case 'BOOLEAN':
      return text === '1' || text.toLowerCase() === 'true';
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
      return Number(text);
    case 'BIGINT':
      return BigInt(text);
    case 'FLOAT':
      return Math.fround(Number(text));
    case 'DOUBLE':
      return Number(text);
    default:
      return text;
  }
}

/** `H:mm:ss[.f]` to ms of the day. */
function parseTime(text: string): number | undefined {
  const match = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?$/.exec(text.trim());
  if (!match) return undefined;
  const [, hour, minute, second = '0', fraction = ''] = match;
  return (
    Number(hour) * 3_600_000 +
    Number(minute) * 60_000 +
    Number(second) * 1000 +
    Number(fraction.padEnd(3, '0').slice(0, 3))
  );
}
