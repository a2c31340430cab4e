/** What an aggregate function is. Where the accumulator lies and who calls is the operators' business. */
import type { LogicalType } from '../types/logical-type.ts';
import type { Value } from '../types/value.ts';
import type { ArgumentInfo, FunctionDescription } from './function.ts';

/**
 * How an accumulator is kept.
 * - `packed`: in lanes of the group's record, with generated code (COUNT, SUM, AVG, MIN/MAX without retraction, FIRST/LAST_VALUE).
 * - `boxed`: an object that is encoded as one byte value of the record.
 * MIN, MAX, FIRST_VALUE and LAST_VALUE over input with retractions, and DISTINCT, are kept by the operator in state tables of their own.
 */
export interface AggregateFunction extends FunctionDescription {
  inferType(args: readonly ArgumentInfo[]): LogicalType | undefined;
  coerce?(args: readonly ArgumentInfo[]): ReadonlyArray<LogicalType | undefined>;
  /** True: null arguments are not accumulated. */
  readonly skipsNulls: boolean;
  /** False: the planner refuses updating input with Flink's text. */
  readonly canRetract: boolean;
  bind(site: AggregateSite): BoxedAggregate;
  readonly packed?: (site: AggregateSite) => import('./packed-aggregate.ts').PackedAggregate | undefined;
}

export interface AggregateSite {
  readonly type: LogicalType;
  readonly argTypes: readonly LogicalType[];
  readonly literals: ReadonlyArray<{ readonly value: Value } | undefined>;
  /** The input of the aggregation holds -U and -D. */
  readonly retracts: boolean;
  /** The call stands in an OVER window or in MATCH_RECOGNIZE. */
  readonly isOver?: boolean;
}

/**
 * The reference form; `accumulator` is plain data (Value, arrays, MapValue) so that state can store it. `accumulate`, `retract` and `merge`
 * may change the first accumulator in place: what they return takes its place, and the old one must not be used again.
 */
export interface BoxedAggregate {
  create(): Value;
  accumulate(accumulator: Value, args: readonly Value[]): Value;
  retract(accumulator: Value, args: readonly Value[]): Value;
  merge(accumulator: Value, other: Value): Value;
  value(accumulator: Value): Value;
  /** Type under which the accumulator is stored. */
  readonly accumulatorType: LogicalType;
}

export function defineAggregate(fn: AggregateFunction): AggregateFunction {
  return fn;
}
