/** What Flink's code generator refuses of a query that is valid otherwise. */
import { tooLargeError } from '../base/error.ts';
import type { Expression } from '../expressions/expression.ts';
import type { LogicalType } from '../types/logical-type.ts';
import { isNumeric, isText } from '../types/type-family.ts';
import { planError } from './bind-error.ts';
import { forEachExpression } from './decorrelate.ts';
import type { LogicalPlan } from './logical-plan.ts';
import { inputsOfPlan } from './plan-tree.ts';

const NODES_MAX = 30_000;

/** Nodes of the plan as a tree: items of WITH that are read twice count twice, and can unfold without end. */
function unfoldedSize(plan: LogicalPlan, known: Map<LogicalPlan, number>): number {
  const size = known.get(plan) ?? inputsOfPlan(plan).reduce((sum, input) => sum + unfoldedSize(input, known), 1);
  known.set(plan, size);
  return size;
}

/** The plan itself, unless texts are compared with numbers for equality. */
export function checkedPlan(plan: LogicalPlan): LogicalPlan {
  if (unfoldedSize(plan, new Map()) > NODES_MAX) throw tooLargeError();
  forEachExpression(plan, refuseMixed);
  forEachExpression(plan, refuseLoneJson);
  return plan;
}

const TAKES_JSON = new Set(['JSON_OBJECT', 'JSON_ARRAY']);

function refuseLoneJson(expression: Expression): void {
  if (expression.kind !== 'call') return;
  if (expression.function === 'JSON')
    throw planError(
      `The JSON() function is currently only supported inside JSON_ARRAY() or as the VALUE param of JSON_OBJECT(). Example: JSON_OBJECT('a', JSON('{"key": "value"}')) or JSON_ARRAY(JSON('{"key": "value"}')).`,
      'org.apache.flink.table.api.ValidationException',
    );
  for (const arg of expression.args)
    if (arg.kind !== 'call' || arg.function !== 'JSON' || !TAKES_JSON.has(expression.function)) refuseLoneJson(arg);
    else arg.args.forEach(refuseLoneJson);
}

const EQUALITIES = new Set(['=', '<>', 'IS DISTINCT FROM', 'IS NOT DISTINCT FROM']);

function refuseMixed(expression: Expression): void {
  if (expression.kind !== 'call') return;
  expression.args.forEach(refuseMixed);
  const [left, right] = expression.args;
  if (!EQUALITIES.has(expression.function) || !left || !right || isNull(left) || isNull(right)) return;
  const mixed = (isText(left.type) && isNumeric(right.type)) || (isNumeric(left.type) && isText(right.type));
  if (mixed)
    throw planError(
      `implicit type conversion between ${kindName(left.type)} and ${kindName(right.type)} is not supported now`,
      'org.apache.flink.table.api.ValidationException',
    );
}

function isNull(expression: Expression): boolean {
  return expression.kind === 'literal' && expression.value === null;
}

function kindName(type: LogicalType): string {
  return type.kind === 'INT' ? 'INTEGER' : type.kind;
}
