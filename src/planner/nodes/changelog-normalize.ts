/** An upsert stream made a full changelog. */
import { bundled } from '../mini-batch.ts';
import { ALL_CHANGES, defineNode } from './node.ts';
import { modeOf } from './node-inputs.ts';
import { columnNames } from './node-text.ts';

export const changelogNormalizeNode = defineNode({
  kind: 'ChangelogNormalize',
  summary: 'Makes a full changelog of rows that only say what a key has now.',
  examples: ['SELECT currency, rate FROM rates'],
  produces: () => ALL_CHANGES,
  alternatives: () => [{ requests: ['after'] }],
  explain: (node, { expression }) => [
    ['key', `[${columnNames(node.keys, node.fields)}]`],
    ...(node.condition === null ? [] : [['condition', `[${expression(node.condition, node.fields)}]`] as const]),
  ],
  lower: (node, { ttlMs, config, mode }) => ({
    kind: 'ChangelogNormalize',
    keys: node.keys,
    emitUpdateBefore: modeOf(node).updateBefore,
    condition: node.condition,
    ttlMs,
    ...bundled(config, mode),
  }),
});
