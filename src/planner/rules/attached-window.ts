/**
 * GROUP BY window_start, window_end over rows that have their window already (of an aggregation, a join of windows, a function further
 * below). The windows' ends lie on a grid, but for sessions: a tumbling window of the grid's width over `window_end` minus 1 ms is exactly one of them.
 */
import type { WindowSpec } from '../../dataflow/operator-spec.ts';
import { call, type Expression, inputReference, literal } from '../../expressions/expression.ts';
import { type Field, type LogicalType, types } from '../../types/logical-type.ts';
import { referencesTo } from '../conditions.ts';
import type { LogicalPlan, PlanOf } from '../logical-plan.ts';
import { sameWindow, windowColumn } from '../window-columns.ts';

/** The aggregation as one over windows; undefined when its keys are not a window's bounds. */
export function overAttachedWindow(node: PlanOf<'Aggregate'>): LogicalPlan | undefined {
  if (node.groupingSets !== null) return undefined;
  const columns = node.keys.map((key) => windowColumn(node.input, key));
  const end = columns.findIndex((column) => column?.role === 'end');
  const start = columns.findIndex((column) => column?.role === 'start');
  const window = columns[end]?.window;
  if (end < 0 || start < 0 || window === undefined || !sameWindow(window, columns[start]?.window)) return undefined;
  if (window.timeColumn === null || window.type === 'SESSION') return undefined;
  const rowtime = columns.findIndex((column) => column?.role === 'rowtime');
  const input = withTime(node.input, node.keys[end] as number, window);
  const plain = node.keys.flatMap((_, i) => (i === end || i === rowtime ? [] : [i]));
  const keyFields = plain.map((i) => node.fields[i] as Field);
  const results = node.aggregates.map(({ name, type }) => ({ name, type }));
  const properties = rowtime < 0 ? (['end'] as const) : (['end', 'rowtime'] as const);
  const propertyFields = [end, ...(rowtime < 0 ? [] : [rowtime])].map((i) => node.fields[i] as Field);
  const aggregated: LogicalPlan = {
    kind: 'GroupWindowAggregate',
    fields: [...keyFields, ...results, ...propertyFields],
    input,
    window: gridOf(window, input.fields.length - 1),
    keys: plain.map((i) => node.keys[i] as number),
    aggregates: node.aggregates,
    properties,
    fromTableFunction: true,
    attachedTo: window,
  };
  const first = plain.length + results.length;
  const places = node.keys.map((_, i) => (i === end ? first : i === rowtime ? first + 1 : plain.indexOf(i)));
  const order = [...places, ...results.map((_, i) => plain.length + i)];
  const expressions = order.map((at) => inputReference(at, (aggregated.fields[at] as Field).type));
  return { kind: 'Project', fields: node.fields, input: aggregated, expressions };
}

/** The input and, last, the newest time of each row's window. */
export function withTime(input: LogicalPlan, end: number, window: WindowSpec): LogicalPlan {
  const endType = (input.fields[end] as Field).type;
  const last = call('-', [inputReference(end, endType), literal(1n, types.intervalDay('SECOND(3)', false))], endType);
  const isLocal = window.timeZone !== null;
  const plain: LogicalType = isLocal ? types.timestampLtz(3, false) : types.timestamp(3, false);
  const type = { ...plain, timeAttribute: 'rowtime' } as LogicalType;
  const time: Expression = isLocal ? call('CAST', [last], type) : { ...last, type };
  return {
    kind: 'Project',
    fields: [...input.fields, { name: 'w$time', type }],
    input,
    expressions: [...referencesTo(input.fields), time],
  };
}

function gridOf(window: WindowSpec, timeColumn: number): WindowSpec {
  const width = window.type === 'TUMBLE' ? window.sizeMs : window.slideMs;
  const offsetMs = (window.offsetMs + window.sizeMs) % width;
  return { type: 'TUMBLE', timeColumn, sizeMs: width, slideMs: width, offsetMs, timeZone: window.timeZone };
}
