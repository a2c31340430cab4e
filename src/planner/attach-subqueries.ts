/** Sub-queries that expressions have left behind become joins onto the plan: semi and anti joins in a condition, else outer joins. */
import type { JoinType } from '../dataflow/operator-spec.ts';
import { call, type Expression, inputReference, literal } from '../expressions/expression.ts';
import { type Field, type LogicalType, types, withNullable } from '../types/logical-type.ts';
import { conjunction, conjuncts, referencesTo, TRUE } from './conditions.ts';
import {
  behind,
  type Decorrelated,
  type Decorrelation,
  decorrelate,
  isSingleRow,
  lowerOuterLevels,
  replaceOuter,
} from './decorrelate.ts';
import { joinEquals } from './join-types.ts';
import type { LogicalPlan, NamedAggregateCall } from './logical-plan.ts';
import { type Markers, markerArgs, markerId, SUBQUERY, type SubqueryMarker } from './markers.ts';
import { uniqueNames } from './unique-names.ts';

/** Keeps the rows for which the condition holds; its sub-queries become joins, and the columns stay as they are. */
export function filterPlan(plan: LogicalPlan, condition: Expression, markers: Markers): LogicalPlan {
  const terms = conjuncts(condition);
  const plain = terms.filter((term) => !hasSubquery(term));
  let current = withFilter(plan, conjunction(plain));
  const rest: Expression[] = [];
  for (const term of terms.filter(hasSubquery)) {
    const joined = semiJoin(current, term, markers);
    if (joined) current = joined;
    else rest.push(term);
  }
  if (rest.length === 0) return current;
  const attached = attachSubqueries(current, rest, markers);
  const filtered = withFilter(attached.plan, conjunction(attached.expressions));
  return cutTo(filtered, plan.fields);
}

/** The first columns only. */
export function cutTo(plan: LogicalPlan, fields: readonly Field[]): LogicalPlan {
  if (plan.fields.length === fields.length) return plan;
  return { kind: 'Project', fields, input: plan, expressions: referencesTo(fields) };
}

export function withFilter(plan: LogicalPlan, condition: Expression | null): LogicalPlan {
  return condition === null ? plan : { kind: 'Filter', fields: plan.fields, input: plan, condition };
}

function hasSubquery(expression: Expression): boolean {
  if (expression.kind !== 'call') return false;
  return expression.function === SUBQUERY || expression.args.some(hasSubquery);
}

/** Joins what the expressions' sub-queries need to the right of the plan, and rewrites the expressions over it. */
export function attachSubqueries(
  plan: LogicalPlan,
  expressions: readonly Expression[],
  markers: Markers,
): { plan: LogicalPlan; expressions: Expression[] } {
  let current = plan;
  const done = new Map<number, Expression>();
  const replace = (expression: Expression): Expression => {
    if (expression.kind !== 'call' || !hasSubquery(expression)) return expression;
    const args = expression.args.map(replace);
    const id = markerId(expression, SUBQUERY);
    const marker = markers.subqueries[id];
    if (!marker) return { ...expression, args };
    const known = done.get(id);
    if (known) return known;
    const joined = new SubqueryJoin(current, marker, args.slice(1)).value();
    current = joined.plan;
    done.set(id, joined.value);
    return joined.value;
  };
  const rewritten = expressions.map(replace);
  return { plan: current, expressions: rewritten };
}

/** `x IN (…)`, `EXISTS (…)` and their negations as a term of a condition; undefined for anything else. */
function semiJoin(plan: LogicalPlan, term: Expression, markers: Markers): LogicalPlan | undefined {
  const negated = term.kind === 'call' && term.function === 'NOT';
  const inner = negated ? term.args[0] : term;
  if (!inner) return undefined;
  const marker = markers.subqueries[markerId(inner, SUBQUERY)];
  if (!marker || (marker.kind !== 'in' && marker.kind !== 'exists')) return undefined;
  if (markerArgs(inner).some(hasSubquery)) return undefined;
  return new SubqueryJoin(plan, marker, markerArgs(inner)).semi(negated);
}

/** Whether there is a row does not depend on a LIMIT, unless that is 0. */
function withoutLimit(plan: LogicalPlan): LogicalPlan {
  return plan.kind === 'Sort' && plan.offset === 0 && plan.fetch !== 0 ? plan.input : plan;
}

const aggregateCall = (fn: string, args: readonly number[], type: LogicalType, name: string): NamedAggregateCall => ({
  function: fn,
  args,
  distinct: false,
  filter: null,
  type,
  name,
});

class SubqueryJoin {
  #plan: LogicalPlan;
  readonly #marker: SubqueryMarker;
  readonly #args: readonly Expression[];

  constructor(plan: LogicalPlan, marker: SubqueryMarker, args: readonly Expression[]) {
    this.#plan = plan;
    this.#marker = marker;
    this.#args = args;
  }

  /** SEMI, or ANTI when negated. */
  semi(negated: boolean): LogicalPlan {
    const { kind, outer, plan } = this.#marker;
    const joinType = negated ? 'ANTI' : 'SEMI';
    if (kind === 'exists' && outer.length === 0) return this.#join(this.#anyRow(plan), joinType, []).plan;
    const right = decorrelate(kind === 'exists' ? withoutLimit(plan) : plan, { ...this.#allows(), anyRow: true });
    const terms = kind === 'exists' ? [] : this.#equalities(right, negated);
    return this.#join(right, joinType, terms).plan;
  }

  /** The outer row's values, for queries that an equality does not tie to it. */
  #allows(): Decorrelation {
    const { outer, leftCount } = this.#marker;
    const columns = new Map(outer.map((index, i) => [index, this.#args[leftCount + i] as Expression]));
    return { domain: { plan: this.#plan, columns } };
  }

  /** One row when the query gives rows, none else; for a query of always one row it is that. */
  #anyRow(plan: LogicalPlan): Decorrelated {
    if (isSingleRow(plan)) return decorrelate(plan);
    const flag: Field = { name: 'i', type: types.boolean(false) };
    const flags: LogicalPlan = { kind: 'Project', fields: [flag], input: plan, expressions: [TRUE] };
    const found = globalAggregate(flags, [aggregateCall('MIN', [0], types.boolean(), 'm')]);
    const condition = call('IS NOT NULL', [inputReference(0, types.boolean())], types.boolean(false));
    return decorrelate({ kind: 'Filter', fields: found.fields, input: found, condition });
  }

  value(): { plan: LogicalPlan; value: Expression } {
    switch (this.#marker.kind) {
      case 'scalar':
        return this.#scalar();
      case 'exists':
        return this.#exists();
      case 'in':
        return this.#in();
      default:
        return this.#quantified();
    }
  }

  #scalar(): { plan: LogicalPlan; value: Expression } {
    const { plan, type } = this.#marker;
    const single = isSingleRow(plan)
      ? plan
      : globalAggregate(plan, [aggregateCall('SINGLE_VALUE', [0], type, plan.fields[0]?.name ?? '$f0')]);
    const right = decorrelate(single, this.#allows());
    const joined = this.#join(right, 'LEFT', []);
    const value = joined.outputs[0] as Expression;
    return { plan: joined.plan, value: value.kind === 'call' ? { ...value, type } : value };
  }

  #exists(): { plan: LogicalPlan; value: Expression } {
    const { plan, outer } = this.#marker;
    if (outer.length === 0) {
      const joined = this.#join(this.#anyRow(plan), 'LEFT', []);
      return { plan: joined.plan, value: isNotNull(joined.outputs[0] as Expression) };
    }
    const one: LogicalPlan = { kind: 'Project', fields: [], input: plan, expressions: [] };
    const distinct: LogicalPlan = {
      kind: 'Aggregate',
      fields: [],
      input: one,
      keys: [],
      groupingSets: null,
      aggregates: [],
    };
    const joined = this.#join(decorrelate(distinct, { ...this.#allows(), anyRow: true }), 'LEFT', []);
    return { plan: joined.plan, value: isNotNull(joined.right[0] as Expression) };
  }

  #in(): { plan: LogicalPlan; value: Expression } {
    const { plan, type } = this.#marker;
    const left = this.#args.slice(0, this.#marker.leftCount);
    const counts = type.nullable ? this.#counts(plan, []) : null;
    const distinct: LogicalPlan = {
      kind: 'Aggregate',
      fields: plan.fields,
      input: plan,
      keys: plan.fields.map((_, i) => i),
      groupingSets: null,
      aggregates: [],
    };
    const right = decorrelate(distinct, this.#allows());
    const joined = this.#join(right, 'LEFT', this.#equalities(right, false));
    const found = isNotNull(joined.outputs[0] as Expression);
    if (!counts) return { plan: joined.plan, value: found };
    const unknown = literal(null, types.boolean());
    const leftNull = left.filter((operand) => operand.type.nullable).map(isNull);
    const cases: Expression[] = [isZero(counts.all), literal(false, types.boolean(false))];
    for (const test of leftNull) cases.push(test, unknown);
    cases.push(found, TRUE, call('<', [counts.notNull, counts.all], types.boolean()), unknown);
    return {
      plan: joined.plan,
      value: call('CASE', [...cases, literal(false, types.boolean(false))], types.boolean()),
    };
  }

  /** Joins COUNT(*), COUNT of the first column and other aggregates over the query: one row, of the outer row's group if correlated. */
  #counts(
    plan: LogicalPlan,
    more: readonly NamedAggregateCall[],
  ): { all: Expression; notNull: Expression; more: Expression[] } {
    const aggregates = [
      ...more,
      aggregateCall('COUNT', [], types.bigint(false), 'c'),
      aggregateCall('COUNT', [0], types.bigint(false), 'd'),
    ];
    const right = decorrelate(globalAggregate(plan, aggregates), this.#allows());
    const joined = this.#join(right, this.#marker.outer.length === 0 ? 'INNER' : 'LEFT', []);
    this.#plan = joined.plan;
    const [all, notNull] = joined.outputs.slice(more.length) as [Expression, Expression];
    return { all, notNull, more: joined.outputs.slice(0, more.length) };
  }

  #quantified(): { plan: LogicalPlan; value: Expression } {
    const { plan, operator, quantifier } = this.#marker;
    const left = this.#args[0] as Expression;
    const type = withNullable((plan.fields[0] as Field).type, true);
    const min = aggregateCall('MIN', [0], type, 'm');
    const max = aggregateCall('MAX', [0], type, 'm');
    const greater = operator.startsWith('>');
    const wantsMin = greater === (quantifier === 'ANY');
    const equality = operator === '=' || operator === '<>';
    const counts = this.#counts(plan, equality ? [min, { ...max, name: 'x' }] : [wantsMin ? min : max]);
    const tests = counts.more.map((extreme) => call(operator, [left, extreme], types.boolean()));
    const test =
      tests.length === 1 ? (tests[0] as Expression) : call(quantifier === 'ANY' ? 'OR' : 'AND', tests, types.boolean());
    const isAny = quantifier === 'ANY';
    const settled = call(isAny ? 'IS TRUE' : 'IS FALSE', [test], types.boolean(false));
    const value = call(
      'CASE',
      [
        isZero(counts.all),
        literal(!isAny, types.boolean(false)),
        settled,
        literal(isAny, types.boolean(false)),
        call('>', [counts.all, counts.notNull], types.boolean()),
        literal(null, types.boolean()),
        test,
      ],
      this.#marker.type,
    );
    return { plan: this.#plan, value };
  }

  /** The left operands against the query's columns; negated: equal, or nobody knows. */
  #equalities(right: Decorrelated, negated: boolean): Expression[] {
    const width = this.#plan.fields.length;
    return right.outputs.map((output, i) => {
      const operand = this.#args[i] as Expression;
      const other = behind(output, width, false);
      const equal = joinEquals(operand, other);
      const unknown = negated ? [operand, other].filter((side) => side.type.nullable).map(isNull) : [];
      return unknown.length === 0 ? equal : call('OR', [...unknown, equal], equal.type);
    });
  }

  #join(
    right: Decorrelated,
    joinType: JoinType,
    terms: readonly Expression[],
  ): { plan: LogicalPlan; outputs: Expression[]; right: Expression[] } {
    const width = this.#plan.fields.length;
    const { outer, leftCount } = this.#marker;
    const outerValue = (index: number) => this.#args[leftCount + outer.indexOf(index)] as Expression;
    const over = (expression: Expression, nullable: boolean) =>
      replaceOuter(behind(expression, width, nullable), outerValue);
    const conditions = [
      ...terms.map((term) => replaceOuter(term, outerValue)),
      ...right.conditions.map((c) => over(c, false)),
    ];
    const padded = joinType === 'LEFT';
    const rightFields = right.plan.fields.map((field) =>
      padded ? { ...field, type: withNullable(field.type, true) } : field,
    );
    const leftOnly = joinType === 'SEMI' || joinType === 'ANTI';
    const plan: LogicalPlan = {
      kind: 'Join',
      fields: leftOnly ? this.#plan.fields : uniqueNames([...this.#plan.fields, ...rightFields]),
      left: this.#plan,
      right: lowerOuterLevels(right.plan),
      joinType,
      condition: conjunction(conditions) ?? TRUE,
      hints: [],
    };
    const outputs = right.outputs.map((output) => over(output, padded));
    const references = rightFields.map((field, i) => inputReference(width + i, field.type));
    return { plan, outputs, right: references };
  }
}

function globalAggregate(input: LogicalPlan, aggregates: readonly NamedAggregateCall[]): LogicalPlan {
  const fields = aggregates.map(({ name, type }) => ({ name, type }));
  return { kind: 'Aggregate', fields, input, keys: [], groupingSets: null, aggregates };
}

function isNull(expression: Expression): Expression {
  return call('IS NULL', [expression], types.boolean(false));
}

function isNotNull(expression: Expression): Expression {
  return call('IS NOT NULL', [expression], types.boolean(false));
}

function isZero(count: Expression): Expression {
  return call('=', [count, literal(0n, types.bigint(false))], types.boolean(count.type.nullable));
}
