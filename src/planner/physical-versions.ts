/** `JOIN … FOR SYSTEM_TIME AS OF rowtime`: versions of a table by event time. */
import { assert, validationError } from '../base/error.ts';
import type { Expression } from '../expressions/expression.ts';
import { type Field, typeToString, withNullable } from '../types/logical-type.ts';
import { conjunction } from './conditions.ts';
import { uniqueKeys } from './infer-keys.ts';
import { splitCondition } from './join-condition.ts';
import type { PlanOf } from './logical-plan.ts';
import { exchange, type PhysicalPlan, uniqueFields } from './physical-plan.ts';
import { printLogicalPlan } from './print-logical-plan.ts';
import { rowtimeOf, withoutTime } from './time-attribute.ts';

/** `plan` with keys that are columns. Throws what Flink says of a right side that has no versions. */
export function versionJoin(
  plan: PlanOf<'TemporalJoin'>,
  left: PhysicalPlan,
  planRight: () => PhysicalPlan,
): PhysicalPlan {
  const width = left.fields.length;
  const { pairs, rest } = splitCondition(plan.condition, width);
  if (pairs.length === 0) throw validationError('Currently the join key in Temporal Table Join can not be empty.');
  const rightTime = rowtimeOf(plan.right.fields);
  if (rightTime < 0)
    throw validationError(
      'Event-Time Temporal Table Join requires both primary key and row time attribute in versioned table, but no row time attribute can be found.',
    );
  checkTimes(plan.left.fields[plan.period] as Field, plan.right.fields[rightTime] as Field);
  const right = planRight();
  const columns = pairs.map((pair) => ({ left: columnOf(pair.left), right: columnOf(pair.right) }));
  const versionKey = versionKeyOf(
    right,
    columns.map((column) => column.right),
    plan,
  );
  const isKey = (column: number) => versionKey.includes(column);
  const keys = columns.filter((column) => isKey(column.right));
  const leftKeys = keys.map((key) => key.left);
  const rightKeys = keys.map((key) => key.right);
  const others = splitTerms(plan.condition, width, isKey);
  const pad = (field: Field): Field =>
    plan.joinType === 'LEFT' ? { ...field, type: withNullable(field.type, true) } : field;
  return {
    kind: 'TemporalJoin',
    inputs: [exchange(left, leftKeys), exchange(right, rightKeys)],
    fields: uniqueFields([...left.fields, ...right.fields.map((field) => pad(withoutTime(field)))]),
    joinType: plan.joinType,
    leftKeys,
    rightKeys,
    leftTime: plan.period,
    rightTime,
    versionKey,
    condition: conjunction([...others, ...rest]),
  };
}

function columnOf(key: Expression): number {
  assert(key.kind === 'input', 'a join key is a column');
  return key.index;
}

function checkTimes(left: Field, right: Field): void {
  const [a, b] = [left, right].map(({ type }) => `${typeToString(withNullable(type, true))} *ROWTIME*`);
  if (a === b) return;
  throw validationError(
    `Event-Time Temporal Table Join requires same rowtime type in left table and versioned table, but the rowtime types are ${a} and ${b}.`,
  );
}

function versionKeyOf(right: PhysicalPlan, joined: readonly number[], plan: PlanOf<'TemporalJoin'>): readonly number[] {
  const keys = uniqueKeys(right) ?? [];
  const [first] = keys;
  if (first === undefined)
    throw validationError(
      `Temporal Table Join requires primary key in versioned table, but no primary key can be found. The physical plan is:\nFlink${printLogicalPlan(plan)}`,
    );
  const key = keys.find((columns) => columns.every((column) => joined.includes(column)));
  if (key !== undefined) return key;
  const names = first.map((column) => plan.right.fields[column]?.name).join(', ');
  throw validationError(
    `Temporal table's primary key [${names}] must be included in the equivalence condition of temporal join, but current temporal join condition is [${joinedText(plan)}].`,
  );
}

/** `sku=sku, note=sku`: the pairs as Flink names them. */
function joinedText(plan: PlanOf<'TemporalJoin'>): string {
  const { left, right } = plan;
  return splitCondition(plan.condition, left.fields.length)
    .pairs.map((pair) => `${left.fields[columnOf(pair.left)]?.name}=${right.fields[columnOf(pair.right)]?.name}`)
    .join(', ');
}

/** Equalities that are not of the versions' key: a version is looked at, then they hold or not. */
function splitTerms(condition: Expression, width: number, isKey: (column: number) => boolean): Expression[] {
  return splitCondition(condition, width).pairs.flatMap((pair) => (isKey(columnOf(pair.right)) ? [] : [pair.term]));
}
