/** Casts of literals that Flink's planner computes otherwise than its runtime does. */
import { decimalToNumber, exactToDecimal, parseExact } from '../types/decimal.ts';
import { floatToText } from '../types/java-double.ts';
import type { LogicalType } from '../types/logical-type.ts';
import { isInterval, isNumeric } from '../types/type-family.ts';
import type { CallSite, Eval } from './function.ts';
import { UNIT_MONTHS, UNIT_MS } from './time-units.ts';

/** The cast of such a literal; undefined for all others. */
export function literalCast(site: CallSite): Eval | undefined {
  return floatLiteral(site) ?? intervalLiteral(site);
}

/** A FLOAT literal is its text to the planner, not the nearest double of it. */
function floatLiteral(site: CallSite): Eval | undefined {
  const from = site.argTypes[0];
  const value = site.literals[0]?.value;
  if (from?.kind !== 'FLOAT' || typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  const text = floatToText(value);
  const { type } = site;
  if (type.kind === 'DOUBLE') return () => Number(text);
  const exact = parseExact(text);
  if (type.kind !== 'DECIMAL' || !exact) return undefined;
  return () => exactToDecimal(exact, type.precision, type.scale);
}

/** A number that is written there counts units of the interval; one of a row counts what an interval is kept in. */
function intervalLiteral(site: CallSite): Eval | undefined {
  const from = site.argTypes[0] as LogicalType;
  const value = site.literals[0]?.value;
  const { type } = site;
  if (!isNumeric(from) || value === undefined || value === null || !('fields' in type) || !isInterval(type))
    return undefined;
  const unit = String(type.fields).toUpperCase();
  const size = type.kind === 'INTERVAL_YEAR_MONTH' ? UNIT_MONTHS[unit] : UNIT_MS[unit];
  if (size === undefined) return undefined;
  const amount = Math.trunc(
    (from.kind === 'DECIMAL' ? decimalToNumber(value as bigint, from.scale) : Number(value)) * size,
  );
  return () => (type.kind === 'INTERVAL_YEAR_MONTH' ? amount : BigInt(amount));
}
