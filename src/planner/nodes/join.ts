/** The regular join: both sides in state. */
import { conjuncts } from '../conditions.ts';
import { durationMs } from '../duration-text.ts';
import type { PhysicalOf } from '../physical-plan.ts';
import { JOIN_TYPE_NAMES, whereText } from './join-text.ts';
import { ALL_CHANGES, defineNode, isInsertOnlyKinds } from './node.ts';
import { inputOf, modeOf } from './node-inputs.ts';
import { fieldNames } from './node-text.ts';

export const joinNode = defineNode({
  kind: 'Join',
  summary: 'Joins two inputs, both kept in state.',
  examples: [
    'SELECT o.id, p.amount FROM orders AS o LEFT JOIN payments AS p ON o.id = p.order_id',
    'SELECT id FROM orders WHERE id IN (SELECT order_id FROM payments)',
    'SELECT id FROM orders AS o WHERE NOT EXISTS (SELECT 1 FROM payments AS p WHERE p.order_id = o.id)',
  ],
  produces(node, [left, right]) {
    if (node.joinType !== 'INNER' && node.joinType !== 'SEMI') return ALL_CHANGES;
    return {
      update: left?.update === true || right?.update === true,
      delete: left?.delete === true || right?.delete === true,
    };
  },
  /** +U alone is enough for a side whose key holds the join key: an update cannot move a row to other partners. */
  alternatives(node, request, inputs) {
    if (request === 'after') {
      const moves = inputs.some((kinds, side) => kinds.update && !keyHoldsJoinKey(node, side as 0 | 1));
      if (moves) return [];
    }
    return [{ requests: [request, request] }];
  },
  explain(node, context) {
    return [
      ['joinType', `[${JOIN_TYPE_NAMES[node.joinType]}]`],
      ['where', `[${whereText(node, conjuncts(node.condition), context)}]`],
      ['select', `[${fieldNames(node.fields)}]`],
      ['leftInputSpec', `[${sideText(node, 0)}]`],
      ['rightInputSpec', `[${sideText(node, 1)}]`],
      ...(node.isBundled === true ? [['miniBatch', '[true]'] as const] : []),
    ];
  },
  lower: (node, { ttlMs }) => ({
    kind: 'Join',
    joinType: node.joinType,
    left: { keys: node.leftKeys, uniqueKey: node.uniqueKeys[0], ttlMs: hinted(node, 'LEFT') ?? ttlMs },
    right: { keys: node.rightKeys, uniqueKey: node.uniqueKeys[1], ttlMs: hinted(node, 'RIGHT') ?? ttlMs },
    filterNulls: node.filterNulls,
    condition: node.condition,
    leftInsertOnly: isInsertOnlyKinds(kindsOfMode(node, 0)),
    rightInsertOnly: isInsertOnlyKinds(kindsOfMode(node, 1)),
  }),
});

function kindsOfMode(node: PhysicalOf<'Join'>, side: number) {
  const mode = modeOf(inputOf(node, side));
  return { update: mode.updateAfter || mode.updateBefore, delete: mode.delete };
}

function joinKeysOf(node: PhysicalOf<'Join'>, side: 0 | 1): readonly number[] {
  return side === 0 ? node.leftKeys : node.rightKeys;
}

function keyHoldsJoinKey(node: PhysicalOf<'Join'>, side: 0 | 1): boolean {
  const key = node.uniqueKeys[side];
  return key !== null && joinKeysOf(node, side).every((column) => key.includes(column));
}

function sideText(node: PhysicalOf<'Join'>, side: 0 | 1): string {
  const key = node.uniqueKeys[side];
  if (key === null) return 'NoUniqueKey';
  return key.every((column) => joinKeysOf(node, side).includes(column)) ? 'JoinKeyContainsUniqueKey' : 'HasUniqueKey';
}

function hinted(node: PhysicalOf<'Join'>, side: 'LEFT' | 'RIGHT'): number | undefined {
  for (const hint of node.hints) {
    const text = hint.name.toUpperCase() === 'STATE_TTL' ? hint.options[side] : undefined;
    if (text !== undefined) return durationMs(text);
  }
  return undefined;
}
