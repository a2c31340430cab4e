/** OVER: window specifications bound to markers, and the Over node made of them. */
import type { Span } from '../base/error.ts';
import type { OverFrame, SortKey } from '../dataflow/operator-spec.ts';
import { type Expression, inputReference } from '../expressions/expression.ts';
import type { FrameBound, OrderItem, SqlExpression, WindowDefinition } from '../parser/ast.ts';
import type { Field } from '../types/logical-type.ts';
import { literalsOf } from './aggregate-literals.ts';
import type { BindEnv } from './bind-env.ts';
import { bindError, planError } from './bind-error.ts';
import { bindExpression } from './bind-expression.ts';
import { bindArguments, rejectIn } from './bind-function.ts';
import { checkFrame } from './check-frame.ts';
import { referencesTo, sameExpression } from './conditions.ts';
import { aggregateCall, functionNotFound, isAggregateFunction, isKnownFunction, rankCall } from './function-binder.ts';
import type { LogicalPlan, NamedAggregateCall, PlanOf } from './logical-plan.ts';
import { type Markers, markerArgs, markerCall, markerId, OVER, type OverMarker, rewriteDown } from './markers.ts';
import { runtimeMode } from './setting-value.ts';
import { uniqueNames } from './unique-names.ts';

type FunctionNode = Extract<SqlExpression, { kind: 'function' }>;

const RANKS = new Set(['ROW_NUMBER', 'RANK', 'DENSE_RANK', 'PERCENT_RANK', 'CUME_DIST', 'NTILE', 'LEAD', 'LAG']);
const NEEDS_ORDER = new Set(['RANK', 'DENSE_RANK', 'PERCENT_RANK', 'CUME_DIST', 'LEAD']);

const BATCH_ONLY = new Set(['LEAD', 'NTILE', 'PERCENT_RANK', 'CUME_DIST']);

const NO_ARGUMENTS = new Set(['ROW_NUMBER', 'RANK', 'DENSE_RANK', 'PERCENT_RANK', 'CUME_DIST']);

/** Functions that only OVER gives a meaning. */
export function isRankFunction(name: string): boolean {
  return RANKS.has(name);
}

export function bindOver(node: FunctionNode, name: string, env: BindEnv): Expression {
  const own = { ...node.span };
  rejectIn(env.clause, 'Windowed aggregate expression', node);
  if (!isRankFunction(name) && !isAggregateFunction(name)) {
    if (isKnownFunction(name)) throw bindError('OVER must be applied to aggregate function', callSpan(node));
    throw functionNotFound(node.name.join('.'), bindArguments(node, name, env), callSpan(node));
  }
  if (BATCH_ONLY.has(name) && runtimeMode(env.binding.context) === 'streaming')
    throw planError(`${name} Function is not supported in stream mode.`);
  const definition = resolveWindow(node.over, env);
  if (NEEDS_ORDER.has(name) && definition.orderBy.length === 0)
    throw bindError('RANK or DENSE_RANK functions require ORDER BY clause in window specification', definition.span);
  if (name === 'ROW_NUMBER' && definition.orderBy.length === 0)
    throw planError(
      'Over Agg: The window rank function requires order by clause with non-constant fields. please re-check the over window statement.',
      'org.apache.flink.table.api.ValidationException',
    );
  const star = node.args.length === 1 && node.args[0]?.kind === 'star';
  const args = star ? [] : bindArguments(node, name, env);
  if (NO_ARGUMENTS.has(name) && args.length > 0)
    throw bindError(`Invalid number of arguments to function '${name}'. Was expecting 0 arguments`, callSpan(node));
  const typed = isRankFunction(name) ? rankCall(name, args, own) : aggregateCall(name, args, own);
  const partition = definition.partitionBy.map((key) => bindExpression(key, env));
  const order = definition.orderBy.map((item) => bindExpression(item.expression, env));
  const marker: OverMarker = {
    function: typed.function,
    argCount: typed.args.length,
    partitionCount: partition.length,
    order: definition.orderBy.map(direction),
    frame: frameOf(definition, isRankFunction(name), order, env),
    distinct: node.distinct,
    type: typed.type,
  };
  const id = env.markers.overs.length;
  env.markers.overs.push(marker);
  return markerCall(OVER, id, [...typed.args, ...partition, ...order], typed.type);
}

/** The call without its OVER. */
function callSpan(node: FunctionNode): Span {
  const over = node.over;
  if (!over) return node.span;
  const gap = ' OVER '.length;
  return { ...node.span, end: over.span.start - gap, endLine: over.span.line, endColumn: over.span.column - gap - 1 };
}

function resolveWindow(over: FunctionNode['over'], env: BindEnv): WindowDefinition {
  if (!over)
    throw bindError('OVER clause is necessary for window functions', {
      start: 0,
      end: 0,
      line: 0,
      column: 0,
      endLine: 0,
      endColumn: 0,
    });
  if ('name' in over) return namedWindow(over.name, over.span, env);
  if (over.base === undefined) return over;
  const base = namedWindow(over.base, over.span, env);
  return {
    ...over,
    partitionBy: over.partitionBy.length > 0 ? over.partitionBy : base.partitionBy,
    orderBy: over.orderBy.length > 0 ? over.orderBy : base.orderBy,
    ...(over.frame || !base.frame ? {} : { frame: base.frame }),
  };
}

function namedWindow(name: string, span: Span, env: BindEnv): WindowDefinition {
  const found = env.windows.get(name);
  if (!found) throw bindError(`Window '${name}' not found`, span);
  return found.base === undefined ? found : resolveWindow(found, env);
}

export function direction(item: OrderItem): { ascending: boolean; nullsFirst: boolean } {
  return { ascending: !item.descending, nullsFirst: item.nullsFirst ?? !item.descending };
}

function frameOf(definition: WindowDefinition, isRank: boolean, order: readonly Expression[], env: BindEnv): OverFrame {
  const { frame, orderBy } = definition;
  if (isRank && frame)
    throw bindError('ROW/RANGE not allowed with RANK, DENSE_RANK or ROW_NUMBER functions', definition.span);
  if (isRank) return { unit: 'ROWS', preceding: null };
  if (!frame)
    return orderBy.length === 0
      ? { unit: 'RANGE', preceding: null, following: null }
      : { unit: 'RANGE', preceding: null };
  checkFrame(frame, order, definition.span);
  const preceding = boundOf(frame.start, -1, env);
  const following = frame.end ? boundOf(frame.end, 1, env) : 0;
  return following === 0 ? { unit: frame.unit, preceding } : { unit: frame.unit, preceding, following };
}

/** Rows or ms away from the current row, in the direction of `sign`; null: unbounded. */
function boundOf(bound: FrameBound, sign: 1 | -1, env: BindEnv): number | null {
  if (!('value' in bound)) return bound.kind === 'current-row' ? 0 : null;
  const value = bindExpression(bound.value, env);
  if (value.kind !== 'literal' || value.value === null)
    throw planError('the window boundary must be a constant', 'org.apache.flink.table.api.ValidationException');
  const size = Number(value.value) / (value.type.kind === 'DECIMAL' ? 10 ** value.type.scale : 1);
  return (bound.kind === 'following' ? 1 : -1) * sign * size;
}

interface OverBuild {
  readonly plan: LogicalPlan;
  readonly expressions: readonly Expression[];
}

/** Puts an Over node under the expressions that hold OVER calls. */
export function planOvers(plan: LogicalPlan, expressions: readonly Expression[], markers: Markers): OverBuild {
  const calls = distinctCalls(expressions);
  if (calls.length === 0) return { plan, expressions };
  const columns = new ColumnList(plan);
  const groups: Group[] = [];
  const placed = calls.map((expression) => placeCall(expression, markers, columns, groups));
  const input = columns.project();
  const over = overNode(input, groups);
  const width = input.fields.length;
  const offsets = groupOffsets(groups);
  const replaced = expressions.map((expression) =>
    rewriteDown(expression, (node) => {
      const at = calls.findIndex((other) => sameExpression(other, node));
      const place = placed[at];
      return place ? inputReference(width + (offsets[place.group] ?? 0) + place.index, node.type) : undefined;
    }),
  );
  return { plan: over, expressions: replaced };
}

interface Group {
  readonly partition: readonly number[];
  readonly order: readonly SortKey[];
  readonly frame: OverFrame;
  readonly aggregates: NamedAggregateCall[];
}

function distinctCalls(expressions: readonly Expression[]): Expression[] {
  const found: Expression[] = [];
  const visit = (expression: Expression): void => {
    if (expression.kind !== 'call') return;
    if (expression.function !== OVER) expression.args.forEach(visit);
    else if (!found.some((other) => sameExpression(other, expression))) found.push(expression);
  };
  expressions.forEach(visit);
  return found;
}

function placeCall(
  expression: Expression,
  markers: Markers,
  columns: ColumnList,
  groups: Group[],
): { group: number; index: number } {
  const marker = markers.overs[markerId(expression, OVER)] as OverMarker;
  const places = markerArgs(expression).map((arg) => columns.add(arg));
  const args = places.slice(0, marker.argCount);
  const partition = places.slice(marker.argCount, marker.argCount + marker.partitionCount);
  const order = marker.order.map((direction, i) => ({
    column: places[marker.argCount + marker.partitionCount + i] as number,
    ...direction,
  }));
  const key = JSON.stringify([partition, order, marker.frame]);
  let group = groups.findIndex((other) => JSON.stringify([other.partition, other.order, other.frame]) === key);
  if (group < 0) group = groups.push({ partition, order, frame: marker.frame, aggregates: [] }) - 1;
  const { aggregates } = groups[group] as Group;
  const { type, distinct } = marker;
  const name = `w${group}$o${aggregates.length}`;
  const literals = literalsOf(markerArgs(expression).slice(0, marker.argCount));
  const index =
    aggregates.push({ function: marker.function, args, ...literals, distinct, filter: null, type, name }) - 1;
  return { group, index };
}

function groupOffsets(groups: readonly Group[]): number[] {
  let at = 0;
  return groups.map((group) => {
    const offset = at;
    at += group.aggregates.length;
    return offset;
  });
}

function overNode(input: LogicalPlan, groups: readonly Group[]): PlanOf<'Over'> {
  const outputs: Field[] = groups.flatMap((group) => group.aggregates.map(({ name, type }) => ({ name, type })));
  return { kind: 'Over', fields: uniqueNames([...input.fields, ...outputs]), input, groups };
}

/** Columns of a plan and further expressions over it. */
class ColumnList {
  readonly #plan: LogicalPlan;
  readonly #expressions: Expression[];

  constructor(plan: LogicalPlan) {
    this.#plan = plan;
    this.#expressions = referencesTo(plan.fields);
  }

  /** The place of an expression, which is added when it is not there. */
  add(expression: Expression): number {
    if (expression.kind === 'input') return expression.index;
    const found = this.#expressions.findIndex((other) => sameExpression(other, expression));
    return found >= 0 ? found : this.#expressions.push(expression) - 1;
  }

  project(): LogicalPlan {
    const width = this.#plan.fields.length;
    if (this.#expressions.length === width) return this.#plan;
    const added = this.#expressions
      .slice(width)
      .map((expression, i) => ({ name: `$f${width + i}`, type: expression.type }));
    const fields = uniqueNames([...this.#plan.fields, ...added]);
    return { kind: 'Project', fields, input: this.#plan, expressions: this.#expressions };
  }
}
