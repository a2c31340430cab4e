/** Short form of aggregate functions. */
import { EngineError } from '../../base/error.ts';
import type { LogicalType } from '../../types/logical-type.ts';
import type { Value } from '../../types/value.ts';
import type { AggregateFunction, AggregateSite, BoxedAggregate } from '../aggregate-function.ts';
import { defineAggregate } from '../aggregate-function.ts';
import { inferenceError } from '../call-error.ts';
import type { ArgumentInfo } from '../function.ts';
import type { OperandTest } from '../operand.ts';
import type { PackedAggregate } from '../packed-aggregate.ts';

interface PlainAggregate {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly forms: readonly string[];
  readonly inference?: 'flink';
  readonly summary: string;
  readonly example: string;
  readonly args: readonly OperandTest[];
  readonly optional?: readonly OperandTest[];
  readonly rest?: OperandTest;
  readonly returns: (args: readonly ArgumentInfo[]) => LogicalType | undefined;
  /** True by default. */
  readonly skipsNulls?: boolean;
  /** True by default. */
  readonly canRetract?: boolean;
  readonly bind: (site: AggregateSite) => BoxedAggregate;
  readonly packed?: (site: AggregateSite) => PackedAggregate | undefined;
}

export function plainAggregate(spec: PlainAggregate): AggregateFunction {
  const optional = spec.optional ?? [];
  const declared = (i: number) => spec.args[i] ?? optional[i - spec.args.length] ?? spec.rest;
  return defineAggregate({
    name: spec.name,
    ...(spec.aliases ? { aliases: spec.aliases } : {}),
    category: 'aggregate',
    signatures: spec.forms,
    ...(spec.inference ? { inference: spec.inference } : {}),
    summary: spec.summary,
    example: spec.example,
    minArgs: spec.args.length,
    maxArgs: spec.rest ? Number.MAX_SAFE_INTEGER : spec.args.length + optional.length,
    skipsNulls: spec.skipsNulls ?? true,
    canRetract: spec.canRetract ?? true,
    inferType(args) {
      if (args.every((arg, i) => declared(i)?.(arg.type))) return spec.returns(args);
      if (spec.inference === 'flink') throw inferenceError(spec.name, args);
      return undefined;
    },
    bind: spec.bind,
    ...(spec.packed ? { packed: spec.packed } : {}),
  });
}

/** The type of the first argument. */
export function likeFirst(args: readonly ArgumentInfo[]): LogicalType | undefined {
  return args[0]?.type;
}

/** For functions that cannot take a row back. */
export function noRetract(name: string): (accumulator: Value) => never {
  return () => {
    throw new EngineError('INTERNAL', `${name} does not support retraction`);
  };
}
