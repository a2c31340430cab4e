/** What a node reads of its inputs. */
import type { ChangelogMode } from '../../types/changelog-mode.ts';
import type { PhysicalPlan } from '../physical-plan.ts';
import type { Alternative } from './node.ts';

/** For nodes that need full retractions of whatever they read. */
export function wantsRetractions(node: PhysicalPlan): readonly Alternative[] {
  return [{ requests: node.inputs.map(() => 'before-and-after' as const) }];
}

/** The mode that the inference has given a node. */
export function modeOf(node: PhysicalPlan): ChangelogMode {
  return node.mode ?? { updateBefore: false, updateAfter: false, delete: false };
}

export function inputOf(node: PhysicalPlan, index = 0): PhysicalPlan {
  return node.inputs[index] as PhysicalPlan;
}

/** True when the input brings -U or -D. */
export function retracts(node: PhysicalPlan, index = 0): boolean {
  const mode = modeOf(inputOf(node, index));
  return mode.updateBefore || mode.delete;
}
