/** GROUP BY and aggregates: the projection below, the Aggregate node, and the expressions above rewritten over it. */
import type { Span } from '../base/error.ts';
import { type Expression, inputReference, literal } from '../expressions/expression.ts';
import type { Field, LogicalType } from '../types/logical-type.ts';
import { withNullable } from '../types/logical-type.ts';
import { literalsOf } from './aggregate-literals.ts';
import { attachSubqueries } from './attach-subqueries.ts';
import { bindError } from './bind-error.ts';
import type { GroupKeys } from './bind-group-by.ts';
import { groupWindowNode, isNeverSet, matchWindow } from './bind-group-window.ts';
import { sameExpression } from './conditions.ts';
import type { LogicalPlan, NamedAggregateCall } from './logical-plan.ts';
import {
  AGGREGATE,
  type AggregateMarker,
  type Markers,
  markerArgs,
  markerId,
  rewriteDown,
  WINDOW_PROPERTY,
  type WindowProperty,
} from './markers.ts';
import { isOuter } from './scope.ts';
import { uniqueNames } from './unique-names.ts';

export interface AggregateBuild {
  readonly plan: LogicalPlan;
  /** The expressions over the aggregate's output. */
  readonly expressions: readonly Expression[];
}

/** What stands above an aggregate. */
export interface AggregateUses {
  readonly expressions: readonly Expression[];
  /** `names[i]` is what the select list calls expression i, if it does. */
  readonly names: readonly (string | undefined)[];
  /** The expression whose errors come first: HAVING. */
  readonly checkedFirst: number;
  /** A STATE_TTL hint on the table that is aggregated. */
  readonly stateTtl: string | undefined;
}

export function planAggregate(
  input: LogicalPlan,
  groups: GroupKeys,
  uses: AggregateUses,
  markers: Markers,
): AggregateBuild {
  return new AggregatePlanner(input, groups, markers).build(uses);
}

class AggregatePlanner {
  readonly #input: LogicalPlan;
  readonly #groups: GroupKeys;
  readonly #markers: Markers;
  /** What is projected below: keys first, then arguments. */
  readonly #projected: Expression[] = [];
  readonly #keyPlaces: number[];
  readonly #calls: Array<{
    readonly marker: Expression;
    readonly call: Omit<NamedAggregateCall, 'name'>;
    name: string | undefined;
  }> = [];
  readonly #properties: WindowProperty[] = [];

  constructor(input: LogicalPlan, groups: GroupKeys, markers: Markers) {
    this.#input = input;
    this.#groups = groups;
    this.#markers = markers;
    this.#keyPlaces = groups.keys.map((key) => this.#project(key));
    if (groups.window) this.#project(groups.window.time);
  }

  build({ expressions, names, checkedFirst, stateTtl }: AggregateUses): AggregateBuild {
    for (const [i, expression] of expressions.entries()) this.#collect(expression, names[i]);
    const below = this.#below(expressions, names);
    const aggregates = this.#calls.map(({ call, name }, i) => ({ ...call, name: name ?? `agg#${i}` }));
    const node = this.#node(below, aggregates);
    const plan = node.kind === 'Aggregate' && stateTtl !== undefined ? { ...node, stateTtl } : node;
    const first = expressions[checkedFirst];
    if (first) this.#rewrite(first, plan);
    const rewritten = expressions.map((expression) => this.#rewrite(expression, plan));
    return { plan, expressions: rewritten };
  }

  #project(expression: Expression): number {
    const found = this.#projected.findIndex((other) => sameExpression(other, expression));
    return found >= 0 ? found : this.#projected.push(expression) - 1;
  }

  /** Registers the aggregates of an expression, in order. */
  #collect(expression: Expression, name: string | undefined): void {
    if (expression.kind !== 'call') return;
    if (this.#keyOf(expression) >= 0) return;
    if (expression.function === WINDOW_PROPERTY) {
      this.#collectProperty(expression);
      return;
    }
    const marker = this.#markers.aggregates[markerId(expression, AGGREGATE)];
    if (!marker) {
      for (const arg of expression.args) this.#collect(arg, undefined);
      return;
    }
    const known = this.#calls.find((entry) => sameCall(entry.marker, expression, this.#markers));
    if (known) {
      known.name ??= name;
      return;
    }
    this.#calls.push({ marker: expression, call: this.#callOf(marker, expression), name });
  }

  #callOf(marker: AggregateMarker, expression: Expression): Omit<NamedAggregateCall, 'name'> {
    const args = markerArgs(expression);
    if (marker.function.startsWith('GROUPING')) this.#checkGrouped(expression, args);
    const places = args.map((arg) => this.#project(arg));
    const filter = marker.hasFilter ? (places[marker.argCount] as number) : null;
    const type = this.#isGlobal() ? emptyType(marker) : marker.type;
    return {
      function: marker.function,
      args: places.slice(0, marker.argCount),
      ...literalsOf(args.slice(0, marker.argCount)),
      distinct: marker.distinct,
      filter,
      type,
    };
  }

  #isGlobal(): boolean {
    const { keys, sets, window } = this.#groups;
    return window === null && (keys.length === 0 || (sets?.some((set) => set.length === 0) ?? false));
  }

  #checkGrouped(call: Expression, args: readonly Expression[]): void {
    if (this.#groups.keys.length === 0)
      throw bindError(
        'GROUPING operator may only occur in an aggregate query',
        this.#markers.spans.get(call)?.span ?? NOWHERE,
      );
    for (const arg of args) {
      if (this.#groups.keys.some((key) => sameExpression(key, arg))) continue;
      const place = this.#markers.spans.get(arg);
      throw bindError('Argument to GROUPING operator must be a grouped expression', place?.span ?? NOWHERE);
    }
  }

  #collectProperty(expression: Expression): void {
    const property = matchWindow(expression, this.#groups, this.#markers);
    if (!this.#properties.includes(property) && !isNeverSet(property, this.#groups.window))
      this.#properties.push(property);
  }

  #below(expressions: readonly Expression[], names: readonly (string | undefined)[]): LogicalPlan {
    if (this.#projected.length === 0) return this.#input;
    const fields = this.#projected.map((expression, i): Field => {
      const at = expressions.findIndex((other) => sameExpression(other, expression));
      const given = at >= 0 ? names[at] : undefined;
      const own = expression.kind === 'input' ? this.#input.fields[expression.index]?.name : undefined;
      return { name: given ?? own ?? `$f${i}`, type: expression.type };
    });
    const attached = attachSubqueries(this.#input, this.#projected, this.#markers);
    return { kind: 'Project', fields: uniqueNames(fields), input: attached.plan, expressions: attached.expressions };
  }

  #node(input: LogicalPlan, aggregates: readonly NamedAggregateCall[]): LogicalPlan {
    const { sets, window } = this.#groups;
    const keyFields = this.#keyPlaces.map((place, i): Field => {
      const field = input.fields[place] as Field;
      const optional = sets?.some((set) => !set.includes(i)) ?? false;
      return optional ? { ...field, type: withNullable(field.type, true) } : field;
    });
    const outputs = aggregates.map(({ name, type }): Field => ({ name, type }));
    const fields = uniqueNames([...keyFields, ...outputs]);
    if (window) {
      const timeColumn = this.#project(window.time);
      return groupWindowNode({
        input,
        fields,
        keys: this.#keyPlaces,
        aggregates,
        properties: this.#properties,
        window,
        timeColumn,
      });
    }
    const groupingSets = sets?.map((set) => set.map((key) => this.#keyPlaces[key] as number)) ?? null;
    return { kind: 'Aggregate', fields, input, keys: this.#keyPlaces, groupingSets, aggregates };
  }

  #keyOf(expression: Expression): number {
    return this.#groups.keys.findIndex((key) => sameExpression(key, expression));
  }

  /** Keys, aggregates and window properties become columns; any other column is an error. */
  #rewrite(expression: Expression, plan: LogicalPlan): Expression {
    const column = (index: number) => inputReference(index, (plan.fields[index] as Field).type);
    return widenNullable(
      expression,
      rewriteDown(expression, (node) => {
        const key = this.#keyOf(node);
        if (key >= 0) return column(key);
        if (markerId(node, AGGREGATE) >= 0) {
          const call = this.#calls.findIndex((entry) => sameCall(entry.marker, node, this.#markers));
          return column(this.#keyPlaces.length + call);
        }
        if (node.kind === 'call' && node.function === WINDOW_PROPERTY) return this.#property(node, column);
        if (node.kind === 'input') throw this.#notGrouped(node);
        return isOuter(node) ? node : undefined;
      }),
    );
  }

  #property(node: Expression, column: (index: number) => Expression): Expression {
    const property = matchWindow(node, this.#groups, this.#markers);
    if (isNeverSet(property, this.#groups.window)) return literal(null, withNullable(node.type, true));
    return column(this.#keyPlaces.length + this.#calls.length + this.#properties.indexOf(property));
  }

  #notGrouped(node: Expression & { kind: 'input' }): Error {
    const place = this.#markers.spans.get(node);
    const text = place?.text ?? this.#input.fields[node.index]?.name ?? '';
    return bindError(`Expression '${text}' is not being grouped`, place?.span ?? NOWHERE);
  }
}

const NOWHERE: Span = { start: 0, end: 0, line: 0, column: 0, endLine: 0, endColumn: 0 };

/** The same aggregate over the same arguments; ids do not matter. */
function sameCall(a: Expression, b: Expression, markers: Markers): boolean {
  const first = markers.aggregates[markerId(a, AGGREGATE)];
  const second = markers.aggregates[markerId(b, AGGREGATE)];
  if (!first || !second) return false;
  if (first.function !== second.function || first.distinct !== second.distinct || first.hasFilter !== second.hasFilter)
    return false;
  const [left, right] = [markerArgs(a), markerArgs(b)];
  return left.length === right.length && left.every((arg, i) => sameExpression(arg, right[i] as Expression));
}

const NEVER_NULL = new Set([
  'COUNT',
  'APPROX_COUNT_DISTINCT',
  'GROUPING',
  'GROUPING_ID',
  'COLLECT',
  'JSON_OBJECTAGG',
  'JSON_ARRAYAGG',
]);

/** Over no rows most aggregates are null. */
export function emptyType(marker: AggregateMarker): LogicalType {
  return NEVER_NULL.has(marker.function) ? marker.type : withNullable(marker.type, true);
}

const NULL_SAFE = new Set([
  'IS NULL',
  'IS NOT NULL',
  'IS TRUE',
  'IS NOT TRUE',
  'IS FALSE',
  'IS NOT FALSE',
  'COALESCE',
  'IFNULL',
]);

/** Where a column has become nullable below a call, the call has too. */
function widenNullable(before: Expression, after: Expression): Expression {
  if (before === after || before.kind !== 'call' || after.kind !== 'call') return after;
  if (before.function !== after.function || before.args.length !== after.args.length) return after;
  const args = after.args.map((arg, i) => widenNullable(before.args[i] as Expression, arg));
  const widened = args.some((arg, i) => arg.type.nullable && !(before.args[i] as Expression).type.nullable);
  const type = widened && !NULL_SAFE.has(after.function) ? withNullable(after.type, true) : after.type;
  return { ...after, args, type };
}
