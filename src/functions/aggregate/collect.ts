/** Values gathered: LISTAGG, ARRAY_AGG, COLLECT, JSON_OBJECTAGG, JSON_ARRAYAGG, PERCENTILE. */
import { type LogicalType, types, withNullable } from '../../types/logical-type.ts';
import { isText } from '../../types/type-family.ts';
import { MapValue, type Value } from '../../types/value.ts';
import type { AggregateFunction, AggregateSite, BoxedAggregate } from '../aggregate-function.ts';
import { runtimeError } from '../call-error.ts';
import { valueKey } from '../compare-values.ts';
import { jsonObject, jsonWriter } from '../json-value.ts';
import { anything, numeric, text } from '../operand.ts';
import { CountedValues } from './counted-values.ts';
import { plainAggregate } from './plain-aggregate.ts';

/** A list in order of arrival, changed in place; taking back removes the first equal element. */
function listOf(
  element: LogicalType,
  value: (items: readonly Value[]) => Value,
  toItem: (args: readonly Value[]) => Value,
): BoxedAggregate {
  const key = valueKey(element);
  return {
    accumulatorType: types.array(element, false),
    create: () => [],
    accumulate(accumulator, args) {
      (accumulator as Value[]).push(toItem(args));
      return accumulator;
    },
    retract(accumulator, args) {
      const items = accumulator as Value[];
      const wanted = key(toItem(args));
      const at = items.findIndex((item) => key(item) === wanted);
      if (at >= 0) items.splice(at, 1);
      return items;
    },
    merge(accumulator, other) {
      for (const item of other as readonly Value[]) (accumulator as Value[]).push(item);
      return accumulator;
    },
    value: (accumulator) => value(accumulator as readonly Value[]),
  };
}

function separatorOf(site: AggregateSite): string {
  const value = site.literals[1]?.value;
  return typeof value === 'string' ? value : ',';
}

/** Separators that are columns come with their row: the one before an element is its own. */
function boxedListAgg(site: AggregateSite): BoxedAggregate {
  const fixed = site.argTypes.length < 2 || site.literals[1] !== undefined;
  if (fixed) {
    const separator = separatorOf(site);
    return listOf(
      types.string(),
      (items) => (items.length === 0 ? null : items.join(separator)),
      ([item = null]) => item,
    );
  }
  const pair = types.row([
    { name: 'value', type: types.string() },
    { name: 'separator', type: types.string() },
  ]);
  return listOf(
    pair,
    (items) => {
      if (items.length === 0) return null;
      const pairs = items as readonly (readonly [string, string])[];
      return pairs.map(([value, separator], i) => (i === 0 ? value : `${separator}${value}`)).join('');
    },
    ([value = null, separator = null]) => [value, separator],
  );
}

const nullWhenEmpty = (items: readonly Value[]): Value => (items.length === 0 ? null : [...items]);

/** How often each value came. */
function countsOf(element: LogicalType, value: (entries: MapValue['entries']) => Value): BoxedAggregate {
  const counted = new CountedValues(element);
  const count = (frequency: Value | undefined): number => (frequency === undefined ? 1 : Number(frequency));
  return {
    accumulatorType: types.map(element, types.int(false), false),
    create: () => counted.create(),
    accumulate: (accumulator, [item = null, frequency]) => counted.add(accumulator as MapValue, item, count(frequency)),
    retract: (accumulator, [item = null, frequency]) => counted.add(accumulator as MapValue, item, -count(frequency)),
    merge: (accumulator, other) => counted.merge(accumulator as MapValue, other as MapValue),
    value: (accumulator) => value((accumulator as MapValue).entries),
  };
}

const TEXT_NOT_NULL = types.varchar(2000, false);

/** `NULL ON NULL` or `ABSENT ON NULL` among literal arguments. */
function keepsNulls(site: AggregateSite, otherwise: boolean): boolean {
  const clauses = site.literals.map((literal) => literal?.value);
  if (clauses.includes('NULL ON NULL')) return true;
  return clauses.includes('ABSENT ON NULL') ? false : otherwise;
}

function doubleKey(key: string): string {
  return `Key '${key}' is already present. Duplicate keys are not allowed in JSON_OBJECTAGG. Please ensure that keys are unique.`;
}

function boxedObjectAgg(site: AggregateSite): BoxedAggregate {
  const valueType = site.argTypes[1] as LogicalType;
  const keep = keepsNulls(site, true);
  const write = jsonWriter(valueType);
  const pair = types.row([
    { name: 'key', type: types.string() },
    { name: 'json', type: types.string() },
  ]);
  const list = listOf(
    pair,
    (items) => {
      const fields = new Map<string, string>();
      for (const [key, json] of items as readonly (readonly [string, string | null])[]) {
        if (json === null) continue;
        if (fields.has(key)) throw runtimeError(doubleKey(key), 'org.apache.flink.table.api.TableException');
        fields.set(key, json);
      }
      return jsonObject([...fields]);
    },
    ([key = null, value = null]) => [key, value === null ? (keep ? 'null' : null) : write(value)],
  );
  return list;
}

function boxedArrayAgg(site: AggregateSite): BoxedAggregate {
  const keep = keepsNulls(site, false);
  const write = jsonWriter(site.argTypes[0] as LogicalType);
  return listOf(
    types.string(),
    (items) => `[${items.filter((item) => item !== null).join(',')}]`,
    ([value = null]) => (value === null ? (keep ? 'null' : null) : write(value)),
  );
}

function percentileOf(entries: MapValue['entries'], percentages: readonly number[]): number[] {
  const sorted = entries
    .filter(([value]) => value !== null)
    .map(([value, count]) => [Number(value), Number(count)] as const)
    .sort((a, b) => a[0] - b[0]);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  const at = (index: number): number => {
    let passed = 0;
    for (const [value, count] of sorted) {
      passed += count;
      if (index < passed) return value;
    }
    return sorted.at(-1)?.[0] ?? 0;
  };
  return percentages.map((percentage) => {
    // Positions count from 1, in this order of operations: it decides the last digit.
    const position = (total - 1) * percentage + 1;
    const low = Math.floor(position);
    const lower = at(low - 1);
    return lower + (at(Math.ceil(position) - 1) - lower) * (position - low);
  });
}

function boxedPercentile(site: AggregateSite): BoxedAggregate {
  const element = withNullable(site.argTypes[0] as LogicalType, true);
  const wanted = site.literals[1]?.value ?? null;
  const given = site.argTypes[1]?.kind === 'ARRAY' ? site.argTypes[1].element : site.argTypes[1];
  const scale = given?.kind === 'DECIMAL' ? 10 ** given.scale : 1;
  const many = site.type.kind === 'ARRAY';
  const percentages = (Array.isArray(wanted) ? wanted : [wanted]).map((item) => Number(item) / scale);
  const counts = countsOf(element, (entries) => {
    if (entries.length === 0) return null;
    const values = percentileOf(entries, percentages);
    return many ? values : (values[0] ?? null);
  });
  return {
    ...counts,
    accumulate: (accumulator, args) => counts.accumulate(accumulator, withoutPercentage(args)),
    retract: (accumulator, args) => counts.retract(accumulator, withoutPercentage(args)),
  };
}

/** The value, and how often it counts when that is said. */
function withoutPercentage([item = null, , frequency]: readonly Value[]): readonly Value[] {
  return frequency === undefined ? [item] : [item, frequency];
}

export const collects: readonly AggregateFunction[] = [
  plainAggregate({
    name: 'LISTAGG',
    forms: ['LISTAGG(<CHARACTER>)', 'LISTAGG(<CHARACTER>, <CHARACTER>)'],
    summary: 'Texts in order of arrival with a separator (a comma) between them.',
    example: "LISTAGG(name, '; ')",
    args: [text],
    optional: [text],
    returns: (args) => args[0]?.type,
    bind: boxedListAgg,
  }),
  plainAggregate({
    name: 'ARRAY_AGG',
    inference: 'flink',
    forms: ['ARRAY_AGG(value <ANY>)'],
    summary: 'All values, NULLs too, as an array in order of arrival.',
    example: 'ARRAY_AGG(amount)',
    args: [anything],
    returns: (args) => args[0] && types.array(args[0].type, args[0].type.nullable),
    skipsNulls: false,
    bind: (site) => listOf(withNullable(site.argTypes[0] as LogicalType, true), nullWhenEmpty, ([item = null]) => item),
  }),
  plainAggregate({
    name: 'COLLECT',
    forms: ['COLLECT(<ANY>)'],
    summary: 'The values that are not NULL as a multiset.',
    example: 'COLLECT(amount)',
    args: [anything],
    returns: (args) => args[0] && types.multiset(args[0].type, false),
    bind: (site) =>
      countsOf(withNullable(site.argTypes[0] as LogicalType, true), (entries) => new MapValue([...entries])),
  }),
  plainAggregate({
    name: 'JSON_OBJECTAGG',
    forms: ['JSON_OBJECTAGG(<CHARACTER>, <ANY>)'],
    summary: 'Keys and values as a JSON object.',
    example: 'JSON_OBJECTAGG(KEY name VALUE amount)',
    args: [(type) => isText(type), anything],
    rest: anything,
    returns: () => TEXT_NOT_NULL,
    skipsNulls: false,
    bind: boxedObjectAgg,
  }),
  plainAggregate({
    name: 'JSON_ARRAYAGG',
    forms: ['JSON_ARRAYAGG(<ANY>)'],
    summary: 'Values as a JSON array.',
    example: 'JSON_ARRAYAGG(amount)',
    args: [anything],
    rest: anything,
    returns: () => TEXT_NOT_NULL,
    skipsNulls: false,
    bind: boxedArrayAgg,
  }),
  plainAggregate({
    name: 'PERCENTILE',
    inference: 'flink',
    forms: ['PERCENTILE(expr <NUMERIC>, percentage <NUMERIC>)'],
    summary: 'The values at percentages (0 to 1) of the sorted values, interpolated.',
    example: 'PERCENTILE(amount, 0.5)',
    args: [numeric, (type) => type.kind === 'ARRAY' || numeric(type)],
    optional: [numeric],
    returns: (args) => (args[1]?.type.kind === 'ARRAY' ? types.array(types.double()) : types.double()),
    bind: boxedPercentile,
  }),
];
