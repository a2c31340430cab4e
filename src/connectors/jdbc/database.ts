/** What the jdbc connector asks of a database: one interface, one file a dialect. Values are boxed; SQL text is the dialect's own. */
import type { SinkMarker } from '../../dataflow/sink.ts';
import type { Field, LogicalType } from '../../types/logical-type.ts';
import type { Value } from '../../types/value.ts';

/** Rows of a page of a scan: fewer than a batch takes, so that a page is one batch. */
export const SCAN_PAGE_ROWS = 1000;

/** The table that a sink writes. */
export interface TargetTable {
  readonly name: string;
  readonly fields: readonly Field[];
  /** Indexes into `fields`; empty: append only. */
  readonly key: readonly number[];
}

/** An epoch's output, folded: at most one operation a key. */
export interface TableChange {
  readonly isDelete: boolean;
  readonly row: readonly Value[];
}

/** Identity of a marker row. */
export interface MarkerKey {
  readonly lineage: string;
  readonly sink: string;
}

export interface Database {
  /**
   * Readies the target at the start of a job: makes it where the dialect does so and `isFirstStart`, and checks that it can be kept exact
   * (rules 12 and 13). Words for the user go to `notice`.
   */
  prepareTarget(target: TargetTable, isFirstStart: boolean, notice: (text: string) => void): Promise<void>;
  /** Runs `work` in one transaction that holds the marker's row; it ends when `work` resolves, and is rolled back when it rejects. */
  transaction(marker: MarkerKey, work: (transaction: Transaction) => Promise<void>): Promise<void>;
  readMarker(marker: MarkerKey): Promise<SinkMarker | null>;
  /** Rows of a table, pages at a time. */
  scan(table: string, fields: readonly Field[], limit: number | null): AsyncIterable<Value[][]>;
  /** For each key the rows whose key fields equal it as the database compares them: values of `fields`. */
  lookup(
    table: string,
    keyFields: readonly Field[],
    keys: ReadonlyArray<readonly Value[]>,
    fields: readonly Field[],
  ): Promise<Value[][][]>;
  close(): Promise<void>;
}

export interface Transaction {
  /** The marker as it is under the lock. */
  readonly marker: SinkMarker | null;
  /** Deletes first, then upserts (or inserts, for tables without a key). */
  apply(target: TargetTable, changes: readonly TableChange[]): Promise<void>;
  writeMarker(marker: SinkMarker): Promise<void>;
}

/** Types that neither dialect keeps. */
export function isStorable(type: LogicalType): boolean {
  return !['ARRAY', 'MAP', 'MULTISET', 'ROW', 'VARIANT', 'BITMAP', 'NULL', 'DESCRIPTOR'].includes(type.kind);
}
