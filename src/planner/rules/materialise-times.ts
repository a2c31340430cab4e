/**
 * A time attribute is a column by which the stream is ordered. It is a plain timestamp behind a regular join and behind GROUP BY, whose rows
 * come in another order. Filters have gone into joins by now: what is an interval join is seen.
 */
import { validationError } from '../../base/error.ts';
import { type Expression, inputReference, mapInputs } from '../../expressions/expression.ts';
import { type Field, type LogicalType, typeToString, withNullable } from '../../types/logical-type.ts';
import { intervalOf } from '../interval-bounds.ts';
import type { LogicalPlan, PlanOf } from '../logical-plan.ts';
import { mapExpressions } from '../plan-expressions.ts';
import { inputsOfPlan, rewriteUp } from '../plan-tree.ts';
import { passedColumns } from '../process-table.ts';
import { wholeWindow, windowColumn, windowJoinOf } from '../window-columns.ts';
import { defineRule } from './rule.ts';

export const materialiseTimes = defineRule({
  name: 'materialise-times',
  summary: 'Makes time attributes plain timestamps where the order of time is lost.',
  apply: (plan, context) => (context.mode === 'batch' ? plan : rewriteUp(plan, retype)),
});

/** The node with the types that its inputs have now. */
function retype(node: LogicalPlan): LogicalPlan {
  const inputs = inputsOfPlan(node);
  if (inputs.length === 0) return node;
  const columns = inputs.flatMap((input) => input.fields);
  const retyped = mapExpressions(node, (expression) => overColumns(expression, columns));
  const fields = fieldsOf(retyped, inputs);
  if (retyped.kind === 'WindowTableFunction') checkTime(retyped);
  return fields.every((field, i) => field === node.fields[i]) && retyped === node ? node : { ...retyped, fields };
}

function overColumns(expression: Expression, columns: readonly Field[]): Expression {
  if (!mentionsChange(expression, columns)) return expression;
  return mapInputs(expression, (index, type) => inputReference(index, sameAttribute(type, columns[index]?.type)));
}

function mentionsChange(expression: Expression, columns: readonly Field[]): boolean {
  if (expression.kind === 'input') return attributeOf(expression.type) !== attributeOf(columns[expression.index]?.type);
  return expression.kind === 'call' && expression.args.some((arg) => mentionsChange(arg, columns));
}

function attributeOf(type: LogicalType | undefined): 'rowtime' | 'proctime' | undefined {
  return type !== undefined && 'timeAttribute' in type ? type.timeAttribute : undefined;
}

/** The type with the other's attribute, or without one. */
function sameAttribute(type: LogicalType, like: LogicalType | undefined): LogicalType {
  const attribute = attributeOf(like);
  if (attribute === attributeOf(type) || (type.kind !== 'TIMESTAMP' && type.kind !== 'TIMESTAMP_LTZ')) return type;
  const { timeAttribute: _, ...plain } = type;
  return attribute === undefined ? plain : { ...plain, timeAttribute: attribute };
}

function fieldsOf(node: LogicalPlan, inputs: readonly LogicalPlan[]): readonly Field[] {
  switch (node.kind) {
    case 'Project':
      return node.fields.map((field, i) => like(field, node.expressions[i]?.type));
    case 'Aggregate': {
      // A window comes when it is over: its rows are ordered by window_time.
      const isWindow = wholeWindow(node.input, node.keys) !== undefined;
      const isTime = (key: number | undefined) =>
        isWindow && key !== undefined && windowColumn(node.input, key)?.role === 'rowtime';
      return node.fields.map((field, i) =>
        like(field, isTime(node.keys[i]) ? inputs[0]?.fields[node.keys[i] as number]?.type : undefined),
      );
    }
    case 'Join': {
      const keepsTimes = windowJoinOf(node) !== undefined || intervalOf(node) !== undefined;
      const columns = keepsTimes ? inputs.flatMap((input) => input.fields) : [];
      return node.fields.map((field, i) => like(field, columns[i]?.type));
    }
    case 'TemporalJoin':
      return node.fields.map((field, i) => like(field, inputs[0]?.fields[i]?.type));
    case 'ProcessTableFunction': {
      const passed = passedColumns(node, node.input.fields).map((column) => inputs[0]?.fields[column]?.type);
      const types = node.function === 'TO_CHANGELOG' ? [undefined, ...passed] : passed;
      return node.fields.map((field, i) => like(field, types[i]));
    }
    case 'GroupWindowAggregate': {
      const first = node.keys.length + node.aggregates.length;
      return node.fields.map((field, i) => (i < first ? like(field, undefined) : field));
    }
    case 'SetOperation':
      return node.fields.map((field, i) => like(field, commonTime(inputs.map((input) => input.fields[i]?.type))));
    case 'WatermarkAssigner':
      return node.fields.map((field, i) => (i === node.timeColumn ? field : like(field, inputs[0]?.fields[i]?.type)));
    case 'Sink':
    case 'Match':
      return node.fields;
    default: {
      const columns = inputs.flatMap((input) => input.fields);
      return node.fields.map((field, i) => (i < columns.length ? like(field, columns[i]?.type) : field));
    }
  }
}

function like(field: Field, type: LogicalType | undefined): Field {
  const own = sameAttribute(field.type, type);
  return own === field.type ? field : { ...field, type: own };
}

/** Ordered by time only when all inputs are. */
function commonTime(all: ReadonlyArray<LogicalType | undefined>): LogicalType | undefined {
  const first = attributeOf(all[0]);
  return all.every((type) => attributeOf(type) === first) ? all[0] : undefined;
}

function checkTime(node: PlanOf<'WindowTableFunction'>): void {
  const { timeColumn } = node.window;
  const type = timeColumn === null ? undefined : node.input.fields[timeColumn]?.type;
  if (type === undefined || attributeOf(type) !== undefined) return;
  throw validationError(
    `The window function requires the timecol is a time attribute type, but is ${typeToString(withNullable(type, true))}.`,
  );
}
