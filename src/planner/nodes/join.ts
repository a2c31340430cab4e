/** The regular join: both sides in state. */
import type { JoinType } from '../../dataflow/operator-spec.ts';
import { call, type Expression, inputReference } from '../../expressions/expression.ts';
import { type Field, types } from '../../types/logical-type.ts';
import { conjunction } from '../conditions.ts';
import { durationMs } from '../duration-text.ts';
import { type PhysicalOf, uniqueFields } from '../physical-plan.ts';
import { ALL_CHANGES, defineNode, fieldNames, inputOf, isInsertOnlyKinds, modeOf } from './node.ts';

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
  explain(node, { expression }) {
    const fields = uniqueFields([...inputOf(node, 0).fields, ...inputOf(node, 1).fields]);
    const condition = wholeCondition(node, fields);
    return [
      ['joinType', `[${TYPE_NAMES[node.joinType]}]`],
      ['where', `[${condition === null ? 'true' : expression(condition, fields)}]`],
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
function wholeCondition(node: PhysicalOf<'Join'>, fields: readonly Field[]): Expression | null {
  const width = inputOf(node, 0).fields.length;
  const reference = (column: number) => inputReference(column, (fields[column] as Field).type);
  const equalities = node.leftKeys.map((left, i) =>
    call(
      node.filterNulls[i] === false ? 'IS NOT DISTINCT FROM' : '=',
      [reference(left), reference(width + (node.rightKeys[i] as number))],
      types.boolean(),
    ),
  );
  return conjunction([...equalities, ...(node.condition === null ? [] : flat(node.condition))]);
}

function flat(condition: Expression): readonly Expression[] {
  return condition.kind === 'call' && condition.function === 'AND' ? condition.args : [condition];
}

function hinted(node: PhysicalOf<'Join'>, side: 'LEFT' | 'RIGHT'): number | undefined {
  for (const hint of node.hints) {
    const text = hint.name.toUpperCase() === 'STATE_TTL' ? hint.options[side] : undefined;
    if (text !== undefined) return durationMs(text);
  }
  return undefined;
}
