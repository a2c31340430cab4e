/** Scalar functions out of a short description. */
import { type LogicalType, types, withNullable } from '../types/logical-type.ts';
import type { Value } from '../types/value.ts';
import { familyError, inferenceError } from './call-error.ts';
import type { ArgumentInfo, CallSite, Eval, EvalContext, FunctionCategory, ScalarFunction } from './function.ts';
import type { Generate } from './generated-code.ts';
import { anyNullable, binary, bool, integer, numeric, type OperandTest, text, timestamp } from './operand.ts';

/** Families as Flink's own inference names them. */
const FAMILIES = new Map<OperandTest, string>([
  [text, 'CHARACTER_STRING'],
  [binary, 'BINARY_STRING'],
  [numeric, 'NUMERIC'],
  [integer, 'INTEGER_NUMERIC'],
  [bool, 'BOOLEAN'],
  [timestamp, 'TIMESTAMP'],
]);

/** The refusal of the first argument that does not suit; a function with one signature names the family it wants. */
function refuse(
  spec: PlainFunction,
  args: readonly ArgumentInfo[],
  declared: (index: number) => OperandTest | undefined,
) {
  const wrong = args.findIndex((arg, i) => !declared(i)?.(arg.type));
  const family = spec.forms?.length === 1 ? FAMILIES.get(declared(wrong) as OperandTest) : undefined;
  return family === undefined
    ? inferenceError(spec.name, args)
    : familyError(spec.name, args, family, (args[wrong] as ArgumentInfo).type);
}

/** What a plain function says of itself; the rest follows from it. */
export interface PlainFunction {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly category: FunctionCategory;
  /** Flink's forms for error messages; absent for functions of its own inference, which name none. */
  readonly forms?: readonly string[];
  readonly inference?: 'flink';
  readonly summary: string;
  readonly example: string;
  /** Required arguments, then `optional` ones, then any number of `rest`. */
  readonly args: readonly OperandTest[];
  readonly optional?: readonly OperandTest[];
  readonly rest?: OperandTest;
  /** The type of the result. A fixed type is made nullable when an argument is. */
  readonly returns: LogicalType | ((args: readonly ArgumentInfo[]) => LogicalType | undefined);
  readonly coerce?: (args: readonly ArgumentInfo[]) => ReadonlyArray<LogicalType | undefined>;
  /** Computes a call whose arguments are not null (unless `nullPropagating` is false). */
  readonly eval?: (args: readonly Value[], context: EvalContext, site: CallSite) => Value;
  /** In place of `eval`: prepares a call. */
  readonly bind?: (site: CallSite) => Eval;
  readonly nullPropagating?: boolean;
  readonly deterministic?: boolean;
  readonly generate?: Generate;
}

/** A scalar function out of its description. */
export function plain(spec: PlainFunction): ScalarFunction {
  const optional = spec.optional ?? [];
  const { eval: evaluate, bind } = spec;
  const declared = (index: number): OperandTest | undefined =>
    spec.args[index] ?? optional[index - spec.args.length] ?? spec.rest;
  return {
    name: spec.name,
    ...(spec.aliases ? { aliases: spec.aliases } : {}),
    category: spec.category,
    signatures: spec.forms ?? [],
    ...(spec.inference ? { inference: spec.inference } : {}),
    summary: spec.summary,
    example: spec.example,
    minArgs: spec.args.length,
    maxArgs: spec.rest ? Number.MAX_SAFE_INTEGER : spec.args.length + optional.length,
    ...(spec.nullPropagating === false ? { nullPropagating: false } : {}),
    ...(spec.deterministic === false ? { deterministic: false } : {}),
    ...(spec.coerce ? { coerce: spec.coerce } : {}),
    ...(spec.generate ? { generate: spec.generate } : {}),
    inferType(args) {
      if (!args.every((arg, i) => declared(i)?.(arg.type))) {
        if (spec.inference === 'flink') throw refuse(spec, args, declared);
        return undefined;
      }
      if (typeof spec.returns === 'function') return spec.returns(args);
      return withNullable(spec.returns, spec.returns.nullable || anyNullable(args));
    },
    bind(site) {
      if (bind) return bind(site);
      if (!evaluate) return () => null;
      return (args, context) => evaluate(args, context, site);
    },
  };
}

/** NOT NULL types, to be made nullable by the arguments. */
export const result = {
  string: types.string(false),
  int: types.int(false),
  bigint: types.bigint(false),
  double: types.double(false),
  boolean: types.boolean(false),
  bytes: types.bytes(false),
  date: types.date(false),
} as const;

/** The type of an argument, nullable when any is. */
export function likeArgument(index: number): (args: readonly ArgumentInfo[]) => LogicalType | undefined {
  return (args) => {
    const arg = args[index];
    return arg && withNullable(arg.type, anyNullable(args));
  };
}

/** VARCHAR of the length of an argument. */
export function varcharLike(index: number, forceNullable = false): (args: readonly ArgumentInfo[]) => LogicalType {
  return (args) => {
    const type = args[index]?.type;
    const length = type && 'length' in type ? type.length : 2147483647;
    return types.varchar(length, forceNullable || anyNullable(args));
  };
}
