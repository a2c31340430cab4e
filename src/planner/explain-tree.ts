/** Physical trees as EXPLAIN prints them. */
import { printExpression } from '../expressions/print-expression.ts';
import { changelogModeToString } from '../types/changelog-mode.ts';
import { definitionOf } from './nodes/index.ts';
import type { Halves } from './nodes/node.ts';
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
    expression: (expression, fields, own = style) =>
      printExpression(expression, { style: own, inputName: (index) => fields[index]?.name ?? `$${index}` }),
  });
  const parts = [...before, ...attributes.map(([key, value]) => `${key}=${value}`), ...behind];
  return parts.length === 0 ? name : `${name}(${parts.join(', ')})`;
}

/** The tree in Flink's indentation. `withModes`: each node's changelog mode too; `leading`: what stands first in a node. */
export function explainTree(
  plan: PhysicalPlan,
  style: Style,
  withModes: boolean,
  config: (key: string) => string | undefined = () => undefined,
  leading: (node: PhysicalPlan) => readonly string[] = () => [],
): string {
  if (plan.kind === 'Collect') return explainTree(plan.inputs[0] as PhysicalPlan, style, withModes, config, leading);
  const extra = (node: PhysicalPlan) => ({ before: leading(node), behind: withModes ? modeOf(node) : [] });
  const printer: TreePrinter = { lines: [], extra, style, config, reference: () => null };
  print(plan, '', '', printer);
  return printer.lines.join('\n');
}

/** Says of a node that stands elsewhere where that is, and of one that is referred to by what number. */
export type Reference = (plan: PhysicalPlan) => { readonly isHere: boolean; readonly id: number } | null;

/** A tree of the execution plan, with references in place of what has been printed. */
export function explainShared(
  plan: PhysicalPlan,
  config: (key: string) => string | undefined,
  reference: Reference,
): string {
  const extra = () => ({ before: [], behind: [] });
  const printer: TreePrinter = { lines: [], extra, style: 'execution', config, reference };
  print(plan, '', '', printer);
  return printer.lines.join('\n');
}

interface TreePrinter {
  readonly lines: string[];
  readonly extra: (node: PhysicalPlan) => Extra;
  readonly style: Style;
  readonly config: (key: string) => string | undefined;
  readonly reference: Reference;
}

function modeOf({ kind, mode }: PhysicalPlan): readonly string[] {
  if (mode === undefined) return [];
  return [`changelogMode=${kind === 'Sink' ? '[NONE]' : changelogModeToString(mode)}`];
}

function print(plan: PhysicalPlan, first: string, rest: string, printer: TreePrinter): void {
  const { lines, extra, style, config, reference } = printer;
  const shared = reference(plan);
  if (shared?.isHere === false) {
    lines.push(`${first}Reused(reference_id=[${shared.id}])`);
    return;
  }
  const mark = shared ? `(reuse_id=[${shared.id}])` : '';
  const [exchange] = plan.inputs;
  const halves = definitionOf(plan.kind).explainHalves?.(plan, config);
  if (halves && exchange?.kind === 'Exchange') {
    lines.push(first + textOf(halves.global, extra(plan)) + mark);
    lines.push(`${rest}+- ${describeNode(exchange, style, extra(exchange))}`);
    lines.push(`${rest}   +- ${textOf(halves.local, extra(exchange))}`);
    printInputs(exchange, `${rest}      `, printer);
    return;
  }
  lines.push(first + describeNode(plan, style, extra(plan)) + mark);
  printInputs(plan, rest, printer);
}

function textOf([name, attributes]: Halves['local'], { before, behind }: Extra): string {
  return `${name}(${[...before, ...attributes.map(([key, value]) => `${key}=${value}`), ...behind].join(', ')})`;
}

function printInputs(plan: PhysicalPlan, rest: string, printer: TreePrinter): void {
  plan.inputs.forEach((input, i) => {
    const isLast = i === plan.inputs.length - 1;
    print(input, `${rest}${isLast ? '+- ' : ':- '}`, `${rest}${isLast ? '   ' : ':  '}`, printer);
  });
}
