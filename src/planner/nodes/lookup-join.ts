/** Each row looked up in an outside table when it arrives. */
import { pathToSummary } from '../../catalog/object-path.ts';
import { durationMs } from '../duration-text.ts';
import { type Attributes, defineNode } from './node.ts';
import { inputOf } from './node-inputs.ts';
import { fieldNames } from './node-text.ts';

export const lookupJoinNode = defineNode({
  kind: 'LookupJoin',
  summary: 'Looks each row up in an outside table when it arrives.',
  examples: ['SELECT o.id, u.name FROM orders AS o JOIN users FOR SYSTEM_TIME AS OF o.proc AS u ON o.user_id = u.id'],
  explain(node, { expression }) {
    const fields = inputOf(node).fields;
    const columns = node.table.context.table.columns;
    const keys = node.keys.map((key) => `${columns[key.field]?.name}=${expression(key.value, fields)}`);
    const where = node.condition === null ? [] : [['where', `[${expression(node.condition, node.fields)}]`] as const];
    return [
      ['table', `[${pathToSummary(node.table.path)}]`],
      ['joinType', `[${node.joinType === 'INNER' ? 'InnerJoin' : 'LeftOuterJoin'}]`],
      ['lookup', `[${keys.join(', ')}]`],
      ...where,
      ['select', `[${fieldNames(node.fields)}]`],
      ...retryText(node.hint),
    ];
  },
  lower(node) {
    const options = node.table.context.table.options;
    const isCached = options['lookup.cache']?.toUpperCase() === 'PARTIAL';
    const expiry = options['lookup.partial-cache.expire-after-write'] ?? options['lookup.cache.ttl'];
    const rows = options['lookup.partial-cache.max-rows'] ?? options['lookup.cache.max-rows'];
    return {
      kind: 'LookupJoin',
      joinType: node.joinType,
      table: node.table.context.table,
      fields: node.tableFields,
      keys: node.keys,
      condition: node.condition,
      cacheRows: rows !== undefined ? Number(rows) : isCached ? CACHE_ROWS : 0,
      cacheTtlMs: durationMs(expiry),
      retry: retryOf(node.hint),
    };
  },
});

/** The options have been checked where they were read. */
function retryOf(hint: Readonly<Record<string, string>>): { delayMs: number; maxAttempts: number } | null {
  if (hint['retry-predicate'] === undefined) return null;
  return { delayMs: durationMs(hint['fixed-delay']), maxAttempts: Number(hint['max-attempts']) };
}

function retryText(hint: Readonly<Record<string, string>>): Attributes {
  const retry = retryOf(hint);
  return retry === null ? [] : [['retry', `[lookup_miss, FIXED_DELAY, ${retry.delayMs}ms, ${retry.maxAttempts}]`]];
}

/** Rows of a cache whose size is not given. */
const CACHE_ROWS = 10_000;
