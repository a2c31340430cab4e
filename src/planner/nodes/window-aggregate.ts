/** Aggregation over time windows, emitted once when a window closes. */

import type { EmitStrategy } from '../../dataflow/operator-spec.ts';
import { PLAIN_AGGREGATES } from '../../dataflow/plain-aggregates.ts';
import { types } from '../../types/logical-type.ts';
import type { NamedAggregateCall } from '../logical-plan.ts';
import { isTwoPhase } from '../mini-batch.ts';
import type { PhysicalOf } from '../physical-plan.ts';
import { isRowtime } from '../time-attribute.ts';
import { accumulatorNames, globalText, localText } from './accumulator-text.ts';
import { aggregateText } from './aggregate-text.ts';
import { defineNode, INSERT_ONLY, isInsertOnlyKinds } from './node.ts';
import { inputOf, modeOf, retracts, wantsRetractions } from './node-inputs.ts';
import { columnNames } from './node-text.ts';
import { groupWindowText, windowText } from './window-text.ts';

export const windowAggregateNode = defineNode({
  kind: 'WindowAggregate',
  summary: "Groups rows by windows of time and gives each window's result when it closes.",
  examples: [
    "SELECT user_id, window_start, SUM(price) FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY user_id, window_start, window_end",
    "SELECT user_id, TUMBLE_START(ts, INTERVAL '1' MINUTE), COUNT(*) FROM orders GROUP BY user_id, TUMBLE(ts, INTERVAL '1' MINUTE)",
  ],
  name: (node) => (node.isGroupWindow ? 'GroupWindowAggregate' : 'WindowAggregate'),
  produces(node, [input]) {
    if (node.emit === null) return INSERT_ONLY;
    return { update: true, delete: input === undefined || !isInsertOnlyKinds(input) };
  },
  alternatives: (node) => wantsRetractions(node),
  explain(node) {
    const fields = inputOf(node).fields;
    const keys = columnNames(node.keys, fields);
    const first = node.keys.length + node.aggregates.length;
    const shown = node.isGroupWindow && node.properties.length > 0 ? shownProperties(node) : [];
    const properties = node.isGroupWindow
      ? shown.map((property) => `${property}('w$) AS w$${property}`)
      : node.properties.map((property, i) => `${property}('w$) AS ${node.fields[first + i]?.name}`);
    const calls = node.aggregates.map((call) => aggregateText(call, fields, retracts(node)));
    const select = [...(node.keys.length > 0 ? [keys] : []), ...calls, ...properties].join(', ');
    const window = node.isGroupWindow
      ? groupWindowText(node.window, fields)
      : windowText(node.window, fields, node.window.type === 'SESSION' ? node.keys : []);
    return [
      ...(node.keys.length > 0 ? [['groupBy', `[${keys}]`] as const] : []),
      ['window', `[${window}]`],
      ...(shown.length === 0 ? [] : [['properties', `[${shown.map((name) => `w$${name}`).join(', ')}]`] as const]),
      ['select', `[${select}]`],
      ...(node.emit === null ? [] : [['emit', `[${emitText(node.emit)}]`] as const]),
    ];
  },
  explainHalves(node, config) {
    if (!isDivided(node) || !isTwoPhase(config)) return undefined;
    const fields = inputOf(inputOf(node)).fields;
    const countsRows = node.window.type === 'HOP' && !node.aggregates.some(countsAll);
    const calls = countsRows ? [...node.aggregates, ROW_COUNT] : node.aggregates;
    const names = accumulatorNames(calls, false);
    const keys = node.keys.length > 0 ? [columnNames(node.keys, fields)] : [];
    const locals = calls.map((call, i) => localText(call, i, names, fields, false));
    const seen = names.distinct.map((args, i) => `DISTINCT(${columnNames(args, fields)}) AS distinct$${i}`);
    // Where rows are counted for the windows' sake, Flink's names slip by one.
    const outputs = node.fields.slice(node.keys.length).map(({ name }) => name);
    const globals = [
      ...calls.map((call, i) => globalText({ ...call, name: '' }, i, names, false).replace(/ AS $/, '')),
      ...node.properties.map((property) => `${property}('w$)`),
    ];
    const named = outputs.map((name, i) => `${globals[i]} AS ${name}`);
    const groupBy = keys.map((list) => ['groupBy', `[${list}]`] as const);
    const select = (items: readonly string[]) => ['select', `[${[...keys, ...items].join(', ')}]`] as const;
    const window = windowText(node.window, fields);
    return {
      local: ['LocalWindowAggregate', [...groupBy, ['window', `[${window}]`], select([...locals, ...seen, SLICE_END])]],
      global: [
        'GlobalWindowAggregate',
        [...groupBy, ['window', `[${window.replace(/time_col=\[.*?\]/, 'slice_end=[$slice_end]')}]`], select(named)],
      ],
    };
  },
  lower: (node) => ({
    kind: 'WindowAggregate',
    window: node.window,
    keys: node.keys,
    aggregates: node.aggregates.map(({ name: _name, ...call }) => call),
    properties: node.properties,
    inputRetracts: retracts(node),
    ...(node.emit === null ? {} : { emit: node.emit, emitUpdateBefore: modeOf(node).updateBefore }),
  }),
});

/** Flink gives all properties of a group window where one is asked for. */
function shownProperties(node: PhysicalOf<'WindowAggregate'>): readonly string[] {
  const { timeColumn } = node.window;
  const time = timeColumn === null ? undefined : inputOf(node).fields[timeColumn]?.type;
  return isRowtime(time) ? ['start', 'end', 'rowtime', 'proctime'] : ['start', 'end', 'proctime'];
}

const SLICE_END = "slice_end('w$) AS $slice_end";
const ROW_COUNT: NamedAggregateCall = {
  function: 'COUNT',
  args: [],
  distinct: false,
  filter: null,
  name: '',
  type: types.bigint(false),
};
const countsAll = ({ function: name, args, filter }: NamedAggregateCall): boolean =>
  name === 'COUNT' && args.length === 0 && filter === null;

/** Flink divides what counts in slices of event time and can be added up. */
function isDivided(node: PhysicalOf<'WindowAggregate'>): boolean {
  const { window, aggregates, isGroupWindow } = node;
  if (isGroupWindow || window.type === 'SESSION' || window.timeColumn === null || retracts(node)) return false;
  const time = inputOf(node).fields[window.timeColumn]?.type;
  return isRowtime(time) && aggregates.every(({ function: name }) => PLAIN_AGGREGATES.has(name));
}

/** `early delay 2000 millisecond, late no delay`. */
function emitText({ earlyMs, lateMs }: EmitStrategy): string {
  const delay = (ms: number) => (ms === 0 ? 'no delay' : `delay ${ms} millisecond`);
  return [
    ...(earlyMs === null ? [] : [`early ${delay(earlyMs)}`]),
    ...(lateMs === null ? [] : [`late ${delay(lateMs)}`]),
  ].join(', ');
}
