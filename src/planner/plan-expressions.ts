/** The expressions that a logical node holds. */
import type { Expression } from '../expressions/expression.ts';
import type { LogicalPlan } from './logical-plan.ts';

/** The node with each of its expressions replaced; itself when none changes. */
export function mapExpressions(node: LogicalPlan, map: (expression: Expression) => Expression): LogicalPlan {
  switch (node.kind) {
    case 'Project': {
      const expressions = mapAll(node.expressions, map);
      return expressions === node.expressions ? node : { ...node, expressions };
    }
    case 'Filter':
    case 'Join':
    case 'TemporalJoin': {
      const condition = map(node.condition);
      return condition === node.condition ? node : { ...node, condition };
    }
    case 'WatermarkAssigner': {
      const watermark = map(node.watermark);
      return watermark === node.watermark ? node : { ...node, watermark };
    }
    case 'Values':
      return { ...node, rows: node.rows.map((row) => mapAll(row, map)) };
    case 'Correlate': {
      const args = mapAll(node.args, map);
      const condition = node.condition === null ? null : map(node.condition);
      return args === node.args && condition === node.condition ? node : { ...node, args, condition };
    }
    default:
      return node;
  }
}

function mapAll(
  expressions: readonly Expression[],
  map: (expression: Expression) => Expression,
): readonly Expression[] {
  const mapped = expressions.map(map);
  return mapped.every((expression, i) => expression === expressions[i]) ? expressions : mapped;
}
