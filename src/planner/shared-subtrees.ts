/** Subtrees that occur more than once in the plans of a statement: the execution plan shows each once and refers to it. */
import { describeNode } from './explain-tree.ts';
import type { PhysicalPlan } from './physical-plan.ts';

export interface SharedSubtrees {
  /** Null: it stands here alone. `isAcross`: several plans have it. */
  of(plan: PhysicalPlan): { readonly key: number; readonly isAcross: boolean } | null;
}

export function sharedSubtrees(
  roots: readonly PhysicalPlan[],
  config: (key: string) => string | undefined,
): SharedSubtrees {
  const known = new Map<string, number>();
  const keys = new Map<PhysicalPlan, number>();
  const uses = new Map<number, number>();
  const users = new Map<number, Set<number>>();
  const isOn = (key: string): boolean => config(key)?.toLowerCase() !== 'false';
  const sharesScans = isOn('table.optimizer.reuse-source-enabled');
  const keyOf = (plan: PhysicalPlan): number => {
    const seen = keys.get(plan);
    if (seen !== undefined) return seen;
    const text = `${describeNode(plan, 'execution')}(${plan.inputs.map(keyOf).join(',')})`;
    const key = known.get(text) ?? known.size;
    known.set(text, key);
    keys.set(plan, key);
    return key;
  };
  const visit = (plan: PhysicalPlan, root: number): void => {
    const key = keyOf(plan);
    const count = (uses.get(key) ?? 0) + 1;
    uses.set(key, count);
    users.set(key, (users.get(key) ?? new Set()).add(root));
    if (count === 1) for (const input of plan.inputs) visit(input, root);
  };
  if (isOn('table.optimizer.reuse-sub-plan-enabled')) for (const [i, root] of roots.entries()) visit(root, i);
  return {
    of(plan) {
      const key = keyOf(plan);
      if ((uses.get(key) ?? 0) < 2 || (plan.kind === 'TableSourceScan' && !sharesScans)) return null;
      return { key, isAcross: (users.get(key)?.size ?? 0) > 1 };
    },
  };
}
