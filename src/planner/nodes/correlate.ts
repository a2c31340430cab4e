/** UNNEST and table functions, row by row. */
import { defineNode } from './node.ts';
import { inputOf } from './node-inputs.ts';

export const correlateNode = defineNode({
  kind: 'Correlate',
  summary: 'Joins each row with the rows that a collection or a table function gives for it.',
  examples: ["SELECT id, piece FROM orders CROSS JOIN UNNEST(SPLIT(currency, 'e')) AS t(piece)"],
  explain(node, { expression }) {
    const input = inputOf(node).fields;
    const invocation = `${node.function}(${node.args.map((arg) => expression(arg, input)).join(', ')})`;
    const condition =
      node.condition === null ? [] : [['condition', `[${expression(node.condition, node.fields)}]`] as const];
    return [
      ['invocation', `[${invocation}]`],
      ['correlate', `[table(${invocation})]`],
      ['select', `[${node.fields.map((field) => field.name).join(',')}]`],
      ['joinType', `[${node.joinType}]`],
      ...condition,
    ];
  },
  lower: (node) => ({
    kind: 'Correlate',
    function: node.function,
    args: node.args,
    joinType: node.joinType,
    outputTypes: node.fields.slice(inputOf(node).fields.length).map((field) => field.type),
    condition: node.condition,
  }),
});
