/** Partition columns between values and the names of folders. */

import { validationError } from '../../base/error.ts';
import { bigDecimalToPlain, doubleToString, fitDecimal, parseBigDecimal } from '../../formats/java-number.ts';
import { parseDate, parseTime, parseTimestamp } from '../../formats/java-time.ts';
import { javaDate, javaTimestamp } from '../../formats/time-text.ts';
import type { LogicalType } from '../../types/logical-type.ts';
import type { Value } from '../../types/value.ts';

/** The value that a folder's name stands for. */
export function partitionValue(text: string, type: LogicalType): Value {
  switch (type.kind) {
    case 'CHAR':
    case 'VARCHAR':
      return text;
    case 'BOOLEAN':
      return text.toLowerCase() === 'true';
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'FLOAT':
    case 'DOUBLE':
      return Number(text);
    case 'BIGINT':
      return BigInt(text);
    case 'DECIMAL':
      return fitDecimal(parseBigDecimal(text), type.precision, type.scale);
    case 'DATE':
      return parseDate(text);
    case 'TIME':
      return parseTime(text, true);
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return parseTimestamp(text, text.includes('T') ? 'ISO-8601' : 'SQL', false);
    default:
      throw validationError(`Can not convert ${text} to type ${type.kind} for partition value`);
  }
}

/** The text that a value has in a folder's name. */
export function partitionText(value: Value, type: LogicalType): string {
  switch (type.kind) {
    case 'DECIMAL':
      return bigDecimalToPlain({ unscaled: value as bigint, scale: type.scale });
    case 'FLOAT':
    case 'DOUBLE':
      return doubleToString(value as number, type.kind === 'FLOAT');
    case 'DATE':
      return javaDate(value as number);
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return javaTimestamp(value as bigint);
    default:
      return String(value);
  }
}
