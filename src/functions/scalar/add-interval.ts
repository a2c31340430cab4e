/** A time moved by an interval. */
import { columnKind } from '../../types/column.ts';
import type { LogicalType } from '../../types/logical-type.ts';
import { addMonths, floorModulo, MILLIS_OF_DAY, millisToNanos, nanosToMillis } from '../../types/timestamp.ts';
import { isDatetime } from '../../types/type-family.ts';
import type { Value } from '../../types/value.ts';
import { codeError } from '../call-error.ts';
import { lane, pure } from '../code-helpers.ts';
import type { CallSite, Eval } from '../function.ts';
import type { CodeSite, Operand } from '../generated-code.ts';

/** `time + sign * interval`, in either order of the arguments; or the difference of two times. */
export function addInterval(site: CallSite, sign: 1 | -1): Eval {
  const [first, second] = site.argTypes as [LogicalType, LogicalType];
  if (isDatetime(first) && isDatetime(second)) return difference(site);
  const timeFirst = isDatetime(first);
  const timeType = timeFirst ? first : second;
  if (!timeFirst && timeType.kind === 'TIMESTAMP_LTZ') throw codeError('Unsupported temporal arithmetic.');
  const months = (timeFirst ? second : first).kind === 'INTERVAL_YEAR_MONTH';
  const move = months ? moverByMonths(timeType) : moverByMillis(timeType);
  return ([a, b]) => {
    const amount = (timeFirst ? b : a) as number | bigint;
    return move((timeFirst ? a : b) as Value, typeof amount === 'bigint' ? amount * BigInt(sign) : amount * sign);
  };
}

type Mover = (time: Value, amount: number | bigint) => Value;

function moverByMonths(type: LogicalType): Mover {
  if (type.kind === 'DATE') return (time, amount) => addMonths(time as number, Number(amount));
  if (type.kind === 'TIME') return (time) => time;
  return (time, amount) => addMonthsToNanos(time as bigint, Number(amount));
}

/** The instant `months` later, the time of day as it was. */
export function addMonthsToNanos(nanos: bigint, months: number): bigint {
  const days = Math.floor(nanosToMillis(nanos) / MILLIS_OF_DAY);
  return nanos + millisToNanos((addMonths(days, months) - days) * MILLIS_OF_DAY);
}

function addMonthsToMillis(millis: number, months: number): number {
  const days = Math.floor(millis / MILLIS_OF_DAY);
  return millis + (addMonths(days, months) - days) * MILLIS_OF_DAY;
}

function moverByMillis(type: LogicalType): Mover {
  // A DATE moves by whole days, cut towards zero.
  if (type.kind === 'DATE') return (time, amount) => (time as number) + Math.trunc(Number(amount) / MILLIS_OF_DAY);
  if (type.kind === 'TIME') return (time, amount) => floorModulo((time as number) + Number(amount), MILLIS_OF_DAY);
  return (time, amount) => (time as bigint) + BigInt(amount) * 1_000_000n;
}

function difference(site: CallSite): Eval {
  const millis = (value: Value, type: LogicalType) =>
    type.kind === 'DATE'
      ? (value as number) * MILLIS_OF_DAY
      : type.kind === 'TIME'
        ? (value as number)
        : nanosToMillis(value as bigint);
  const [first, second] = site.argTypes as [LogicalType, LogicalType];
  return ([a, b]) => BigInt(millis(a as Value, first) - millis(b as Value, second));
}

/** Code for timestamps and dates with the interval behind. */
export function generateAddInterval(site: CodeSite, sign: 1 | -1): Operand | undefined {
  const [time, amount] = site.args as [Operand, Operand];
  const kind = columnKind(time.type);
  const shift = `${sign < 0 ? '-' : ''}Number(${lane(amount)})`;
  if (amount.type.kind === 'INTERVAL_YEAR_MONTH') {
    if (kind === 'millis' || kind === 'nanos') {
      const add = site.constant(addMonthsToMillis);
      return pure(site, [`${add}(${time.lanes[0]}, ${shift})`, ...time.lanes.slice(1)]);
    }
    return time.type.kind === 'DATE' ? pure(site, [`${site.constant(addMonths)}(${lane(time)}, ${shift})`]) : undefined;
  }
  if (kind === 'millis' || kind === 'nanos')
    return pure(site, [`(${time.lanes[0]} + ${shift})`, ...time.lanes.slice(1)]);
  if (time.type.kind !== 'DATE') return undefined;
  return pure(site, [`(${lane(time)} + Math.trunc(${shift} / ${MILLIS_OF_DAY}) | 0)`]);
}
