/** How the columns of an updating node move when a row is updated: what Top-N builds its fast strategy on. */
import type { Expression } from '../expressions/expression.ts';
import { conjuncts } from './conditions.ts';
import type { NamedAggregateCall } from './logical-plan.ts';
import type { PhysicalOf, PhysicalPlan } from './physical-plan.ts';

/** `constant`: the same after an update; null: anything may happen. */
export type Monotonicity = 'constant' | 'increasing' | 'decreasing' | null;

/** By column. `isInsertOnly` tells whether an input has no updates and deletes. */
export function monotonicityOf(
  plan: PhysicalPlan,
  isInsertOnly: (plan: PhysicalPlan) => boolean,
): readonly Monotonicity[] {
  if (isInsertOnly(plan)) return plan.fields.map(() => 'constant');
  switch (plan.kind) {
    case 'GroupAggregate':
      return aggregateMonotonicity(plan, isInsertOnly(plan.inputs[0] as PhysicalPlan));
    case 'Calc': {
      const input = monotonicityOf(plan.inputs[0] as PhysicalPlan, isInsertOnly);
      if (plan.projection === null) return input;
      return plan.projection.map((expression) => projected(expression, input));
    }
    case 'Exchange':
    case 'WatermarkAssigner':
    case 'DropUpdateBefore':
      return monotonicityOf(plan.inputs[0] as PhysicalPlan, isInsertOnly);
    default:
      return plan.fields.map(() => null);
  }
}

function projected(expression: Expression, input: readonly Monotonicity[]): Monotonicity {
  if (expression.kind === 'input') return input[expression.index] ?? null;
  if (expression.kind === 'literal') return 'constant';
  if (expression.function === 'CAST' && expression.args.length === 1)
    return projected(expression.args[0] as Expression, input);
  return null;
}

function aggregateMonotonicity(plan: PhysicalOf<'GroupAggregate'>, isInsertOnly: boolean): readonly Monotonicity[] {
  const keys = plan.keys.map((): Monotonicity => 'constant');
  return [...keys, ...plan.aggregates.map((call) => (isInsertOnly ? callMonotonicity(call, plan) : null))];
}

function callMonotonicity(call: NamedAggregateCall, plan: PhysicalOf<'GroupAggregate'>): Monotonicity {
  switch (call.function) {
    case 'COUNT':
    case 'MAX':
      return 'increasing';
    case 'MIN':
      return 'decreasing';
    case 'SUM':
    case '$SUM0':
      return isNotNegative(plan.inputs[0] as PhysicalPlan, call.args[0] ?? -1) ? 'increasing' : null;
    default:
      return null;
  }
}

/** A filter below keeps the column from being negative, or it is a literal. */
function isNotNegative(plan: PhysicalPlan, column: number): boolean {
  if (plan.kind === 'Exchange') return isNotNegative(plan.inputs[0] as PhysicalPlan, column);
  if (plan.kind !== 'Calc') return false;
  const expression = plan.projection === null ? undefined : plan.projection[column];
  if (expression?.kind === 'literal') return Number(expression.value) >= 0;
  const source = plan.projection === null ? column : expression?.kind === 'input' ? expression.index : -1;
  return conjuncts(plan.condition).some((term) => {
    if (term.kind !== 'call' || (term.function !== '>' && term.function !== '>=')) return false;
    const [value, bound] = term.args;
    return value?.kind === 'input' && value.index === source && bound?.kind === 'literal' && Number(bound.value) >= 0;
  });
}
