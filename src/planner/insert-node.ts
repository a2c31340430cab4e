/** What binding an INSERT works with. */
import type { TableColumn } from '../catalog/table-descriptor.ts';
import type { Expression } from '../expressions/expression.ts';
import type { Hint, Identifier, Query, SqlExpression } from '../parser/ast.ts';
import type { BoundObject } from './binding.ts';

/** An INSERT as its statement has read it. */
export interface InsertNode {
  readonly target: Identifier;
  readonly hints: readonly Hint[];
  /** Empty: all columns. */
  readonly columns: readonly Identifier[];
  readonly partition: ReadonlyArray<{ readonly name: string; readonly value: SqlExpression }>;
  readonly query: Query;
  readonly overwrite: boolean;
  readonly onConflict: 'error' | 'nothing' | 'deduplicate' | null;
  /** DELETE: the rows of the query are taken out of the table. */
  readonly deletes?: boolean;
}

/** What an INSERT can write to. */
export type SinkTable = Extract<BoundObject, { kind: 'table' }>;
export type SinkColumn = Exclude<TableColumn, { kind: 'computed' }>;

/** A value for a column. */
export interface Assignment {
  /** Place among the sink's columns. */
  readonly sink: number;
  readonly expression: Expression;
  /** As the query calls it. */
  readonly name: string;
}
