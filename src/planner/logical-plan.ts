/** The logical tree, in Calcite's shape: positional references, one node a relational operation. Plain frozen data. */

import type { ProducedColumn } from '../dataflow/job-graph.ts';
import type { MatchSkip, MatchValue } from '../dataflow/match-pattern.ts';
import type {
  AggregateCall,
  ChangeCode,
  ChangelogFunction,
  JoinType,
  OverFrame,
  SortKey,
  WindowSpec,
} from '../dataflow/operator-spec.ts';
import type { Expression } from '../expressions/expression.ts';
import type { Pattern } from '../parser/ast.ts';
import type { Field } from '../types/logical-type.ts';
import type { ResolvedTable } from './resolved-table.ts';

interface Relation {
  /** Names and types of the output; a TIMESTAMP's `timeAttribute` says rowtime or proctime. */
  readonly fields: readonly Field[];
}

export type NamedAggregateCall = AggregateCall & { readonly name: string };

export type LogicalPlan =
  /** Physical and metadata columns of a table, in declared order; computed columns and the watermark stand above as Project and WatermarkAssigner. */
  | (Relation & {
      readonly kind: 'Scan';
      readonly table: ResolvedTable;
      /** Set by the optimizer when columns have been pruned: what the source must read, in the order of `fields`. */
      readonly produced?: readonly ProducedColumn[];
      /** EXPLAIN alone: Flink's source of this connector reads all columns, and a Calc above picks. */
      readonly readsAll?: boolean;
      /** Set by the optimizer: the source may stop after so many rows. */
      readonly limit?: number;
      /** Set by the optimizer: its changes may come twice and are told apart by the primary key, which is read for that. */
      readonly keepsKey?: boolean;
    })
  | (Relation & { readonly kind: 'Values'; readonly rows: ReadonlyArray<readonly Expression[]> })
  | (Relation & { readonly kind: 'Project'; readonly input: LogicalPlan; readonly expressions: readonly Expression[] })
  | (Relation & { readonly kind: 'Filter'; readonly input: LogicalPlan; readonly condition: Expression })
  | (Relation & {
      readonly kind: 'WatermarkAssigner';
      readonly input: LogicalPlan;
      readonly timeColumn: number;
      readonly watermark: Expression;
    })
  /**
   * Output: `keys` in order, then the aggregates. `groupingSets` (lists of key columns) when there is more than the plain set: then
   * keys of sets that lack them are null, and `GROUPING`-like functions are aggregate calls of that name over key columns.
   */
  | (Relation & {
      readonly kind: 'Aggregate';
      readonly input: LogicalPlan;
      readonly keys: readonly number[];
      readonly groupingSets: ReadonlyArray<readonly number[]> | null;
      readonly aggregates: readonly NamedAggregateCall[];
      /** A STATE_TTL hint: `1d`. */
      readonly stateTtl?: string;
    })
  /** The older group windows: output keys, aggregates, then the properties. */
  | (Relation & {
      readonly kind: 'GroupWindowAggregate';
      readonly input: LogicalPlan;
      readonly window: WindowSpec;
      readonly keys: readonly number[];
      readonly aggregates: readonly NamedAggregateCall[];
      readonly properties: ReadonlyArray<'start' | 'end' | 'rowtime' | 'proctime'>;
      /** Set by the optimizer: made of a window table function and a GROUP BY on its bounds. */
      readonly fromTableFunction?: boolean;
      /** Set by the optimizer: the windows that the rows had before; `window` is the grid of their ends. */
      readonly attachedTo?: WindowSpec;
    })
  /** Input columns, then window_start, window_end (TIMESTAMP(3) NOT NULL), window_time (rowtime). */
  | (Relation & {
      readonly kind: 'WindowTableFunction';
      readonly input: LogicalPlan;
      readonly window: WindowSpec;
      /** SESSION … PARTITION BY. */
      readonly partition: readonly number[];
    })
  /** TO_CHANGELOG: the code of each change in front of its row. FROM_CHANGELOG: rows as the changes that their codes say. */
  | (Relation & {
      readonly kind: 'ProcessTableFunction';
      readonly input: LogicalPlan;
      readonly function: ChangelogFunction;
      /** The call as EXPLAIN shows it. */
      readonly invocation: string;
      readonly uid: string | null;
      readonly codes: readonly ChangeCode[];
      /** FROM_CHANGELOG: the column that holds the codes. */
      readonly opColumn: number | null;
      /** `on_time`: given once more as the last column. */
      readonly timeColumn: number | null;
    })
  /** `condition` over left then right columns. SEMI and ANTI have the left's fields. */
  | (Relation & {
      readonly kind: 'Join';
      readonly left: LogicalPlan;
      readonly right: LogicalPlan;
      readonly joinType: JoinType;
      readonly condition: Expression;
      readonly hints: ReadonlyArray<{ readonly name: string; readonly options: Readonly<Record<string, string>> }>;
    })
  /** `left JOIN right FOR SYSTEM_TIME AS OF left.period`: look-up (processing time) or versioned table (event time). */
  | (Relation & {
      readonly kind: 'TemporalJoin';
      readonly left: LogicalPlan;
      readonly right: LogicalPlan;
      readonly joinType: 'INNER' | 'LEFT';
      readonly condition: Expression;
      /** Column of the left side. */
      readonly period: number;
      readonly hints: ReadonlyArray<{ readonly name: string; readonly options: Readonly<Record<string, string>> }>;
    })
  /** UNNEST and table functions: input columns, then those of the function. `condition` over both. */
  | (Relation & {
      readonly kind: 'Correlate';
      readonly input: LogicalPlan;
      readonly function: string;
      readonly args: readonly Expression[];
      readonly joinType: 'INNER' | 'LEFT';
      readonly condition: Expression | null;
    })
  | (Relation & {
      readonly kind: 'SetOperation';
      readonly operator: 'UNION' | 'INTERSECT' | 'EXCEPT';
      readonly all: boolean;
      readonly inputs: readonly LogicalPlan[];
    })
  | (Relation & {
      readonly kind: 'Sort';
      readonly input: LogicalPlan;
      readonly order: readonly SortKey[];
      /** Equal rows go in reverse order of arrival. */
      readonly latestFirst?: boolean;
      readonly offset: number;
      readonly fetch: number | null;
    })
  /** OVER: input columns, then one column an aggregate. ROW_NUMBER, RANK … are aggregate calls. */
  | (Relation & {
      readonly kind: 'Over';
      readonly input: LogicalPlan;
      readonly groups: ReadonlyArray<{
        readonly partition: readonly number[];
        readonly order: readonly SortKey[];
        readonly frame: OverFrame;
        readonly aggregates: readonly NamedAggregateCall[];
      }>;
    })
  /** Made by the optimizer only: the rows of each partition whose ROW_NUMBER lies in the range. Input columns, then the rank (BIGINT) when `outputRank`. */
  | (Relation & {
      readonly kind: 'Rank';
      readonly input: LogicalPlan;
      readonly partition: readonly number[];
      readonly order: readonly SortKey[];
      readonly rankStart: number;
      readonly rankEnd: number;
      readonly outputRank: boolean;
      /** Rows of a window come together and in order, once it has closed: none is ever taken back. */
      readonly isWindowed?: boolean;
    })
  /** Made by the optimizer only, of GROUPING SETS: each row once a set; `keys` that the set lacks are null; the set's id is the last column (BIGINT). */
  | (Relation & {
      readonly kind: 'Expand';
      readonly input: LogicalPlan;
      readonly keys: readonly number[];
      readonly sets: ReadonlyArray<{ readonly keep: readonly number[]; readonly id: bigint }>;
    })
  /** MATCH_RECOGNIZE: columns of the partition, then the measures, whose inputs are `values`. */
  | (Relation & MatchClause & { readonly kind: 'Match'; readonly input: LogicalPlan })
  /** The top of an INSERT. */
  | (Relation & {
      readonly kind: 'Sink';
      readonly input: LogicalPlan;
      readonly table: ResolvedTable;
      /** Columns of the table (physical and writable metadata, in order) that the input fills. */
      readonly targetColumns: readonly number[];
      /** EXPLAIN alone: the columns that the statement names, where it leaves out others. */
      readonly shownTargets?: readonly number[];
      readonly overwrite: boolean;
      readonly onConflict: 'error' | 'nothing' | 'deduplicate' | null;
    });

export interface MatchClause {
  readonly partition: readonly number[];
  readonly order: readonly SortKey[];
  readonly pattern: Pattern;
  readonly strictStart: boolean;
  readonly strictEnd: boolean;
  readonly allRows: boolean;
  readonly skip: MatchSkip;
  /** A literal. */
  readonly within: Expression | null;
  readonly defines: readonly MatchDefinition[];
  readonly measures: readonly Expression[];
  readonly values: readonly MatchValue[];
}

export interface MatchDefinition {
  readonly variable: string;
  /** Its inputs are `values`. */
  readonly condition: Expression;
  readonly values: readonly MatchValue[];
}

export type PlanOf<K extends LogicalPlan['kind']> = Extract<LogicalPlan, { kind: K }>;
