/** Boolean simplification, constant sub-expressions, and trees that can have no rows. */

import { type CallExpression, call, type Expression, literal } from '../../expressions/expression.ts';
import { SWAPPED_BOUNDS } from '../../expressions/search-form.ts';
import type { CallSite, EvalContext } from '../../functions/function.ts';
import { wellFormed } from '../../types/heap-bytes.ts';
import { types, withNullable } from '../../types/logical-type.ts';
import { localTimeZone } from '../../types/time-zone.ts';
import { sameType } from '../../types/type-family.ts';
import type { Value } from '../../types/value.ts';
import { conjunction, conjuncts, isLiteral, isVolatile, sameExpression, TRUE } from '../conditions.ts';
import { mapExpressions } from '../plan-expressions.ts';
import { rewriteUp } from '../plan-tree.ts';
import { parseSetting } from '../setting-value.ts';
import { defineRule, type RuleContext } from './rule.ts';

const LEGACY_CAST = {
  name: 'org.apache.flink.table.api.config.ExecutionConfigOptions$LegacyCastBehaviour',
  words: ['ENABLED', 'DISABLED'],
} as const;

export const foldConstants = defineRule({
  name: 'fold-constants',
  summary: 'Computes what does not depend on a row.',
  apply(plan, context) {
    const folding = foldingOf(context);
    return rewriteUp(plan, (node) => mapExpressions(node, (expression) => fold(expression, folding)));
  },
});

export function foldingOf(context: RuleContext): Folding {
  return { find: (name) => context.scalarFunction(name), evaluation: evaluationContext(context) };
}

function evaluationContext(context: RuleContext): EvalContext {
  return {
    timeZone: localTimeZone(context.config('table.local-time-zone')),
    now: () => 0,
    random: () => 0,
    watermark: () => null,
    legacyCast: parseSetting(context.config, 'table.exec.legacy-cast-behaviour', 'DISABLED', LEGACY_CAST) === 'ENABLED',
  };
}

export interface Folding {
  readonly find: RuleContext['scalarFunction'];
  readonly evaluation: EvalContext;
}

/** The expression with its constant parts computed. What fails to compute is left to fail on a row. */
export function fold(expression: Expression, folding: Folding): Expression {
  if (expression.kind !== 'call') return expression;
  const compared = foldSame(expression) ?? foldBoolean(expression);
  if (compared) return compared;
  const args = expression.args.map((arg) => fold(arg, folding));
  const same = args.every((arg, i) => arg === expression.args[i]);
  const folded: Expression = same ? expression : { ...expression, args };
  return foldLogical(folded) ?? foldCall(folded, folding);
}

const SAME: Readonly<Record<string, boolean>> = {
  '=': true,
  '<=': true,
  '>=': true,
  'IS NOT DISTINCT FROM': true,
  '<>': false,
  '<': false,
  '>': false,
  'IS DISTINCT FROM': false,
};

/** What is compared with itself is not computed: so NaN equals itself where it is written twice. */
function foldSame({ function: name, args: [first, second], type }: CallExpression): Expression | undefined {
  const answer = SAME[name];
  if (answer === undefined || !first || !second || first.type.nullable || first.kind === 'literal') return undefined;
  return sameExpression(first, second) && !isVolatile(first) ? literal(answer, type) : undefined;
}

/** Nothing is above TRUE or below FALSE. */
function foldBoolean({ function: name, args: [first, second], type }: CallExpression): Expression | undefined {
  if (first?.type.kind !== 'BOOLEAN' || second?.type.kind !== 'BOOLEAN' || type.nullable) return undefined;
  const reversed = SWAPPED_BOUNDS[name];
  const limit = isLiteral(second, true) ? ['>', '<='] : isLiteral(second, false) ? ['<', '>='] : undefined;
  if (limit?.includes(name)) return literal(name === limit[1], type);
  return reversed !== undefined && first.kind === 'literal' && second.kind !== 'literal'
    ? foldBoolean({ kind: 'call', function: reversed, args: [second, first], type })
    : undefined;
}

function foldLogical(expression: Expression): Expression | undefined {
  if (expression.kind !== 'call') return undefined;
  const [first] = expression.args;
  switch (expression.function) {
    case 'AND':
      if (expression.args.some((arg) => isLiteral(arg, false))) return literal(false, expression.type);
      return retyped(conjunction(conjuncts(expression)) ?? TRUE, expression);
    case 'OR':
      return foldOr(expression.args, expression);
    case 'CASE':
      return foldCase(expression);
    case 'NOT':
      return first?.kind === 'literal' && typeof first.value === 'boolean'
        ? literal(!first.value, expression.type)
        : undefined;
    case 'IS NULL':
    case 'IS NOT NULL':
      if (first === undefined || first.type.nullable) return undefined;
      return literal(expression.function === 'IS NOT NULL', types.boolean(false));
    default:
      return undefined;
  }
}

/** Branches that never hold go; one that always holds is the last. Undefined: nothing to do. */
function foldCase(expression: CallExpression): Expression | undefined {
  const { args, type } = expression;
  const kept: Expression[] = [];
  let otherwise = args.at(-1) as Expression;
  for (let i = 0; i + 1 < args.length; i += 2) {
    const [when, then] = [args[i], args[i + 1]] as [Expression, Expression];
    if (isLiteral(when, true)) {
      otherwise = then;
      break;
    }
    if (when.kind !== 'literal') kept.push(when, then);
  }
  if (kept.length === 0)
    return sameType(otherwise.type, withNullable(type, otherwise.type.nullable)) ? otherwise : undefined;
  return kept.length + 1 === args.length ? undefined : { ...expression, args: [...kept, otherwise] };
}

function retyped(expression: Expression, like: Expression): Expression {
  return expression.kind === 'literal' ? literal(expression.value, like.type) : expression;
}

function foldOr(args: readonly Expression[], like: Expression): Expression {
  const terms: Expression[] = [];
  const flat = args.flatMap((arg) => (arg.kind === 'call' && arg.function === 'OR' ? arg.args : [arg]));
  for (const term of flat) {
    if (isLiteral(term, true)) return literal(true, like.type);
    if (!isLiteral(term, false) && !terms.some((other) => sameExpression(other, term))) terms.push(term);
  }
  if (terms.length === 0) return literal(false, like.type);
  if (terms.length === 1) return terms[0] as Expression;
  return nullSafeEquality(terms) ?? withCommonFactor(terms, like) ?? call('OR', terms, like.type);
}

/** `(a AND b) OR (a AND c)` is `a AND (b OR c)`: a join finds its keys in it. */
function withCommonFactor(terms: readonly Expression[], like: Expression): Expression | undefined {
  const branches = terms.map((term) => conjuncts(term));
  const has = (branch: readonly Expression[], term: Expression) => branch.some((other) => sameExpression(other, term));
  const common = (branches[0] ?? []).filter((term) => branches.every((branch) => has(branch, term)));
  if (common.length === 0) return undefined;
  const rest = branches.map((branch) => conjunction(branch.filter((term) => !has(common, term))) ?? TRUE);
  return conjunction([...common, ...conjuncts(foldOr(rest, like))]) ?? TRUE;
}

/** `(a = b) OR (a IS NULL AND b IS NULL)` is `a IS NOT DISTINCT FROM b`. */
function nullSafeEquality(terms: readonly Expression[]): Expression | undefined {
  if (terms.length !== 2) return undefined;
  for (const [equal, nulls] of [terms, [...terms].reverse()] as ReadonlyArray<readonly Expression[]>) {
    if (equal?.kind !== 'call' || equal.function !== '=' || nulls === undefined) continue;
    const checks = conjuncts(nulls);
    const covers = (side: Expression | undefined) =>
      side !== undefined &&
      checks.some(
        (c) => c.kind === 'call' && c.function === 'IS NULL' && sameExpression(c.args[0] as Expression, side),
      );
    if (checks.length === 2 && covers(equal.args[0]) && covers(equal.args[1]))
      return call('IS NOT DISTINCT FROM', equal.args, types.boolean(false));
  }
  return undefined;
}

/** Kinds whose values are worth keeping as literals. */
const FOLDABLE = new Set([
  'BOOLEAN',
  'TINYINT',
  'SMALLINT',
  'INT',
  'BIGINT',
  'FLOAT',
  'DOUBLE',
  'DECIMAL',
  'CHAR',
  'VARCHAR',
  'DATE',
  'TIME',
  'TIMESTAMP',
  'TIMESTAMP_LTZ',
  'INTERVAL_YEAR_MONTH',
  'INTERVAL_DAY_TIME',
]);

function foldCall(expression: Expression, folding: Folding): Expression {
  if (expression.kind !== 'call' || expression.args.length === 0 || !FOLDABLE.has(expression.type.kind))
    return expression;
  if (!expression.args.every((arg) => arg.kind === 'literal') || isVolatile(expression)) return expression;
  const fn = folding.find(expression.function);
  if (fn === undefined || fn.deterministic === false) return expression;
  const args = expression.args as ReadonlyArray<Extract<Expression, { kind: 'literal' }>>;
  const values: Value[] = args.map((arg) => arg.value);
  if (fn.nullPropagating !== false && values.includes(null)) return literal(null, withNullable(expression.type, true));
  const site: CallSite = { type: expression.type, argTypes: args.map((arg) => arg.type), literals: args };
  try {
    const value = fn.bind(site)(values, folding.evaluation);
    return literal(typeof value === 'string' ? wellFormed(value) : value, expression.type);
  } catch {
    return expression;
  }
}
