/** One SELECT: FROM, WHERE, grouping, the select list, QUALIFY, DISTINCT, and the keys of the ORDER BY around it. */
import type { SortKey } from '../dataflow/operator-spec.ts';
import type { Expression } from '../expressions/expression.ts';
import type { OrderItem, SelectBody, SelectItem, SqlExpression, WindowDefinition } from '../parser/ast.ts';
import { attachSubqueries, filterPlan, withFilter } from './attach-subqueries.ts';
import { planAggregate } from './bind-aggregate.ts';
import type { BindEnv, BoundQuery, Clause } from './bind-env.ts';
import { bindError } from './bind-error.ts';
import { bindCondition, bindExpression, rejectUntypedNull } from './bind-expression.ts';
import { bindFrom, checkRelationNames, type FromEnv, type FromItem, scopeOf, singleRow } from './bind-from.ts';
import { containsAggregate } from './bind-function.ts';
import { bindGroupBy, type GroupKeys, NO_KEYS } from './bind-group-by.ts';
import { aggregateTtl, isNamed } from './bind-hint.ts';
import { direction, planOvers } from './bind-over.ts';
import { checkHints } from './check-hints.ts';
import { sameExpression } from './conditions.ts';
import { checkJoinTypes } from './join-types.ts';
import type { LogicalPlan } from './logical-plan.ts';
import { type Markers, newMarkers } from './markers.ts';
import { asCondition, distinct, projectOf } from './select-output.ts';
import { expandStar } from './select-star.ts';

/** A bound SELECT; columns behind `names.length` are there for the sort only. */
export interface BoundSelect extends BoundQuery {
  readonly order: readonly SortKey[];
}

interface Output {
  readonly name: string;
  readonly expression: Expression;
  readonly node: SqlExpression;
}

export function bindSelect(select: SelectBody, env: FromEnv, order: readonly OrderItem[]): BoundSelect {
  return new SelectBinder(select, { ...env, hints: select.hints }).bind(order);
}

class SelectBinder {
  readonly #select: SelectBody;
  readonly #env: FromEnv;
  readonly #from: FromItem;
  readonly #markers: Markers = newMarkers();
  readonly #windows: ReadonlyMap<string, WindowDefinition>;

  constructor(select: SelectBody, env: FromEnv) {
    this.#select = select;
    this.#env = env;
    this.#from = select.from ? bindFrom(select.from, env) : singleRow();
    checkRelationNames(this.#from);
    const looksForNames = this.#from.relations.length > 1 || select.groupBy !== undefined;
    checkHints(select.hints, looksForNames ? (name) => isNamed(this.#from, name) : null);
    this.#windows = new Map(select.windows.map(({ name, definition }) => [name, definition]));
  }

  bind(orderItems: readonly OrderItem[]): BoundSelect {
    const select = this.#select;
    const input = this.#where();
    const groups = select.groupBy ? bindGroupBy(select.groupBy, this.#scopeEnv('GROUP BY')) : NO_KEYS;
    const having = select.having ? bindExpression(select.having, this.#scopeEnv('HAVING')) : null;
    const outputs = this.#outputs();
    const qualify = select.qualify ? this.#qualify(select.qualify, outputs) : null;
    const sorts = orderItems.map((item) => this.#orderKey(item, outputs));
    const isAggregate =
      select.groupBy !== undefined ||
      having !== null ||
      [...outputs.map((output) => output.expression), ...sorts].some(containsAggregate);
    const built = isAggregate
      ? this.#aggregate(input, groups, outputs, having, [...(qualify ? [qualify] : []), ...sorts])
      : {
          plan: input,
          expressions: [...outputs.map((output) => output.expression), ...(qualify ? [qualify] : []), ...sorts],
        };
    return this.#project(built, outputs, { qualify: qualify !== null, sorts: sorts.length, isAggregate }, orderItems);
  }

  #scopeEnv(clause: Clause, aliases: ReadonlyMap<string, Expression> = new Map()): BindEnv {
    const { binding, withScope, outer, bindQuery } = this.#env;
    const scope = scopeOf(this.#from, outer);
    return { binding, withScope, scope, clause, markers: this.#markers, windows: this.#windows, aliases, bindQuery };
  }

  #where(): LogicalPlan {
    const { where } = this.#select;
    if (!where) return this.#from.plan;
    const markers = newMarkers();
    const condition = bindCondition(where, { ...this.#scopeEnv('WHERE'), markers }, 'WHERE');
    const { relations } = this.#from;
    checkJoinTypes(condition, (column) => relations.findLastIndex((relation) => relation.offset <= column));
    return filterPlan(this.#from.plan, condition, markers);
  }

  /** The select list with its stars spread out. */
  #outputs(): Output[] {
    const env = this.#scopeEnv('SELECT');
    const outputs: Output[] = [];
    for (const item of this.#select.items) {
      if (item.expression.kind === 'star') {
        const columns = expandStar(item.expression, env, this.#select.from !== undefined);
        for (const { name, expression } of columns) outputs.push({ name, expression, node: item.expression });
        continue;
      }
      const expression = bindExpression(item.expression, env);
      rejectUntypedNull(expression, item.expression);
      outputs.push({ name: nameOf(item, outputs.length), expression, node: item.expression });
    }
    return outputs;
  }

  #qualify(node: SqlExpression, outputs: readonly Output[]): Expression {
    const aliases = new Map(this.#aliased(outputs).map(({ name, expression }) => [name, expression]));
    return bindCondition(node, this.#scopeEnv('QUALIFY', aliases), 'QUALIFY');
  }

  /** Outputs that have been given a name with AS. */
  #aliased(outputs: readonly Output[]): Output[] {
    const named = new Set(this.#select.items.flatMap((item) => (item.alias === undefined ? [] : [item.alias])));
    return outputs.filter((output) => named.has(output.name));
  }

  /** An ordinal, an alias, or an expression in which aliases count. */
  #orderKey(item: OrderItem, outputs: readonly Output[]): Expression {
    const { expression: node } = item;
    if (node.kind === 'number' && /^\d+$/.test(node.text)) {
      const output = outputs[Number(node.text) - 1];
      if (!output) throw bindError('Ordinal out of range', node.span);
      return output.expression;
    }
    if (node.kind === 'identifier' && node.parts.length === 1) {
      const matches = outputs.filter((output) => output.name === node.parts[0]);
      const [first, second] = matches;
      if (first && second && !sameExpression(first.expression, second.expression))
        throw bindError(`Column '${node.parts[0]}' is ambiguous`, node.span);
      if (first) return first.expression;
    }
    const aliases = new Map(this.#aliased(outputs).map(({ name, expression }) => [name, expression]));
    const isAggregating = this.#select.groupBy !== undefined || this.#markers.aggregates.length > 0;
    const expression = bindExpression(node, this.#scopeEnv('ORDER BY', aliases));
    if (!isAggregating && this.#markers.aggregates.length > 0)
      throw bindError('Aggregate expression is illegal in ORDER BY clause of non-aggregating SELECT', node.span);
    if (this.#select.distinct && !outputs.some((output) => sameExpression(output.expression, expression)))
      throw bindError(`Expression '${textOf(node)}' is not in the select clause`, node.span);
    return expression;
  }

  #aggregate(
    input: LogicalPlan,
    groups: GroupKeys,
    outputs: readonly Output[],
    having: Expression | null,
    others: readonly Expression[],
  ): { plan: LogicalPlan; expressions: readonly Expression[] } {
    const all = [...outputs.map((output) => output.expression), ...(having ? [having] : []), ...others];
    const names = outputs.map((output) => output.name);
    const checkedFirst = having ? outputs.length : 0;
    const built = planAggregate(
      input,
      groups,
      { expressions: all, names, checkedFirst, stateTtl: aggregateTtl(this.#select.hints, this.#from) },
      this.#markers,
    );
    if (!having) return built;
    const condition = asCondition(built.expressions[outputs.length] as Expression, this.#select.having?.span);
    const expressions = built.expressions.filter((_, i) => i !== outputs.length);
    return { plan: filterPlan(built.plan, condition, this.#markers), expressions };
  }

  #project(
    built: { plan: LogicalPlan; expressions: readonly Expression[] },
    outputs: readonly Output[],
    parts: { qualify: boolean; sorts: number; isAggregate: boolean },
    orderItems: readonly OrderItem[],
  ): BoundSelect {
    const attached = attachSubqueries(built.plan, built.expressions, this.#markers);
    const withOvers = planOvers(attached.plan, attached.expressions, this.#markers);
    const names = outputs.map((output) => output.name);
    let { plan } = withOvers;
    const { expressions } = withOvers;
    if (parts.qualify) {
      const condition = expressions[names.length] as Expression;
      plan = withFilter(plan, condition);
    }
    const visible = expressions.slice(0, names.length);
    const sorts = expressions.slice(expressions.length - parts.sorts);
    const columns = [...visible];
    const order = sorts.map((sort, i): SortKey => {
      const found = columns.findIndex((other) => sameExpression(other, sort));
      const column = found >= 0 ? found : columns.push(sort) - 1;
      return { column, ...direction(orderItems[i] as OrderItem) };
    });
    const projected = projectOf(plan, columns, names, parts.isAggregate && !parts.qualify);
    return { plan: this.#select.distinct ? distinct(projected) : projected, names, order };
  }
}

/** The alias, the last part of a name, or `EXPR$n`. */
function nameOf(item: SelectItem, place: number): string {
  if (item.alias !== undefined) return item.alias;
  const { expression } = item;
  if (expression.kind === 'identifier') return expression.parts[expression.parts.length - 1] as string;
  const [name = ''] = expression.kind === 'function' && expression.args.length === 0 ? expression.name : [];
  if (name !== '' && expression.span.end - expression.span.start === name.length) return name;
  return `EXPR$${place}`;
}

function textOf(node: SqlExpression): string {
  return node.kind === 'identifier' ? node.parts.join('.') : 'expression';
}
