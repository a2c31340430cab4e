/** The regular join: both sides in state. */
import type { JoinType } from '../../dataflow/operator-spec.ts';
import { conjuncts } from '../conditions.ts';
import { durationMs } from '../duration-text.ts';
import { type PhysicalOf, uniqueFields } from '../physical-plan.ts';
import { ALL_CHANGES, defineNode, type ExplainContext, isInsertOnlyKinds } from './node.ts';
import { inputOf, modeOf } from './node-inputs.ts';
import { columnNames, fieldNames } from './node-text.ts';

const TYPE_NAMES: Readonly<Record<JoinType, string>> = {
  INNER: 'InnerJoin',
  LEFT: 'LeftOuterJoin',
  RIGHT: 'RightOuterJoin',
  FULL: 'FullOuterJoin',
  SEMI: 'LeftSemiJoin',
  ANTI: 'LeftAntiJoin',
};

export const joinNode = defineNode({
  kind: 'Join',
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
      ['joinType', `[${TYPE_NAMES[node.joinType]}]`],
      ['where', `[${whereText(node, context)}]`],
      ['select', `[${fieldNames(node.fields)}]`],
      ['leftInputSpec', `[${sideText(node, 0)}]`],
      ['rightInputSpec', `[${sideText(node, 1)}]`],
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

/** The equalities and the rest, over both sides' columns. */
function whereText(node: PhysicalOf<'Join'>, { expression, style }: ExplainContext): string {
  const fields = uniqueFields([...inputOf(node, 0).fields, ...inputOf(node, 1).fields]);
  const width = inputOf(node, 0).fields.length;
  const equalities = node.leftKeys.map((left, i) => {
    const [a, b] = [left, width + (node.rightKeys[i] as number)].map((column) => columnNames([column], fields));
    const operator = node.filterNulls[i] === false ? 'IS NOT DISTINCT FROM' : '=';
    return style === 'physical' ? `${operator}(${a}, ${b})` : `(${a} ${operator} ${b})`;
  });
  const terms = [...equalities, ...conjuncts(node.condition).map((term) => expression(term, fields))];
  if (terms.length <= 1) return terms[0] ?? 'true';
  return style === 'physical' ? `AND(${terms.join(', ')})` : `(${terms.join(' AND ')})`;
}

function hinted(node: PhysicalOf<'Join'>, side: 'LEFT' | 'RIGHT'): number | undefined {
  for (const hint of node.hints) {
    const text = hint.name.toUpperCase() === 'STATE_TTL' ? hint.options[side] : undefined;
    if (text !== undefined) return durationMs(text);
  }
  return undefined;
}
