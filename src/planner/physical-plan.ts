/** The physical tree: one node an operator, under Flink's names. Plain data; what a kind means is in `nodes/<kind>.ts`. */
import type { ProducedColumn } from '../dataflow/job-graph.ts';
import type {
  ChangeCode,
  ChangelogFunction,
  EmitStrategy,
  JoinType,
  OverFrame,
  SortKey,
  WindowSpec,
} from '../dataflow/operator-spec.ts';
import type { Expression } from '../expressions/expression.ts';
import type { ChangelogMode } from '../types/changelog-mode.ts';
import type { Field } from '../types/logical-type.ts';
import type { MatchClause, NamedAggregateCall } from './logical-plan.ts';
import type { ResolvedTable } from './resolved-table.ts';
import type { WindowBounds } from './window-columns.ts';

interface Base {
  readonly inputs: readonly PhysicalPlan[];
  readonly fields: readonly Field[];
  /** Set by the changelog inference. */
  readonly mode?: ChangelogMode;
}
interface JoinHint {
  readonly name: string;
  readonly options: Readonly<Record<string, string>>;
}

export type PhysicalPlan =
  | (Base & {
      readonly kind: 'TableSourceScan';
      readonly table: ResolvedTable;
      readonly produced: readonly ProducedColumn[];
      /** Columns were pruned: EXPLAIN shows it. */
      readonly isPruned: boolean;
      readonly limit: number | null;
      readonly sourceMode: ChangelogMode;
    })
  | (Base & { readonly kind: 'Values'; readonly rows: ReadonlyArray<readonly Expression[]> })
  | (Base & {
      readonly kind: 'Calc';
      readonly condition: Expression | null;
      readonly projection: readonly Expression[] | null;
    })
  | (Base & {
      readonly kind: 'WatermarkAssigner';
      readonly timeColumn: number;
      readonly watermark: Expression;
      /** Mini-batch by event time: ms between watermarks. */
      readonly miniBatchMs?: number;
      /** Columns of the input, behind those of the output, that name the split of a row. */
      readonly splitColumns?: readonly number[];
    })
  | (Base & { readonly kind: 'MiniBatchAssigner'; readonly intervalMs: number; readonly isRowtime: boolean })
  | (Base & { readonly kind: 'Exchange'; readonly keys: readonly number[] })
  | (Base & {
      readonly kind: 'GroupAggregate';
      readonly keys: readonly number[];
      readonly aggregates: readonly NamedAggregateCall[];
      readonly stateTtl?: string;
    })
  /** Keys and calls read the input of the local half, whose own columns are for EXPLAIN. */
  | (Base & {
      readonly kind: 'LocalGroupAggregate';
      readonly keys: readonly number[];
      readonly aggregates: readonly NamedAggregateCall[];
      readonly isRetracting: boolean;
    })
  | (Base & {
      readonly kind: 'GlobalGroupAggregate';
      readonly keys: readonly number[];
      readonly aggregates: readonly NamedAggregateCall[];
      readonly isRetracting: boolean;
      readonly stateTtl?: string;
    })
  | (Base & {
      readonly kind: 'WindowAggregate';
      readonly window: WindowSpec;
      readonly keys: readonly number[];
      readonly aggregates: readonly NamedAggregateCall[];
      readonly properties: ReadonlyArray<'start' | 'end' | 'rowtime' | 'proctime'>;
      /** The older group window: printed under its own name. */
      readonly isGroupWindow: boolean;
      readonly emit: EmitStrategy | null;
    })
  | (Base & {
      readonly kind: 'WindowTableFunction';
      readonly window: WindowSpec;
      readonly partition: readonly number[];
    })
  | (Base & {
      readonly kind: 'ProcessTableFunction';
      readonly function: ChangelogFunction;
      readonly invocation: string;
      readonly uid: string | null;
      readonly codes: readonly ChangeCode[];
      readonly opColumn: number | null;
      readonly timeColumn: number | null;
    })
  | (Base & {
      readonly kind: 'Join';
      readonly joinType: JoinType;
      readonly leftKeys: readonly number[];
      readonly rightKeys: readonly number[];
      readonly filterNulls: readonly boolean[];
      readonly condition: Expression | null;
      readonly hints: readonly JoinHint[];
      /** Mini-batch. */
      readonly isBundled?: boolean;
      /** Key of each side's rows (upsert key); null: rows may repeat. */
      readonly uniqueKeys: readonly [readonly number[] | null, readonly number[] | null];
    })
  | (Base & {
      readonly kind: 'IntervalJoin';
      readonly joinType: 'INNER' | 'LEFT' | 'RIGHT' | 'FULL';
      readonly leftKeys: readonly number[];
      readonly rightKeys: readonly number[];
      readonly filterNulls: readonly boolean[];
      readonly leftTime: number;
      readonly rightTime: number;
      /** The times are event times; else both are the processing time. */
      readonly isRowtime: boolean;
      readonly lowerMs: number;
      readonly upperMs: number;
      /** The terms that say the bounds; for EXPLAIN. */
      readonly bounds: readonly Expression[];
      readonly condition: Expression | null;
    })
  | (Base & {
      readonly kind: 'WindowJoin';
      readonly joinType: JoinType;
      readonly leftKeys: readonly number[];
      readonly rightKeys: readonly number[];
      readonly filterNulls: readonly boolean[];
      readonly window: WindowSpec;
      readonly leftWindow: WindowBounds;
      readonly rightWindow: WindowBounds;
      readonly condition: Expression | null;
    })
  | (Base & {
      readonly kind: 'TemporalJoin';
      readonly joinType: 'INNER' | 'LEFT';
      readonly leftKeys: readonly number[];
      readonly rightKeys: readonly number[];
      readonly leftTime: number;
      readonly rightTime: number;
      /** The key of the right side's versions: the first of the join's keys. */
      readonly versionKey: readonly number[];
      readonly condition: Expression | null;
    })
  | (Base & {
      readonly kind: 'LookupJoin';
      readonly joinType: 'INNER' | 'LEFT';
      readonly table: ResolvedTable;
      readonly tableFields: readonly number[];
      readonly keys: ReadonlyArray<{ readonly field: number; readonly value: Expression }>;
      readonly condition: Expression | null;
      readonly hint: Readonly<Record<string, string>>;
    })
  | (Base & {
      readonly kind: 'Rank';
      readonly partition: readonly number[];
      readonly order: readonly SortKey[];
      readonly rankStart: number;
      readonly rankEnd: number;
      readonly outputRank: boolean;
      readonly strategy: 'append' | 'update' | 'retract';
      readonly uniqueKey: readonly number[] | null;
      /** Made of ORDER BY … LIMIT: printed as SortLimit. */
      readonly isSortLimit: boolean;
      /** Over rows of windows that have closed, in order: insert-only. */
      readonly isWindowed?: boolean;
    })
  | (Base & {
      readonly kind: 'Deduplicate';
      readonly keys: readonly number[];
      readonly keep: 'first' | 'last';
      readonly order: readonly SortKey[];
      /** Event time; null: arrival. */
      readonly timeColumn: number | null;
      /** Mini-batch. */
      readonly isBundled?: boolean;
    })
  | (Base & {
      readonly kind: 'Sort';
      readonly order: readonly SortKey[];
      readonly latestFirst?: boolean;
      readonly timeColumn: number | null;
    })
  | (Base & { readonly kind: 'Limit'; readonly offset: number; readonly fetch: number })
  | (Base & { readonly kind: 'Union' })
  | (Base & {
      readonly kind: 'ChangelogNormalize';
      readonly keys: readonly number[];
      readonly condition: Expression | null;
    })
  | (Base & { readonly kind: 'DropUpdateBefore' })
  | (Base & {
      readonly kind: 'Expand';
      readonly keys: readonly number[];
      readonly sets: ReadonlyArray<{ readonly keep: readonly number[]; readonly id: bigint }>;
    })
  | (Base & {
      readonly kind: 'Correlate';
      readonly function: string;
      readonly args: readonly Expression[];
      readonly joinType: 'INNER' | 'LEFT';
      readonly condition: Expression | null;
    })
  | (Base & {
      readonly kind: 'OverAggregate';
      readonly partition: readonly number[];
      readonly order: readonly SortKey[];
      readonly timeColumn: number | null;
      readonly frame: OverFrame;
      readonly aggregates: readonly NamedAggregateCall[];
    })
  | (Base & MatchClause & { readonly kind: 'Match' })
  | (Base & {
      readonly kind: 'Sink';
      readonly table: ResolvedTable;
      readonly targetColumns: readonly number[];
      readonly shownTargets?: readonly number[];
      readonly overwrite: boolean;
      readonly onConflict: 'error' | 'nothing' | 'deduplicate' | null;
      readonly materialize: { readonly keys: readonly number[]; readonly upsertKey: readonly number[] | null } | null;
    })
  /** The result of a SELECT. */
  | (Base & { readonly kind: 'Collect' });

export type PhysicalKind = PhysicalPlan['kind'];
export type PhysicalOf<K extends PhysicalKind> = Extract<PhysicalPlan, { kind: K }>;

/** Field names made unique as Calcite does: a name that is taken gets the next free number. */
export function uniqueFields(fields: readonly Field[]): readonly Field[] {
  const taken = new Set<string>();
  return fields.map((field) => {
    let name = field.name;
    for (let i = 0; taken.has(name); i++) name = `${field.name}${i}`;
    taken.add(name);
    return name === field.name ? field : { ...field, name };
  });
}

export function exchange(input: PhysicalPlan, keys: readonly number[]): PhysicalPlan {
  return { kind: 'Exchange', inputs: [input], fields: input.fields, keys };
}
