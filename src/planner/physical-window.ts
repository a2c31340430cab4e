/** GROUP BY a window: what Flink refuses, and when results are given. */
import { tableError } from '../base/error.ts';
import { areHashed } from '../dataflow/plain-aggregates.ts';
import { emitStrategyOf } from './emit-strategy.ts';
import type { PlanOf } from './logical-plan.ts';
import { groupWindowText } from './nodes/window-text.ts';
import { exchange, type PhysicalPlan, uniqueFields } from './physical-plan.ts';
import type { PhysicalContext } from './to-physical.ts';

/** Windows that Flink does not aggregate. */
function checkWindow(plan: PlanOf<'GroupWindowAggregate'>, context: PhysicalContext): void {
  const { type, sizeMs, slideMs } = plan.window;
  if (context.mode === 'batch' && type === 'SESSION')
    throw tableError(`Window ${groupWindowText(plan.window, plan.input.fields)} is not supported right now.`);
  if (context.mode === 'streaming' && plan.fromTableFunction === true && type === 'HOP' && sizeMs % slideMs !== 0)
    throw tableError(
      `HOP table function based aggregate requires size must be an integral multiple of slide, but got size ${sizeMs} ms and slide ${slideMs} ms.`,
    );
}

/** Aggregates that depend on order, or have no fixed width, get their rows by key and time. */
function sorted(plan: PlanOf<'GroupWindowAggregate'>, source: PhysicalPlan): PhysicalPlan {
  const input = exchange(source, plan.keys);
  const { timeColumn } = plan.window;
  if (timeColumn === null || areHashed(plan.aggregates)) return input;
  const order = [...plan.keys, timeColumn].map((column) => ({ column, ascending: true, nullsFirst: true }));
  return { kind: 'Sort', inputs: [input], fields: input.fields, order, timeColumn: null };
}

export function windowAggregateToPhysical(
  plan: PlanOf<'GroupWindowAggregate'>,
  input: PhysicalPlan,
  context: PhysicalContext,
): PhysicalPlan {
  checkWindow(plan, context);
  return {
    kind: 'WindowAggregate',
    inputs: [context.mode === 'batch' ? sorted(plan, input) : exchange(input, plan.keys)],
    fields: uniqueFields(plan.fields),
    window: plan.window,
    keys: plan.keys,
    aggregates: plan.aggregates,
    properties: plan.properties,
    isGroupWindow: plan.fromTableFunction !== true,
    emit: emitStrategyOf(plan, context),
  };
}
