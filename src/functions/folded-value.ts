/**
 * What Flink's planner does to the value of a constant expression: it travels as a decimal literal, so a FLOAT keeps seven digits, a
 * zero loses its sign, and a FLOAT that is no number is refused.
 */

import { doubleToText } from '../types/java-double.ts';
import { parseBigDecimal } from '../types/java-number.ts';
import type { LogicalType } from '../types/logical-type.ts';
import { civilFromDays } from '../types/timestamp.ts';
import type { Value } from '../types/value.ts';
import { runtimeError } from './call-error.ts';
import type { CallSite, Eval } from './function.ts';
import { bigDecimalText } from './json-tree.ts';

const FLOAT_DIGITS = 7;

/** The number with seven significant digits, rounded half even. */
function toSevenDigits(value: number): number {
  const { unscaled, scale } = parseBigDecimal(doubleToText(value));
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString();
  const drop = digits.length - FLOAT_DIGITS;
  if (drop <= 0) return value;
  const unit = 10n ** BigInt(drop);
  const size = BigInt(digits);
  const rest = size % unit;
  const half = unit / 2n;
  const quotient = size / unit;
  const rounded = rest > half || (rest === half && quotient % 2n === 1n) ? quotient + 1n : quotient;
  const text = bigDecimalText(rounded.toString(), scale - drop);
  return Math.fround(Number(unscaled < 0n ? `-${text}` : text));
}

/** A literal of a date begins with the year 1. */
function checkedDate(days: number): number {
  const { year } = civilFromDays(days);
  // Four digits are written.
  const written = year > 9999 ? year % 10_000 : year;
  if (written < 1) throw runtimeError(`Year out of range: [${written}]`, 'java.lang.IllegalArgumentException');
  return days;
}

function foldedValue(type: LogicalType, value: Value): Value {
  if (typeof value !== 'number') return value;
  if (type.kind === 'DATE') return checkedDate(value);
  if (type.kind === 'FLOAT') {
    if (!Number.isFinite(value)) throw runtimeError('Infinite or NaN', 'java.lang.NumberFormatException');
    return value === 0 ? 0 : toSevenDigits(value);
  }
  return type.kind === 'DOUBLE' && value === 0 ? 0 : value;
}

/** An evaluation that answers as Flink does where all arguments are literals. */
export function folding(site: CallSite, evaluate: Eval): Eval {
  const touched = site.type.kind === 'FLOAT' || site.type.kind === 'DOUBLE' || site.type.kind === 'DATE';
  if (!touched || !site.argTypes.every((_type, i) => site.literals[i] !== undefined)) return evaluate;
  return (args, context) => foldedValue(site.type, evaluate(args, context));
}
