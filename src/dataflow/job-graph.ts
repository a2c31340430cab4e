/** The JobGraph: a job as plain JSON. The planner writes it, the runtime reads it, and it is stored with the job. */
import type { ChangelogMode } from '../types/changelog-mode.ts';
import type { Field } from '../types/logical-type.ts';
import type { ConnectorTable, OperatorSpec } from './operator-spec.ts';

export const JOB_GRAPH_VERSION = 1;

export interface JobGraph {
  readonly version: typeof JOB_GRAPH_VERSION;
  readonly name: string;
  readonly mode: 'streaming' | 'batch';
  /** Effective session settings that the job reads: `table.local-time-zone`, checkpointing, restart strategy … */
  readonly settings: Readonly<Record<string, string>>;
  /** In topological order: inputs come before their consumers. */
  readonly vertices: readonly JobVertex[];
  /** The statement as typed, secrets masked. */
  readonly sql: string;
}

export interface JobVertex {
  readonly id: number;
  /** Stable across plans of the same statement: state is found by it. */
  readonly uid: string;
  /** As EXPLAIN prints it, for people. */
  readonly name: string;
  /** Ids of the vertices that feed this one, in the order of the operator's inputs. */
  readonly inputs: readonly number[];
  readonly fields: readonly Field[];
  readonly changelogMode: ChangelogMode;
  readonly body: SourceSpec | SinkSpec | CollectSpec | OperatorSpec;
}

export interface SourceSpec {
  readonly kind: 'Source';
  readonly table: ConnectorTable;
  /**
   * What the reader must produce, in order: top-level or nested physical fields by path of names, or metadata by key.
   * Projection push-down ends here; the vertex's `fields` have the same order.
   */
  readonly produced: readonly ProducedColumn[];
  /** Rows that the reader may stop after, or null. */
  readonly limit: number | null;
}

export type ProducedColumn =
  | { readonly kind: 'physical'; readonly path: readonly string[] }
  | { readonly kind: 'metadata'; readonly key: string };

export interface SinkSpec {
  readonly kind: 'Sink';
  readonly table: ConnectorTable;
  /** Columns of the table that the input's columns fill, in order; others are null (partial insert). */
  readonly targetColumns: readonly number[];
  /** INSERT OVERWRITE. */
  readonly overwrite: boolean;
}

/** The result of a SELECT: the session's buffer. */
export interface CollectSpec {
  readonly kind: 'Collect';
}
