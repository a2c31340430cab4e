/**
 * Expressions of MEASURES and DEFINE. What they read of a match, columns of its rows and aggregates, becomes a list of values; names for
 * values take the places of these in the syntax, and the rest is bound like all others.
 */
import { EngineError } from '../base/error.ts';
import type { MatchValue } from '../dataflow/match-pattern.ts';
import { type Expression, inputReference, inputsOf, mapInputs } from '../expressions/expression.ts';
import { printExpression } from '../expressions/print-expression.ts';
import { unsupportedCall } from '../functions/call-error.ts';
import type { Identifier, SqlExpression } from '../parser/ast.ts';
import { type LogicalType, types, withNullable } from '../types/logical-type.ts';
import { typeSummary } from '../types/type-name.ts';
import { literalsOf } from './aggregate-literals.ts';
import { emptyType } from './bind-aggregate.ts';
import type { BindEnv } from './bind-env.ts';
import { bareError, bindError, planError } from './bind-error.ts';
import { bindExpression } from './bind-expression.ts';
import { isAggregateFunction } from './function-binder.ts';
import { AGGREGATE, markerArgs, markerId, newMarkers } from './markers.ts';
import {
  ANY_VARIABLE,
  type FunctionNode,
  forEachCall,
  forEachIdentifier,
  mapChildren,
  NAVIGATIONS,
  shownCall,
  withoutStart,
} from './match-syntax.ts';
import { resolveName, type Scope } from './scope.ts';
import { runtimeMode } from './setting-value.ts';
import { withoutTime } from './time-attribute.ts';

type Navigation = 'FIRST' | 'LAST' | 'PREV' | 'NEXT';

/** Aggregates of Calcite, which takes rows of one variable for them. */
const OF_ONE_VARIABLE = new Set(['SUM', 'AVG', 'COUNT', 'MAX', 'MIN']);
/** Aggregates that Flink does not take to be null over no rows. */
const KEEPS_TYPE = new Set(['LISTAGG', 'ARRAY_AGG']);
export interface BoundMatchExpression {
  /** Its inputs are `values`. */
  readonly expression: Expression;
  readonly values: readonly MatchValue[];
}

export class MatchExpressionBinder {
  readonly #env: BindEnv;
  /** Columns of the input, by the variables' names and the input's own. */
  readonly #qualified: Scope;
  readonly #plain: Scope;
  /** The variable that is defined; null in MEASURES. */
  readonly #defines: string | null;
  readonly #values: MatchValue[];
  readonly #variables: ReadonlyMap<string, number>;
  readonly #names = new Map<string, Expression>();

  /** `plain` is the scope of the input; `variables` says how many rows each has at least; `values` grows. */
  constructor(
    env: BindEnv,
    plain: Scope,
    variables: ReadonlyMap<string, number>,
    defines: string | null,
    values: MatchValue[] = [],
  ) {
    const columns = plain.relations.flatMap((relation) => relation.columns);
    const named = [...variables.keys()].map((name) => ({ name, path: [], columns, offset: 0 }));
    this.#env = env;
    this.#variables = variables;
    this.#plain = plain;
    this.#qualified = { ...plain, relations: [...named, ...plain.relations] };
    this.#defines = defines;
    this.#values = values;
  }

  bind(node: SqlExpression): BoundMatchExpression {
    const expanded = this.#expand(node, null, 0);
    return { expression: bindExpression(expanded, this.#placeholders(this.#names)), values: this.#values };
  }

  /** The syntax with names for values; `navigation` is what stands around it. */
  #expand(node: SqlExpression, navigation: Navigation | null, offset: number): SqlExpression {
    if (node.kind === 'identifier') return this.#column(node, navigation, offset);
    refuseQuery(node);
    if (node.kind !== 'function') return mapChildren(node, (child) => this.#expand(child, navigation, offset));
    const name = node.name.join('.').toUpperCase();
    if (NAVIGATIONS.has(name)) return this.#navigate(node, name as Navigation);
    if (name === 'MATCH_ROWTIME') return this.#rowtime(node);
    if (name === 'MATCH_PROCTIME' && node.args.length === 0) return this.#named(node, PROCTIME);
    if (name === 'CLASSIFIER' && node.args.length === 0) throw unsupportedCall(name, []);
    if (name === 'MATCH_NUMBER' && node.args.length === 0)
      throw bindError(
        `No match found for function signature ${name}().\nSupported signatures are:\n'${name}()'`,
        node.span,
      );
    if (isAggregateFunction(name) && !node.over) return this.#aggregate(node, name);
    return mapChildren(node, (child) => this.#expand(child, navigation, offset));
  }

  #column(node: Identifier, navigation: Navigation | null, offset: number): SqlExpression {
    const variable = this.#variableOf(node);
    const column = resolveName(variable === ANY_VARIABLE ? this.#plain : this.#qualified, node);
    const place = [...inputsOf(column)][0] as number;
    const own = this.#plain.fields[place]?.type as LogicalType;
    const type = offset < this.#rowCount(variable) ? own : withNullable(own, true);
    const used = navigation ?? (this.#defines === null ? null : variable === this.#defines ? 'PREV' : 'LAST');
    const value = this.#value(variable, used, offset, place, type);
    const at = this.#add(value);
    return this.#name(
      node,
      mapInputs(column, () => inputReference(at, type)),
    );
  }

  /** PREV of another variable than the one that is defined is LAST; what looks at the rows around is not known. */
  #value(
    variable: string,
    navigation: Navigation | null,
    offset: number,
    column: number,
    type: LogicalType,
  ): MatchValue {
    const isOwn = variable === this.#defines;
    if ((navigation === 'NEXT' || (navigation === 'PREV' && isOwn)) && offset !== 0)
      throw planError('Flink does not support physical offsets within partition.');
    const known = navigation === 'NEXT' || (navigation === 'PREV' && !isOwn) ? 'LAST' : navigation;
    return { kind: 'column', variable, navigation: known, offset, column, type };
  }

  /** The variable whose rows a name means. */
  #variableOf({ parts }: Identifier): string {
    const [first = ''] = parts;
    const isColumn = this.#plain.relations.some((relation) => relation.columns.includes(first));
    const isRelation = this.#qualified.relations.some((relation) => relation.name === first);
    return parts.length > 1 && (isRelation || !isColumn) ? first : ANY_VARIABLE;
  }

  #navigate(node: FunctionNode, name: Navigation): SqlExpression {
    const isPhysical = name === 'PREV' || name === 'NEXT';
    if (isPhysical && this.#defines === null)
      throw bindError(`Cannot use PREV/NEXT in MEASURE '${shownCall(node)}'`, node.span);
    const [operand, count] = node.args as readonly [SqlExpression, SqlExpression | undefined];
    this.#refuseInside(operand, isPhysical);
    this.#refuseSeveral(node);
    const offset = offsetOf(count) ?? (isPhysical ? 1 : 0);
    if (offset < 0) throw planError(`The offset of ${name} must not be negative, but is ${offset}.`);
    const expanded = this.#expand(operand, name, offset);
    return expanded === operand ? operand : { ...expanded, span: withoutStart(expanded.span) };
  }

  #refuseInside(node: SqlExpression, isPhysical: boolean): void {
    forEachCall(node, (call, name) => {
      if (NAVIGATIONS.has(name) && !isPhysical)
        throw bindError(`Cannot nest PREV/NEXT under LAST/FIRST '${shownCall(call)}'`, call.span);
      if (NAVIGATIONS.has(name) && (name === 'PREV' || name === 'NEXT'))
        throw bindError(`Cannot nest PREV/NEXT under PREV/NEXT '${shownCall(call)}'`, call.span);
      if (isAggregateFunction(name))
        throw bindError(`Cannot use aggregation in navigation '${shownCall(call)}'`, call.span);
    });
  }

  #refuseSeveral(node: FunctionNode): void {
    const variables = new Set<string>();
    forEachIdentifier(node, (identifier) => {
      variables.add(this.#variableOf(identifier));
    });
    if (variables.size > 1) throw bindError(`Multiple pattern variables in '${shownCall(node)}'`, node.span);
  }

  #aggregate(node: FunctionNode, name: string): SqlExpression {
    const isStar = node.args.length === 1 && node.args[0]?.kind === 'star' && node.args[0].qualifier.length === 0;
    for (const arg of node.args)
      if (arg.kind === 'star' && arg.qualifier.length > 0)
        throw bindError(`Unknown field '*'`, { ...arg.span, line: arg.span.endLine, column: arg.span.endColumn });
    if (node.distinct) throw bindError(`DISTINCT/ALL not allowed with ${shownCall(node)} function`, node.span);
    if (OF_ONE_VARIABLE.has(name)) this.#refuseSeveral(node);
    const row = new RowReferences();
    const inner = mapChildren({ ...node, distinct: false }, (child) => this.#rowExpression(child, row));
    if (!isStar && row.columns.length === 0) {
      if (OF_ONE_VARIABLE.has(name) && name !== 'COUNT')
        throw bindError(`Null parameters in '${shownCall(node)}'`, node.span);
      throw planError('No pattern variable specified in aggregate');
    }
    const markers = newMarkers();
    const bound = bindExpression(inner, this.#placeholders(row.names, markers));
    const marker = markers.aggregates[markerId(bound, AGGREGATE)];
    if (!marker) throw planError(`The aggregate ${name} cannot be used in MATCH_RECOGNIZE.`);
    if (marker.hasFilter) throw unsupportedCall('FILTER', [marker.type, types.boolean()]);
    const args = markerArgs(bound);
    const variable = row.variable(args) ?? ANY_VARIABLE;
    const onRow = args.map((arg) => row.onRow(arg));
    const keepsType = KEEPS_TYPE.has(marker.function) && (isStar || this.#rowCount(variable) > 0);
    const type = keepsType ? marker.type : emptyType(marker);
    const value = { kind: 'aggregate', variable, function: marker.function, args: onRow } as const;
    return this.#named(node, { ...value, ...literalsOf(onRow), type });
  }

  /** Surroundings in which only the names for values mean something. */
  #placeholders(names: ReadonlyMap<string, Expression>, markers = newMarkers()): BindEnv {
    const scope: Scope = { fields: [], relations: [], common: [], parent: null };
    return { ...this.#env, scope, clause: 'SELECT', markers, aliases: names };
  }

  /** An argument of an aggregate: over one row's columns, whatever navigates in it. */
  #rowExpression(node: SqlExpression, row: RowReferences): SqlExpression {
    if (node.kind === 'identifier') {
      const variable = this.#variableOf(node);
      const column = resolveName(variable === ANY_VARIABLE ? this.#plain : this.#qualified, node);
      return { kind: 'identifier', parts: [row.add(variable, column)], span: withoutStart(node.span) };
    }
    const isNavigation = node.kind === 'function' && NAVIGATIONS.has(node.name.join('.').toUpperCase());
    if (isNavigation && node.args[0]) return this.#rowExpression(node.args[0], row);
    return mapChildren(node, (child) => this.#rowExpression(child, row));
  }

  #rowtime(node: FunctionNode): SqlExpression {
    const [arg] = node.args;
    if (!arg) return this.#named(node, { kind: 'rowtime', type: ROWTIME });
    const column = arg.kind === 'identifier' ? resolveName(this.#plain, arg) : bindExpression(arg, this.#env);
    const isBatch = runtimeMode(this.#env.binding.context) === 'batch';
    const { type } = isBatch ? withoutTime({ name: '', type: column.type }) : column;
    if (!('timeAttribute' in type) || type.timeAttribute !== 'rowtime')
      throw bareError(
        `The function MATCH_ROWTIME requires argument to be a row time attribute type, but is '${typeSummary(withNullable(type, true))}'.`,
        'org.apache.flink.table.api.ValidationException',
      );
    return this.#named(node, { kind: 'rowtime', type });
  }

  /** How many rows of a variable there are at least. */
  #rowCount(variable: string): number {
    const counts = this.#variables;
    if (variable === ANY_VARIABLE) return [...counts.values()].reduce((sum, count) => sum + count, 0);
    return counts.get(variable) ?? 0;
  }

  #named(node: SqlExpression, value: MatchValue): SqlExpression {
    return this.#name(node, inputReference(this.#add(value), value.type));
  }

  #name(node: SqlExpression, expression: Expression): SqlExpression {
    const name = `$value${this.#names.size}`;
    this.#names.set(name, expression);
    return { kind: 'identifier', parts: [name], span: withoutStart(node.span) };
  }

  /** The place of a value among all. */
  #add(value: MatchValue): number {
    const text = textOf(value);
    const known = this.#values.findIndex((other) => textOf(other) === text);
    return known >= 0 ? known : this.#values.push(value) - 1;
  }
}

/** Columns that the arguments of an aggregate name, with their variables. */
class RowReferences {
  readonly names = new Map<string, Expression>();
  readonly columns: Array<{ readonly variable: string; readonly column: number; readonly type: LogicalType }> = [];

  /** A name for a column, or for a field in it. */
  add(variable: string, expression: Expression): string {
    const name = `$row${this.names.size}`;
    const place = (column: number, type: LogicalType): Expression =>
      inputReference(this.columns.push({ variable, column, type }) - 1, type);
    this.names.set(name, mapInputs(expression, place));
    return name;
  }

  /** The one variable whose rows are aggregated; undefined: none is named. */
  variable(args: readonly Expression[]): string | undefined {
    const names = new Set(this.columns.map(({ variable }) => variable));
    if (names.size <= 1) return [...names][0];
    const inputName = (index: number): string => `${this.columns[index]?.variable}.$${this.columns[index]?.column}`;
    const shown = args.map((arg) => printExpression(arg, { style: 'logical', inputName }));
    throw planError(
      `Aggregation must be applied to a single pattern variable. Malformed expression: ${shown.join(', ')}`,
      'org.apache.flink.table.api.ValidationException',
    );
  }

  /** The argument over the columns of a row. */
  onRow(arg: Expression): Expression {
    return mapInputs(arg, (index, type) => inputReference(this.columns[index]?.column ?? 0, type));
  }
}

const ROWTIME: LogicalType = { kind: 'TIMESTAMP', precision: 3, nullable: false, timeAttribute: 'rowtime' };
const PROCTIME: MatchValue = {
  kind: 'proctime',
  type: { kind: 'TIMESTAMP_LTZ', precision: 3, nullable: false, timeAttribute: 'proctime' },
};

function textOf(value: MatchValue): string {
  return JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? `${item}n` : item));
}

function refuseQuery(node: SqlExpression): void {
  if (node.kind === 'subquery')
    throw new EngineError('SQL_SYNTAX', 'SQL parse failed. Query expression encountered in illegal context', {
      span: node.span,
    });
  if (node.kind === 'exists' || ((node.kind === 'in' || node.kind === 'quantified') && node.query))
    throw planError('Sub-queries are not supported in MATCH_RECOGNIZE.');
}

function offsetOf(count: SqlExpression | undefined): number | undefined {
  if (count?.kind === 'number') return Number(count.text);
  if (count?.kind === 'operator' && count.operator === '-' && count.operands[0]?.kind === 'number')
    return -Number(count.operands[0].text);
  return undefined;
}
