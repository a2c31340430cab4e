/** Syntax to meaning: the entry of the planner's binding half. */
import type { Query } from '../parser/ast.ts';
import { bindTopQuery } from './bind-query.ts';
import { createBinding } from './binding.ts';
import { checkedPlan } from './check-plan.ts';
import type { LogicalPlan } from './logical-plan.ts';
import type { PlannerContext } from './planner-context.ts';

/** Binds a query. Throws EngineErrors with Flink's texts. */
export async function bindQuery(query: Query, context: PlannerContext): Promise<LogicalPlan> {
  const binding = await createBinding(context, [query]);
  return binding.validated(() => checkedPlan(bindTopQuery(query, binding, null, null).plan));
}
