/** Joins in EXPLAIN. */
import type { JoinType } from '../../dataflow/operator-spec.ts';
import type { Expression } from '../../expressions/expression.ts';
import { type PhysicalPlan, uniqueFields } from '../physical-plan.ts';
import type { ExplainContext } from './node.ts';
import { inputOf } from './node-inputs.ts';
import { columnNames } from './node-text.ts';

export const JOIN_TYPE_NAMES: Readonly<Record<JoinType, string>> = {
  INNER: 'InnerJoin',
  LEFT: 'LeftOuterJoin',
  RIGHT: 'RightOuterJoin',
  FULL: 'FullOuterJoin',
  SEMI: 'LeftSemiJoin',
  ANTI: 'LeftAntiJoin',
};

type Keyed = PhysicalPlan & {
  readonly leftKeys: readonly number[];
  readonly rightKeys: readonly number[];
  readonly filterNulls?: readonly boolean[];
};

/** The equalities and other terms, over both sides' columns; `last` are terms that are printed already. */
export function whereText(
  node: Keyed,
  others: readonly Expression[],
  { expression, style }: ExplainContext,
  last: readonly string[] = [],
): string {
  const fields = uniqueFields([...inputOf(node, 0).fields, ...inputOf(node, 1).fields]);
  const width = inputOf(node, 0).fields.length;
  const equalities = node.leftKeys.map((left, i) => {
    const [a, b] = [left, width + (node.rightKeys[i] as number)].map((column) => columnNames([column], fields));
    const operator = node.filterNulls?.[i] === false ? 'IS NOT DISTINCT FROM' : '=';
    return style === 'physical' || operator !== '=' ? `${operator}(${a}, ${b})` : `(${a} ${operator} ${b})`;
  });
  const terms = [...equalities, ...others.map((term) => expression(term, fields)), ...last];
  if (terms.length <= 1) return terms[0] ?? 'true';
  return style === 'physical' ? `AND(${terms.join(', ')})` : `(${terms.join(' AND ')})`;
}
