/** Aggregates whose accumulators are a few plain fields in Flink: it adds those of slices up, and its batch aggregation has them in a hash table. */
import { lanesOf } from '../types/column.ts';
import type { AggregateCall } from './operator-spec.ts';

export const PLAIN_AGGREGATES: ReadonlySet<string> = new Set(['COUNT', 'SUM', '$SUM0', 'AVG', 'MIN', 'MAX']);

/** Whether Flink's batch aggregation keeps all accumulators in a hash table: each is of one width. */
export function areHashed(aggregates: readonly Pick<AggregateCall, 'function' | 'type'>[]): boolean {
  return aggregates.every((call) => PLAIN_AGGREGATES.has(call.function) && lanesOf(call.type)[0] !== 'u32');
}
