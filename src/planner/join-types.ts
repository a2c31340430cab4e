/** Types of join keys: numbers meet numbers, texts meet texts, and nothing else is converted. */
import type { EngineError } from '../base/error.ts';
import { call, type Expression, inputsOf } from '../expressions/expression.ts';
import { type LogicalType, types, withNullable } from '../types/logical-type.ts';
import { commonType } from '../types/type-coercion.ts';
import { isNumeric, isText, sameType } from '../types/type-family.ts';
import { sqlTypeName } from '../types/type-name.ts';
import { planError } from './bind-error.ts';
import { conjuncts } from './conditions.ts';
import { castTo } from './function-binder.ts';

/** `left = right` as a join compares: numbers with numbers, texts with texts. */
export function joinEquals(left: Expression, right: Expression): Expression {
  const problem = joinTypeProblem(left.type, right.type);
  if (problem) throw problem;
  const common = commonType([left.type, right.type]);
  const args = common
    ? [left, right].map((side) => (isText(side.type) ? side : castTo(side, withNullable(common, side.type.nullable))))
    : [left, right];
  return call('=', args, types.boolean(left.type.nullable || right.type.nullable));
}

/** Keys of a join are not converted but among numbers. */
export function joinTypeProblem(left: LogicalType, right: LogicalType): EngineError | undefined {
  if (sameType(left, right) || (isNumeric(left) && isNumeric(right)) || (isText(left) && isText(right)))
    return undefined;
  if (left.kind === right.kind || left.kind === 'NULL' || right.kind === 'NULL') return undefined;
  return planError(
    `implicit type conversion between ${sqlTypeName(left)} and ${sqlTypeName(right)} is not supported on join's condition now`,
  );
}

/** Refuses equalities between columns of different sides whose types do not meet; `sideOf` numbers the sides. */
export function checkJoinTypes(condition: Expression, sideOf: (column: number) => number): void {
  for (const term of conjuncts(condition)) {
    if (term.kind !== 'call' || term.function !== '=') continue;
    const [left, right] = term.args as [Expression, Expression];
    const [a, b] = [left, right].map((side) => new Set([...inputsOf(side)].map(sideOf)));
    if (a?.size !== 1 || b?.size !== 1 || [...a][0] === [...b][0]) continue;
    const problem = joinTypeProblem(left.type, right.type);
    if (problem) throw problem;
  }
}
