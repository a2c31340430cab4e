/** The surroundings of an expression that sees no columns. */
import type { Query } from '../parser/ast.ts';
import type { BindEnv, BoundQuery, Clause, WithScope } from './bind-env.ts';
import type { Binding } from './binding.ts';
import { newMarkers } from './markers.ts';
import type { Scope } from './scope.ts';

export type QueryBinder = (
  query: Query,
  binding: Binding,
  withScope: WithScope | null,
  outer: Scope | null,
) => BoundQuery;

export function emptyEnv(
  binding: Binding,
  withScope: WithScope | null,
  outer: Scope | null,
  bindQuery: QueryBinder,
  clause: Clause,
): BindEnv {
  return {
    binding,
    withScope,
    scope: { fields: [], relations: [], common: [], parent: outer },
    clause,
    markers: newMarkers(),
    windows: new Map(),
    aliases: new Map(),
    bindQuery,
  };
}
