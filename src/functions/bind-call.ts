/** Finds the function of a call, casts its arguments, and infers the type of its result. */
import { type LogicalType, withNullable } from '../types/logical-type.ts';
import type { AggregateFunction } from './aggregate-function.ts';
import { countError, noMatchError, signatureError } from './call-error.ts';
import type { ArgumentInfo, FunctionDescription, ScalarFunction } from './function.ts';
import { lookupAggregate, lookupScalar } from './index.ts';

export interface BoundCall<F> {
  readonly fn: F;
  /** For each argument the type that it is cast to first, or undefined: as it is. */
  readonly coercions: ReadonlyArray<LogicalType | undefined>;
  /** Type of the result. */
  readonly type: LogicalType;
}

/** Calcite's constants: with arguments it looks for another function of the name. */
const CONSTANTS = new Set(['PI']);

/**
 * Binds a scalar call. `resultType` is the target of CAST and TRY_CAST and the RETURNING clause of JSON functions. Throws EngineError; those
 * of class `SqlValidatorException` still need the place of the call (see `call-error.ts`).
 */
export function bindCall(
  name: string,
  args: readonly ArgumentInfo[],
  resultType?: LogicalType,
): BoundCall<ScalarFunction> {
  const fn = lookupScalar(name);
  if (!fn || (CONSTANTS.has(fn.name) && args.length > 0)) throw noMatchError(name, args);
  checkCount(fn, args);
  const { coerced, coercions } = coerce(fn, args);
  const type = fn.inferType(coerced, resultType);
  if (!type) throw signatureError(fn, args);
  return { fn, coercions, type };
}

/** Binds an aggregate call. */
export function bindAggregate(name: string, args: readonly ArgumentInfo[]): BoundCall<AggregateFunction> {
  const fn = lookupAggregate(name);
  if (!fn) throw noMatchError(name, args);
  checkCount(fn, args);
  const { coerced, coercions } = coerce(fn, args);
  const type = fn.inferType(coerced);
  if (!type) throw signatureError(fn, args);
  return { fn, coercions, type };
}

interface Coercible {
  coerce?(args: readonly ArgumentInfo[]): ReadonlyArray<LogicalType | undefined>;
}

function coerce(fn: Coercible, args: readonly ArgumentInfo[]) {
  const wanted = fn.coerce?.(args) ?? [];
  const coercions = args.map((_arg, i) => wanted[i]);
  const coerced = args.map((arg, i): ArgumentInfo => {
    const type = wanted[i];
    return type ? { type: withNullable(type, type.nullable || arg.type.nullable) } : arg;
  });
  return { coerced, coercions };
}

function checkCount(fn: FunctionDescription, args: readonly ArgumentInfo[]): void {
  if (args.length < fn.minArgs || args.length > fn.maxArgs) throw countError(fn, args);
}
