/** Joins: regular, of intervals of time, and of windows; the condition divided into equal keys and the rest. */
import { assert } from '../base/error.ts';
import type { Expression } from '../expressions/expression.ts';
import { type Field, withNullable } from '../types/logical-type.ts';
import { conjunction, conjuncts, TRUE } from './conditions.ts';
import { type Keys, smallestKey, upsertKeys } from './infer-keys.ts';
import { type IntervalBounds, intervalOf } from './interval-bounds.ts';
import { splitCondition } from './join-condition.ts';
import type { PlanOf } from './logical-plan.ts';
import { exchange, type PhysicalOf, type PhysicalPlan, uniqueFields } from './physical-plan.ts';
import { withoutTime } from './time-attribute.ts';
import { type WindowedJoin, windowJoinOf } from './window-columns.ts';

/** Keys are columns: the rule `project-join-keys` has computed the others below. */
export function joinToPhysical(
  plan: PlanOf<'Join'>,
  left: PhysicalPlan,
  right: PhysicalPlan,
  mode: 'streaming' | 'batch',
): PhysicalPlan {
  if (mode === 'streaming') {
    const windows = windowJoinOf(plan);
    if (windows !== undefined) return windowJoin(plan, windows, left, right);
    const interval = intervalOf(plan);
    if (interval !== undefined) return intervalJoin(plan, interval, left, right);
  }
  const keyed = keyedParts(plan, conjuncts(plan.condition), left, right);
  return {
    kind: 'Join',
    ...keyed,
    fields: keyed.fields.map(withoutTime),
    joinType: plan.joinType,
    hints: plan.hints,
    uniqueKeys: [sideKey(upsertKeys(left), keyed.leftKeys), sideKey(upsertKeys(right), keyed.rightKeys)],
  };
}

/** What every join has: shuffled inputs, output, keys, and the rest of the terms. */
function keyedParts(plan: PlanOf<'Join'>, terms: readonly Expression[], left: PhysicalPlan, right: PhysicalPlan) {
  const { pairs, rest } = splitCondition(conjunction(terms) ?? TRUE, left.fields.length);
  const leftKeys = pairs.map((pair) => columnOf(pair.left));
  const rightKeys = pairs.map((pair) => columnOf(pair.right));
  const isOneSided = plan.joinType === 'SEMI' || plan.joinType === 'ANTI';
  return {
    inputs: [exchange(left, leftKeys), exchange(right, rightKeys)],
    fields: uniqueFields(padded(left.fields, isOneSided ? [] : right.fields, plan.joinType)),
    leftKeys,
    rightKeys,
    filterNulls: pairs.map((pair) => pair.filterNulls),
    condition: conjunction(rest),
  };
}

function windowJoin(
  plan: PlanOf<'Join'>,
  windows: WindowedJoin,
  left: PhysicalPlan,
  right: PhysicalPlan,
): PhysicalOf<'WindowJoin'> {
  return {
    kind: 'WindowJoin',
    ...keyedParts(plan, windows.rest, left, right),
    joinType: plan.joinType,
    window: windows.window,
    leftWindow: windows.left,
    rightWindow: windows.right,
  };
}

function intervalJoin(
  plan: PlanOf<'Join'>,
  interval: IntervalBounds,
  left: PhysicalPlan,
  right: PhysicalPlan,
): PhysicalOf<'IntervalJoin'> {
  const { joinType } = plan;
  assert(joinType !== 'SEMI' && joinType !== 'ANTI', 'interval joins have the columns of both sides');
  const { leftTime, rightTime, isRowtime, lowerMs, upperMs, terms } = interval;
  const keyed = keyedParts(plan, interval.rest, left, right);
  const times = { leftTime, rightTime, isRowtime, lowerMs, upperMs };
  return { kind: 'IntervalJoin', ...keyed, joinType, ...times, bounds: terms };
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
