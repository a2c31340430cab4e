/** Functions of arrays. */
import { type LogicalType, types, withNullable } from '../../types/logical-type.ts';
import { supportsImplicitCast } from '../../types/type-coercion.ts';
import { isApproximate, isInterval, isNested, isText, sameType } from '../../types/type-family.ts';
import { typeSummary } from '../../types/type-name.ts';
import type { Value } from '../../types/value.ts';
import { inferenceError } from '../call-error.ts';
import { comparatorOf, equalityOf, totalOrder, valueKey } from '../compare-values.ts';
import { type ArgumentInfo, type CallSite, defineScalar, type Eval, type ScalarFunction } from '../function.ts';
import { bool, integer, text, typesOf } from '../operand.ts';

type ArrayType = Extract<LogicalType, { kind: 'ARRAY' | 'MULTISET' }>;

export function elementOf(site: CallSite): LogicalType {
  const type = site.argTypes[0] as LogicalType;
  return type.kind === 'ARRAY' ? type.element : types.null();
}

export function distinct(items: readonly Value[], key: (value: Value) => string): Value[] {
  const seen = new Set<string>();
  return items.filter((item) => {
    const id = key(item);
    if (seen.has(id)) return false;
    seen.add(id);
    return true;
  });
}

function arrayOf(name: string, args: readonly ArgumentInfo[]): ArrayType {
  const type = args[0]?.type;
  if (type?.kind !== 'ARRAY') throw inferenceError(name, args);
  return type as ArrayType;
}

interface ArraySpec {
  readonly name: string;
  readonly summary: string;
  readonly example: string;
  readonly form: string;
  readonly min: number;
  readonly max: number;
  readonly type: (args: readonly ArgumentInfo[], array: ArrayType) => LogicalType;
  readonly coerce?: (args: readonly ArgumentInfo[]) => ReadonlyArray<LogicalType | undefined>;
  readonly bind: (site: CallSite) => Eval;
  readonly seesNulls?: boolean;
}

function arrayFunction(spec: ArraySpec): ScalarFunction {
  return defineScalar({
    name: spec.name,
    category: 'collection',
    inference: 'flink',
    signatures: [`${spec.name}(${spec.form})`],
    summary: spec.summary,
    example: spec.example,
    minArgs: spec.min,
    maxArgs: spec.max,
    ...(spec.seesNulls ? { nullPropagating: false } : {}),
    ...(spec.coerce ? { coerce: spec.coerce } : {}),
    inferType: (args) => spec.type(args, arrayOf(spec.name, args)),
    bind: spec.bind,
  });
}

/** The second argument is cast to the type of the elements. */
function needleCoercion(args: readonly ArgumentInfo[]): (LogicalType | undefined)[] {
  const [array, needle] = typesOf(args) as [LogicalType, LogicalType];
  if (array.kind !== 'ARRAY' || sameType(array.element, needle) || !supportsImplicitCast(needle, array.element))
    return [];
  return [undefined, withNullable(array.element, needle.nullable)];
}

function checkNeedle(name: string, args: readonly ArgumentInfo[], array: ArrayType): void {
  const needle = args[1]?.type as LogicalType;
  if (!supportsImplicitCast(needle, array.element)) throw inferenceError(name, args);
}

/** ARRAY of elements that may be NULL if the new one may. */
function extended(name: string): ArraySpec['type'] {
  return (args, array) => {
    checkNeedle(name, args, array);
    const needle = args[1]?.type as LogicalType;
    const nullable = array.element.nullable || needle.nullable;
    return types.array(
      withNullable(array.element, nullable),
      array.nullable || (needle.nullable && needle.kind !== 'NULL'),
    );
  };
}

function nullSafeEqual(type: LogicalType): (a: Value, b: Value) => boolean {
  const equal = equalityOf(type, type);
  return (a, b) => (a === null || b === null ? a === b : equal(a, b));
}

const needles: readonly ScalarFunction[] = [
  arrayFunction({
    name: 'ARRAY_CONTAINS',
    form: 'haystack <ARRAY>, needle <ARRAY ELEMENT>',
    summary: 'Whether an array holds a value.',
    example: 'ARRAY_CONTAINS(ARRAY[1, 2], 2)',
    min: 2,
    max: 2,
    coerce: needleCoercion,
    seesNulls: true,
    type(args, array) {
      checkNeedle('ARRAY_CONTAINS', args, array);
      return types.boolean(array.nullable);
    },
    bind(site) {
      const equal = nullSafeEqual(elementOf(site));
      return ([items = null, needle = null]) =>
        items === null ? null : (items as readonly Value[]).some((item) => equal(item, needle));
    },
  }),
  arrayFunction({
    name: 'ARRAY_POSITION',
    form: 'haystack <ARRAY>, needle <ARRAY ELEMENT>',
    summary: 'Where a value first is in an array, from 1; 0 when it is not.',
    example: 'ARRAY_POSITION(ARRAY[3, 2, 1], 1)',
    min: 2,
    max: 2,
    coerce: needleCoercion,
    type(args, array) {
      checkNeedle('ARRAY_POSITION', args, array);
      return types.int(array.nullable || (args[1]?.type.nullable ?? true));
    },
    bind(site) {
      const equal = nullSafeEqual(elementOf(site));
      return ([items, needle]) => (items as readonly Value[]).findIndex((item) => equal(item, needle as Value)) + 1;
    },
  }),
  arrayFunction({
    name: 'ARRAY_REMOVE',
    form: 'haystack <ARRAY>, needle <ARRAY ELEMENT>',
    summary: 'An array without all elements equal to a value.',
    example: 'ARRAY_REMOVE(ARRAY[1, 2, 1], 1)',
    min: 2,
    max: 2,
    coerce: needleCoercion,
    seesNulls: true,
    type(args, array) {
      checkNeedle('ARRAY_REMOVE', args, array);
      return types.array(array.element, array.nullable);
    },
    bind(site) {
      const equal = nullSafeEqual(elementOf(site));
      return ([items = null, needle = null]) =>
        items === null ? null : (items as readonly Value[]).filter((item) => !equal(item, needle));
    },
  }),
  arrayFunction({
    name: 'ARRAY_APPEND',
    form: 'array <ARRAY>, element <ARRAY ELEMENT>',
    summary: 'An array with a value behind it.',
    example: 'ARRAY_APPEND(ARRAY[1], 2)',
    min: 2,
    max: 2,
    coerce: needleCoercion,
    seesNulls: true,
    type: extended('ARRAY_APPEND'),
    bind:
      () =>
      ([items = null, value = null]) =>
        items === null ? null : [...(items as readonly Value[]), value],
  }),
  arrayFunction({
    name: 'ARRAY_PREPEND',
    form: 'array <ARRAY>, element <ARRAY ELEMENT>',
    summary: 'An array with a value in front of it.',
    example: 'ARRAY_PREPEND(ARRAY[2], 1)',
    min: 2,
    max: 2,
    coerce: needleCoercion,
    seesNulls: true,
    type: extended('ARRAY_PREPEND'),
    bind:
      () =>
      ([items = null, value = null]) =>
        items === null ? null : [value, ...(items as readonly Value[])],
  }),
];

function extreme(name: string, word: string, wins: (order: number) => boolean): ScalarFunction {
  return defineScalar({
    name,
    category: 'collection',
    inference: 'flink',
    signatures: [`${name}(<ARRAY>)`],
    summary: `The ${word} element of an array; NULLs do not count.`,
    example: `${name}(ARRAY[1, 2])`,
    minArgs: 1,
    maxArgs: 1,
    inferType(args) {
      const type = args[0]?.type;
      if (type?.kind !== 'ARRAY') throw inferenceError(name, args, 'The argument requires to be an ARRAY type');
      if (!hasOrder(type.element))
        throw inferenceError(
          name,
          args,
          `Type '${typeSummary(type.element)}' should support both 'EQUALS' and 'ORDER' comparison with itself.`,
        );
      return withNullable(type.element, true);
    },
    bind(site) {
      const element = elementOf(site);
      const compare = comparatorOf(element, element);
      return ([items]) =>
        (items as readonly Value[]).reduce<Value>(
          (best, item) => (item === null ? best : best === null || wins(compare(item, best)) ? item : best),
          null,
        );
    },
  });
}

/** Types whose values Flink's array functions put in order. */
function hasOrder(type: LogicalType): boolean {
  return !isNested(type) && !isInterval(type) && type.kind !== 'BOOLEAN';
}

/** Ascending with NULLs first by default; descending puts them last unless told otherwise. */
function bindSort(site: CallSite): Eval {
  const element = elementOf(site);
  // NaN is above all others.
  const compare = isApproximate(element) ? totalOrder : comparatorOf(element, element);
  return ([items, ascending = true, nullsFirst = ascending]) => {
    const list = [...(items as readonly Value[])];
    const values = list.filter((item) => item !== null).sort((a, b) => (ascending ? compare(a, b) : compare(b, a)));
    const nulls = list.filter((item) => item === null);
    return nullsFirst ? [...nulls, ...values] : [...values, ...nulls];
  };
}

function slice(items: readonly Value[], start: number, end: number | undefined): Value {
  const from = start > 0 ? start : start < 0 ? Math.max(items.length + start + 1, 1) : 1;
  const to =
    end === undefined ? items.length : end > 0 ? Math.min(end, items.length) : end < 0 ? items.length + end + 1 : 1;
  return from > to || from > items.length ? [] : items.slice(from - 1, to);
}

const sameArray = (_args: readonly ArgumentInfo[], array: ArrayType): LogicalType =>
  types.array(array.element, array.nullable);

const wholes: readonly ScalarFunction[] = [
  arrayFunction({
    name: 'ARRAY_DISTINCT',
    form: 'haystack <ARRAY>',
    summary: 'An array without elements that came before.',
    example: 'ARRAY_DISTINCT(ARRAY[1, 1, 2])',
    min: 1,
    max: 1,
    type: sameArray,
    bind(site) {
      const key = valueKey(elementOf(site));
      return ([items]) => distinct(items as readonly Value[], key);
    },
  }),
  arrayFunction({
    name: 'ARRAY_REVERSE',
    form: 'haystack <ARRAY>',
    summary: 'An array from its end to its start.',
    example: 'ARRAY_REVERSE(ARRAY[1, 2])',
    min: 1,
    max: 1,
    type: sameArray,
    bind:
      () =>
      ([items]) =>
        [...(items as readonly Value[])].reverse(),
  }),
  arrayFunction({
    name: 'ARRAY_SLICE',
    form: 'array <ARRAY>, start_offset <INTEGER>, end_offset <INTEGER>',
    summary: 'A part of an array between two positions, which may count from the end.',
    example: 'ARRAY_SLICE(ARRAY[1, 2, 3], 2, 3)',
    min: 2,
    max: 3,
    type(args, array) {
      if (!args.slice(1).every((arg) => integer(arg.type))) throw inferenceError('ARRAY_SLICE', args);
      return types.array(
        array.element,
        args.some((arg) => arg.type.nullable),
      );
    },
    bind:
      () =>
      ([items, start, end]) =>
        slice(items as readonly Value[], Number(start), end === undefined ? undefined : Number(end)),
  }),
  arrayFunction({
    name: 'ARRAY_SORT',
    form: 'array <ARRAY>, ascending_order <BOOLEAN>, null_first <BOOLEAN>',
    summary: 'An array in order.',
    example: 'ARRAY_SORT(ARRAY[3, 1, 2])',
    min: 1,
    max: 3,
    type(args, array) {
      if (!args.slice(1).every((arg) => bool(arg.type)) || !hasOrder(array.element))
        throw inferenceError('ARRAY_SORT', args);
      return types.array(
        array.element,
        args.some((arg) => arg.type.nullable),
      );
    },
    bind: bindSort,
  }),
  arrayFunction({
    name: 'ARRAY_JOIN',
    form: 'array <ARRAY>, delimiter <CHARACTER_STRING>, null_replacement <CHARACTER_STRING>',
    summary: 'Texts of an array with a separator between them; NULLs are left out or replaced.',
    example: "ARRAY_JOIN(ARRAY['a', 'b'], ',')",
    min: 2,
    max: 3,
    type(args, array) {
      if (!isText(array.element) || !args.slice(1).every((arg) => text(arg.type)))
        throw inferenceError('ARRAY_JOIN', args);
      return types.string(args.some((arg) => arg.type.nullable));
    },
    bind:
      () =>
      ([items, separator, replacement]) =>
        (items as readonly Value[])
          .map((item) => item ?? replacement ?? null)
          .filter((item) => item !== null)
          .join(separator as string),
  }),
  extreme('ARRAY_MAX', 'largest', (order) => order > 0),
  extreme('ARRAY_MIN', 'smallest', (order) => order < 0),
];

export const arrays: readonly ScalarFunction[] = [...needles, ...wholes];
