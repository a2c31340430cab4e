/** Top-N, and ORDER BY with LIMIT. */
import { smallestKey, upsertKeys } from '../infer-keys.ts';
import { monotonicityOf } from '../infer-monotonicity.ts';
import type { PhysicalOf, PhysicalPlan } from '../physical-plan.ts';
import { isRowtime } from '../time-attribute.ts';
import {
  ALL_CHANGES,
  type Alternative,
  type Attributes,
  type ChangeKinds,
  defineNode,
  INSERT_ONLY,
  isInsertOnlyKinds,
} from './node.ts';
import { inputOf, modeOf } from './node-inputs.ts';
import { columnNames, fieldNames, orderText } from './node-text.ts';

export const rankNode = defineNode({
  kind: 'Rank',
  summary: 'Keeps the best rows of each key.',
  examples: [
    'SELECT * FROM (SELECT id, user_id, price, ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY price DESC) AS rn FROM orders) WHERE rn <= 3',
    'SELECT id, price FROM orders ORDER BY price DESC LIMIT 3',
  ],
  name: (node) => (node.isSortLimit ? 'SortLimit' : node.isWindowed === true ? 'WindowRank' : 'Rank'),
  accepts: (node) => (node.isWindowed === true ? 'insert' : 'all'),
  produces: (node) => (node.isWindowed === true ? INSERT_ONLY : ALL_CHANGES),
  alternatives: (node, _request, [input], kindsOf) => rankStrategies(node, input as ChangeKinds, kindsOf),
  explain: (node) => (node.isSortLimit ? explainSortLimit(node) : explainRank(node)),
  lower: (node, { ttlMs }) => ({
    kind: 'Rank',
    partition: node.partition,
    order: node.order,
    rankStart: node.rankStart,
    rankEnd: node.rankEnd,
    outputRank: node.outputRank,
    strategy: node.strategy,
    uniqueKey: node.uniqueKey,
    ...(node.isWindowed === true ? { isWindowed: true } : {}),
    emitUpdateBefore: modeOf(node).updateBefore,
    ttlMs,
  }),
});

/** Append for insert-only input; update where rows have a key and only ever rise; retract for the rest. */
export function rankStrategies(
  node: PhysicalOf<'Rank'>,
  input: ChangeKinds,
  kindsOf: (plan: PhysicalPlan) => ChangeKinds,
): readonly Alternative[] {
  if (isInsertOnlyKinds(input)) return [{ node: { ...node, strategy: 'append' }, requests: ['before-and-after'] }];
  const child = inputOf(node);
  const retract: Alternative = { node: { ...node, strategy: 'retract' }, requests: ['before-and-after'] };
  const shuffled = child.kind === 'Exchange' ? inputOf(child) : child;
  const keys = (upsertKeys(shuffled) ?? []).filter((key) => node.partition.every((column) => key.includes(column)));
  const uniqueKey = smallestKey(keys);
  if (uniqueKey === null || input.delete || !risesOnly(node, kindsOf)) return [retract];
  return [{ node: { ...node, strategy: 'update', uniqueKey }, requests: ['after'] }, retract];
}

/** True when an update never makes a row's rank worse. */
function risesOnly(node: PhysicalOf<'Rank'>, kindsOf: (plan: PhysicalPlan) => ChangeKinds): boolean {
  const moves = monotonicityOf(inputOf(node), (plan) => isInsertOnlyKinds(kindsOf(plan)));
  return node.order.every((key) => {
    const move = moves[key.column];
    return move === 'constant' || move === (key.ascending ? 'decreasing' : 'increasing');
  });
}

function strategyText(node: PhysicalOf<'Rank'>): string {
  if (node.mode === undefined) return 'UndefinedStrategy';
  if (node.strategy === 'append') return 'AppendFastStrategy';
  return node.strategy === 'retract' ? 'RetractStrategy' : `UpdateFastStrategy[${(node.uniqueKey ?? []).join(',')}]`;
}

function explainRank(node: PhysicalOf<'Rank'>): Attributes {
  const fields = inputOf(node).fields;
  return [
    ...(node.isWindowed === true ? [] : [['strategy', `[${strategyText(node)}]`] as const]),
    ['rankType', '[ROW_NUMBER]'],
    ['rankRange', `[rankStart=${node.rankStart}, rankEnd=${node.rankEnd}]`],
    ['partitionBy', `[${columnNames(node.partition, fields)}]`],
    [
      'orderBy',
      `[${isRowtime(fields[node.order[0]?.column ?? -1]?.type) ? 'ROWTIME ' : ''}${orderText(node.order, fields)}]`,
    ],
    ['select', `[${fieldNames(node.fields)}]`],
  ];
}

function explainSortLimit(node: PhysicalOf<'Rank'>): Attributes {
  return [
    ['orderBy', `[${orderText(node.order, node.fields)}]`],
    ['offset', `[${node.rankStart - 1}]`],
    ['fetch', `[${node.rankEnd - node.rankStart + 1}]`],
    ['strategy', `[${strategyText(node)}]`],
  ];
}
