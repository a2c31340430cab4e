/** Casts of literals that Flink's planner computes otherwise than its runtime does. */
import { exactToDecimal, parseExact } from '../types/decimal.ts';
import { floatToText } from '../types/java-double.ts';
import type { CallSite, Eval } from './function.ts';

/** A FLOAT literal is its text to the planner, not the nearest double of it. */
export function literalCast(site: CallSite): Eval | undefined {
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
