/** Sub-queries in the condition of an outer join: each is joined to the side whose columns it reads, below the join. */

import { type Expression, inputReference, inputsOf } from '../expressions/expression.ts';
import { attachSubqueries } from './attach-subqueries.ts';
import { planError } from './bind-error.ts';
import { shiftInputs } from './conditions.ts';
import type { LogicalPlan, PlanOf } from './logical-plan.ts';
import { type Markers, markerId, rewriteDown, SUBQUERY } from './markers.ts';

/** The join with the same columns as before. A sub-query that reads neither side goes to the right one, as in Flink. */
export function outerJoinWithSubqueries(join: PlanOf<'Join'>, markers: Markers): LogicalPlan {
  const leftWidth = join.left.fields.length;
  const rightWidth = join.right.fields.length;
  const calls = subqueriesOf(join.condition);
  const [ofLeft, ofRight] = [calls.filter((call) => isOfLeft(call, leftWidth)), [] as Expression[]];
  for (const call of calls) {
    if (ofLeft.includes(call)) continue;
    if ([...inputsOf(call)].some((column) => column < leftWidth))
      throw planError("A sub-query in an outer join's condition may read one side of the join only.");
    ofRight.push(call);
  }
  const left = attachSubqueries(join.left, ofLeft, markers);
  const right = attachSubqueries(
    join.right,
    ofRight.map((call) => shiftInputs(call, -leftWidth)),
    markers,
  );
  const added = left.plan.fields.length - leftWidth;
  const values = new Map<Expression, Expression>();
  ofLeft.forEach((call, i) => {
    values.set(call, left.expressions[i] as Expression);
  });
  ofRight.forEach((call, i) => {
    values.set(call, shiftInputs(right.expressions[i] as Expression, leftWidth + added));
  });
  const place = (column: number) => (column < leftWidth ? column : column + added);
  const condition = rewriteDown(join.condition, (node) => {
    const value = values.get(node);
    if (value) return value;
    return node.kind === 'input' ? inputReference(place(node.index), node.type) : undefined;
  });
  const lefts = join.fields.slice(0, leftWidth);
  const rights = join.fields.slice(leftWidth);
  const fields = [...lefts, ...left.plan.fields.slice(leftWidth), ...rights, ...right.plan.fields.slice(rightWidth)];
  const wide: LogicalPlan = { ...join, fields, left: left.plan, right: right.plan, condition };
  const expressions = join.fields.map((field, i) => inputReference(place(i), field.type));
  return { kind: 'Project', fields: join.fields, input: wide, expressions };
}

/** The outermost sub-queries of an expression. */
function subqueriesOf(expression: Expression): Expression[] {
  if (expression.kind !== 'call') return [];
  return markerId(expression, SUBQUERY) >= 0 ? [expression] : expression.args.flatMap(subqueriesOf);
}

function isOfLeft(call: Expression, leftWidth: number): boolean {
  const columns = [...inputsOf(call)];
  return columns.length > 0 && columns.every((column) => column < leftWidth);
}
