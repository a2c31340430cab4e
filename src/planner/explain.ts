/** EXPLAIN's text: the syntax tree, the physical plan, the execution plan. */
import type { JobGraph } from '../dataflow/job-graph.ts';
import type { Advice } from './explain-advice.ts';
import { explainTree } from './explain-tree.ts';
import type { LogicalPlan } from './logical-plan.ts';
import type { PhysicalPlan } from './physical-plan.ts';
import { printLogicalPlan } from './print-logical-plan.ts';

export function explainPlans(
  plans: readonly LogicalPlan[],
  roots: readonly PhysicalPlan[],
  graph: JobGraph,
  details: readonly string[],
  advice: Advice | null,
): string {
  const withModes = details.includes('CHANGELOG_MODE');
  const trees = roots.map((root) => explainTree(root, 'physical', withModes, advice?.attributes));
  const sections = [
    section(
      'Abstract Syntax Tree',
      plans.map((plan) => printLogicalPlan(plan)),
    ),
    advice
      ? section('Optimized Physical Plan With Advice', [...trees, advice.text])
      : section('Optimized Physical Plan', trees),
    section(
      'Optimized Execution Plan',
      roots.map((root) => explainTree(root, 'execution', false)),
    ),
  ];
  if (details.includes('JSON_EXECUTION_PLAN')) sections.push(section('Physical Execution Plan', [jsonPlan(graph)]));
  return sections.join('\n');
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
