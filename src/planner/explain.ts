/** EXPLAIN's text: the syntax tree, the physical plan, the execution plan. */
import type { JobGraph } from '../dataflow/job-graph.ts';
import type { Advice } from './explain-advice.ts';
import { explainShared, explainTree } from './explain-tree.ts';
import type { LogicalPlan } from './logical-plan.ts';
import type { PhysicalPlan } from './physical-plan.ts';
import { printLogicalPlan } from './print-logical-plan.ts';
import { sharedSubtrees } from './shared-subtrees.ts';

export function explainPlans(
  plans: readonly LogicalPlan[],
  roots: readonly PhysicalPlan[],
  graph: JobGraph,
  details: readonly string[],
  advice: Advice | null,
  config: (key: string) => string | undefined,
): string {
  const withModes = details.includes('CHANGELOG_MODE');
  const trees = roots.map((root) => explainTree(root, 'physical', withModes, config, advice?.attributes));
  const sections = [
    section(
      'Abstract Syntax Tree',
      plans.map((plan) => printLogicalPlan(plan)),
    ),
    advice
      ? section('Optimized Physical Plan With Advice', [...trees, advice.text])
      : section('Optimized Physical Plan', trees),
    section('Optimized Execution Plan', executionTrees(roots, config)),
  ];
  if (details.includes('JSON_EXECUTION_PLAN')) sections.push(section('Physical Execution Plan', [jsonPlan(graph)]));
  return sections.join('\n');
}

/** The trees, those that several of them share in front. */
function executionTrees(roots: readonly PhysicalPlan[], config: (key: string) => string | undefined): string[] {
  const tops = roots.map((root) => (root.kind === 'Collect' ? (root.inputs[0] as PhysicalPlan) : root));
  const shared = sharedSubtrees(tops, config);
  const ids = new Map<number, number>();
  const texts: string[] = [];
  const tree = (top: PhysicalPlan, isBlock: boolean): void => {
    const text = explainShared(top, config, (plan) => {
      const found = shared.of(plan);
      if (!found) return null;
      const known = ids.get(found.key);
      if (known !== undefined) return { isHere: isBlock && plan === top, id: known };
      const id = ids.size + 1;
      ids.set(found.key, id);
      if (found.isAcross) tree(plan, true);
      return { isHere: !found.isAcross, id };
    });
    texts.push(text);
  };
  for (const top of tops) tree(top, false);
  return texts;
}

function section(title: string, texts: readonly string[]): string {
  return `== ${title} ==\n${texts.map((text) => text.trimEnd()).join('\n\n')}\n`;
}

/** The vertices as Flink's web page reads them. */
function jsonPlan(graph: JobGraph): string {
  const nodes = graph.vertices.map((vertex) => ({
    id: vertex.id,
    type: vertex.name,
    pact: vertex.body.kind === 'Source' ? 'Data Source' : vertex.body.kind === 'Sink' ? 'Data Sink' : 'Operator',
    contents: vertex.name,
    parallelism: 1,
    ...(vertex.inputs.length > 0
      ? { predecessors: vertex.inputs.map((id) => ({ id, ship_strategy: 'FORWARD', side: 'second' })) }
      : {}),
  }));
  return JSON.stringify({ nodes }, null, 2);
}
