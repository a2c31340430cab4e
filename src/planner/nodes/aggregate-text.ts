/** Aggregate calls in EXPLAIN. */
import type { Field } from '../../types/logical-type.ts';
import type { NamedAggregateCall } from '../logical-plan.ts';
import { columnNames } from './node-text.ts';

/** `COUNT(*) AS c`, `SUM_RETRACT(DISTINCT a) FILTER $f2 AS s`. */
export function aggregateText(call: NamedAggregateCall, input: readonly Field[], retracts: boolean): string {
  const name = retracts ? `${call.function}_RETRACT` : call.function;
  const args = call.args.length === 0 ? '*' : columnNames(call.args, input);
  const filter = call.filter === null ? '' : ` FILTER ${columnNames([call.filter], input)}`;
  return `${name}(${call.distinct ? 'DISTINCT ' : ''}${args})${filter} AS ${call.name}`;
}
