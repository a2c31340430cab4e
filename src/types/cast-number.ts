/** Casts to BOOLEAN, the number types and intervals. Integers wrap around, DECIMAL that does not fit becomes null, as in Flink. */
import { EngineError } from '../base/error.ts';
import type { Cast } from './cast-context.ts';
import { decimalToNumber, exactToDecimal, powerOfTen, toDecimal } from './decimal.ts';
import { doubleToText } from './java-double.ts';
import { parseBigDecimal, parseDecimal, parseDouble, parseInteger, toInt, toLong } from './java-number.ts';
import type { LogicalType, TypeOf } from './logical-type.ts';
import { integerBits, isText } from './type-family.ts';
import type { Value } from './value.ts';

export function castNumeric(from: LogicalType, to: LogicalType): Cast {
  switch (to.kind) {
    case 'BOOLEAN':
      return isText(from) ? (value) => parseBoolean(value as string) : toBoolean(from);
    case 'FLOAT':
      return floating(from, Math.fround);
    case 'DOUBLE':
      return floating(from, (value) => value);
    case 'DECIMAL':
      return decimal(from, to);
    case 'BIGINT':
    case 'INTERVAL_DAY_TIME':
      return integer(from, 64, (value) => value);
    default:
      return integer(from, integerBits(to) || 32, Number);
  }
}

const TRUE_WORDS = new Set(['t', 'true', 'y', 'yes', '1']);
const FALSE_WORDS = new Set(['f', 'false', 'n', 'no', '0']);

function parseBoolean(text: string): boolean {
  const word = text.toLowerCase();
  if (TRUE_WORDS.has(word)) return true;
  if (FALSE_WORDS.has(word)) return false;
  throw new EngineError('JOB_FAILED', `Cannot parse '${text}' as BOOLEAN.`, {
    exceptionClass: 'org.apache.flink.table.api.TableException',
  });
}

function toBoolean(from: LogicalType): Cast {
  if (from.kind === 'BIGINT' || from.kind === 'DECIMAL') return (value) => value !== 0n;
  return (value) => value !== 0 && value !== false;
}

function floating(from: LogicalType, round: (value: number) => number): Cast {
  if (isText(from)) return (value) => round(parseDouble(value as string));
  if (from.kind === 'DECIMAL') return (value) => round(decimalToNumber(value as bigint, from.scale));
  return (value) => round(Number(value));
}

function decimal(from: LogicalType, to: TypeOf<'DECIMAL'>): Cast {
  const { precision, scale } = to;
  if (isText(from)) return (value) => parseDecimal(value as string, precision, scale);
  switch (from.kind) {
    case 'DECIMAL':
      return (value) => toDecimal(value as bigint, from.scale, precision, scale);
    case 'FLOAT':
    case 'DOUBLE':
      return (value) => exactToDecimal(parseBigDecimal(doubleToText(value as number)), precision, scale);
    default:
      return (value) => toDecimal(BigInt(value as number | bigint | boolean), 0, precision, scale);
  }
}

function integer(from: LogicalType, bits: number, finish: (value: bigint) => Value): Cast {
  if (isText(from)) return (value) => finish(parseInteger(value as string, bits));
  const wrap = (value: bigint): Value => finish(BigInt.asIntN(bits, value));
  switch (from.kind) {
    case 'DECIMAL': {
      const unit = powerOfTen(from.scale);
      return (value) => wrap(BigInt.asIntN(64, (value as bigint) / unit));
    }
    case 'FLOAT':
    case 'DOUBLE':
      if (bits === 64) return (value) => wrap(toLong(value as number));
      return (value) => wrap(BigInt(toInt(value as number)));
    default:
      return (value) => wrap(BigInt(value as number | bigint | boolean));
  }
}
