/** What bound expressions leave behind to be planned: aggregates, OVER calls, sub-queries, properties of windows. */
import type { Span } from '../base/error.ts';
import type { OverFrame } from '../dataflow/operator-spec.ts';
import { call, type Expression, literal } from '../expressions/expression.ts';
import { type LogicalType, types } from '../types/logical-type.ts';
import type { LogicalPlan } from './logical-plan.ts';

export interface AggregateMarker {
  readonly function: string;
  readonly argCount: number;
  readonly distinct: boolean;
  readonly hasFilter: boolean;
  readonly type: LogicalType;
}

export interface OverMarker {
  readonly function: string;
  readonly argCount: number;
  readonly partitionCount: number;
  readonly order: ReadonlyArray<{ readonly ascending: boolean; readonly nullsFirst: boolean }>;
  readonly frame: OverFrame;
  readonly distinct: boolean;
  readonly type: LogicalType;
}

export interface SubqueryMarker {
  readonly kind: 'scalar' | 'in' | 'exists' | 'quantified';
  /** `=`, `>`, … of a quantified comparison. */
  readonly operator: string;
  readonly quantifier: 'ALL' | 'ANY';
  readonly plan: LogicalPlan;
  /** Number of left operands among the marker's arguments; the rest are the outer columns that the query reads. */
  readonly leftCount: number;
  readonly outer: readonly number[];
  readonly type: LogicalType;
}

export type WindowProperty = 'start' | 'end' | 'rowtime' | 'proctime';

export interface Markers {
  readonly aggregates: AggregateMarker[];
  readonly overs: OverMarker[];
  readonly subqueries: SubqueryMarker[];
  /** Where each column reference stood, for errors. */
  readonly spans: WeakMap<Expression, { readonly span: Span; readonly text: string }>;
}

export function newMarkers(): Markers {
  return { aggregates: [], overs: [], subqueries: [], spans: new WeakMap() };
}

export const AGGREGATE = '$AGGREGATE';
export const OVER = '$OVER';
export const SUBQUERY = '$SUBQUERY';
/** `TUMBLE_START(t, i)` and its kin: property, then the arguments of the window. */
export const WINDOW_PROPERTY = '$WINDOW_PROPERTY';

export function markerCall(name: string, id: number, args: readonly Expression[], type: LogicalType): Expression {
  return call(name, [literal(id, types.int(false)), ...args], type);
}

/** The number of a marker of this name, or -1. */
export function markerId(expression: Expression, name: string): number {
  if (expression.kind !== 'call' || expression.function !== name) return -1;
  const id = expression.args[0];
  return id?.kind === 'literal' ? Number(id.value) : -1;
}

export function markerArgs(expression: Expression): readonly Expression[] {
  return expression.kind === 'call' ? expression.args.slice(1) : [];
}

/** True when a marker of this name is anywhere in the expression. */
export function hasMarker(expression: Expression, name: string): boolean {
  if (expression.kind !== 'call') return false;
  return expression.function === name || expression.args.some((arg) => hasMarker(arg, name));
}

/** The expression with `replace` applied from the outside in; undefined keeps a node and goes on inside. */
export function rewriteDown(expression: Expression, replace: (node: Expression) => Expression | undefined): Expression {
  const replaced = replace(expression);
  if (replaced) return replaced;
  if (expression.kind !== 'call') return expression;
  const args = expression.args.map((arg) => rewriteDown(arg, replace));
  return args.every((arg, i) => arg === expression.args[i]) ? expression : { ...expression, args };
}
