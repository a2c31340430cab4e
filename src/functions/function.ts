/**
 * What a built-in function is. A file of this shelf says its name, how its result type follows from its arguments, one
 * sentence and an example, and what it computes.
 *
 * The binder calls `inferType` (which may ask for casts of arguments first through `coerce`), the interpreter `eval`, the code
 * generator `generate` where there is one and `eval` over boxed values where not.
 */
import type { LogicalType } from '../types/logical-type.ts';
import type { Value } from '../types/value.ts';

/** An argument as the binder sees it. */
export interface ArgumentInfo {
  readonly type: LogicalType;
  /** The value of a literal (or constant-folded) argument. */
  readonly literal?: { readonly value: Value };
}

/** What a function may know of its surroundings. Time and randomness come from here only. */
export interface EvalContext {
  /** `table.local-time-zone`: an IANA id, or an offset such as `+08:00`. */
  readonly timeZone: string;
  /** ms since the epoch; streaming: now, batch: when the query started. */
  now(): number;
  random(): number;
  /** The current watermark in ms, or null before the first. */
  watermark(): number | null;
  /** `table.exec.legacy-cast-behaviour`. */
  readonly legacyCast: boolean;
}

/** One bound call: the static half of an evaluation. */
export interface CallSite {
  readonly type: LogicalType;
  readonly argTypes: readonly LogicalType[];
  /** Literal arguments by position, where they are literals. */
  readonly literals: ReadonlyArray<{ readonly value: Value } | undefined>;
}

export type Eval = (args: readonly Value[], context: EvalContext) => Value;

export type FunctionCategory =
  | 'comparison'
  | 'logical'
  | 'arithmetic'
  | 'string'
  | 'temporal'
  | 'conditional'
  | 'conversion'
  | 'collection'
  | 'json'
  | 'variant'
  | 'construction'
  | 'grouping'
  | 'hash'
  | 'bitmap'
  | 'aggregate';

export interface FunctionDescription {
  /** Upper case, as in the catalogue of Flink. */
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly category: FunctionCategory;
  /** Flink's notation for error messages: `UPPER(<CHARACTER_STRING>)`. */
  readonly signatures: readonly string[];
  /** One sentence for the reference page. */
  readonly summary: string;
  /** An SQL expression that shows it. */
  readonly example: string;
  /**
   * Whose checks Flink applies, which shows in error texts: Calcite's `Cannot apply '…'` (default), or its own type inference's
   * `Invalid function call`.
   */
  readonly inference?: 'calcite' | 'flink';
  /** Number of arguments, inclusive. */
  readonly minArgs: number;
  readonly maxArgs: number;
}

export interface ScalarFunction extends FunctionDescription {
  /**
   * The result type, or undefined when these arguments are not accepted: the binder then reports Flink's
   * `Cannot apply '…' to arguments of type '…'`. May throw an EngineError for a text of its own. `resultType` is the target of CAST and the
   * RETURNING clause of JSON functions.
   */
  inferType(args: readonly ArgumentInfo[], resultType?: LogicalType): LogicalType | undefined;
  /** The types that arguments are implicitly cast to before the call; undefined in place of one means: as it is. */
  coerce?(args: readonly ArgumentInfo[]): ReadonlyArray<LogicalType | undefined>;
  /** Prepares a call: parse patterns and formats of literal arguments here, once. */
  bind(site: CallSite): Eval;
  /** False: `eval` sees nulls. True (default): any null argument gives null without a call. */
  readonly nullPropagating?: boolean;
  /** False: not folded to a constant (RAND, UUID, NOW). True by default. */
  readonly deterministic?: boolean;
  /** Code over lanes for the hot functions (see `generated-code.ts`). */
  readonly generate?: import('./generated-code.ts').Generate;
}

export function defineScalar(fn: ScalarFunction): ScalarFunction {
  return fn;
}
