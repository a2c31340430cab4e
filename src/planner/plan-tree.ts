/** Walking and rebuilding logical trees. */
import type { LogicalPlan } from './logical-plan.ts';

export function inputsOfPlan(plan: LogicalPlan): readonly LogicalPlan[] {
  switch (plan.kind) {
    case 'Scan':
    case 'Values':
      return [];
    case 'Join':
    case 'TemporalJoin':
      return [plan.left, plan.right];
    case 'SetOperation':
      return plan.inputs;
    default:
      return [plan.input];
  }
}

/** The same node over other inputs; itself when they are the same. */
export function withInputs(plan: LogicalPlan, inputs: readonly LogicalPlan[]): LogicalPlan {
  const before = inputsOfPlan(plan);
  if (before.every((input, i) => input === inputs[i])) return plan;
  switch (plan.kind) {
    case 'Scan':
    case 'Values':
      return plan;
    case 'Join':
    case 'TemporalJoin':
      return { ...plan, left: inputs[0] as LogicalPlan, right: inputs[1] as LogicalPlan };
    case 'SetOperation':
      return { ...plan, inputs };
    default:
      return { ...plan, input: inputs[0] as LogicalPlan };
  }
}

/** Rewrites every node, inputs first. */
export function rewriteUp(plan: LogicalPlan, rewrite: (node: LogicalPlan) => LogicalPlan): LogicalPlan {
  return rewrite(
    withInputs(
      plan,
      inputsOfPlan(plan).map((input) => rewriteUp(input, rewrite)),
    ),
  );
}

/** Applies `test` to each node of the tree until it is true. */
export function somePlan(plan: LogicalPlan, test: (node: LogicalPlan) => boolean): boolean {
  return test(plan) || inputsOfPlan(plan).some((input) => somePlan(input, test));
}
