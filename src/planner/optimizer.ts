/** Logical plans to physical plans with changelog modes: rules, then physical nodes, then the inference. */
import { tableError } from '../base/error.ts';
import { pathToSummary } from '../catalog/object-path.ts';
import type { Field } from '../types/logical-type.ts';
import { describeNode } from './explain-tree.ts';
import { ChangelogInference, withoutNeedlessNormalize } from './infer-changelog.ts';
import type { LogicalPlan } from './logical-plan.ts';
import type { UpdateRequest } from './nodes/node.ts';
import type { PhysicalPlan } from './physical-plan.ts';
import { planSink, type SinkContext } from './plan-sink.ts';
import { rules } from './rules/index.ts';
import type { RuleContext } from './rules/rule.ts';
import { shareScans } from './share-scans.ts';
import { toPhysical } from './to-physical.ts';
import { markBundled, usesMiniBatch, withMiniBatch } from './with-mini-batch.ts';

export interface OptimizerContext extends RuleContext, SinkContext {
  /** EXPLAIN of a bare query: +U alone will do, as Flink shows it. A query that runs gets -U too. */
  readonly forExplain?: boolean;
}

/** The logical tree after all rules. */
export function applyRules(plan: LogicalPlan, context: RuleContext): LogicalPlan {
  return rules.reduce((tree, rule) => rule.apply(tree, context), plan);
}

/** The plans of one job. Throws EngineErrors with Flink's texts for what cannot be planned. */
export function optimizeAll(plans: readonly LogicalPlan[], context: OptimizerContext): PhysicalPlan[] {
  const ruled = shareScans(plans.map((plan) => applyRules(plan, context)));
  return ruled.map((plan, i) => {
    const bound = plans[i] as LogicalPlan;
    const physical = toPhysical(plan, context);
    if (!usesMiniBatch(context)) return withChangelog(physical, bound.fields, context);
    return withMiniBatch(withChangelog(markBundled(physical), bound.fields, context), bound, context);
  });
}

/** A job of one plan. */
export function optimize(plan: LogicalPlan, context: OptimizerContext): PhysicalPlan {
  return optimizeAll([plan], context)[0] as PhysicalPlan;
}

function withChangelog(physical: PhysicalPlan, fields: readonly Field[], context: OptimizerContext): PhysicalPlan {
  const inference = new ChangelogInference((node) => describeNode(node, 'physical'), context.mode);
  if (physical.kind === 'Sink') return planSink(physical, inference, context);
  const requests: readonly UpdateRequest[] = context.forExplain ? ['after', 'before-and-after'] : ['before-and-after'];
  for (const request of requests) {
    const input = inference.satisfy(physical, request);
    if (input === undefined) continue;
    const root: PhysicalPlan = {
      kind: 'Collect',
      inputs: [input],
      fields,
      mode: input.mode ?? NO_UPDATES,
    };
    return context.forExplain ? withoutNeedlessNormalize(root) : root;
  }
  throw tableError(`Can't generate a valid execution plan for the given query:\n${describeNode(physical, 'physical')}`);
}

const NO_UPDATES = { updateBefore: false, updateAfter: false, delete: false } as const;

/** `insert-into_default_catalog.default_database.t`: Flink's default name of a job. */
export function defaultJobName(roots: readonly PhysicalPlan[]): string {
  const names = roots.map((root) => (root.kind === 'Sink' ? pathToSummary(root.table.path) : 'collect'));
  return roots.every((root) => root.kind === 'Sink') ? `insert-into_${names.join(',')}` : 'collect';
}
