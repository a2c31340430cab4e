/** What stands at the top of a SELECT: its projection, DISTINCT, and HAVING as a condition. */
import type { Span } from '../base/error.ts';
import { type Expression, literal } from '../expressions/expression.ts';
import { type Field, types } from '../types/logical-type.ts';
import { bindError } from './bind-error.ts';
import { isIdentity } from './conditions.ts';
import type { LogicalPlan } from './logical-plan.ts';
import { uniqueNames } from './unique-names.ts';

/** A projection; above an aggregate one that changes nothing is left out. */
export function projectOf(
  plan: LogicalPlan,
  columns: readonly Expression[],
  names: readonly string[],
  mayOmit: boolean,
): LogicalPlan {
  const fields = uniqueNames(
    columns.map(
      (expression, i): Field => ({ name: names[i] ?? hiddenName(plan, expression, i), type: expression.type }),
    ),
  );
  const same =
    isIdentity(columns, plan.fields.length) && fields.every((field, i) => field.name === plan.fields[i]?.name);
  if (mayOmit && same) return plan;
  return { kind: 'Project', fields, input: plan, expressions: columns };
}

/** A column that only ORDER BY reads keeps its name. */
function hiddenName(plan: LogicalPlan, expression: Expression, place: number): string {
  const known = expression.kind === 'input' ? plan.fields[expression.index] : undefined;
  return known?.name ?? `EXPR$${place}`;
}

/** DISTINCT is an aggregate with all columns as keys and nothing else; one without aggregates that has these keys already stays. */
export function distinct(plan: LogicalPlan): LogicalPlan {
  if (
    plan.kind === 'Aggregate' &&
    plan.groupingSets === null &&
    plan.keys.length > 0 &&
    plan.fields.length >= plan.keys.length
  )
    return plan;
  return {
    kind: 'Aggregate',
    fields: plan.fields,
    input: plan,
    keys: plan.fields.map((_, i) => i),
    groupingSets: null,
    aggregates: [],
  };
}

/** Asked only once the columns are known to be grouped. */
export function asCondition(having: Expression, span: Span | undefined): Expression {
  if (having.type.kind === 'NULL') return literal(null, types.boolean());
  if (having.type.kind === 'BOOLEAN' || !span) return having;
  throw bindError('HAVING clause must be a condition', span);
}
