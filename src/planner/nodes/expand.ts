/** Each row once for every grouping set. */
import { defineNode } from './node.ts';
import { inputOf } from './node-inputs.ts';

export const expandNode = defineNode({
  kind: 'Expand',
  explain(node) {
    const fields = inputOf(node).fields;
    const projects = node.sets.map((set) => {
      const columns = fields.map((field, i) =>
        node.keys.includes(i) && !set.keep.includes(i) ? `null AS ${field.name}` : field.name,
      );
      return `{${[...columns, `${set.id} AS $e`].join(', ')}}`;
    });
    return [['projects', `[${projects.join(', ')}]`]];
  },
  lower: (node) => ({ kind: 'Expand', sets: node.sets, keys: node.keys }),
});
