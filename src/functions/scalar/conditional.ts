/** Choices: CASE, IF, COALESCE and their kin. Which branches are computed at all is the business of who evaluates. */
import { type LogicalType, types, withNullable } from '../../types/logical-type.ts';
import { commonType } from '../../types/type-coercion.ts';
import {
  isApproximate,
  isBinary,
  isDatetime,
  isInteger,
  isNumeric,
  isText,
  isTimestamp,
  sameType,
} from '../../types/type-family.ts';
import { typeSummary } from '../../types/type-name.ts';
import type { Value } from '../../types/value.ts';
import { codeError, inferenceError, validatorError } from '../call-error.ts';
import { comparatorOf, equalityOf } from '../compare-values.ts';
import { type ArgumentInfo, defineScalar, type ScalarFunction } from '../function.ts';
import { typesOf } from '../operand.ts';

/** Casts of all arguments to one type, each as nullable as it is. */
function castAll(args: readonly ArgumentInfo[], type: LogicalType | undefined, skip = 0): (LogicalType | undefined)[] {
  if (!type) return [];
  return args.map((arg, i) => {
    if (i < skip || sameType(arg.type, type)) return undefined;
    return withNullable(type, arg.type.nullable);
  });
}

/** Positions of the results of CASE: every second one, and the last. */
function isResult(index: number, count: number): boolean {
  return index % 2 === 1 || index === count - 1;
}

const caseWhen = defineScalar({
  name: 'CASE',
  category: 'conditional',
  signatures: ['CASE(<BOOLEAN>, <ANY>, <ANY>)'],
  summary: 'The result of the first condition that is TRUE, or of ELSE.',
  example: "CASE WHEN 1 < 2 THEN 'a' ELSE 'b' END",
  minArgs: 2,
  maxArgs: Number.MAX_SAFE_INTEGER,
  nullPropagating: false,
  coerce(args) {
    const common = commonType(typesOf(args.filter((_arg, i) => isResult(i, args.length))));
    if (!common) return [];
    return args.map((arg, i) =>
      isResult(i, args.length) && !sameType(arg.type, common) ? withNullable(common, arg.type.nullable) : undefined,
    );
  },
  inferType(args) {
    const results = args.filter((_arg, i) => isResult(i, args.length));
    const common = commonType(typesOf(results));
    if (!common) throw validatorError('Illegal mixing of types in CASE or COALESCE statement');
    return args.length % 2 === 0 ? withNullable(common, true) : common;
  },
  bind: () => (args) => {
    for (let i = 0; i + 1 < args.length; i += 2) if (args[i] === true) return args[i + 1] as Value;
    return args.length % 2 === 1 ? (args[args.length - 1] as Value) : null;
  },
});

const IF_FORMS = [
  'IF(<ANY_TYPE>, <NUMERIC_TYPE>, <NUMERIC_TYPE>)',
  ...['CHARACTER', 'BOOLEAN', 'CHARACTER', 'BINARY', 'DATE', 'TIMESTAMP', 'TIME'].map(
    (family) => `IF(<BOOLEAN>, <${family}>, <${family}>)`,
  ),
];

function ifFamily(a: LogicalType, b: LogicalType): boolean {
  if (a.kind === 'NULL' || b.kind === 'NULL') return true;
  if (isNumeric(a) || isNumeric(b)) return isNumeric(a) && isNumeric(b);
  if (isText(a) || isText(b)) return isText(a) && isText(b);
  if (isBinary(a) || isBinary(b)) return isBinary(a) && isBinary(b);
  if (isTimestamp(a)) return isTimestamp(b);
  return a.kind === b.kind && ['BOOLEAN', 'DATE', 'TIME'].includes(a.kind);
}

/** Of times the first branch has its say. */
function branchType(a: LogicalType, b: LogicalType): LogicalType | undefined {
  return isDatetime(a) && isDatetime(b) ? withNullable(a, a.nullable || b.nullable) : commonType([a, b]);
}

const ifThenElse = defineScalar({
  name: 'IF',
  category: 'conditional',
  signatures: IF_FORMS,
  summary: 'The second argument where the first is TRUE, else the third.',
  example: "IF(5 > 3, 'yes', 'no')",
  minArgs: 3,
  maxArgs: 3,
  nullPropagating: false,
  coerce(args) {
    const [, a, b] = typesOf(args) as [LogicalType, LogicalType, LogicalType];
    return ifFamily(a, b) ? castAll(args, branchType(a, b), 1) : [];
  },
  inferType(args) {
    const [condition, a, b] = typesOf(args) as [LogicalType, LogicalType, LogicalType];
    if (condition.kind !== 'BOOLEAN' || !ifFamily(a, b)) return undefined;
    const common = branchType(a, b);
    return common && withNullable(common, common.nullable || condition.nullable);
  },
  bind:
    () =>
    ([condition, a = null, b = null]) =>
      condition === true ? a : b,
});

const coalesce = defineScalar({
  name: 'COALESCE',
  category: 'conditional',
  inference: 'flink',
  signatures: ['COALESCE(<COMMON>, <COMMON>...)'],
  summary: 'The first argument that is not NULL.',
  example: "COALESCE(NULL, 'default')",
  minArgs: 1,
  maxArgs: Number.MAX_SAFE_INTEGER,
  nullPropagating: false,
  coerce: (args) => castAll(args, commonType(typesOf(args), 'flink')),
  inferType: (args) => coalesceType('COALESCE', args),
  bind: () => (args) => args.find((arg) => arg !== null) ?? null,
});

function coalesceType(name: string, args: readonly ArgumentInfo[]): LogicalType {
  const common = commonType(typesOf(args), 'flink');
  if (!common) throw inferenceError(name, args, misplacedNumber(args));
  return withNullable(
    common,
    args.every((arg) => arg.type.nullable),
  );
}

/** What is said of numbers beside dates; undefined: nothing of its own. */
function misplacedNumber(args: readonly ArgumentInfo[]): string | undefined {
  const wanted = args.find(({ type }) => ['DATE', 'TIMESTAMP', 'TIMESTAMP_LTZ'].includes(type.kind));
  const place = args.findIndex(({ type }) => isNumeric(type));
  if (!wanted || place < 0 || args.some(({ type }) => !isNumeric(type) && type.kind !== wanted.type.kind))
    return undefined;
  const given = args[place] as ArgumentInfo;
  if (isApproximate(given.type)) return undefined;
  const expected = withNullable(
    wanted.type,
    args.every(({ type }) => type.nullable),
  );
  return `Invalid argument type at position ${place}. Data type ${typeSummary(expected)} expected but ${typeSummary(given.type)} passed.`;
}

/** A text that cannot be NULL keeps its own length. */
function keepsFirst(args: readonly ArgumentInfo[]): boolean {
  return args.every((arg) => isText(arg.type)) && args[0]?.type.nullable === false;
}

const ifNull = defineScalar({
  ...coalesce,
  name: 'IFNULL',
  signatures: ['IFNULL(input <COMMON>, null_replacement <COMMON>)'],
  summary: 'The second argument where the first is NULL, else the first.',
  example: 'IFNULL(CAST(NULL AS INT), 5)',
  minArgs: 2,
  maxArgs: 2,
  coerce: (args) => (keepsFirst(args) ? [] : castAll(args, commonType(typesOf(args), 'flink'))),
  inferType: (args) => (keepsFirst(args) ? args[0]?.type : coalesceType('IFNULL', args)),
});

const nullIf = defineScalar({
  name: 'NULLIF',
  category: 'conditional',
  signatures: ['NULLIF(<COMPARABLE_TYPE>, <COMPARABLE_TYPE>)'],
  summary: 'NULL where both values are equal, else the first.',
  example: 'NULLIF(5, 5)',
  minArgs: 2,
  maxArgs: 2,
  nullPropagating: false,
  inferType: ([a]) => a && withNullable(a.type, true),
  bind(site) {
    const equal = equalityOf(site.argTypes[0] as LogicalType, site.argTypes[1] as LogicalType);
    return ([a = null, b = null]) => (a !== null && b !== null && equal(a, b) ? null : a);
  },
});

/** GREATEST and LEAST; NULL if any argument is. */
function extreme(name: 'GREATEST' | 'LEAST', word: string, wins: (order: number) => boolean): ScalarFunction {
  return defineScalar({
    name,
    category: 'conditional',
    inference: 'flink',
    signatures: [`${name}(<COMPARABLE>...)`],
    summary: `The ${word} of the values; NULL when one of them is.`,
    example: `${name}(1, 3, 2)`,
    minArgs: 1,
    maxArgs: Number.MAX_SAFE_INTEGER,
    coerce: (args) => castAll(args, commonType(typesOf(args), 'flink')),
    inferType(args) {
      const common = commonType(typesOf(args), 'flink');
      if (!common) throw inferenceError(name, args, cannotCompare(args));
      return common;
    },
    bind(site) {
      const [first = types.null()] = site.argTypes;
      if (first.kind === 'ROW' || first.kind === 'ARRAY' || first.kind === 'MAP')
        throw codeError(`Comparable type expected, but was '${typeSummary(first)}'.`);
      const compare = comparatorOf(first, first);
      return (args) => args.reduce((best, value) => (wins(compare(value, best)) ? value : best));
    },
  });
}

function cannotCompare(args: readonly ArgumentInfo[]): string {
  if (args.every(({ type }) => isDatetime(type))) return 'Could not infer an output type for the given arguments.';
  const [a, b] = args as [ArgumentInfo, ArgumentInfo];
  return `All types in a comparison should support both 'EQUALS' and 'ORDER' comparison with each other. Can not compare ${typeSummary(a.type)} with ${typeSummary(b.type)}`;
}

/** A value in a list; the binder casts the list to one type. */
const within = defineScalar({
  name: 'IN',
  category: 'comparison',
  signatures: ['<COMPARABLE_TYPE> IN <COMPARABLE_TYPE>'],
  summary: 'Whether a value is in a list; NULL when it is not and the list holds NULL.',
  example: '2 IN (1, 2, 3)',
  minArgs: 2,
  maxArgs: Number.MAX_SAFE_INTEGER,
  nullPropagating: false,
  coerce(args) {
    const [first] = typesOf(args) as [LogicalType];
    return args.map((arg, i) =>
      i > 0 && isText(arg.type) && !isText(first) && first.kind !== 'NULL'
        ? withNullable(first, arg.type.nullable)
        : undefined,
    );
  },
  inferType: (args) => types.boolean(args.some((arg) => arg.type.nullable)),
  bind(site) {
    const type = site.argTypes[0] as LogicalType;
    const list = site.literals[1]?.value as readonly Value[];
    const items = list.filter((item) => item !== null);
    const otherwise = items.length < list.length ? null : false;
    if (isText(type) || isInteger(type) || type.kind === 'DECIMAL' || isDatetime(type)) {
      const known = new Set(items);
      return ([searched = null]) => (searched === null ? null : known.has(searched) || otherwise);
    }
    const equal = equalityOf(type, type);
    return ([searched = null]) => (searched === null ? null : items.some((item) => equal(searched, item)) || otherwise);
  },
});

const typeOf = defineScalar({
  name: 'TYPEOF',
  category: 'conversion',
  inference: 'flink',
  signatures: ['TYPEOF(input <ANY>)', 'TYPEOF(input <ANY>, force_serializable [<BOOLEAN> & <LITERAL NOT NULL>])'],
  summary: 'The type of a value as text.',
  example: 'TYPEOF(1)',
  minArgs: 1,
  maxArgs: 2,
  nullPropagating: false,
  inferType: () => types.string(),
  bind(site) {
    const text = typeSummary(site.argTypes[0] as LogicalType);
    return () => text;
  },
});

export const conditionals: readonly ScalarFunction[] = [
  caseWhen,
  ifThenElse,
  coalesce,
  ifNull,
  nullIf,
  extreme('GREATEST', 'largest', (order) => order > 0),
  extreme('LEAST', 'smallest', (order) => order < 0),
  within,
  typeOf,
];
