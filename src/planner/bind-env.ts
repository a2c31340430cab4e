/** What surrounds an expression that is being bound. */
import type { Expression } from '../expressions/expression.ts';
import type { Query, WindowDefinition } from '../parser/ast.ts';
import type { Binding } from './binding.ts';
import type { LogicalPlan } from './logical-plan.ts';
import type { Markers } from './markers.ts';
import type { Scope } from './scope.ts';

/** A bound query: its plan (field names made unique) and its column names as validated. */
export interface BoundQuery {
  readonly plan: LogicalPlan;
  readonly names: readonly string[];
}

/** The queries of WITH that can be seen; the innermost first. */
export interface WithScope {
  readonly name: string;
  readonly bound: BoundQuery;
  readonly next: WithScope | null;
}

export type Clause = 'SELECT' | 'WHERE' | 'GROUP BY' | 'HAVING' | 'ON' | 'ORDER BY' | 'QUALIFY' | 'VALUES' | 'DDL';

export interface BindEnv {
  readonly binding: Binding;
  readonly withScope: WithScope | null;
  readonly scope: Scope;
  readonly clause: Clause;
  readonly markers: Markers;
  readonly windows: ReadonlyMap<string, WindowDefinition>;
  /** ORDER BY and QUALIFY: what an alias of the select list stands for. */
  readonly aliases: ReadonlyMap<string, Expression>;
  /** Inside the arguments of an aggregate. */
  readonly inAggregate?: boolean;
  /** Binds a query inside; its outer scope is given. */
  bindQuery(query: Query, binding: Binding, withScope: WithScope | null, outer: Scope | null): BoundQuery;
}
