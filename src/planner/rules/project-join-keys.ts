/** Join keys that are computed become columns of their side, so that joins keep and compare columns only. */
import { call, type Expression, inputReference } from '../../expressions/expression.ts';
import { type Field, types } from '../../types/logical-type.ts';
import { conjunction, referencesTo, remap, TRUE } from '../conditions.ts';
import { splitCondition } from '../join-condition.ts';
import type { LogicalPlan, PlanOf } from '../logical-plan.ts';
import { rewriteUp } from '../plan-tree.ts';
import { isRowtime } from '../time-attribute.ts';
import { defineRule } from './rule.ts';

export const projectJoinKeys = defineRule({
  name: 'project-join-keys',
  summary: 'Computes join keys below the join.',
  apply: (plan) => rewriteUp(plan, (node) => (node.kind === 'Join' || isVersioned(node) ? withKeyColumns(node) : node)),
});

/** A temporal join by event time; look-ups compute their keys themselves. */
function isVersioned(node: LogicalPlan): node is PlanOf<'TemporalJoin'> {
  return node.kind === 'TemporalJoin' && isRowtime(node.left.fields[node.period]?.type);
}

function withKeyColumns(node: PlanOf<'Join'> | PlanOf<'TemporalJoin'>): LogicalPlan {
  const width = node.left.fields.length;
  const { pairs, rest } = splitCondition(node.condition, width);
  const isPlain = (key: Expression) => key.kind === 'input';
  if (pairs.every((pair) => isPlain(pair.left) && isPlain(pair.right))) return node;
  const total = width + node.right.fields.length;
  const left = extended(
    node.left,
    pairs.map((pair) => pair.left),
    total,
  );
  const right = extended(
    node.right,
    pairs.map((pair) => pair.right),
    total + left.plan.fields.length - width,
  );
  const newWidth = left.plan.fields.length;
  const places = [...node.left.fields.map((_, i) => i), ...node.right.fields.map((_, i) => newWidth + i)];
  const equalities = pairs.map((pair, i) => {
    const a = inputReference(left.keys[i] as number, pair.left.type);
    const b = inputReference(newWidth + (right.keys[i] as number), pair.right.type);
    return call(pair.filterNulls ? '=' : 'IS NOT DISTINCT FROM', [a, b], types.boolean());
  });
  const condition = conjunction([...equalities, ...rest.map((term) => remap(term, places))]) ?? TRUE;
  const isOneSided = node.joinType === 'SEMI' || node.joinType === 'ANTI';
  const raw = isOneSided ? left.plan.fields : [...left.plan.fields, ...right.plan.fields];
  const kept = isOneSided ? places.slice(0, width) : places;
  const fields = raw.map((field, i) => {
    const at = kept.indexOf(i);
    return at < 0 ? field : (node.fields[at] as Field);
  });
  const join: LogicalPlan = { ...node, fields, left: left.plan, right: right.plan, condition };
  const expressions = kept.map((at, i) => inputReference(at, (node.fields[i] as Field).type));
  return { kind: 'Project', fields: node.fields, input: join, expressions };
}

/** A side with its computed keys as further columns, and where each key is. */
function extended(
  plan: LogicalPlan,
  keys: readonly Expression[],
  firstName: number,
): { readonly plan: LogicalPlan; readonly keys: readonly number[] } {
  const added: Expression[] = [];
  const columns = keys.map((key) => {
    if (key.kind === 'input') return key.index;
    added.push(key);
    return plan.fields.length + added.length - 1;
  });
  if (added.length === 0) return { plan, keys: columns };
  const fields = [...plan.fields, ...added.map((key, i) => ({ name: `$f${firstName + i}`, type: key.type }))];
  const expressions = [...referencesTo(plan.fields), ...added];
  return { plan: { kind: 'Project', fields, input: plan, expressions }, keys: columns };
}
