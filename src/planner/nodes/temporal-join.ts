/** Each left row with the version of the right row that was valid at its event time. */
import { tableError } from '../../base/error.ts';
import { conjuncts } from '../conditions.ts';
import { type PhysicalOf, type PhysicalPlan, uniqueFields } from '../physical-plan.ts';
import { JOIN_TYPE_NAMES, whereText } from './join-text.ts';
import { type ChangeKinds, defineNode, INSERT_ONLY, isInsertOnlyKinds } from './node.ts';
import { inputOf } from './node-inputs.ts';
import { columnNames, fieldNames } from './node-text.ts';

export const temporalJoinNode = defineNode({
  kind: 'TemporalJoin',
  summary: "Joins each row with the version that the other side had at the row's time.",
  examples: [
    'SELECT o.id, o.price * r.rate FROM orders AS o JOIN rates FOR SYSTEM_TIME AS OF o.ts AS r ON o.currency = r.currency',
  ],
  /** A left row keeps its kind; versions change nothing that has gone out. */
  produces: (_node, [left]) => left ?? INSERT_ONLY,
  alternatives(node, request, [, right]) {
    refuseFilter(inputOf(node, 1), right ?? INSERT_ONLY);
    return [{ requests: [request, 'after'] }, { requests: [request, 'before-and-after'] }];
  },
  explain: (node, context) => [
    ['joinType', `[${JOIN_TYPE_NAMES[node.joinType]}]`],
    ['where', `[${whereText(node, conjuncts(node.condition), context, [versionText(node)])}]`],
    ['select', `[${fieldNames(node.fields)}]`],
  ],
  lower: (node) => ({
    kind: 'TemporalJoin',
    joinType: node.joinType,
    leftKeys: node.leftKeys,
    rightKeys: node.rightKeys,
    leftTime: node.leftTime,
    rightTime: node.rightTime,
    condition: node.condition,
  }),
});

/** A version that the filter leaves out would not end the one before it. */
function refuseFilter(right: PhysicalPlan, kinds: ChangeKinds): void {
  const source = right.kind === 'Exchange' ? inputOf(right) : right;
  if (source.kind !== 'Calc' || source.condition === null || isInsertOnlyKinds(kinds)) return;
  throw tableError(
    'Filter is not allowed for right changelog input of event time temporal join, it will corrupt the versioning of data. Please consider removing the filter before joining.',
  );
}

/** Flink's own function that stands for the version. */
function versionText(node: PhysicalOf<'TemporalJoin'>): string {
  const fields = uniqueFields([...inputOf(node, 0).fields, ...inputOf(node, 1).fields]);
  const width = inputOf(node, 0).fields.length;
  const right = (columns: readonly number[]) =>
    columnNames(
      columns.map((column) => width + column),
      fields,
    );
  const times = `${columnNames([node.leftTime], fields)}, ${right([node.rightTime])}`;
  const keys = `__TEMPORAL_JOIN_LEFT_KEY(${columnNames(node.leftKeys, fields)}), __TEMPORAL_JOIN_RIGHT_KEY(${right(node.rightKeys)})`;
  return `__TEMPORAL_JOIN_CONDITION(${times}, __TEMPORAL_JOIN_CONDITION_PRIMARY_KEY(${right(node.versionKey)}), ${keys})`;
}
