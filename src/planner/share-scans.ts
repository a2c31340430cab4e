/** A table that a statement reads several times is read once: its scans are widened to the same columns, so that they become one vertex. */
import type { ProducedColumn } from '../dataflow/job-graph.ts';
import { inputReference } from '../expressions/expression.ts';
import type { Field } from '../types/logical-type.ts';
import type { LogicalPlan, PlanOf } from './logical-plan.ts';
import { inputsOfPlan, rewriteUp } from './plan-tree.ts';
import { mergeNode } from './rules/merge-projects.ts';
import { producedOf } from './scan-columns.ts';
import { isRowtime } from './time-attribute.ts';

type Scan = PlanOf<'Scan'>;
interface Column {
  readonly produced: ProducedColumn;
  readonly field: Field;
}

/** The plans of one job, with scans of the same table made equal. */
export function shareScans(plans: readonly LogicalPlan[]): readonly LogicalPlan[] {
  const groups = new Map<string, Scan[]>();
  for (const plan of plans) collect(plan, groups);
  const shared = new Map<string, Scan>();
  for (const [key, scans] of groups) if (scans.length > 1) shared.set(key, widened(scans));
  if (shared.size === 0) return plans;
  return plans.map((plan) =>
    rewriteUp(plan, (node) => {
      const wide = node.kind === 'Scan' ? shared.get(keyOf(node)) : undefined;
      return mergeNode(wide === undefined || node.kind !== 'Scan' ? node : narrowed(wide, node));
    }),
  );
}

function collect(plan: LogicalPlan, groups: Map<string, Scan[]>): void {
  if (plan.kind === 'Scan') {
    const key = keyOf(plan);
    groups.set(key, [...(groups.get(key) ?? []), plan]);
    return;
  }
  // A table that is looked up is not read as a source.
  const isLookup = plan.kind === 'TemporalJoin' && !isRowtime(plan.left.fields[plan.period]?.type);
  if (isLookup) collect(plan.left, groups);
  else for (const input of inputsOfPlan(plan)) collect(input, groups);
}

/** Same table, same options (hints included), same limit. */
function keyOf(scan: Scan): string {
  const { path, descriptor } = scan.table;
  return JSON.stringify([path, descriptor.options, scan.limit ?? null]);
}

function columnsOf(scan: Scan): Column[] {
  return producedOf(scan).map((produced, i) => ({ produced, field: scan.fields[i] as Field }));
}

/** One scan of all the columns, in the table's order. */
function widened(scans: readonly Scan[]): Scan {
  const whole = scans.find((scan) => scan.produced === undefined);
  if (whole !== undefined && scans.every((scan) => isWithin(scan, whole))) return whole;
  const first = scans[0] as Scan;
  const all = new Map<string, Column>();
  for (const scan of scans)
    for (const column of columnsOf(scan)) all.set(nameOf(column), all.get(nameOf(column)) ?? column);
  const declared = first.table.descriptor.columns.map((column) => column.name);
  const rank = ({ produced, field }: Column) =>
    declared.indexOf(produced.kind === 'physical' ? (produced.path[0] as string) : field.name);
  const columns = [...all.values()].sort((a, b) => rank(a) - rank(b));
  return {
    ...first,
    fields: columns.map((column) => column.field),
    produced: columns.map((column) => column.produced),
  };
}

function isWithin(scan: Scan, wide: Scan): boolean {
  const names = columnsOf(wide).map(nameOf);
  return columnsOf(scan).every((column) => names.includes(nameOf(column)));
}

function nameOf({ produced }: Column): string {
  return JSON.stringify(produced.kind === 'physical' ? produced.path : { metadata: produced.key });
}

/** The columns of the old scan over the wide one. */
function narrowed(wide: Scan, scan: Scan): LogicalPlan {
  const names = columnsOf(wide).map(nameOf);
  const expressions = columnsOf(scan).map((column) => {
    const index = names.indexOf(nameOf(column));
    return inputReference(index, (wide.fields[index] as Field).type);
  });
  return { kind: 'Project', fields: scan.fields, input: wide, expressions };
}
