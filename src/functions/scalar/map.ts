/** Maps: their keys, values and entries. */
import { type LogicalType, types, withNullable } from '../../types/logical-type.ts';
import { commonType } from '../../types/type-coercion.ts';
import { typeSummary } from '../../types/type-name.ts';
import { MapValue, type Value } from '../../types/value.ts';
import { inferenceError, runtimeError } from '../call-error.ts';
import { equalityOf, mapOf } from '../compare-values.ts';
import { type ArgumentInfo, defineScalar, type ScalarFunction } from '../function.ts';
import { typesOf } from '../operand.ts';
import { castTo } from './collection.ts';

export const maps: readonly ScalarFunction[] = [
  mapPart(
    'MAP_KEYS',
    'The keys of a map.',
    (type) => type.key,
    ([key]) => key,
  ),
  mapPart(
    'MAP_VALUES',
    'The values of a map.',
    (type) => type.value,
    ([, value]) => value,
  ),
  mapPart(
    'MAP_ENTRIES',
    'The entries of a map as rows.',
    (type) =>
      types.row(
        [
          { name: 'key', type: type.key },
          { name: 'value', type: type.value },
        ],
        false,
      ),
    ([key, value]) => [key, value],
    true,
  ),
  defineScalar({
    name: 'MAP_FROM_ARRAYS',
    category: 'collection',
    inference: 'flink',
    signatures: ['MAP_FROM_ARRAYS(key <ARRAY>, value <ARRAY>)'],
    summary: 'A map of an array of keys and an array of values.',
    example: "MAP_FROM_ARRAYS(ARRAY['a', 'b'], ARRAY[1, 2])",
    minArgs: 2,
    maxArgs: 2,
    inferType(args) {
      const [keys, values] = typesOf(args) as [LogicalType, LogicalType];
      if (keys.kind !== 'ARRAY' || values.kind !== 'ARRAY') throw inferenceError('MAP_FROM_ARRAYS', args);
      return types.map(keys.element, values.element, keys.nullable || values.nullable);
    },
    bind:
      () =>
      ([keys, values]) =>
        fromArrays(keys as readonly Value[], values as readonly Value[]),
  }),
  defineScalar({
    name: 'MAP_UNION',
    category: 'collection',
    inference: 'flink',
    signatures: ['MAP_UNION(<MAP>...)'],
    summary: 'The entries of several maps; the last value of a key counts.',
    example: "MAP_UNION(MAP['a', 1], MAP['b', 2])",
    minArgs: 1,
    maxArgs: Number.MAX_SAFE_INTEGER,
    coerce(args) {
      const common = commonType(typesOf(args));
      return args.map((arg) => castTo(arg, common));
    },
    inferType(args) {
      if (args.some((arg) => arg.type.kind !== 'MAP'))
        throw inferenceError('MAP_UNION', args, 'All arguments requires to be a MAP type');
      return commonType(typesOf(args)) ?? noCommon('MAP_UNION', args);
    },
    bind(site) {
      const keyType = site.type.kind === 'MAP' ? site.type.key : types.null();
      const equal = equalityOf(keyType, keyType);
      return (maps) => mapOf(keyType, unionEntries(maps as readonly MapValue[], equal));
    },
  }),
];

/** Entries of the last map first, then those of the others that it lacks, as Flink lays them out. */
function unionEntries(maps: readonly MapValue[], equal: (a: Value, b: Value) => boolean): [Value, Value][] {
  const entries: [Value, Value][] = [];
  for (const map of [...maps].reverse())
    for (const [key, value] of map.entries)
      if (!entries.some(([known]) => (known === null || key === null ? known === key : equal(known, key))))
        entries.push([key, value]);
  return entries;
}

function noCommon(name: string, args: readonly ArgumentInfo[]): never {
  const list = args.map((arg) => typeSummary(arg.type)).join(', ');
  throw inferenceError(name, args, `Could not find a common type for arguments: [${list}]`);
}

function fromArrays(keys: readonly Value[], values: readonly Value[]): Value {
  if (keys.length !== values.length)
    throw runtimeError(
      `Invalid function MAP_FROM_ARRAYS call:\nThe length of the keys array ${keys.length} is not equal to the length of the values array ${values.length}`,
      'org.apache.flink.util.FlinkRuntimeException',
    );
  return new MapValue(keys.map((key, i) => [key, values[i] ?? null]));
}

function mapPart(
  name: string,
  summary: string,
  elementType: (type: Extract<LogicalType, { kind: 'MAP' }>) => LogicalType,
  part: (entry: readonly [Value, Value]) => Value,
  rows = false,
): ScalarFunction {
  return defineScalar({
    name,
    category: 'collection',
    inference: 'flink',
    signatures: [`${name}(input <MAP>)`],
    summary,
    example: `${name}(MAP['a', 1])`,
    minArgs: 1,
    maxArgs: 1,
    inferType(args) {
      const type = args[0]?.type;
      if (type?.kind !== 'MAP') throw inferenceError(name, args);
      const inner = elementType(type);
      return types.array(rows ? withNullable(inner, true) : inner, type.nullable);
    },
    bind:
      () =>
      ([value]) =>
        (value as MapValue).entries.map(part),
  });
}
