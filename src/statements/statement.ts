/**
 * What a statement is: the words it begins with, how the rest is read, and what it does. A file of this shelf holds one.
 *
 * The parser offers primitives and is given the list of statements; `parse` returns a plain node; `execute` acts on it.
 */
import type { Span } from '../base/error.ts';
import type { CatalogManager } from '../catalog/catalog-manager.ts';
import type { Parser } from '../parser/parser.ts';
import type { PlannerContext } from '../planner/planner-context.ts';
import type { SecretStore } from '../planner/secret-references.ts';
import type { JobService, QueryHandle } from '../runtime/job-service.ts';
import type { Field } from '../types/logical-type.ts';
import type { Value } from '../types/value.ts';

/** A parsed statement: `statement` names its entry in the shelf. */
export interface StatementNode {
  readonly statement: string;
  readonly span: Span;
}

export interface Statement<N extends StatementNode = StatementNode> {
  readonly name: string;
  /** Head words that choose it, longest match wins: `['CREATE', 'TABLE']`. Several for synonyms. */
  readonly heads: ReadonlyArray<readonly string[]>;
  /** For HELP: the syntax in one line and a sentence. */
  readonly syntax: string;
  readonly summary: string;
  /** A script over the tables of `docs/sample.sql` for the reference page; the tests run it. */
  readonly example: string;
  /** The parser stands behind the head words. */
  parse(parser: Parser, start: Span): N;
  execute(node: N, context: StatementContext): Promise<StatementResult>;
}

export type StatementResult =
  /** Flink's one-cell `result` = `OK`. */
  | { readonly kind: 'ok' }
  | { readonly kind: 'rows'; readonly columns: readonly Field[]; readonly rows: ReadonlyArray<readonly Value[]> }
  /** A SELECT's changelog. `jobId` is the query's job. */
  | {
      readonly kind: 'query';
      readonly columns: readonly Field[];
      readonly handle: QueryHandle;
      readonly isStreaming: boolean;
    }
  /** An INSERT or a statement set: one row, `job id`; with `table.dml-sync` the result comes when the job has ended. */
  | { readonly kind: 'job'; readonly jobId: string };

/** What a session gives to its statements. */
export interface StatementContext {
  readonly catalogs: CatalogManager;
  readonly jobs: JobService;
  readonly planner: PlannerContext;
  readonly session: SessionState;
  /** The client's operation id. */
  readonly operationId: string;
  /** The text of the statement. */
  readonly text: string;
  readonly home: string;
  /** Where secrets of tables go when a graph is made: it holds references only. */
  readonly secrets: SecretStore;
  notice(text: string): void;
  /** Names of procedures that CALL can run. */
  procedures?(): readonly string[];
  /** Runs a procedure of `procedures/` (CALL). */
  call(
    path: readonly string[],
    args: ReadonlyArray<{ readonly name?: string; readonly value: Value }>,
  ): Promise<StatementResult>;
}

/** The mutable part of a session that statements may touch. */
export interface SessionState {
  readonly config: {
    get(key: string): string | undefined;
    set(key: string, value: string): void;
    reset(key?: string): void;
    /** Session settings as SET shows them. */
    entries(): ReadonlyArray<readonly [string, string]>;
  };
  /** Between BEGIN STATEMENT SET and END: the INSERTs gathered so far. */
  statementSet: StatementNode[] | null;
}

export function defineStatement<N extends StatementNode>(statement: Statement<N>): Statement<N> {
  return statement;
}
