/** Random joins: regular ones, sub-queries, and joins by time. */
import { KEY_KINDS, type QueryParts, type Relation } from './query-parts.ts';
import { WINDOWS } from './random-events.ts';
import type { Kind, RandomColumn } from './random-tables.ts';

export function join(parts: QueryParts, left: Relation, right: Relation): Relation {
  const a = parts.from(left);
  const b = parts.from(right);
  const type = parts.choose.of(['JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN']);
  const equal = parts.equality(onTime(left, a.scope), onTime(right, b.scope));
  const more = parts.choose.once(4) ? ` AND ${parts.expression.of('BOOLEAN', [...a.scope, ...b.scope], 1)}` : '';
  const both = [...a.scope, ...b.scope];
  const items = parts.items(both);
  const sql = `SELECT ${items.text} FROM ${a.text} ${type} ${b.text} ON ${equal}${more}${parts.where(both, 4)}`;
  return { sql, columns: items.columns, key: null, isEvents: false };
}

/**
 * Columns to join by. Of rows that leave late (padded ones, those of a window) the rowtime is still a rowtime: a join by it finds more or fewer
 * of them, as watermarks come.
 */
function onTime(relation: Relation, scope: readonly RandomColumn[]): readonly RandomColumn[] {
  return relation.isEvents ? scope : scope.filter(({ kind }) => kind !== 'TIMESTAMP');
}

export function semiJoin(parts: QueryParts, outer: Relation, inner: Relation): Relation {
  const a = parts.from(outer);
  const b = parts.from(inner);
  const kinds = a.scope.filter(({ kind }) => KEY_KINDS.has(kind) && b.scope.some((column) => column.kind === kind));
  const equal = parts.equality(a.scope, b.scope);
  const where = parts.choose.weighted<() => string>([
    [
      2,
      () =>
        `${parts.choose.of(['EXISTS', 'NOT EXISTS'])} (SELECT 1 FROM ${b.text} WHERE ${equal}${parts.and(b.scope)})`,
    ],
    [2, () => inQuery(parts, kinds, a.scope, b)],
  ])();
  const items = parts.items(a.scope, outer.key ?? []);
  return {
    sql: `SELECT ${items.text} FROM ${a.text} WHERE ${where}${parts.and(a.scope)}`,
    columns: items.columns,
    key: outer.key,
    isEvents: false,
  };
}

function inQuery(
  parts: QueryParts,
  candidates: readonly RandomColumn[],
  outer: readonly RandomColumn[],
  b: { text: string; scope: readonly RandomColumn[] },
): string {
  const column =
    candidates.length > 0
      ? parts.choose.of(candidates)
      : { name: parts.expression.of('INT', outer, 1), kind: 'INT' as const };
  const negation = parts.choose.once(3) ? 'NOT ' : '';
  return `${column.name} ${negation}IN (SELECT ${parts.expression.of(column.kind, b.scope, 0)} FROM ${b.text}${parts.where(b.scope, 3)})`;
}

export function scalarQuery(parts: QueryParts, outer: Relation, inner: Relation): Relation {
  const a = parts.from(outer);
  const b = parts.from(inner);
  const isCorrelated = parts.choose.once(2);
  const kind = parts.choose.of<Kind>(['INT', 'BIGINT', 'STRING', 'TIMESTAMP']);
  const call = `${parts.choose.of(['MAX', 'MIN'])}(${parts.expression.of(kind, b.scope, 1)})`;
  const where = isCorrelated ? ` WHERE ${parts.equality(a.scope, b.scope)}` : '';
  const name = parts.name('c');
  const items = parts.items(a.scope, outer.key ?? []);
  const sql = `SELECT ${items.text}, (SELECT ${call} FROM ${b.text}${where}) AS ${name} FROM ${a.text}`;
  return { sql, columns: [...items.columns, { name, kind }], key: outer.key, isEvents: false };
}

export function intervalJoin(parts: QueryParts): Relation {
  const left = parts.eventsTable();
  const right = parts.eventsTable();
  const [a, b] = [parts.name('t'), parts.name('t')];
  const both = [
    ...left.columns.map(({ name, kind }) => ({ name: `${a}.${name}`, kind })),
    ...right.columns.map(({ name, kind }) => ({ name: `${b}.${name}`, kind })),
  ];
  const items = parts.items(both);
  const type = parts.choose.of(['JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN']);
  const bounds = `${a}.ts BETWEEN ${b}.ts - INTERVAL '8' SECOND AND ${b}.ts + INTERVAL '${parts.choose.of(['0', '3', '60'])}' SECOND`;
  const sql = `SELECT ${items.text} FROM ${left.name} AS ${a} ${type} ${right.name} AS ${b} ON ${a}.k = ${b}.k AND ${bounds}`;
  return { sql, columns: items.columns, key: null, isEvents: false };
}

const SEVERAL = ['JOIN', 'LEFT JOIN'];

/** Each event with the version that was valid at its time. */
export function temporalJoin(parts: QueryParts): Relation {
  const left = parts.eventsTable();
  const right = parts.tableOf('versions');
  const [a, b] = [parts.name('t'), parts.name('t')];
  const scope = left.columns.map((column) => ({ ...column, name: `${a}.${column.name}` }));
  const both = [...scope, ...right.columns.map((column) => ({ ...column, name: `${b}.${column.name}` }))];
  const items = parts.items(both, ['id']);
  const more = parts.choose.once(3) ? ` AND ${parts.expression.of('BOOLEAN', both, 1)}` : '';
  parts.isOnlyStream = true;
  return {
    sql: `SELECT ${items.text} FROM ${left.name} AS ${a} ${parts.choose.of(SEVERAL)} ${right.name} FOR SYSTEM_TIME AS OF ${a}.ts AS ${b} ON ${a}.k = ${b}.id${more}`,
    columns: items.columns,
    key: null,
    isEvents: false,
  };
}

/** Rows that come and change, with those that are found in a table outside. */
export function lookupJoin(parts: QueryParts, input: Relation): Relation {
  const { text, scope } = parts.from(input);
  const table = parts.tableOf('lookup');
  const [a, b] = [parts.name('t'), parts.name('t')];
  const left = scope.map((column) => ({ ...column, name: `${a}.${column.name.split('.')[1]}` }));
  const both = [...left, ...table.columns.map((column) => ({ ...column, name: `${b}.${column.name}` }))];
  const items = parts.items(both);
  const key = left.filter(({ kind }) => kind === 'INT');
  const value =
    key.length > 0 && !parts.choose.once(4) ? parts.choose.of(key).name : parts.expression.of('INT', left, 1);
  const equal = `${value} = ${b}.${parts.choose.of(['k', 'id'])}`;
  const more = parts.choose.once(3) ? ` AND ${parts.expression.of('BOOLEAN', both, 1)}` : '';
  return {
    sql: `SELECT ${items.text} FROM (SELECT *, PROCTIME() AS proc FROM ${text}) AS ${a} ${parts.choose.of(SEVERAL)} ${table.name} FOR SYSTEM_TIME AS OF ${a}.proc AS ${b} ON ${equal}${more}${parts.where(both, 4)}`,
    columns: items.columns,
    key: null,
    isEvents: false,
  };
}

/** Rows of equal windows. */
export function windowJoin(parts: QueryParts): Relation {
  const [left, right] = [parts.eventsTable(), parts.eventsTable()];
  const window = parts.choose.of(WINDOWS.slice(0, 4));
  const [a, b] = [parts.name('t'), parts.name('t')];
  const side = (alias: string, columns: readonly RandomColumn[]) =>
    columns.map((column) => ({ ...column, name: `${alias}.${column.name}` }));
  const both = [...side(a, left.columns), ...side(b, right.columns)];
  const ends = ['window_start', 'window_end'].map((name) => `${a}.${name} = ${b}.${name}`).join(' AND ');
  const equal = parts.choose.once(4)
    ? parts.equality(side(a, left.columns), side(b, right.columns))
    : `${a}.k = ${b}.k`;
  const [from, to] = [`(SELECT * FROM ${window(left.name)}) AS ${a}`, `(SELECT * FROM ${window(right.name)}) AS ${b}`];
  if (parts.choose.once(4)) {
    const items = parts.items(side(a, left.columns));
    const sql = `SELECT ${items.text} FROM ${from} WHERE ${parts.choose.of(['', 'NOT '])}EXISTS (SELECT 1 FROM ${to} WHERE ${ends} AND ${equal})`;
    return { sql, columns: items.columns, key: null, isEvents: false };
  }
  const items = parts.items(both);
  const more = parts.choose.once(4) ? ` AND ${parts.expression.of('BOOLEAN', both, 1)}` : '';
  const type = parts.choose.of(['JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN']);
  const sql = `SELECT ${items.text} FROM ${from} ${type} ${to} ON ${ends} AND ${equal}${more}`;
  return { sql, columns: items.columns, key: null, isEvents: false };
}
