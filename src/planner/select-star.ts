/** `*` and `t.*` spread out. */
import { type Expression, inputReference } from '../expressions/expression.ts';
import type { SqlExpression } from '../parser/ast.ts';
import type { Field } from '../types/logical-type.ts';
import type { BindEnv } from './bind-env.ts';
import { bindError } from './bind-error.ts';
import { fieldOf } from './inner-fields.ts';
import { findColumn, findRelation, outerReference, type Scope, type ScopeRelation } from './scope.ts';

type Star = Extract<SqlExpression, { kind: 'star' }>;

interface StarColumn {
  readonly name: string;
  readonly expression: Expression;
}

export function expandStar(star: Star, env: BindEnv, hasFrom: boolean): StarColumn[] {
  if (star.qualifier.length === 0) {
    if (!hasFrom) throw bindError('SELECT * requires a FROM clause', star.span);
    return expandAll(star, env);
  }
  const found = findRelation(env.scope, star.qualifier);
  if (found) return columnsOf(found.relation, found.scope, found.level, star, env);
  return expandRow(star, env);
}

/** Common columns of USING first, then all others in order. */
function expandAll(star: Star, env: BindEnv): StarColumn[] {
  const { scope } = env;
  const hidden = new Set(scope.common.flatMap((column) => column.members));
  const common = scope.common.map(({ name, expression }) => ({ name, expression }));
  const rest = scope.relations.flatMap((relation) =>
    columnsOf(relation, scope, 0, star, env).filter((_, i) => !hidden.has(relation.offset + i)),
  );
  return [...common, ...rest];
}

function columnsOf(relation: ScopeRelation, scope: Scope, level: number, star: Star, env: BindEnv): StarColumn[] {
  const seen = new Set<string>();
  return relation.columns.map((name, i) => {
    if (seen.has(name)) throw bindError(`Column '${name}' is ambiguous`, star.span);
    seen.add(name);
    const place = relation.offset + i;
    const { type } = scope.fields[place] as Field;
    const expression = level === 0 ? inputReference(place, type) : outerReference(level, place, type);
    const text = relation.name === null ? name : `${relation.name}.${name}`;
    env.markers.spans.set(expression, { span: star.span, text });
    return { name, expression };
  });
}

/** `row.*`: the fields of a ROW column. */
function expandRow(star: Star, env: BindEnv): StarColumn[] {
  const [first = '', ...path] = star.qualifier;
  const span = { ...star.span, end: star.span.end - 2, endColumn: star.span.endColumn - 2 };
  const relation = findRelation(env.scope, [first]);
  let at = relation ? undefined : findColumn(env.scope, first, star.span);
  if (relation && path.length > 0) {
    const place = relation.relation.columns.indexOf(path.shift() as string);
    const offset = relation.relation.offset + place;
    const field = place < 0 ? undefined : relation.scope.fields[offset];
    if (field)
      at =
        relation.level === 0 ? inputReference(offset, field.type) : outerReference(relation.level, offset, field.type);
  }
  for (const part of path) at = at && fieldOf(at, part);
  if (at?.type.kind !== 'ROW') throw bindError(`Unknown identifier '${star.qualifier.join('.')}'`, span);
  const row = at;
  return at.type.fields.map(({ name }) => ({ name, expression: fieldOf(row, name) as Expression }));
}
