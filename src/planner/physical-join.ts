/** Regular joins: the condition divided into equal keys and the rest, keys that are computed put into columns first. */
import { type Expression, inputReference, inputsOf } from '../expressions/expression.ts';
import { type Field, typeToString, withNullable } from '../types/logical-type.ts';
import { conjunction, conjuncts, isDeterministic, referencesTo, remap, shiftInputs } from './conditions.ts';
import { type Keys, smallestKey, upsertKeys } from './infer-keys.ts';
import type { PlanOf } from './logical-plan.ts';
import { type PhysicalPlan, uniqueFields } from './physical-plan.ts';
import { calc, exchange } from './to-physical.ts';

export interface KeyPair {
  readonly left: Expression;
  /** Over the right side's own columns. */
  readonly right: Expression;
  readonly filterNulls: boolean;
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
  if (typeToString(withNullable(a.type, true)) !== typeToString(withNullable(b.type, true))) return undefined;
  const filterNulls = term.function === '=';
  if (isOfSide(a, 0, width) && isOfSide(b, width, Number.POSITIVE_INFINITY))
    return { left: a, right: shiftInputs(b, -width), filterNulls };
  if (isOfSide(b, 0, width) && isOfSide(a, width, Number.POSITIVE_INFINITY))
    return { left: b, right: shiftInputs(a, -width), filterNulls };
  return undefined;
}

function isOfSide(expression: Expression, from: number, to: number): boolean {
  const columns = [...inputsOf(expression)];
  return columns.length > 0 && columns.every((column) => column >= from && column < to);
}

export function joinToPhysical(plan: PlanOf<'Join'>, left: PhysicalPlan, right: PhysicalPlan): PhysicalPlan {
  const width = plan.left.fields.length;
  const { pairs, rest } = splitCondition(plan.condition, width);
  const leftSide = withKeys(
    left,
    pairs.map((pair) => pair.left),
    0,
  );
  const rightSide = withKeys(
    right,
    pairs.map((pair) => pair.right),
    left.fields.length,
  );
  const added = leftSide.plan.fields.length - width;
  const moved = rest.map((term) => moveRight(term, width, added));
  const isOneSided = plan.joinType === 'SEMI' || plan.joinType === 'ANTI';
  const rightFields = isOneSided ? [] : rightSide.plan.fields;
  const raw = padded([...leftSide.plan.fields], [...rightFields], plan.joinType);
  const join: PhysicalPlan = {
    kind: 'Join',
    inputs: [exchange(leftSide.plan, leftSide.keys), exchange(rightSide.plan, rightSide.keys)],
    fields: uniqueFields(raw),
    joinType: plan.joinType,
    leftKeys: leftSide.keys,
    rightKeys: rightSide.keys,
    filterNulls: pairs.map((pair) => pair.filterNulls),
    condition: conjunction(moved),
    hints: plan.hints,
    uniqueKeys: [
      sideKey(upsertKeys(leftSide.plan), leftSide.keys),
      sideKey(upsertKeys(rightSide.plan), rightSide.keys),
    ],
  };
  const kept = [
    ...left.fields.map((_, i) => i),
    ...(isOneSided ? [] : right.fields.map((_, i) => leftSide.plan.fields.length + i)),
  ];
  if (kept.length === join.fields.length) return join;
  const projection = kept.map((column) => inputReference(column, (join.fields[column] as Field).type));
  return calc(join, null, projection, plan.fields);
}

/** A key within the join key, else the shortest that holds it, else any. */
function sideKey(keys: Keys, joinKeys: readonly number[]): readonly number[] | null {
  if (keys === null) return null;
  const holding = keys.filter((key) => joinKeys.every((column) => key.includes(column)));
  const within = keys.filter((key) => key.every((column) => joinKeys.includes(column)));
  return smallestKey(within) ?? smallestKey(holding) ?? smallestKey(keys);
}

function moveRight(term: Expression, width: number, by: number): Expression {
  if (by === 0) return term;
  const highest = Math.max(...inputsOf(term), 0);
  const map = Array.from({ length: highest + 1 }, (_, i) => (i < width ? i : i + by));
  return remap(term, map);
}

function padded(left: readonly Field[], right: readonly Field[], joinType: string): Field[] {
  const nullable = (field: Field): Field => ({ ...field, type: withNullable(field.type, true) });
  const padsLeft = joinType === 'RIGHT' || joinType === 'FULL';
  const padsRight = joinType === 'LEFT' || joinType === 'FULL';
  return [...(padsLeft ? left.map(nullable) : left), ...(padsRight ? right.map(nullable) : right)];
}

/** A side with its join keys as columns: those that are computed are added. */
function withKeys(
  plan: PhysicalPlan,
  keys: readonly Expression[],
  nameOffset: number,
): { readonly plan: PhysicalPlan; readonly keys: readonly number[] } {
  const added: Expression[] = [];
  const columns = keys.map((key) => {
    if (key.kind === 'input') return key.index;
    added.push(key);
    return plan.fields.length + added.length - 1;
  });
  if (added.length === 0) return { plan, keys: columns };
  const fields = [
    ...plan.fields,
    ...added.map((key, i) => ({ name: `$f${nameOffset + plan.fields.length + i}`, type: key.type })),
  ];
  return { plan: calc(plan, null, [...referencesTo(plan.fields), ...added], fields), keys: columns };
}
