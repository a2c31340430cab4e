/** Arrays, maps and rows: made, and taken apart. */
import { EngineError } from '../../base/error.ts';
import { isComparable } from '../../types/comparable.ts';
import { type LogicalType, types, withNullable } from '../../types/logical-type.ts';
import { commonType } from '../../types/type-coercion.ts';
import { isInteger, isText, sameType } from '../../types/type-family.ts';
import type { MapValue, Value } from '../../types/value.ts';
import { decodeVariant, encodeVariant } from '../../types/variant.ts';
import { codeError, runtimeError, validatorError } from '../call-error.ts';
import { equalityOf, mapOf } from '../compare-values.ts';
import { type ArgumentInfo, type CallSite, defineScalar, type Eval, type ScalarFunction } from '../function.ts';
import { typesOf } from '../operand.ts';

export function castTo(arg: ArgumentInfo, type: LogicalType | undefined): LogicalType | undefined {
  return type && !sameType(arg.type, type) ? withNullable(type, arg.type.nullable) : undefined;
}

const row = defineScalar({
  name: 'ROW',
  category: 'construction',
  signatures: ['ROW(<ANY>...)'],
  summary: 'A row of values.',
  example: "ROW(1, 'a')",
  minArgs: 1,
  maxArgs: Number.MAX_SAFE_INTEGER,
  nullPropagating: false,
  inferType: (args) =>
    types.row(
      args.map((arg, i) => ({ name: `EXPR$${i}`, type: arg.type })),
      false,
    ),
  bind: () => (args) => [...args],
});

const array = defineScalar({
  name: 'ARRAY',
  category: 'construction',
  signatures: ['ARRAY[<ANY>...]'],
  summary: 'An array of values of one type.',
  example: 'ARRAY[1, 2]',
  minArgs: 1,
  maxArgs: Number.MAX_SAFE_INTEGER,
  nullPropagating: false,
  coerce(args) {
    const common = commonType(typesOf(args));
    return args.map((arg) => castTo(arg, common));
  },
  inferType(args) {
    const common = commonType(typesOf(args));
    if (!common) throw validatorError('Parameters must be of the same type');
    return types.array(common, false);
  },
  bind: () => (args) => [...args],
});

const mapConstructor = defineScalar({
  name: 'MAP',
  category: 'construction',
  signatures: ['MAP[<ANY>, <ANY>...]'],
  summary: 'A map of keys and values.',
  example: "MAP['a', 1]",
  minArgs: 1,
  maxArgs: Number.MAX_SAFE_INTEGER,
  nullPropagating: false,
  coerce(args) {
    const key = commonType(typesOf(args.filter((_arg, i) => i % 2 === 0)));
    const value = commonType(typesOf(args.filter((_arg, i) => i % 2 === 1)));
    return args.map((arg, i) => castTo(arg, i % 2 === 0 ? key : value));
  },
  inferType(args) {
    if (args.length % 2 !== 0) throw validatorError('Map requires an even number of arguments');
    const key = commonType(typesOf(args.filter((_arg, i) => i % 2 === 0)));
    const value = commonType(typesOf(args.filter((_arg, i) => i % 2 === 1)));
    if (!key || !value) throw validatorError('Parameters must be of the same type');
    return types.map(key, value, false);
  },
  bind(site) {
    const keyType = site.type.kind === 'MAP' ? site.type.key : types.null();
    return (args) => {
      const entries: [Value, Value][] = [];
      for (let i = 0; i + 1 < args.length; i += 2) entries.push([args[i] ?? null, args[i + 1] ?? null]);
      return mapOf(keyType, entries);
    };
  },
});

/** `(row, literal index)`. */
const field = defineScalar({
  name: 'FIELD',
  category: 'construction',
  signatures: ['FIELD(<ROW>, <INTEGER>)'],
  summary: 'A field of a row by its position from 0.',
  example: 'FIELD(ROW(1, 2), 0)',
  minArgs: 2,
  maxArgs: 2,
  inferType([operand, index]) {
    if (operand?.type.kind !== 'ROW') return undefined;
    const found = operand.type.fields[Number(index?.literal?.value ?? -1)];
    return found && withNullable(found.type, operand.type.nullable || found.type.nullable);
  },
  bind(site) {
    const index = Number(site.literals[1]?.value ?? 0);
    return ([operand]) => (operand as readonly Value[])[index] ?? null;
  },
});

const ITEM_FORM = '=<ARRAY>[<INTEGER>]\n<MAP>[<ANY>]\n<ROW>[<CHARACTER>|<INTEGER>]\n<VARIANT>[<CHARACTER>|<INTEGER>]';

function itemType(args: readonly ArgumentInfo[]): LogicalType | undefined {
  const [collection, key] = args as [ArgumentInfo, ArgumentInfo];
  const { type } = collection;
  switch (type.kind) {
    case 'ARRAY': {
      if (!isInteger(key.type)) return undefined;
      if (key.type.kind !== 'INT') throw codeError('Integer expression type expected.');
      const index = key.literal?.value;
      if (index !== undefined && index !== null && Number(index) < 1 && !isNullLiteral(collection))
        throw new EngineError('SQL_VALIDATION', `Array element access needs an index starting at 1 but was ${index}.`);
      return withNullable(type.element, true);
    }
    case 'MAP':
      return isComparable(type.key, key.type) && commonType([type.key, key.type])
        ? withNullable(type.value, true)
        : undefined;
    case 'VARIANT':
      return isText(key.type) || isInteger(key.type) ? types.variant() : undefined;
    case 'ROW': {
      const wanted = key.literal?.value;
      const found =
        typeof wanted === 'string' ? type.fields.find((f) => f.name === wanted) : type.fields[Number(wanted ?? 0) - 1];
      return found && withNullable(found.type, true);
    }
    default:
      return undefined;
  }
}

function isNullLiteral(arg: ArgumentInfo): boolean {
  return arg.literal?.value === null;
}

/** What Flink's folding of a constant look-up leaves where there is no element and elements are NOT NULL. */
function missingElement(site: CallSite, element: LogicalType): Value {
  const constant = site.literals.length > 0 && site.literals.every((literal) => literal !== undefined);
  if (!constant || element.nullable) return null;
  switch (element.kind) {
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'FLOAT':
    case 'DOUBLE':
    case 'DATE':
    case 'TIME':
      return -1;
    case 'BIGINT':
      return -1n;
    case 'BOOLEAN':
      return false;
    case 'CHAR':
      return ' '.repeat(element.length);
    case 'VARCHAR':
      return '';
    default:
      return null;
  }
}

function bindItem(site: CallSite): Eval {
  const [type, keyType] = site.argTypes as [LogicalType, LogicalType];
  switch (type.kind) {
    case 'ARRAY': {
      const missing = missingElement(site, type.element);
      return ([items, index]) => {
        const list = items as readonly Value[];
        const at = Number(index);
        return at >= 1 && at <= list.length ? (list[at - 1] ?? null) : missing;
      };
    }
    case 'MAP': {
      const equal = equalityOf(type.key, keyType);
      const missing = missingElement(site, type.value);
      return ([value, key]) => {
        const entry = (value as MapValue).entries.find(([k]) => k !== null && equal(k, key as Value));
        return entry ? entry[1] : missing;
      };
    }
    case 'VARIANT':
      return ([value, key]) => variantItem(value as Uint8Array, key as Value);
    default: {
      const wanted = site.literals[1]?.value;
      const fields = type.kind === 'ROW' ? type.fields : [];
      const index = typeof wanted === 'string' ? fields.findIndex((f) => f.name === wanted) : Number(wanted ?? 1) - 1;
      return ([value]) => (value as readonly Value[])[index] ?? null;
    }
  }
}

function variantItem(bytes: Uint8Array, key: Value): Value {
  const node = decodeVariant(bytes);
  const byName = typeof key === 'string';
  if (node.kind !== (byName ? 'object' : 'array')) throw wrongVariant(byName);
  const found =
    node.kind === 'array'
      ? node.items[Number(key) - 1]
      : node.kind === 'object'
        ? node.fields.get(String(key))
        : undefined;
  return found ? encodeVariant(found) : null;
}

function wrongVariant(byName: boolean): Error {
  const message = byName
    ? 'String key access on variant requires an object variant, but a non-object variant was provided.'
    : 'Integer index access on variant requires an array variant, but a non-array variant was provided.';
  return runtimeError(message, 'org.apache.flink.table.api.TableRuntimeException');
}

const item: ScalarFunction = defineScalar({
  name: 'ITEM',
  category: 'collection',
  signatures: [ITEM_FORM],
  summary: 'An element of an array (from 1), of a map by its key, of a variant.',
  example: 'ARRAY[1, 2][1]',
  minArgs: 2,
  maxArgs: 2,
  inferType: itemType,
  bind: bindItem,
});

const cardinality = defineScalar({
  name: 'CARDINALITY',
  category: 'collection',
  signatures: ['CARDINALITY(<MULTISET>)', 'CARDINALITY(<ARRAY>)', 'CARDINALITY(<MAP>)'],
  summary: 'The number of elements.',
  example: 'CARDINALITY(ARRAY[1, 2])',
  minArgs: 1,
  maxArgs: 1,
  inferType: ([arg]) =>
    arg && (arg.type.kind === 'ARRAY' || arg.type.kind === 'MAP' || arg.type.kind === 'MULTISET')
      ? types.int(arg.type.nullable)
      : undefined,
  bind:
    () =>
    ([value]) =>
      Array.isArray(value) ? value.length : (value as MapValue).entries.length,
});

const element = defineScalar({
  name: 'ELEMENT',
  category: 'collection',
  signatures: ['ELEMENT(<MULTISET>)', 'ELEMENT(<ARRAY>)'],
  summary: 'The one element of an array; fails when there are more.',
  example: 'ELEMENT(ARRAY[7])',
  minArgs: 1,
  maxArgs: 1,
  inferType: ([arg]) =>
    arg?.type.kind === 'ARRAY'
      ? withNullable(arg.type.element, arg.type.nullable || arg.type.element.nullable)
      : undefined,
  bind:
    () =>
    ([value]) => {
      const items = value as readonly Value[];
      if (items.length > 1)
        throw runtimeError('Array has more than one element.', 'org.apache.flink.table.api.TableRuntimeException');
      return items[0] ?? null;
    },
});

export const collections: readonly ScalarFunction[] = [row, array, mapConstructor, field, item, cardinality, element];
