/** What each operator is told: plain data in a JobGraph, made by the planner, read by the operator of the same `kind`. */

import type { Expression } from '../expressions/expression.ts';
import type { LogicalType } from '../types/logical-type.ts';
import type { Value } from '../types/value.ts';
import type { LookupCacheSpec } from './lookup.ts';
import type { MatchSkip, MatchValue, PatternVariable } from './match-pattern.ts';

export interface SortKey {
  readonly column: number;
  readonly ascending: boolean;
  readonly nullsFirst: boolean;
}

export interface AggregateCall {
  /** Name in the functions shelf: COUNT, SUM, … `COUNT` without arguments is COUNT(*). */
  readonly function: string;
  /** Columns of the input; constants have been projected into it. */
  readonly args: readonly number[];
  readonly distinct: boolean;
  /** Values of the arguments that are constants, by position; absent when none is. */
  readonly literals?: ReadonlyArray<{ readonly value: Value } | null>;
  /** BOOLEAN column of the FILTER clause, or null. */
  readonly filter: number | null;
  readonly type: LogicalType;
  /**
   * MAX of a value that only rises with its updates, or MIN of one that only falls: what is taken back cannot be the result, so
   * retractions are not looked at (Flink's monotonic aggregates).
   */
  readonly ignoresRetractions?: boolean;
}

/** Mini-batch: how many rows, or for how long, changes are gathered before their results go out. */
export interface Bundle {
  readonly size: number;
  readonly latencyMs: number;
  /** Rows are pre-aggregated bundle by bundle, and `size` counts what comes of that too. */
  readonly isTwoPhase: boolean;
}

export type JoinType = 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'SEMI' | 'ANTI';

/** One side of a regular join. */
export interface JoinSideSpec {
  readonly keys: readonly number[];
  /** A key of this side's rows (upsert key), or null when rows may repeat. */
  readonly uniqueKey: readonly number[] | null;
  readonly ttlMs: number;
}

export interface WindowSpec {
  readonly type: 'TUMBLE' | 'HOP' | 'CUMULATE' | 'SESSION';
  /** Column of the event time (TIMESTAMP(3) or TIMESTAMP_LTZ(3)), or null for processing time. */
  readonly timeColumn: number | null;
  readonly sizeMs: number;
  /** HOP: slide; CUMULATE: step; else equal to size. */
  readonly slideMs: number;
  readonly offsetMs: number;
  /** Zone in which windows over TIMESTAMP_LTZ are cut; null for TIMESTAMP. */
  readonly timeZone: string | null;
}

/** `table.exec.emit.*` of the older group windows. */
export interface EmitStrategy {
  /** ms of processing time between two results of an open window; 0: with each row; null: none before its end. */
  readonly earlyMs: number | null;
  /** The same behind its end. */
  readonly lateMs: number | null;
  /** ms of event time for which late rows are added to a window that is over. */
  readonly latenessMs: number;
}

export type ChangelogFunction = 'FROM_CHANGELOG' | 'TO_CHANGELOG';

/** A change and the text that stands for it. */
export interface ChangeCode {
  readonly change: 'INSERT' | 'UPDATE_BEFORE' | 'UPDATE_AFTER' | 'DELETE';
  readonly code: string;
}

export type OperatorSpec =
  /** Filter (rows where `condition` is TRUE), then project. `projection` null: all columns as they are. */
  | {
      readonly kind: 'Calc';
      readonly condition: Expression | null;
      readonly projection: readonly Expression[] | null;
      /** Names of the output's columns, for errors. */
      readonly columnNames?: readonly string[];
    }
  /** `watermark` over the row; emitted when it rises by more than `intervalMs` (0: on every rise). */
  | {
      readonly kind: 'WatermarkAssigner';
      readonly timeColumn: number;
      readonly watermark: Expression;
      readonly intervalMs: number;
      readonly idleTimeoutMs: number;
      /** Mini-batch: watermarks go out when they reach the next multiple of it. */
      readonly miniBatchMs?: number;
      /** Columns behind the output's that name the split of a row. */
      readonly splitColumns?: readonly number[];
      /** Sources of a group wait for one another: how far this one may be ahead. */
      readonly alignment?: { readonly group: string; readonly maxDriftMs: number };
    }
  /** Output: group keys, then aggregates. No aggregates: DISTINCT. No keys: one global group. */
  | {
      readonly kind: 'GroupAggregate';
      readonly keys: readonly number[];
      readonly aggregates: readonly AggregateCall[];
      readonly inputRetracts: boolean;
      readonly emitUpdateBefore: boolean;
      readonly ttlMs: number;
      /** Mini-batch, in streaming. */
      readonly bundle?: Bundle;
    }
  /** Output: keys, aggregates, then window_start, window_end, window_time as far as `properties` names them. */
  | {
      readonly kind: 'WindowAggregate';
      readonly window: WindowSpec;
      readonly keys: readonly number[];
      readonly aggregates: readonly AggregateCall[];
      readonly properties: ReadonlyArray<'start' | 'end' | 'rowtime' | 'proctime'>;
      readonly inputRetracts: boolean;
      /** Results are given before or behind the end of a window too, as updates. */
      readonly emit?: EmitStrategy;
      /** With `emit`: -U is said too. */
      readonly emitUpdateBefore?: boolean;
    }
  /** Adds window_start, window_end and window_time to each row. `partition`: SESSION's PARTITION BY. */
  | { readonly kind: 'WindowTableFunction'; readonly window: WindowSpec; readonly partition?: readonly number[] }
  /**
   * TO_CHANGELOG: the change's code, then the columns of `passed`, as insertions; changes without a code are left out. FROM_CHANGELOG: the
   * columns of `passed`, as the change whose code is in `opColumn`; an unknown code fails the job.
   */
  | {
      readonly kind: 'ProcessTableFunction';
      readonly function: ChangelogFunction;
      readonly codes: readonly ChangeCode[];
      readonly opColumn: number | null;
      readonly passed: readonly number[];
    }
  /** Input 0 left, input 1 right. Output: left columns then right columns (SEMI, ANTI: left only). `condition` is the non-equi part. */
  | {
      readonly kind: 'Join';
      readonly joinType: JoinType;
      readonly left: JoinSideSpec;
      readonly right: JoinSideSpec;
      /** By key pair: null keys never match (true, `=`), or match (false, IS NOT DISTINCT FROM). */
      readonly filterNulls: readonly boolean[];
      readonly condition: Expression | null;
      readonly leftInsertOnly: boolean;
      readonly rightInsertOnly: boolean;
    }
  /**
   * Rows of both sides whose times lie near each other: left time − right time within [lowerMs, upperMs]. Insert-only; an outer row is
   * padded when no partner can come any more.
   */
  | {
      readonly kind: 'IntervalJoin';
      readonly joinType: 'INNER' | 'LEFT' | 'RIGHT' | 'FULL';
      readonly leftKeys: readonly number[];
      readonly rightKeys: readonly number[];
      readonly filterNulls: readonly boolean[];
      /** Null on both sides: the processing time at which rows come. */
      readonly leftTime: number | null;
      readonly rightTime: number | null;
      readonly lowerMs: number;
      readonly upperMs: number;
      /** The rest of the condition, over both sides' columns; the time bounds need not be in it. */
      readonly condition: Expression | null;
    }
  /** Rows of both sides in equal windows, joined once when the window is over: insert-only. The bounds of the windows need not be among the keys. */
  | {
      readonly kind: 'WindowJoin';
      readonly joinType: JoinType;
      readonly leftKeys: readonly number[];
      readonly rightKeys: readonly number[];
      readonly filterNulls: readonly boolean[];
      /** Columns that hold window_end (TIMESTAMP(3)). */
      readonly leftEnd: number;
      readonly rightEnd: number;
      /** Zone of the windows, as in WindowSpec. */
      readonly timeZone: string | null;
      readonly condition: Expression | null;
    }
  /** Each left row with the version of the right row that was valid at the left row's event time. Right: upserts by the keys. */
  | {
      readonly kind: 'TemporalJoin';
      readonly joinType: 'INNER' | 'LEFT';
      readonly leftKeys: readonly number[];
      readonly rightKeys: readonly number[];
      readonly leftTime: number;
      readonly rightTime: number;
      readonly condition: Expression | null;
    }
  /** Look-up by key in an outside table. */
  | {
      readonly kind: 'LookupJoin';
      readonly joinType: 'INNER' | 'LEFT';
      readonly table: ConnectorTable;
      /** Fields of the table that are read, in output order. */
      readonly fields: readonly number[];
      /** Pairs: index of the table's field; column of the input or a literal. */
      readonly keys: ReadonlyArray<{ readonly field: number; readonly value: Expression }>;
      /** Calc on the looked-up row alone, then the rest of the join's condition over input + table fields. */
      readonly condition: Expression | null;
      readonly cache: LookupCacheSpec | null;
      /** A LOOKUP hint: a key without a row is asked for again, so often, after so many ms each. */
      readonly retry: { readonly delayMs: number; readonly maxAttempts: number } | null;
    }
  /** ROW_NUMBER Top-N. Output: input columns, then the rank (BIGINT) when `outputRank`. */
  | {
      readonly kind: 'Rank';
      readonly partition: readonly number[];
      readonly order: readonly SortKey[];
      readonly rankStart: number;
      readonly rankEnd: number;
      readonly outputRank: boolean;
      readonly strategy: 'append' | 'update' | 'retract';
      /** The rows of a partition come together, before the watermark that closes their window: it is forgotten with that. */
      readonly isWindowed?: boolean;
      /** `update`: the unique key of the input. */
      readonly uniqueKey: readonly number[] | null;
      readonly emitUpdateBefore: boolean;
      readonly ttlMs: number;
    }
  /** Keeps the first or the last row of a key. `timeColumn`: ordered by this event time; null: by arrival (processing time). */
  | {
      readonly kind: 'Deduplicate';
      readonly keys: readonly number[];
      readonly keep: 'first' | 'last';
      readonly timeColumn: number | null;
      readonly inputRetracts: boolean;
      readonly emitUpdateBefore: boolean;
      readonly ttlMs: number;
      /** Mini-batch, in streaming. */
      readonly bundle?: Bundle;
    }
  /** ORDER BY on an ascending event time first (streaming), or anything at the end of input (batch). */
  | {
      readonly kind: 'Sort';
      readonly order: readonly SortKey[];
      /** Equal rows go in reverse order of arrival; streaming only. */
      readonly latestFirst?: boolean;
      readonly timeColumn: number | null;
    }
  /** The first rows. `inputRetracts` false: rows behind the limit are forgotten at once. Absent: true. */
  | {
      readonly kind: 'Limit';
      readonly offset: number;
      readonly fetch: number;
      readonly emitUpdateBefore: boolean;
      readonly inputRetracts?: boolean;
    }
  | { readonly kind: 'Union' }
  /** Upsert input to a full changelog. */
  | {
      readonly kind: 'ChangelogNormalize';
      readonly keys: readonly number[];
      readonly emitUpdateBefore: boolean;
      readonly condition: Expression | null;
      readonly ttlMs: number;
      /** Mini-batch, in streaming. */
      readonly bundle?: Bundle;
    }
  | { readonly kind: 'DropUpdateBefore' }
  /** Keeps arrival-ordered rows by the sink's key; emits the newest one. `upsertKey`: the key of its input, or null. */
  | {
      readonly kind: 'SinkMaterializer';
      readonly keys: readonly number[];
      readonly upsertKey: readonly number[] | null;
      readonly ttlMs: number;
    }
  /** NOT NULL and length enforcement before a sink. */
  | {
      readonly kind: 'ConstraintEnforcer';
      readonly notNull: readonly number[];
      readonly notNullMode: 'ERROR' | 'DROP';
      readonly columnNames: readonly string[];
      readonly lengths: ReadonlyArray<{ readonly column: number; readonly length: number; readonly pad: boolean }>;
      readonly lengthMode: 'IGNORE' | 'TRIM_PAD' | 'ERROR';
    }
  /** GROUPING SETS: each row once a set, with unused keys null and the set's id (BIGINT) as last column. */
  | {
      readonly kind: 'Expand';
      readonly sets: ReadonlyArray<{ readonly keep: readonly number[]; readonly id: bigint }>;
      readonly keys: readonly number[];
    }
  /** UNNEST and table functions: input columns, then the function's columns; LEFT pads with nulls. */
  | {
      readonly kind: 'Correlate';
      readonly function: string;
      readonly args: readonly Expression[];
      readonly joinType: 'INNER' | 'LEFT';
      readonly outputTypes: readonly LogicalType[];
      readonly condition: Expression | null;
    }
  /** Constant rows. */
  | { readonly kind: 'Values'; readonly rows: ReadonlyArray<readonly Expression[]> }
  /** Output: input columns, then the aggregates over each row's frame. */
  | {
      readonly kind: 'OverAggregate';
      readonly partition: readonly number[];
      readonly order: readonly SortKey[];
      readonly timeColumn: number | null;
      readonly frame: OverFrame;
      readonly aggregates: readonly AggregateCall[];
      readonly ttlMs: number;
    }
  | MatchSpec;

/** What operators of one kind have in several files. */
export type GroupAggregateSpec = Extract<OperatorSpec, { kind: 'GroupAggregate' }>;
export type WindowAggregateSpec = Extract<OperatorSpec, { kind: 'WindowAggregate' }>;

/** Looks for a pattern in the rows of each partition, in their order. Output: columns of the partition, then the measures. */
export interface MatchSpec {
  readonly kind: 'Match';
  readonly partition: readonly number[];
  /** Time first. */
  readonly order: readonly SortKey[];
  /** The first key is event time; else rows are taken as they arrive. */
  readonly isEventTime: boolean;
  /** In the order of the pattern, which is their concatenation. */
  readonly variables: readonly PatternVariable[];
  readonly skip: MatchSkip;
  /** From a match's first row on, exclusive; 0 and below: without end. */
  readonly withinMs: number;
  readonly measures: readonly Expression[];
  /** What the inputs of the measures stand for. */
  readonly values: readonly MatchValue[];
}

export interface OverFrame {
  readonly unit: 'ROWS' | 'RANGE';
  /** Rows or ms before the current row (negative: behind it); null: unbounded. */
  readonly preceding: number | null;
  /** Rows or ms behind the current row (negative: before it); null: unbounded; absent: the current row. Batch mode only. */
  readonly following?: number | null;
}

/** A table of a connector as a JobGraph holds it: everything but secrets, which are references (`secret:<id>`). */
export interface ConnectorTable {
  readonly path: string;
  readonly connector: string;
  readonly options: Readonly<Record<string, string>>;
  readonly columns: ReadonlyArray<{
    readonly name: string;
    readonly type: LogicalType;
    /** A metadata column: its key; absent for physical columns. Computed columns are not here. */
    readonly metadata?: string;
    readonly virtual?: boolean;
  }>;
  readonly primaryKey: readonly string[] | null;
  readonly partitionKeys: readonly string[];
}
