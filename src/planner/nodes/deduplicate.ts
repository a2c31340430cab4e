/** The first or the last row of a key by time. */
import { bundled } from '../mini-batch.ts';
import type { PhysicalOf } from '../physical-plan.ts';
import { ALL_CHANGES, defineNode, INSERT_ONLY, isInsertOnlyKinds } from './node.ts';
import { inputOf, modeOf, retracts, wantsRetractions } from './node-inputs.ts';
import { columnNames, fieldNames, orderText } from './node-text.ts';
import { rankStrategies } from './rank.ts';

export const deduplicateNode = defineNode({
  kind: 'Deduplicate',
  summary: 'Keeps the first or the last row of a key, by time.',
  examples: [
    'SELECT id, user_id FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY proc) AS rn FROM orders) WHERE rn = 1',
  ],
  /** Flink decides for it only in the execution plan. */
  name: (_node, style) => (style === 'physical' ? 'Rank' : 'Deduplicate'),
  produces: (node, [input]) =>
    node.keep === 'first' && node.isBundled !== true && input !== undefined && isInsertOnlyKinds(input)
      ? INSERT_ONLY
      : ALL_CHANGES,
  alternatives: (node, _request, [input], kindsOf) =>
    input === undefined || isInsertOnlyKinds(input)
      ? wantsRetractions(node)
      : rankStrategies(asRank(node), input, kindsOf),
  explain(node, { style }) {
    const fields = inputOf(node).fields;
    const time = node.timeColumn === null ? 'PROCTIME' : 'ROWTIME';
    if (style === 'execution')
      return [
        ['keep', `[${node.keep === 'first' ? 'FirstRow' : 'LastRow'}]`],
        ['key', `[${columnNames(node.keys, fields)}]`],
        ['order', `[${time}]`],
        ['outputInsertOnly', `[${isInsertOnlyOutput(node)}]`],
      ];
    return [
      ['strategy', '[AppendFastStrategy]'],
      ['rankType', '[ROW_NUMBER]'],
      ['rankRange', '[rankStart=1, rankEnd=1]'],
      ['partitionBy', `[${columnNames(node.keys, fields)}]`],
      ['orderBy', `[${node.timeColumn === null ? '' : 'ROWTIME '}${orderText(node.order, fields)}]`],
      ['select', `[${fieldNames(node.fields)}]`],
    ];
  },
  lower: (node, { ttlMs, config, mode }) => ({
    kind: 'Deduplicate',
    keys: node.keys,
    keep: node.keep,
    timeColumn: node.timeColumn,
    inputRetracts: retracts(node),
    emitUpdateBefore: modeOf(node).updateBefore,
    ttlMs,
    ...bundled(config, mode),
  }),
});

/** Rows that change are ranked: the one behind the row that goes must be known. */
function asRank({ inputs, fields, keys, order }: PhysicalOf<'Deduplicate'>): PhysicalOf<'Rank'> {
  return {
    kind: 'Rank',
    inputs,
    fields,
    partition: keys,
    order,
    rankStart: 1,
    rankEnd: 1,
    outputRank: false,
    strategy: 'append',
    uniqueKey: null,
    isSortLimit: false,
  };
}

function isInsertOnlyOutput(node: PhysicalOf<'Deduplicate'>): boolean {
  const mode = modeOf(node);
  return !mode.updateAfter && !mode.delete;
}
