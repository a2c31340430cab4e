/** Physical trees as EXPLAIN prints them. */
import { printExpression } from '../expressions/print-expression.ts';
import { changelogModeToString } from '../types/changelog-mode.ts';
import { definitionOf } from './nodes/index.ts';
import type { PhysicalPlan } from './physical-plan.ts';

type Style = 'physical' | 'execution';

/** One node: `Calc(select=[a], where=[>(b, 3)])`. */
export function describeNode(plan: PhysicalPlan, style: Style, extra: readonly string[] = []): string {
  const definition = definitionOf(plan.kind);
  const name = definition.name?.(plan, style) ?? plan.kind;
  const attributes = definition.explain(plan, {
    style,
    expression: (expression, fields) =>
      printExpression(expression, { style, inputName: (index) => fields[index]?.name ?? `$${index}` }),
  });
  const parts = [...attributes.map(([key, value]) => `${key}=${value}`), ...extra];
  return parts.length === 0 ? name : `${name}(${parts.join(', ')})`;
}

/** The tree in Flink's indentation. `withModes`: each node's changelog mode too. */
export function explainTree(plan: PhysicalPlan, style: Style, withModes: boolean): string {
  if (plan.kind === 'Collect') return explainTree(plan.inputs[0] as PhysicalPlan, style, withModes);
  const lines: string[] = [];
  print(
    plan,
    '',
    '',
    lines,
    (node) => {
      if (!withModes || node.mode === undefined) return [];
      return [`changelogMode=${node.kind === 'Sink' ? '[NONE]' : changelogModeToString(node.mode)}`];
    },
    style,
  );
  return lines.join('\n');
}

function print(
  plan: PhysicalPlan,
  first: string,
  rest: string,
  lines: string[],
  extra: (node: PhysicalPlan) => readonly string[],
  style: Style,
): void {
  lines.push(first + describeNode(plan, style, extra(plan)));
  plan.inputs.forEach((input, i) => {
    const isLast = i === plan.inputs.length - 1;
    print(input, `${rest}${isLast ? '+- ' : ':- '}`, `${rest}${isLast ? '   ' : ':  '}`, lines, extra, style);
  });
}
