/** Arrays as sets: union, intersection, difference. */
import { type LogicalType, withNullable } from '../../types/logical-type.ts';
import { commonType } from '../../types/type-coercion.ts';
import { sameType } from '../../types/type-family.ts';
import { typeSummary } from '../../types/type-name.ts';
import type { Value } from '../../types/value.ts';
import { inferenceError } from '../call-error.ts';
import { valueKey } from '../compare-values.ts';
import { type ArgumentInfo, defineScalar, type ScalarFunction } from '../function.ts';
import { typesOf } from '../operand.ts';
import { distinct, elementOf } from './array.ts';

/** The type that all arrays are cast to. */
function commonArray(name: string, args: readonly ArgumentInfo[]): LogicalType {
  if (args.some((arg) => arg.type.kind !== 'ARRAY'))
    throw inferenceError(name, args, 'All arguments requires to be a ARRAY type');
  const common = commonType(typesOf(args));
  if (common) return common;
  const list = args.map((arg) => typeSummary(arg.type)).join(', ');
  throw inferenceError(name, args, `Could not find a common type for arguments: [${list}]`);
}

function setFunction(
  name: string,
  summary: string,
  max: number,
  combine: (arrays: readonly (readonly Value[])[], key: (value: Value) => string) => Value,
): ScalarFunction {
  return defineScalar({
    name,
    category: 'collection',
    inference: 'flink',
    signatures: [max === 2 ? `${name}(array1 <ARRAY>, array2 <ARRAY>)` : `${name}(<ARRAY>...)`],
    summary,
    example: `${name}(ARRAY[1, 2], ARRAY[2, 3])`,
    minArgs: max === 2 ? 2 : 1,
    maxArgs: max,
    coerce(args) {
      const common = commonType(typesOf(args));
      return args.map((arg) =>
        common && !sameType(arg.type, common) ? withNullable(common, arg.type.nullable) : undefined,
      );
    },
    inferType: (args) => commonArray(name, args),
    bind(site) {
      const key = valueKey(elementOf(site));
      return (args) => combine(args as readonly (readonly Value[])[], key);
    },
  });
}

function except(a: readonly Value[], b: readonly Value[], key: (value: Value) => string): Value[] {
  const gone = new Set(b.map(key));
  return a.filter((item) => !gone.has(key(item)));
}

export const arraySets: readonly ScalarFunction[] = [
  setFunction('ARRAY_CONCAT', 'Arrays behind each other.', Number.MAX_SAFE_INTEGER, (arrays) => arrays.flat()),
  setFunction('ARRAY_UNION', 'The distinct elements of two arrays.', 2, (arrays, key) => distinct(arrays.flat(), key)),
  setFunction('ARRAY_EXCEPT', 'The elements of the first array without those of the second.', 2, (arrays, key) =>
    distinct(except(arrays[0] ?? [], arrays[1] ?? [], key), key),
  ),
  setFunction('ARRAY_INTERSECT', 'The distinct elements that are in both arrays.', 2, (arrays, key) => {
    const other = new Set((arrays[1] ?? []).map(key));
    return distinct(
      (arrays[0] ?? []).filter((item) => other.has(key(item))),
      key,
    );
  }),
];
