/**
 * Top-N of a window (PARTITION BY window_start, window_end): the rows are held until their window closes and go on sorted, so that each
 * row's rank is final when it comes. ROW_NUMBER = 1 by time (deduplication in a window) is a case of it.
 */
import { tableError } from '../../base/error.ts';
import { referencesTo } from '../conditions.ts';
import type { LogicalPlan, PlanOf } from '../logical-plan.ts';
import { rewriteUp } from '../plan-tree.ts';
import { isProctime, isRowtime } from '../time-attribute.ts';
import { wholeWindow } from '../window-columns.ts';
import { withTime } from './attached-window.ts';
import { defineRule } from './rule.ts';

export const windowRank = defineRule({
  name: 'window-rank',
  summary: 'Ranks the rows of a window once, when it has closed.',
  apply: (plan, context) =>
    context.mode === 'batch'
      ? plan
      : rewriteUp(plan, (node) => (node.kind === 'Rank' ? (windowed(node) ?? node) : node)),
});

function windowed(node: PlanOf<'Rank'>): LogicalPlan | undefined {
  const whole = wholeWindow(node.input, node.partition);
  if (whole === undefined) return undefined;
  if (whole.window.timeColumn === null) throw byProcessingTime(node);
  const timed = withTime(node.input, whole.end, whole.window);
  const time = { column: timed.fields.length - 1, ascending: true, nullsFirst: false };
  const sorted: LogicalPlan = {
    kind: 'Sort',
    fields: timed.fields,
    input: timed,
    order: [time, ...node.order],
    latestFirst: keepsLast(node),
    offset: 0,
    fetch: null,
  };
  const { fields } = node.input;
  const input: LogicalPlan = { kind: 'Project', fields, input: sorted, expressions: referencesTo(fields) };
  return { ...node, input, isWindowed: true };
}

/** Of rows with the same time the last that came is the window's last row. */
function keepsLast(node: PlanOf<'Rank'>): boolean {
  const [key] = node.order;
  const isFirst = node.rankStart === 1 && node.rankEnd === 1 && node.order.length === 1;
  return isFirst && key?.ascending === false && isRowtime(node.input.fields[key.column]?.type);
}

function byProcessingTime(node: PlanOf<'Rank'>): Error {
  const type = node.input.fields[node.order[0]?.column ?? -1]?.type;
  const isFirst = node.rankStart === 1 && node.rankEnd === 1 && node.order.length === 1;
  const what = isFirst && (isRowtime(type) || isProctime(type)) ? 'Deduplication' : 'TopN';
  return tableError(`Processing time Window ${what} is not supported yet.`);
}
