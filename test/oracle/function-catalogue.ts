/** What the function shelf can be called with: every scalar function with the kinds of arguments that it takes, and what it gives. */
import { bindAggregate, bindCall } from '../../src/functions/bind-call.ts';
import { aggregateFunctions, scalarFunctions } from '../../src/functions/index.ts';
import { parseExpression } from '../../src/parser/sql-parser.ts';
import { type LogicalType, types } from '../../src/types/logical-type.ts';
import type { Kind } from './random-tables.ts';

export interface CallForm {
  readonly name: string;
  readonly args: readonly Kind[];
  readonly result: Kind;
}

const LOGICAL: Readonly<Record<Kind, LogicalType>> = {
  INT: types.int(),
  BIGINT: types.bigint(),
  STRING: types.string(),
  DECIMAL: types.decimal(10, 2),
  DOUBLE: types.double(),
  BOOLEAN: types.boolean(),
  DATE: types.date(),
  TIMESTAMP: types.timestamp(3),
  LTZ: types.timestampLtz(3),
  TIME: types.time(0),
  SMALLINT: types.smallint(),
  TINYINT: types.tinyint(),
  FLOAT: types.float(),
  BYTES: types.bytes(),
  INTS: types.array(types.int()),
  TEXTS: types.array(types.string()),
  MAP: types.map(types.string(), types.int()),
  ROW: types.row([
    { name: 'a', type: types.int() },
    { name: 'b', type: types.string() },
  ]),
};
const KINDS = Object.keys(LOGICAL) as Kind[];
/** Kinds for functions of three arguments and more, whose combinations are many. */
const COMMON: readonly Kind[] = ['INT', 'STRING', 'DECIMAL', 'DOUBLE', 'BOOLEAN', 'TIMESTAMP', 'INTS', 'TEXTS', 'MAP'];
const ARGS_MAX = 4;
/** Results that grow without bound with a number among the arguments, and names that are not called plainly. */
const LEFT_OUT = new Set(['REPEAT', 'LPAD', 'RPAD', 'PRINTF', 'TYPEOF', 'NEGATE', 'JSON', 'JSON_OBJECT']);
/** Aggregates whose result depends on the order of rows. */
const ORDERED = new Set([
  'FIRST_VALUE',
  'LAST_VALUE',
  'LISTAGG',
  'ARRAY_AGG',
  'COLLECT',
  'JSON_OBJECTAGG',
  'JSON_ARRAYAGG',
  'SINGLE_VALUE',
]);

function kindOf(type: LogicalType): Kind | undefined {
  switch (type.kind) {
    case 'CHAR':
    case 'VARCHAR':
      return 'STRING';
    case 'BINARY':
    case 'VARBINARY':
      return 'BYTES';
    case 'TIMESTAMP_LTZ':
      return 'LTZ';
    case 'ARRAY':
      return type.element.kind === 'INT' ? 'INTS' : type.element.kind === 'VARCHAR' ? 'TEXTS' : undefined;
    case 'MAP':
      return type.key.kind === 'VARCHAR' && type.value.kind === 'INT' ? 'MAP' : undefined;
    case 'ROW':
      return undefined;
    default:
      return KINDS.find((kind) => kind === type.kind);
  }
}

function* combinations(arity: number): Generator<Kind[]> {
  if (arity === 0) yield [];
  else for (const rest of combinations(arity - 1)) for (const kind of arity > 2 ? COMMON : KINDS) yield [...rest, kind];
}

function resultOf(bind: () => { type: LogicalType }): Kind | undefined {
  try {
    return kindOf(bind().type);
  } catch {
    return undefined;
  }
}

/** Whether the name is called as `NAME(…)`. */
function isPlainCall(name: string, arity: number): boolean {
  if (!/^\w+$/.test(name) || (arity > 1 && (name === 'FLOOR' || name === 'CEIL'))) return false;
  try {
    parseExpression(`${name}(${Array(arity).fill('x').join(', ')})`);
    return true;
  } catch {
    return false;
  }
}

function scalarForms(): CallForm[] {
  const forms: CallForm[] = [];
  for (const { name, minArgs, maxArgs, deterministic } of scalarFunctions) {
    if (deterministic === false || LEFT_OUT.has(name)) continue;
    for (let arity = minArgs; arity <= Math.min(maxArgs, minArgs + 2, ARGS_MAX); arity++) {
      if (!isPlainCall(name, arity)) continue;
      for (const args of combinations(arity)) {
        const infos = args.map((kind) => ({ type: LOGICAL[kind] }));
        // NULLIF says what is wrong with its arguments in the form of the comparison that it is.
        if (name === 'NULLIF' && !resultOf(() => bindCall('=', infos))) continue;
        const result = resultOf(() => bindCall(name, infos));
        if (result) forms.push({ name, args, result });
      }
    }
  }
  return forms;
}

function aggregateForms(): Array<CallForm & { readonly isOrdered: boolean }> {
  return aggregateFunctions.flatMap(({ name }) =>
    KINDS.flatMap((kind) => {
      const result = name.startsWith('$') ? undefined : resultOf(() => bindAggregate(name, [{ type: LOGICAL[kind] }]));
      return result ? [{ name, args: [kind], result, isOrdered: ORDERED.has(name) }] : [];
    }),
  );
}

/** Scalar calls by what they give, then by function, so that a function of many forms is not drawn more often. */
export const scalarCalls: ReadonlyMap<Kind, ReadonlyArray<readonly CallForm[]>> = new Map(
  [...Map.groupBy(scalarForms(), ({ result }) => result)].map(([kind, forms]) => [
    kind,
    [...Map.groupBy(forms, ({ name }) => name).values()],
  ]),
);

export const aggregateCalls = aggregateForms();
