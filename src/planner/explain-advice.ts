/** EXPLAIN PLAN_ADVICE: what might make a plan better, in Flink's words. */
import { isMiniBatchEnabled, isTwoPhase } from './mini-batch.ts';
import type { PhysicalPlan } from './physical-plan.ts';
import { isDivisible } from './with-mini-batch.ts';

type Config = (key: string) => string | undefined;

export interface Advice {
  /** The attributes of a node that an advice is about. */
  attributes(node: PhysicalPlan): readonly string[];
  /** What stands under the trees. */
  readonly text: string;
}

/** The one advice there is here: aggregations that could be divided into a local and a global one. */
export function adviceOf(roots: readonly PhysicalPlan[], config: Config): Advice {
  if (!roots.some(hasDivisible)) return { attributes: () => [], text: 'No available advice...' };
  const settings = [
    ...(isTwoPhase(config) ? [] : ["'table.optimizer.agg-phase-strategy' to 'AUTO'"]),
    ...(isMiniBatchEnabled(config)
      ? []
      : [
          "'table.exec.mini-batch.enabled' to 'true'",
          "'table.exec.mini-batch.allow-latency' to a positive long value",
          "'table.exec.mini-batch.size' to a positive long value",
        ]),
  ];
  return {
    attributes: (node) => (isUndivided(node) ? ['advice=[1]'] : []),
    text: `advice[1]: [ADVICE] You might want to enable local-global two-phase optimization by configuring (${settings.join(', ')}).`,
  };
}

function isUndivided(node: PhysicalPlan): boolean {
  return node.kind === 'GroupAggregate' && isDivisible(node);
}

function hasDivisible(node: PhysicalPlan): boolean {
  return isUndivided(node) || node.inputs.some(hasDivisible);
}
