/** Functions of OVER that depend on a row's place among its partition: ROW_NUMBER, RANK, NTILE, LAG, LEAD and their like. */
import type { AggregateCall } from '../dataflow/operator-spec.ts';
import type { AggregateFunction, AggregateSite, BoxedAggregate } from '../functions/aggregate-function.ts';
import { type LogicalType, types, withNullable } from '../types/logical-type.ts';
import type { Value } from '../types/value.ts';

const NAMES = new Set(['ROW_NUMBER', 'RANK', 'DENSE_RANK', 'PERCENT_RANK', 'CUME_DIST', 'NTILE', 'LAG', 'LEAD']);

export function isPositionFunction(name: string): boolean {
  return NAMES.has(name);
}

/** A row's place in its sorted partition. */
export interface Position {
  /** From 0. */
  readonly index: number;
  readonly count: number;
  /** First and one behind the last row that sorts the same. */
  readonly peersStart: number;
  readonly peersEnd: number;
  /** How many different rows, as they are sorted, come before. */
  readonly groupsBefore: number;
  /** An argument of a row of the partition. */
  argument(index: number, argument: number): Value;
}

/** The value of a call for one row. */
export function positionValue(call: AggregateCall, at: Position): Value {
  switch (call.function) {
    case 'ROW_NUMBER':
      return integer(call.type, at.index + 1);
    case 'RANK':
      return integer(call.type, at.peersStart + 1);
    case 'DENSE_RANK':
      return integer(call.type, at.groupsBefore + 1);
    case 'PERCENT_RANK':
      return at.count === 1 ? 0 : at.peersStart / (at.count - 1);
    case 'CUME_DIST':
      return at.peersEnd / at.count;
    case 'NTILE':
      return integer(call.type, tileOf(at.index, at.count, Number(at.argument(at.index, 0))));
    default:
      return shifted(call, at);
  }
}

/** The first `count % tiles` tiles have a row more than the others. */
function tileOf(index: number, count: number, tiles: number): number {
  const size = Math.floor(count / tiles);
  const larger = count % tiles;
  const inLarger = larger * (size + 1);
  return index < inLarger ? Math.floor(index / (size + 1)) + 1 : larger + Math.floor((index - inLarger) / size) + 1;
}

function shifted(call: AggregateCall, at: Position): Value {
  const offset = call.args.length > 1 ? Number(at.argument(at.index, 1)) : 1;
  const target = at.index + (call.function === 'LAG' ? -offset : offset);
  if (target >= 0 && target < at.count) return at.argument(target, 0);
  return call.args.length > 2 ? at.argument(at.index, 2) : null;
}

function integer(type: LogicalType, value: number): Value {
  return type.kind === 'BIGINT' ? BigInt(value) : value;
}

/** The functions that need nothing of what comes later, as aggregates over rows in order: for streams. */
export function positionAggregate(name: string): AggregateFunction | undefined {
  if (name === 'LAG') return describe(name, lag);
  if (name === 'RANK' || name === 'DENSE_RANK') return describe(name, (site) => rank(site, name === 'DENSE_RANK'));
  return name === 'ROW_NUMBER' ? describe(name, rowNumber) : undefined;
}

function describe(name: string, bind: (site: AggregateSite) => BoxedAggregate): AggregateFunction {
  return {
    name,
    category: 'aggregate',
    signatures: [],
    summary: '',
    example: '',
    minArgs: 0,
    maxArgs: 3,
    skipsNulls: false,
    canRetract: false,
    inferType: () => undefined,
    bind,
  };
}

function cannotGoBack(): never {
  throw new Error('rows of an ordered stream are not taken back');
}

function rowNumber(site: AggregateSite): BoxedAggregate {
  return {
    accumulatorType: types.bigint(false),
    create: () => 0n,
    accumulate: (count) => (count as bigint) + 1n,
    retract: cannotGoBack,
    merge: cannotGoBack,
    value: (count) => integer(site.type, Number(count)),
  };
}

/** The argument is what rows are ordered by; `orderedCalls` puts it there. */
function rank(site: AggregateSite, isDense: boolean): BoxedAggregate {
  const order = withNullable(site.argTypes[0] ?? types.null(), true);
  const fields = [
    { name: 'count', type: types.bigint(false) },
    { name: 'rank', type: types.bigint(false) },
    { name: 'order', type: order },
  ];
  return {
    accumulatorType: types.row(fields, false),
    create: () => [0n, 0n, null],
    accumulate(accumulator, [value = null]) {
      const [count, before, last] = accumulator as unknown as readonly [bigint, bigint, Value];
      const isPeer = count > 0n && last === value;
      return [count + 1n, isPeer ? before : isDense ? before + 1n : count + 1n, value];
    },
    retract: cannotGoBack,
    merge: cannotGoBack,
    value: (accumulator) => integer(site.type, Number((accumulator as readonly Value[])[1] as bigint)),
  };
}

/** Calls of RANK and DENSE_RANK with the first order column as their argument. */
export function orderedCalls(calls: readonly AggregateCall[], orderColumn: number | undefined): AggregateCall[] {
  return calls.map((call) =>
    orderColumn !== undefined && (call.function === 'RANK' || call.function === 'DENSE_RANK')
      ? { ...call, args: [orderColumn] }
      : call,
  );
}

/** The last rows' values, the newest at the end, and the default that came with it. */
function lag(site: AggregateSite): BoxedAggregate {
  const type = withNullable(site.type, true);
  const fields = [
    { name: 'values', type: types.array(type, false) },
    { name: 'offset', type: types.int(false) },
    { name: 'default', type },
  ];
  return {
    accumulatorType: types.row(fields, false),
    create: () => [[], 1, null],
    accumulate(accumulator, [value = null, offset = 1, fallback = null]) {
      const [before] = accumulator as unknown as readonly [readonly Value[]];
      const values = [...before, value].slice(-(Number(offset) + 1));
      return [values, Number(offset), fallback];
    },
    retract: cannotGoBack,
    merge: cannotGoBack,
    value(accumulator) {
      const [values, offset, fallback] = accumulator as unknown as readonly [readonly Value[], number, Value];
      const value = values[values.length - 1 - offset];
      return value === undefined ? fallback : value;
    },
  };
}
