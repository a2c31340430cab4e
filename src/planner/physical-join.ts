/** Regular joins: the condition divided into equal keys and the rest. */
import { assert } from '../base/error.ts';
import type { Expression } from '../expressions/expression.ts';
import { type Field, withNullable } from '../types/logical-type.ts';
import { conjunction } from './conditions.ts';
import { type Keys, smallestKey, upsertKeys } from './infer-keys.ts';
import { splitCondition } from './join-condition.ts';
import type { PlanOf } from './logical-plan.ts';
import { type PhysicalPlan, uniqueFields } from './physical-plan.ts';
import { exchange } from './to-physical.ts';

/** Keys are columns: the rule `project-join-keys` has computed the others below. */
export function joinToPhysical(plan: PlanOf<'Join'>, left: PhysicalPlan, right: PhysicalPlan): PhysicalPlan {
  const { pairs, rest } = splitCondition(plan.condition, left.fields.length);
  const leftKeys = pairs.map((pair) => columnOf(pair.left));
  const rightKeys = pairs.map((pair) => columnOf(pair.right));
  const isOneSided = plan.joinType === 'SEMI' || plan.joinType === 'ANTI';
  return {
    kind: 'Join',
    inputs: [exchange(left, leftKeys), exchange(right, rightKeys)],
    fields: uniqueFields(padded(left.fields, isOneSided ? [] : right.fields, plan.joinType)),
    joinType: plan.joinType,
    leftKeys,
    rightKeys,
    filterNulls: pairs.map((pair) => pair.filterNulls),
    condition: conjunction(rest),
    hints: plan.hints,
    uniqueKeys: [sideKey(upsertKeys(left), leftKeys), sideKey(upsertKeys(right), rightKeys)],
  };
}

function columnOf(key: Expression): number {
  assert(key.kind === 'input', 'a join key is a column');
  return key.index;
}

/** A key within the join key, else the shortest that holds it, else any. */
function sideKey(keys: Keys, joinKeys: readonly number[]): readonly number[] | null {
  if (keys === null) return null;
  const holding = keys.filter((key) => joinKeys.every((column) => key.includes(column)));
  const within = keys.filter((key) => key.every((column) => joinKeys.includes(column)));
  return smallestKey(within) ?? smallestKey(holding) ?? smallestKey(keys);
}

function padded(left: readonly Field[], right: readonly Field[], joinType: string): Field[] {
  const nullable = (field: Field): Field => ({ ...field, type: withNullable(field.type, true) });
  const padsLeft = joinType === 'RIGHT' || joinType === 'FULL';
  const padsRight = joinType === 'LEFT' || joinType === 'FULL';
  return [...(padsLeft ? left.map(nullable) : left), ...(padsRight ? right.map(nullable) : right)];
}
