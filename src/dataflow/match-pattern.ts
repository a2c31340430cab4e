/** What MATCH_RECOGNIZE looks for, and what it reads of the rows that it finds. */
import type { Expression } from '../expressions/expression.ts';
import type { LogicalType } from '../types/logical-type.ts';
import type { Value } from '../types/value.ts';

export interface PatternVariable {
  readonly name: string;
  readonly min: number;
  /** Null: no limit. */
  readonly max: number | null;
  /** Of its quantifier: it takes a row that the next variable could take too. */
  readonly greedy: boolean;
  /** Null: any row. Its inputs are `values`. */
  readonly condition: Expression | null;
  readonly values: readonly MatchValue[];
}

/** What comes behind a match may begin at the row that follows its first or last one, or at a row of a variable. */
export interface MatchSkip {
  readonly to: 'next-row' | 'past-last-row' | 'first' | 'last';
  readonly variable?: string;
}

/** A value of the rows that a match has taken. */
export type MatchValue =
  /** Of one row: the last one (but `offset`) of the variable's rows, or the first (and `offset`). `*`: rows of all variables. */
  | {
      readonly kind: 'column';
      readonly variable: string;
      /** As it was written; null: a plain column. */
      readonly navigation: 'FIRST' | 'LAST' | 'PREV' | null;
      readonly offset: number;
      readonly column: number;
      readonly type: LogicalType;
    }
  /** Over all rows of the variable; `args` are over the input's columns. */
  | {
      readonly kind: 'aggregate';
      readonly variable: string;
      readonly function: string;
      readonly args: readonly Expression[];
      readonly literals?: ReadonlyArray<{ readonly value: Value } | null>;
      readonly type: LogicalType;
    }
  /** The time at which the match was found. */
  | { readonly kind: 'rowtime' | 'proctime'; readonly type: LogicalType };
