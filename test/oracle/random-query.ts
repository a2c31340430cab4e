/** Random queries over random tables, nested to some depth. */
import type { Chooser } from './choices.ts';
import { KEY_KINDS, ORDERED_KINDS, QueryParts, type Relation } from './query-parts.ts';
import { deduplicate, groupWindow, match, over, windowAggregate, windowRank } from './random-events.ts';
import { intervalJoin, join, lookupJoin, scalarQuery, semiJoin, temporalJoin, windowJoin } from './random-joins.ts';
import type { Kind, RandomColumn, RandomTable } from './random-tables.ts';

export interface RandomQuery {
  readonly sql: string;
  readonly views: ReadonlyArray<{ readonly name: string; readonly sql: string }>;
  readonly columns: readonly RandomColumn[];
  readonly key: readonly string[] | null;
  /** The result depends on the order in which rows come. */
  readonly isOrdered: boolean;
  /** There is no batch query that gives the same. */
  readonly isOnlyStream: boolean;
  /** Settings of the stream. */
  readonly settings: Readonly<Record<string, string>>;
  /** The rows go into a sink with this key. */
  readonly sinkKey: readonly string[] | null;
}

export function randomQuery(tables: readonly RandomTable[], choose: Chooser): RandomQuery {
  const parts = new QueryParts(tables, choose);
  const made = relation(parts, 1 + choose.below(3));
  const sql = choose.once(12) ? limited(parts, made) : made.sql;
  return {
    sql,
    views: parts.views,
    columns: made.columns,
    key: made.key,
    isOrdered: parts.isOrdered,
    isOnlyStream: parts.isOnlyStream,
    settings: { ...parts.settings, ...settings(choose) },
    sinkKey: sql === made.sql && choose.once(4) ? sinkKey(made) : null,
  };
}

/** Settings of streams that leave the result as it is: no state is so old that it is forgotten, for the clock stands still. */
function settings(choose: Chooser): Record<string, string> {
  return {
    ...(choose.once(5) && { 'table.exec.state.ttl': '1 d' }),
    ...(choose.once(3) && {
      'table.exec.mini-batch.enabled': 'true',
      'table.exec.mini-batch.allow-latency': '1 s',
      'table.exec.mini-batch.size': choose.of(['1', '2', '3', '7', '100']),
      'table.optimizer.agg-phase-strategy': choose.of(['AUTO', 'ONE_PHASE', 'TWO_PHASE']),
      'table.optimizer.distinct-agg.split.enabled': choose.of(['false', 'true']),
    }),
  };
}

/** A key for a sink: that of the rows, for which of several rows with one key is the newest depends on the order in which they come. */
function sinkKey({ key, columns }: Relation): readonly string[] | null {
  const isFit = key?.every((name) => KEY_KINDS.has(columns.find((column) => column.name === name)?.kind as Kind));
  return isFit === true && key?.length !== 0 ? key : null;
}

function relation(parts: QueryParts, depth: number): Relation {
  if (depth <= 0) return parts.table();
  const inner = depth - 1;
  return parts.choose.weighted<() => Relation>([
    [5, () => select(parts, relation(parts, inner))],
    [5, () => aggregate(parts, relation(parts, inner))],
    [3, () => join(parts, relation(parts, inner), relation(parts, inner))],
    [2, () => semiJoin(parts, relation(parts, inner), relation(parts, inner))],
    [2, () => setOperation(parts, relation(parts, inner), relation(parts, inner))],
    [2, () => topN(parts, relation(parts, inner))],
    [2, () => windowAggregate(parts)],
    [2, () => over(parts)],
    [1, () => distinct(parts, relation(parts, inner))],
    [1, () => groupingSets(parts, relation(parts, inner))],
    [1, () => scalarQuery(parts, relation(parts, inner), relation(parts, inner))],
    [1, () => unnest(parts, relation(parts, inner))],
    [1, () => deduplicate(parts)],
    [1, () => intervalJoin(parts)],
    [1, () => windowRank(parts)],
    [1, () => groupWindow(parts)],
    [1, () => windowJoin(parts)],
    [1, () => temporalJoin(parts)],
    [1, () => lookupJoin(parts, relation(parts, inner))],
    [1, () => match(parts)],
    [1, () => changelogs(parts)],
    [1, () => variance(parts, relation(parts, inner))],
  ])();
}

function select(parts: QueryParts, input: Relation): Relation {
  const { text, scope } = parts.from(input);
  const items = parts.items(scope, [...(input.key ?? []), ...(input.isEvents ? ['ts'] : [])]);
  return { ...input, sql: `SELECT ${items.text} FROM ${text}${parts.where(scope)}`, columns: items.columns };
}

function distinct(parts: QueryParts, input: Relation): Relation {
  const { text, scope } = parts.from(input);
  const items = parts.items(scope);
  const key = items.columns.map(({ name }) => name);
  return { sql: `SELECT DISTINCT ${items.text} FROM ${text}`, columns: items.columns, key, isEvents: false };
}

function aggregate(parts: QueryParts, input: Relation): Relation {
  const { text, scope } = parts.from(input);
  const keys = parts.keys(scope, 2);
  const calls = parts.aggregates(scope);
  const where = parts.where(scope, 3);
  // Without keys a stream has no row before its first one, and batch has: a condition makes them the same.
  const having =
    keys.length === 0
      ? ' HAVING COUNT(*) > 0'
      : parts.choose.once(5)
        ? ` HAVING COUNT(*) ${parts.choose.of(['>', '<', '='])} ${parts.choose.of(['1', '2', '3'])}`
        : '';
  const group = keys.length === 0 ? '' : ` GROUP BY ${keys.map((key) => key.text).join(', ')}`;
  const columns = [...keys, ...calls];
  const items = columns.map((column) => `${column.text} AS ${column.name}`).join(', ');
  const key = keys.length === 0 ? null : keys.map(({ name }) => name);
  return { sql: `SELECT ${items} FROM ${text}${where}${group}${having}`, columns, key, isEvents: false };
}

function groupingSets(parts: QueryParts, input: Relation): Relation {
  const { text, scope } = parts.from(input);
  const candidates = scope.filter(({ kind }) => KEY_KINDS.has(kind));
  if (candidates.length === 0) return aggregate(parts, input);
  const one = parts.choose.of(candidates);
  const two = parts.choose.of(candidates);
  const keys = [one, two].map(({ kind, name }) => ({ name: parts.name('g'), kind, text: name }));
  const calls = parts.aggregates(scope);
  const sets = parts.choose.of([
    'GROUPING SETS ((#1, #2), (#1))',
    'CUBE (#1, #2)',
    'ROLLUP (#1, #2)',
    'GROUPING SETS ((#1), (#2), ())',
  ]);
  const group = sets.replaceAll('#1', one.name).replaceAll('#2', two.name);
  const grouping = { name: parts.name('c'), kind: 'BIGINT' as const, text: `GROUPING_ID(${one.name}, ${two.name})` };
  const columns = [...keys, grouping, ...calls];
  const items = columns.map((column) => `${column.text} AS ${column.name}`).join(', ');
  const sql = `SELECT ${items} FROM ${text} GROUP BY ${group} HAVING COUNT(*) > 0`;
  return { sql, columns, key: null, isEvents: false };
}

function setOperation(parts: QueryParts, left: Relation, right: Relation): Relation {
  const operator = parts.choose.of(['UNION ALL', 'UNION', 'INTERSECT', 'EXCEPT', 'INTERSECT ALL', 'EXCEPT ALL']);
  const kinds = parts.choose.list(1, 3, () =>
    parts.choose.of<Kind>(['INT', 'STRING', 'BIGINT', 'DECIMAL', 'DATE', 'TIMESTAMP']),
  );
  const columns = kinds.map((kind) => ({ name: parts.name('c'), kind }));
  const side = (relation: Relation) => {
    const { text, scope } = parts.from(relation);
    const items = columns.map(({ name, kind }) => `${parts.expression.of(kind, scope, 1)} AS ${name}`);
    return `SELECT ${items.join(', ')} FROM ${text}${parts.where(scope, 3)}`;
  };
  const key = operator.endsWith('ALL') ? null : columns.map(({ name }) => name);
  return { sql: `${side(left)} ${operator} ${side(right)}`, columns, key, isEvents: false };
}

function topN(parts: QueryParts, input: Relation): Relation {
  const { text, scope } = parts.from(input);
  const order = parts.totalOrder(input, scope);
  if (order === null) return aggregate(parts, input);
  const partition = scope.filter(({ kind }) => KEY_KINDS.has(kind));
  const by = partition.length > 0 && !parts.choose.once(3) ? `PARTITION BY ${parts.choose.of(partition).name} ` : '';
  const rank = parts.name('r');
  const fn = parts.choose.weighted([
    [6, 'ROW_NUMBER'],
    [1, 'RANK'],
    [1, 'DENSE_RANK'],
  ] as const);
  const items = scope.map(({ name }) => name).join(', ');
  const inside = `SELECT ${items}, ${fn}() OVER (${by}ORDER BY ${order}) AS ${rank} FROM ${text}`;
  const outer = parts.name('t');
  const condition = parts.choose.of([`<= 1`, `<= 2`, `<= 3`, `< 3`, `= 1`, `= 2`, `BETWEEN 2 AND 3`]);
  const keepsRank = parts.choose.once(2);
  const columns = keepsRank ? [...input.columns, { name: rank, kind: 'BIGINT' as const }] : input.columns;
  const names = columns.map(({ name }) => name).join(', ');
  const sql = `SELECT ${names} FROM (${inside}) AS ${outer} WHERE ${rank} ${condition}`;
  return { sql, columns, key: input.key, isEvents: false };
}

function limited(parts: QueryParts, relation: Relation): string {
  const scope = relation.columns;
  const sortable = scope.every(({ kind }) => ORDERED_KINDS.has(kind));
  if (!sortable) return relation.sql;
  const order = scope.map(({ name }) => `${name}${parts.choose.of(['', ' DESC'])}`).join(', ');
  const limit = parts.choose.of([' LIMIT 3', ' LIMIT 10', ' LIMIT 2 OFFSET 1', ' LIMIT 0', ' FETCH FIRST 2 ROWS ONLY']);
  return `SELECT * FROM (${relation.sql}) AS ${parts.name('t')} ORDER BY ${order}${limit}`;
}

function unnest(parts: QueryParts, input: Relation): Relation {
  const { text, scope } = parts.from(input);
  const arrays = scope.filter(({ kind }) => kind === 'INTS' || kind === 'TEXTS');
  if (arrays.length === 0) return select(parts, input);
  const array = parts.choose.of(arrays);
  const alias = parts.name('u');
  const element: RandomColumn = { name: `${alias}.y`, kind: array.kind === 'INTS' ? 'INT' : 'STRING' };
  const items = parts.items([...scope, element]);
  const join = parts.choose.of([
    `CROSS JOIN UNNEST(${array.name}) AS ${alias} (y)`,
    `LEFT JOIN UNNEST(${array.name}) AS ${alias} (y) ON TRUE`,
  ]);
  return { sql: `SELECT ${items.text} FROM ${text} ${join}`, columns: items.columns, key: null, isEvents: false };
}

/** Changes as rows, and back again. */
function changelogs(parts: QueryParts): Relation {
  const table = parts.tableOf('changing');
  parts.isOnlyStream = true;
  const coded = `TO_CHANGELOG(input => TABLE ${table.name})`;
  if (parts.choose.once(2)) {
    const sql = `SELECT op, id, k, s FROM ${coded}`;
    return { sql, columns: [{ name: 'op', kind: 'STRING' }, ...table.columns.slice(0, 3)], key: null, isEvents: false };
  }
  const sql = `SELECT * FROM FROM_CHANGELOG(input => (SELECT * FROM ${coded}))`;
  return { sql, columns: table.columns, key: ['id'], isEvents: false };
}

/** Deviations, rounded, of rows that stay: what they keep is not exact when a row is taken back, here as in Flink (a root below zero). */
function variance(parts: QueryParts, input: Relation): Relation {
  if (!input.isEvents) return aggregate(parts, input);
  const { text, scope } = parts.from(input);
  const keys = parts.keys(scope, 1);
  const name = parts.name('a');
  const fn = parts.choose.of(['VAR_POP', 'VAR_SAMP', 'STDDEV_POP', 'STDDEV_SAMP']);
  const value = `CAST(MOD(${parts.expression.of('INT', scope, 1)}, 10) AS DOUBLE)`;
  const columns = [...keys, { name, kind: 'DOUBLE' as const }];
  const items = [...keys.map((key) => `${key.text} AS ${key.name}`), `ROUND(${fn}(${value}), 4) + 0 AS ${name}`];
  const group = keys.length === 0 ? '' : ` GROUP BY ${keys.map((key) => key.text).join(', ')}`;
  const sql = `SELECT ${items.join(', ')} FROM ${text}${group} HAVING COUNT(*) > 0`;
  return { sql, columns, key: keys.length === 0 ? null : keys.map((key) => key.name), isEvents: false };
}
