/** GROUP BY without windows, and DISTINCT. */
import { durationMs } from '../duration-text.ts';
import { aggregateText } from './aggregate-text.ts';
import { defineNode } from './node.ts';
import { inputOf, modeOf, retracts, wantsRetractions } from './node-inputs.ts';
import { columnNames } from './node-text.ts';

export const groupAggregateNode = defineNode({
  kind: 'GroupAggregate',
  produces: (_node, [input]) => ({ update: true, delete: input?.update === true || input?.delete === true }),
  alternatives: (node) => wantsRetractions(node),
  explain(node) {
    const fields = inputOf(node).fields;
    const keys = columnNames(node.keys, fields);
    const calls = node.aggregates.map((call) => aggregateText(call, fields, retracts(node)));
    const select = [...(node.keys.length > 0 ? [keys] : []), ...calls].join(', ');
    return [...(node.keys.length > 0 ? [['groupBy', `[${keys}]`] as const] : []), ['select', `[${select}]`]];
  },
  lower: (node, { ttlMs }) => ({
    kind: 'GroupAggregate',
    keys: node.keys,
    aggregates: node.aggregates.map(({ name: _name, ...call }) => call),
    inputRetracts: retracts(node),
    emitUpdateBefore: modeOf(node).updateBefore,
    ttlMs: node.stateTtl === undefined ? ttlMs : durationMs(node.stateTtl),
  }),
});
