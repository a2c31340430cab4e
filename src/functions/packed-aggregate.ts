/** Accumulators in lanes of a state record, with generated code. */
import type { LogicalType } from '../types/logical-type.ts';
import type { Operand } from './generated-code.ts';

/** What the operator gives: places of the accumulator's slots in the record, and the usual tools of generated code. */
export interface PackedSite {
  /** Slot `i` as it is now, as an operand. */
  slot(i: number): Operand;
  /** Emits the assignment of slot `i`. `isNull` is the text `false` for a value that is not null. */
  assign(i: number, value: { readonly lanes: readonly string[]; readonly isNull: string }): void;
  constant(value: unknown): string;
  local(): string;
  emit(statement: string): void;
}

export interface PackedAggregate {
  /** Types of the slots. A nullable slot has a null bit; a fresh record holds zeros, and nulls in nullable slots. */
  readonly slots: readonly LogicalType[];
  /** Emits code that adds the arguments; it runs only for rows that pass FILTER and, if the function skips nulls, are not null. */
  accumulate(site: PackedSite, args: readonly Operand[]): void;
  /** The inverse; absent when the function cannot. */
  retract?(site: PackedSite, args: readonly Operand[]): void;
  /** Adds the accumulator `other` (same slots) of a pre-aggregation or a merged window. */
  merge?(site: PackedSite, other: readonly Operand[]): void;
  /** The result. */
  value(site: PackedSite): Operand;
}
