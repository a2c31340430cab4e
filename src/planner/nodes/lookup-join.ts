/** Each row looked up in an outside table when it arrives. */

import type { Options } from '../../base/option.ts';
import { pathToSummary } from '../../catalog/object-path.ts';
import type { LookupCacheSpec } from '../../dataflow/lookup.ts';
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
    return {
      kind: 'LookupJoin',
      joinType: node.joinType,
      table: node.table.context.table,
      fields: node.tableFields,
      keys: node.keys,
      condition: node.condition,
      cache: cacheOf(node.table.context.table.options),
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

/** What `lookup.cache` says, or the older options, of which the number of rows alone is enough. */
function cacheOf(options: Options): LookupCacheSpec | null {
  const durationOf = (key: string): number | null => {
    const text = options[key];
    return text === undefined ? null : durationMs(text, key);
  };
  if (options['lookup.cache']?.toUpperCase() === 'PARTIAL') {
    const rows = options['lookup.partial-cache.max-rows'];
    return {
      maxKeys: rows === undefined ? null : Number(rows),
      afterWriteMs: durationOf('lookup.partial-cache.expire-after-write'),
      afterAccessMs: durationOf('lookup.partial-cache.expire-after-access'),
      keepsMisses: options['lookup.partial-cache.cache-missing-key']?.toLowerCase() !== 'false',
    };
  }
  const rows = Number(options['lookup.cache.max-rows'] ?? -1);
  const ttlMs = durationOf('lookup.cache.ttl') ?? OLD_TTL_MS;
  if (rows <= 0 || ttlMs <= 0) return null;
  const keepsMisses = options['lookup.cache.caching-missing-key']?.toLowerCase() !== 'false';
  return { maxKeys: rows, afterWriteMs: ttlMs, afterAccessMs: null, keepsMisses };
}

/** Of `lookup.cache.ttl`. */
const OLD_TTL_MS = 10_000;
