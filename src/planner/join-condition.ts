/** The equalities of a join's condition: pairs of keys, one a side. */
import { call, type Expression, inputsOf } from '../expressions/expression.ts';
import { type LogicalType, typeToString, withNullable } from '../types/logical-type.ts';
import { commonType } from '../types/type-coercion.ts';
import { isNumeric, isText, isTimestamp } from '../types/type-family.ts';
import { conjuncts, isDeterministic, shiftInputs } from './conditions.ts';

export interface KeyPair {
  readonly left: Expression;
  /** Over the right side's own columns. */
  readonly right: Expression;
  readonly filterNulls: boolean;
  /** The condition's term, over both sides' columns. */
  readonly term: Expression;
}

/** Pairs of expressions, one a side, that the condition sets equal, and what else it says. */
export function splitCondition(condition: Expression, width: number): { pairs: KeyPair[]; rest: Expression[] } {
  const pairs: KeyPair[] = [];
  const rest: Expression[] = [];
  for (const term of conjuncts(condition)) {
    const pair = pairOf(term, width);
    if (pair === undefined) rest.push(term);
    else pairs.push(pair);
  }
  return { pairs, rest };
}

function pairOf(term: Expression, width: number): KeyPair | undefined {
  if (term.kind !== 'call' || (term.function !== '=' && term.function !== 'IS NOT DISTINCT FROM')) return undefined;
  const [a, b] = term.args;
  if (a === undefined || b === undefined || !isDeterministic(term)) return undefined;
  const type = keyType(a.type, b.type);
  if (type === undefined) return undefined;
  const filterNulls = term.function === '=';
  const [first, second] = [castKey(a, type), castKey(b, type)];
  if (isOfSide(a, 0, width) && isOfSide(b, width, Number.POSITIVE_INFINITY))
    return { left: first, right: shiftInputs(second, -width), filterNulls, term };
  if (isOfSide(b, 0, width) && isOfSide(a, width, Number.POSITIVE_INFINITY))
    return { left: second, right: shiftInputs(first, -width), filterNulls, term };
  return undefined;
}

/** The type in which both sides' keys are compared; undefined: not by key. */
function keyType(a: LogicalType, b: LogicalType): LogicalType | undefined {
  if (sameKey(a, b)) return a;
  const isComparable = (isNumeric(a) && isNumeric(b)) || (isTimestamp(a) && a.kind === b.kind);
  return isComparable ? commonType([a, b]) : undefined;
}

/** Keys that are equal as they are: lengths and NOT NULL make no difference. */
function sameKey(a: LogicalType, b: LogicalType): boolean {
  if (isText(a) && isText(b)) return true;
  return typeToString(withNullable(a, true)) === typeToString(withNullable(b, true));
}

function castKey(key: Expression, type: LogicalType): Expression {
  if (sameKey(key.type, type)) return key;
  return call('CAST', [key], withNullable(type, key.type.nullable));
}

function isOfSide(expression: Expression, from: number, to: number): boolean {
  const columns = [...inputsOf(expression)];
  return columns.length > 0 && columns.every((column) => column >= from && column < to);
}
