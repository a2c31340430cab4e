/** Physical trees as EXPLAIN prints them. */
import { printExpression } from '../expressions/print-expression.ts';
import { changelogModeToString } from '../types/changelog-mode.ts';
import { definitionOf } from './nodes/index.ts';
import type { PhysicalPlan } from './physical-plan.ts';

type Style = 'physical' | 'execution';

/** Attributes that stand before and behind those of a node. */
interface Extra {
  readonly before: readonly string[];
  readonly behind: readonly string[];
}

/** One node: `Calc(select=[a], where=[>(b, 3)])`. */
export function describeNode(
  plan: PhysicalPlan,
  style: Style,
  { before, behind }: Extra = { before: [], behind: [] },
): string {
  const definition = definitionOf(plan.kind);
  const name = definition.name?.(plan, style) ?? plan.kind;
  const attributes = definition.explain(plan, {
    style,
    expression: (expression, fields) =>
      printExpression(expression, { style, inputName: (index) => fields[index]?.name ?? `$${index}` }),
  });
  const parts = [...before, ...attributes.map(([key, value]) => `${key}=${value}`), ...behind];
  return parts.length === 0 ? name : `${name}(${parts.join(', ')})`;
}

/** The tree in Flink's indentation. `withModes`: each node's changelog mode too; `leading`: what stands first in a node. */
export function explainTree(
  plan: PhysicalPlan,
  style: Style,
  withModes: boolean,
  leading: (node: PhysicalPlan) => readonly string[] = () => [],
): string {
  if (plan.kind === 'Collect') return explainTree(plan.inputs[0] as PhysicalPlan, style, withModes, leading);
  const lines: string[] = [];
  print(plan, '', '', lines, (node) => ({ before: leading(node), behind: withModes ? modeOf(node) : [] }), style);
  return lines.join('\n');
}

function modeOf({ kind, mode }: PhysicalPlan): readonly string[] {
  if (mode === undefined) return [];
  return [`changelogMode=${kind === 'Sink' ? '[NONE]' : changelogModeToString(mode)}`];
}

function print(
  plan: PhysicalPlan,
  first: string,
  rest: string,
  lines: string[],
  extra: (node: PhysicalPlan) => Extra,
  style: Style,
): void {
  lines.push(first + describeNode(plan, style, extra(plan)));
  plan.inputs.forEach((input, i) => {
    const isLast = i === plan.inputs.length - 1;
    print(input, `${rest}${isLast ? '+- ' : ':- '}`, `${rest}${isLast ? '   ' : ':  '}`, lines, extra, style);
  });
}
