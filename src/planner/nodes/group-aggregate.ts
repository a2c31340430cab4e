/** GROUP BY without windows, and DISTINCT. */
import { isInsertOnly } from '../../types/changelog-mode.ts';
import { durationMs } from '../duration-text.ts';
import { monotonicityOf } from '../infer-monotonicity.ts';
import type { NamedAggregateCall } from '../logical-plan.ts';
import { bundled } from '../mini-batch.ts';
import type { PhysicalOf, PhysicalPlan } from '../physical-plan.ts';
import { aggregateText } from './aggregate-text.ts';
import { defineNode } from './node.ts';
import { inputOf, modeOf, retracts, wantsRetractions } from './node-inputs.ts';
import { columnNames } from './node-text.ts';

export const groupAggregateNode = defineNode({
  kind: 'GroupAggregate',
  summary: "Groups rows and keeps each group's result up to date.",
  examples: [
    'SELECT user_id, SUM(price) AS total, COUNT(DISTINCT currency) FILTER (WHERE price > 1) FROM orders GROUP BY user_id HAVING COUNT(*) > 1',
    'SELECT DISTINCT currency FROM orders',
  ],
  produces: (_node, [input]) => ({ update: true, delete: input?.update === true || input?.delete === true }),
  alternatives: (node) => wantsRetractions(node),
  explain(node) {
    const fields = inputOf(node).fields;
    const keys = columnNames(node.keys, fields);
    const lowered = callsOf(node);
    const calls = node.aggregates.map((call, i) =>
      aggregateText(call, fields, retracts(node) && lowered[i]?.ignoresRetractions !== true),
    );
    const select = [...(node.keys.length > 0 ? [keys] : []), ...calls].join(', ');
    return [...(node.keys.length > 0 ? [['groupBy', `[${keys}]`] as const] : []), ['select', `[${select}]`]];
  },
  lower: (node, { ttlMs, config, mode }) => ({
    kind: 'GroupAggregate',
    keys: node.keys,
    aggregates: callsOf(node).map(({ name: _name, ...call }) => call),
    inputRetracts: retracts(node),
    emitUpdateBefore: modeOf(node).updateBefore,
    ttlMs: node.stateTtl === undefined ? ttlMs : durationMs(node.stateTtl),
    ...bundled(config, mode),
  }),
});

/** MAX of what only rises, and MIN of what only falls, do not look at what an update takes back. */
export function callsOf(node: PhysicalOf<'GroupAggregate'>): NamedAggregateCall[] {
  const moves = retracts(node) ? monotonicityOf(inputOf(node), isInsertOnlyPlan) : [];
  return node.aggregates.map((call) => {
    const move = moves[call.args[0] ?? -1];
    const isMonotonic =
      (call.function === 'MAX' && move === 'increasing') || (call.function === 'MIN' && move === 'decreasing');
    return isMonotonic && call.filter === null ? { ...call, ignoresRetractions: true } : call;
  });
}

function isInsertOnlyPlan(plan: PhysicalPlan): boolean {
  return isInsertOnly(modeOf(plan));
}
