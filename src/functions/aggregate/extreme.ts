/** MIN, MAX, FIRST_VALUE, LAST_VALUE and SINGLE_VALUE: one value is kept. */
import { columnKind } from '../../types/column.ts';
import { type LogicalType, types, withNullable } from '../../types/logical-type.ts';
import { isText, isTimestamp } from '../../types/type-family.ts';
import type { Value } from '../../types/value.ts';
import type { AggregateFunction, AggregateSite, BoxedAggregate } from '../aggregate-function.ts';
import { runtimeError } from '../call-error.ts';
import { bytesCompare } from '../code-helpers.ts';
import { comparatorOf } from '../compare-values.ts';
import { bigOf } from '../decimal-code.ts';
import type { Operand } from '../generated-code.ts';
import { anything } from '../operand.ts';
import type { PackedAggregate, PackedSite } from '../packed-aggregate.ts';
import { likeFirst, noRetract, plainAggregate } from './plain-aggregate.ts';

function heldType(site: AggregateSite): LogicalType {
  return withNullable(site.argTypes[0] as LogicalType, true);
}

/** Keeps one value; `replaces` says whether a new one takes its place. */
function keepOne(name: string, site: AggregateSite, replaces: (value: Value, held: Value) => boolean): BoxedAggregate {
  const pick = (held: Value, value: Value): Value => (held === null || replaces(value, held) ? value : held);
  const type = heldType(site);
  return {
    accumulatorType: types.row([{ name: 'value', type }], false),
    create: () => [null],
    accumulate: (accumulator, [value = null]) =>
      value === null ? accumulator : [pick((accumulator as readonly Value[])[0] ?? null, value)],
    retract: noRetract(name),
    merge: (accumulator, other) => {
      const value = (other as readonly Value[])[0] ?? null;
      return value === null ? accumulator : [pick((accumulator as readonly Value[])[0] ?? null, value)];
    },
    value: (accumulator) => (accumulator as readonly Value[])[0] ?? null,
  };
}

/** JavaScript that is true when `a` comes before `b`; undefined where the type has no generated form. */
function beforeCode(site: PackedSite, type: LogicalType, a: Operand, b: Operand): string | undefined {
  const kind = columnKind(type);
  if (isText(type)) return `${site.constant(bytesCompare)}(H.u8, ${[...a.lanes, ...b.lanes].join(', ')}) < 0`;
  if (isTimestamp(type) && kind === 'nanos')
    return `(${a.lanes[0]} < ${b.lanes[0]} || ${a.lanes[0]} === ${b.lanes[0]} && ${a.lanes[1]} < ${b.lanes[1]})`;
  if (kind === 'i128') return `${bigOf(a)} < ${bigOf(b)}`;
  return kind === 'bytes' ? undefined : `${a.lanes[0]} < ${b.lanes[0]}`;
}

/** Slot 0 takes the value where the condition over the held value holds. `isOrdered`: it depends on the order of the rows. */
function packedKeep(
  site: AggregateSite,
  isOrdered: boolean,
  condition: (code: PackedSite, value: Operand, held: Operand) => string,
): PackedAggregate {
  const type = heldType(site);
  const put = (code: PackedSite, value: Operand): void => {
    const held = code.slot(0);
    code.emit(`if (${held.isNull} || ${condition(code, value, held)}) {`);
    code.assign(0, { lanes: value.lanes, isNull: 'false' });
    code.emit('}');
  };
  const merge = (code: PackedSite, other: readonly Operand[]): void => {
    const value = other[0] as Operand;
    code.emit(`if (!${value.isNull}) {`);
    put(code, value);
    code.emit('}');
  };
  return {
    slots: [type],
    accumulate: (code, [value]) => put(code, value as Operand),
    ...(isOrdered ? {} : { merge }),
    value: (code) => ({ ...code.slot(0), type: site.type }),
  };
}

function extreme(name: 'MIN' | 'MAX', word: string): AggregateFunction {
  const smallest = name === 'MIN';
  return plainAggregate({
    name,
    forms: [`${name}(<COMPARABLE_TYPE>)`],
    summary: `The ${word} of the values that are not NULL.`,
    example: `${name}(amount)`,
    args: [(type) => !['MAP', 'MULTISET', 'ROW', 'ARRAY', 'VARIANT', 'BITMAP'].includes(type.kind)],
    returns: likeFirst,
    bind(site) {
      const type = heldType(site);
      const compare = comparatorOf(type, type);
      return keepOne(name, site, (value, held) => (smallest ? compare(value, held) < 0 : compare(value, held) > 0));
    },
    packed(site) {
      const type = heldType(site);
      if (site.retracts || (columnKind(type) === 'bytes' && !isText(type))) return undefined;
      return packedKeep(site, false, (code, value, held) =>
        smallest ? (beforeCode(code, type, value, held) ?? 'false') : (beforeCode(code, type, held, value) ?? 'false'),
      );
    },
  });
}

function positional(name: 'FIRST_VALUE' | 'LAST_VALUE', word: string): AggregateFunction {
  const last = name === 'LAST_VALUE';
  return plainAggregate({
    name,
    forms: [`${name}(<ANY>)`],
    summary: `The ${word} value that is not NULL.`,
    example: `${name}(amount)`,
    args: [anything],
    returns: likeFirst,
    bind: (site) => keepOne(name, site, () => last),
    packed: (site) => (site.retracts ? undefined : packedKeep(site, true, () => String(last))),
  });
}

function boxedSingle(site: AggregateSite): BoxedAggregate {
  const type = heldType(site);
  const tooMany = () =>
    runtimeError('SingleValueAggFunction received more than one element.', 'java.lang.RuntimeException');
  const move = (accumulator: Value, value: Value, count: number): Value => {
    const [held = null, before] = accumulator as readonly [Value, number];
    if (before + count > 1) throw tooMany();
    return count > 0 ? [value, before + count] : [before + count === 0 ? null : held, before + count];
  };
  return {
    accumulatorType: types.row(
      [
        { name: 'value', type },
        { name: 'count', type: types.int(false) },
      ],
      false,
    ),
    create: () => [null, 0],
    accumulate: (accumulator, [value = null]) => move(accumulator, value, 1),
    retract: (accumulator) => move(accumulator, null, -1),
    merge: (accumulator, other) => {
      const [value, count] = other as readonly [Value, number];
      return count === 0 ? accumulator : move(accumulator, value, count);
    },
    value: (accumulator) => (accumulator as readonly Value[])[0] ?? null,
  };
}

export const extremes: readonly AggregateFunction[] = [
  extreme('MIN', 'smallest'),
  extreme('MAX', 'largest'),
  positional('FIRST_VALUE', 'first'),
  positional('LAST_VALUE', 'last'),
  plainAggregate({
    name: 'SINGLE_VALUE',
    forms: ['SINGLE_VALUE(<ANY>)'],
    summary: 'The value of the one row there is; fails when there are more.',
    example: 'SINGLE_VALUE(amount)',
    args: [anything],
    returns: (args) => args[0] && withNullable(args[0].type, true),
    skipsNulls: false,
    bind: boxedSingle,
  }),
];
