/** Which conditions cannot be TRUE for a row whose columns of one side are all null. */
import type { Expression } from '../../expressions/expression.ts';
import { conjuncts } from '../conditions.ts';

/** Functions that give null when any argument is null, as far as the planner builds on it. */
const STRICT = new Set([
  '=',
  '<>',
  '<',
  '<=',
  '>',
  '>=',
  '+',
  '-',
  '*',
  '/',
  '%',
  'NEGATE',
  'LIKE',
  'NOT',
  'CAST',
  'UPPER',
  'LOWER',
  'MOD',
  'ABS',
  'CHAR_LENGTH',
]);

/** True when nulls in all columns of `side` keep the condition from being TRUE. */
export function rejectsNulls(condition: Expression, side: (column: number) => boolean): boolean {
  return conjuncts(condition).some((term) => termRejects(term, side));
}

function termRejects(term: Expression, side: (column: number) => boolean): boolean {
  if (term.kind !== 'call') return term.kind === 'input' && side(term.index);
  if (term.function === 'OR') return term.args.every((arg) => rejectsNulls(arg, side));
  if (term.function === 'IS NOT NULL' || term.function === 'IS TRUE')
    return isNullWithSide(term.args[0] as Expression, side);
  return isNullWithSide(term, side);
}

/** True when the value is null as soon as the side's columns are. */
function isNullWithSide(expression: Expression, side: (column: number) => boolean): boolean {
  if (expression.kind === 'input') return side(expression.index);
  if (expression.kind === 'literal') return false;
  return STRICT.has(expression.function) && expression.args.some((arg) => isNullWithSide(arg, side));
}
