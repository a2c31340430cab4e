/** The columns between a local and a global aggregation, under Flink's names. */
import type { Field } from '../../types/logical-type.ts';
import type { NamedAggregateCall } from '../logical-plan.ts';
import { columnNames } from './node-text.ts';

export interface AccumulatorNames {
  /** Those of each call. */
  readonly calls: ReadonlyArray<readonly string[]>;
  /** The number of rows, where no call counts them and they may be taken back; else null. */
  readonly count: string | null;
  /** Columns of values that DISTINCT calls have seen: the arguments. */
  readonly distinct: ReadonlyArray<readonly number[]>;
  /** All columns in order. */
  readonly all: readonly string[];
}

export function accumulatorNames(calls: readonly NamedAggregateCall[], isRetracting: boolean): AccumulatorNames {
  let next = 0;
  const numbered = (names: readonly string[]): string[] => names.map((name) => `${name}$${next++}`);
  const named = calls.map((call) => numbered(partsOf(call, isRetracting)));
  const countsRows = calls.some(
    ({ function: name, args, distinct, filter }) =>
      name === 'COUNT' && args.length === 0 && !distinct && filter === null,
  );
  const count = isRetracting && !countsRows ? numbered(['count1']) : [];
  const distinct: Array<readonly number[]> = [];
  for (const call of calls)
    if (call.distinct && !distinct.some((args) => args.join() === call.args.join())) distinct.push(call.args);
  const seen = distinct.map((_, i) => `distinct$${i}`);
  return { calls: named, count: count[0] ?? null, distinct, all: [...named.flat(), ...count, ...seen] };
}

function partsOf({ function: name, args }: NamedAggregateCall, isRetracting: boolean): readonly string[] {
  switch (name) {
    case 'COUNT':
      return [args.length === 0 ? 'count1' : 'count'];
    case 'SUM':
      return isRetracting ? ['sum', 'count'] : ['sum'];
    case '$SUM0':
      return ['sum'];
    case 'AVG':
      return ['sum', 'count'];
    case 'LISTAGG':
      return isRetracting ? ['listagg'] : ['accDelimiter', 'concatAcc'];
    default:
      return [name.toLowerCase()];
  }
}

/** `COUNT(distinct$0 user_id) FILTER $f2 AS count$0`: a call of the local aggregation. */
export function localText(
  call: NamedAggregateCall,
  i: number,
  names: AccumulatorNames,
  input: readonly Field[],
  isRetracting: boolean,
): string {
  const args = call.args.length === 0 ? '*' : columnNames(call.args, input);
  const filter = call.filter === null ? '' : ` FILTER ${columnNames([call.filter], input)}`;
  return `${nameOf(call, isRetracting)}(${seenText(call, names)}${args})${filter} AS ${grouped(names.calls[i] ?? [])}`;
}

/** `COUNT(distinct$0 count$0) AS d`: a call of the global aggregation. */
export function globalText(
  call: NamedAggregateCall,
  i: number,
  names: AccumulatorNames,
  isRetracting: boolean,
): string {
  return `${nameOf(call, isRetracting)}(${seenText(call, names)}${grouped(names.calls[i] ?? [])}) AS ${call.name}`;
}

function nameOf(call: NamedAggregateCall, isRetracting: boolean): string {
  return isRetracting && call.ignoresRetractions !== true ? `${call.function}_RETRACT` : call.function;
}

function seenText(call: NamedAggregateCall, names: AccumulatorNames): string {
  return call.distinct ? `distinct$${names.distinct.findIndex((args) => args.join() === call.args.join())} ` : '';
}

function grouped(names: readonly string[]): string {
  return names.length === 1 ? (names[0] as string) : `(${names.join(', ')})`;
}
