/** Hints of a SELECT that belong to one of its joins. */
import type { Hint } from '../parser/ast.ts';
import type { FromItem } from './bind-from.ts';
import type { PlanOf } from './logical-plan.ts';

type JoinHints = PlanOf<'Join'>['hints'];

/** LOOKUP for the table on the right; STATE_TTL with its tables turned into LEFT and RIGHT; others as they are when they name a side. */
export function joinHints(hints: readonly Hint[], left: FromItem, right: FromItem): JoinHints {
  return hints.flatMap((hint) => {
    if (hint.name === 'LOOKUP') return lookupHint(hint, right);
    if (hint.name === 'STATE_TTL') return ttlHint(hint, left, right);
    const sides = hint.list.filter((name) => isNamed(left, name) || isNamed(right, name));
    return sides.length === 0 ? [] : [{ name: hint.name, options: { tables: sides.join(',') } }];
  });
}

export function isNamed(item: FromItem, name: string): boolean {
  return item.relations.some((relation) => relation.name === name || relation.path.join('.') === name);
}

function lookupHint(hint: Hint, right: FromItem): JoinHints {
  const table = hint.options['table'];
  return table !== undefined && isNamed(right, table) ? [{ name: hint.name, options: hint.options }] : [];
}

function ttlHint(hint: Hint, left: FromItem, right: FromItem): JoinHints {
  const options: Record<string, string> = {};
  for (const [table, ttl] of Object.entries(hint.options)) {
    if (isNamed(left, table)) options['LEFT'] = ttl;
    if (isNamed(right, table)) options['RIGHT'] = ttl;
  }
  return Object.keys(options).length === 0 ? [] : [{ name: hint.name, options }];
}

/** STATE_TTL of the one table that an aggregate reads. */
export function aggregateTtl(hints: readonly Hint[], from: FromItem): string | undefined {
  if (from.relations.length !== 1) return undefined;
  const entries = hints.filter((hint) => hint.name === 'STATE_TTL').flatMap((hint) => Object.entries(hint.options));
  return entries.find(([table]) => isNamed(from, table))?.[1];
}
