/** Conditions as lists of conjuncts, and other small work on bound expressions. */
import { call, type Expression, inputReference, literal, mapInputs } from '../expressions/expression.ts';
import { type Field, types } from '../types/logical-type.ts';
import type { Value } from '../types/value.ts';

export const TRUE = literal(true, types.boolean(false));

/** The terms of a conjunction; none for TRUE. */
export function conjuncts(condition: Expression | null): Expression[] {
  if (condition === null || isLiteral(condition, true)) return [];
  if (condition.kind === 'call' && condition.function === 'AND') return condition.args.flatMap((arg) => conjuncts(arg));
  return [condition];
}

/** The conjunction of terms without repetitions, or null when there are none. */
export function conjunction(terms: readonly Expression[]): Expression | null {
  const distinct: Expression[] = [];
  for (const term of terms) if (!distinct.some((other) => sameExpression(other, term))) distinct.push(term);
  if (distinct.length === 0) return null;
  if (distinct.length === 1) return distinct[0] as Expression;
  return call('AND', distinct, types.boolean(distinct.some((term) => term.type.nullable)));
}

export function isLiteral(expression: Expression, value: Value): boolean {
  return expression.kind === 'literal' && expression.value === value;
}

export function sameExpression(a: Expression, b: Expression): boolean {
  if (a === b) return true;
  if (a.kind === 'input') return b.kind === 'input' && a.index === b.index;
  if (a.kind === 'literal') return b.kind === 'literal' && sameValue(a.value, b.value) && sameJson(a.type, b.type);
  if (b.kind !== 'call' || a.function !== b.function || a.args.length !== b.args.length) return false;
  return a.args.every((arg, i) => sameExpression(arg, b.args[i] as Expression)) && sameJson(a.type, b.type);
}

function sameValue(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0;
  return false;
}

function sameJson(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** The expression with each input replaced by the expression at its place. */
export function substitute(expression: Expression, by: readonly Expression[]): Expression {
  return mapInputs(expression, (index) => by[index] as Expression);
}

export function shiftInputs(expression: Expression, by: number): Expression {
  return by === 0 ? expression : mapInputs(expression, (index, type) => inputReference(index + by, type));
}

/** Whether `map` names all inputs of the expression (-1: not there). */
export function remap(expression: Expression, map: readonly number[]): Expression {
  return mapInputs(expression, (index, type) => inputReference(map[index] as number, type));
}

export function referencesTo(fields: readonly Field[]): Expression[] {
  return fields.map((field, i) => inputReference(i, field.type));
}

/** True when the projection passes `width` columns on as they are, in order. */
export function isIdentity(expressions: readonly Expression[], width: number): boolean {
  return (
    expressions.length === width &&
    expressions.every((expression, i) => expression.kind === 'input' && expression.index === i)
  );
}

const NON_DETERMINISTIC = new Set(['RAND', 'RAND_INTEGER', 'UUID']);
const VOLATILE = new Set([
  ...NON_DETERMINISTIC,
  'NOW',
  'CURRENT_TIMESTAMP',
  'CURRENT_ROW_TIMESTAMP',
  'LOCALTIMESTAMP',
  'CURRENT_DATE',
  'CURRENT_TIME',
  'LOCALTIME',
  'UNIX_TIMESTAMP',
  'PROCTIME',
  'CURRENT_WATERMARK',
]);

/** Each evaluation may give another value: never computed twice in place of once, nor moved below a join. */
export function isDeterministic(expression: Expression): boolean {
  if (expression.kind !== 'call') return true;
  return !NON_DETERMINISTIC.has(expression.function) && expression.args.every(isDeterministic);
}

/** Depends on the clock or on chance: not a constant. */
export function isVolatile(expression: Expression): boolean {
  if (expression.kind !== 'call') return false;
  return VOLATILE.has(expression.function) || expression.args.some(isVolatile);
}

/** Number of calls in the expression. */
export function costOf(expression: Expression): number {
  if (expression.kind !== 'call') return 0;
  return expression.args.reduce((sum, arg) => sum + costOf(arg), 1);
}
