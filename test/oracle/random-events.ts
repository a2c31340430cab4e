/** Random queries over events: windows, OVER, deduplication. */
import { ORDERED_KINDS, type QueryParts, type Relation } from './query-parts.ts';
import type { Kind, RandomColumn } from './random-tables.ts';

export const WINDOWS = [
  (table: string) => `TABLE(TUMBLE(TABLE ${table}, DESCRIPTOR(ts), INTERVAL '10' SECOND))`,
  (table: string) => `TABLE(HOP(TABLE ${table}, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '15' SECOND))`,
  (table: string) => `TABLE(CUMULATE(TABLE ${table}, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '1' MINUTE))`,
  (table: string) => `TABLE(TUMBLE(TABLE ${table}, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '7' SECOND))`,
  (table: string) => `TABLE(SESSION(TABLE ${table} PARTITION BY k, DESCRIPTOR(ts), INTERVAL '6' SECOND))`,
];

export function windowAggregate(parts: QueryParts): Relation {
  const { name, columns } = parts.eventsTable();
  const window = parts.choose.of(WINDOWS)(name);
  const scope = columns.map((column) => ({ ...column, name: `w.${column.name}` }));
  const isSession = window.includes('SESSION');
  const keys = isSession ? [{ name: 'k', kind: 'INT' as const, text: 'w.k' }] : parts.keys(scope, 2);
  const calls = parts.aggregates(scope);
  const ends = ['window_start', 'window_end'].map((text) => ({
    name: parts.name('c'),
    kind: 'TIMESTAMP' as const,
    text,
  }));
  const all = [...ends, ...keys, ...calls];
  const items = all.map((column) => `${column.text} AS ${column.name}`).join(', ');
  const group = ['window_start', 'window_end', ...keys.map((key) => key.text)].join(', ');
  const having = parts.choose.once(6) ? ' HAVING COUNT(*) > 1' : '';
  const sql = `SELECT ${items} FROM ${window} AS w${parts.where(scope, 4)} GROUP BY ${group}${having}`;
  return { sql, columns: all, key: [...ends, ...keys].map((column) => column.name), isEvents: false };
}

export function windowRank(parts: QueryParts): Relation {
  const { name, columns } = parts.eventsTable();
  const window = parts.choose.of(WINDOWS.slice(0, 4))(name);
  const rank = parts.name('r');
  const ends = [
    { name: 'window_start', kind: 'TIMESTAMP' as const },
    { name: 'window_end', kind: 'TIMESTAMP' as const },
  ];
  const sortable = columns.filter(({ kind }) => ORDERED_KINDS.has(kind));
  const order = `${parts.choose.of(sortable).name}${parts.choose.of(['', ' DESC'])}, id`;
  // Rows leave at the end of their window and `ts` is still their rowtime: a join by it would find them late, more or less of them by the batches.
  const all = [...columns.filter((column) => column.name !== 'ts'), ...ends];
  const names = all.map((column) => column.name).join(', ');
  const inside = `SELECT ${names}, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY ${order}) AS ${rank} FROM ${window}`;
  const sql = `SELECT ${names} FROM (${inside}) AS ${parts.name('t')} WHERE ${rank} <= ${parts.choose.of(['1', '2'])}`;
  return { sql, columns: all, key: ['id', 'window_start', 'window_end'], isEvents: false };
}

export function over(parts: QueryParts): Relation {
  const { name, columns } = parts.eventsTable();
  const scope = columns.map((column) => ({ ...column, name: `o.${column.name}` }));
  const frame = parts.choose.of([
    'ROWS BETWEEN 2 PRECEDING AND CURRENT ROW',
    'ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW',
    "RANGE BETWEEN INTERVAL '10' SECOND PRECEDING AND CURRENT ROW",
    'RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW',
  ]);
  const partition = parts.choose.of(['PARTITION BY o.k ', '', 'PARTITION BY MOD(o.id, 3) ']);
  const calls = parts.choose.list(1, 2, () => {
    const fn = parts.choose.of(['SUM', 'COUNT', 'MIN', 'MAX', 'AVG', 'FIRST_VALUE', 'LAST_VALUE']);
    const kind =
      fn === 'SUM' || fn === 'AVG' ? 'INT' : parts.choose.of<Kind>(['INT', 'STRING', 'TIMESTAMP', 'DECIMAL']);
    const result: Kind = fn === 'COUNT' ? 'BIGINT' : kind;
    const column = { name: parts.name('a'), kind: result };
    return {
      ...column,
      text: `${fn}(${parts.expression.of(kind, scope, 1)}) OVER (${partition}ORDER BY o.ts ${frame})`,
    };
  });
  const items = parts.items(scope, ['id', 'ts']);
  const texts = calls.map((call) => `${call.text} AS ${call.name}`).join(', ');
  const sql = `SELECT ${items.text}, ${texts} FROM ${name} AS o${parts.where(scope, 4)}`;
  return { sql, columns: [...items.columns, ...calls], key: ['id'], isEvents: true };
}

export function deduplicate(parts: QueryParts): Relation {
  const { name, columns } = parts.eventsTable();
  const names = columns.map((column) => column.name).join(', ');
  const rank = parts.name('r');
  const inside = `SELECT ${names}, ROW_NUMBER() OVER (PARTITION BY ${parts.choose.of(['k', 'MOD(id, 4)'])} ORDER BY ts ${parts.choose.of(['ASC', 'DESC'])}) AS ${rank} FROM ${name}`;
  return {
    sql: `SELECT ${names} FROM (${inside}) AS ${parts.name('t')} WHERE ${rank} = 1`,
    columns,
    key: ['id'],
    isEvents: false,
  };
}

const GROUP_WINDOWS = [
  "TUMBLE(w.ts, INTERVAL '10' SECOND)",
  "HOP(w.ts, INTERVAL '5' SECOND, INTERVAL '15' SECOND)",
  "SESSION(w.ts, INTERVAL '6' SECOND)",
];

/** The older windows in GROUP BY, with results before their ends. */
export function groupWindow(parts: QueryParts): Relation {
  const { name, columns } = parts.eventsTable();
  const scope = columns.map((column) => ({ ...column, name: `w.${column.name}` }));
  const window = parts.choose.of(GROUP_WINDOWS);
  const call = /^(\w+)(.*)$/.exec(window) as RegExpExecArray;
  const ends = ['START', 'END'].map((end) => ({
    name: parts.name('c'),
    kind: 'TIMESTAMP' as const,
    text: `${call[1]}_${end}${call[2]}`,
  }));
  const keys = parts.keys(scope, 1);
  const all = [...ends, ...keys, ...parts.aggregates(scope)];
  const items = all.map((column) => `${column.text} AS ${column.name}`).join(', ');
  const group = [window, ...keys.map((key) => key.text)].join(', ');
  // No delay: what a clock would bring depends on when it is looked at.
  if (parts.choose.once(2)) {
    parts.settings['table.exec.emit.early-fire.enabled'] = 'true';
    parts.settings['table.exec.emit.early-fire.delay'] = '0 s';
  }
  if (parts.choose.once(3)) {
    parts.settings['table.exec.emit.late-fire.enabled'] = 'true';
    parts.settings['table.exec.emit.late-fire.delay'] = '0 s';
    parts.settings['table.exec.emit.allow-lateness'] = '1 min';
  }
  const sql = `SELECT ${items} FROM ${name} AS w${parts.where(scope, 4)} GROUP BY ${group}`;
  return { sql, columns: all, key: [...ends, ...keys].map((column) => column.name), isEvents: false };
}

const PATTERNS = [
  { pattern: 'A B', last: 'B' },
  { pattern: 'A B+ C', last: 'B' },
  { pattern: 'A B*? C', last: 'C' },
  { pattern: 'A B? C', last: 'C' },
  { pattern: 'A{2} C', last: 'C' },
  { pattern: 'A B{1,3} C', last: 'B' },
];

/** Patterns in the rows of a key. */
export function match(parts: QueryParts): Relation {
  const { name } = parts.tableOf('events');
  const { pattern, last } = parts.choose.of(PATTERNS);
  const within = parts.choose.once(3) ? ` WITHIN INTERVAL '${parts.choose.of(['5', '20', '90'])}' SECOND` : '';
  const skip = parts.choose.of([
    'PAST LAST ROW',
    'TO NEXT ROW',
    `TO LAST ${last === 'B' && !pattern.includes('B?') ? 'B' : 'A'}`,
  ]);
  const condition = (variable: string) =>
    parts.choose.of([
      `MOD(${variable}.id, 3) <> ${parts.choose.below(3)}`,
      `${variable}.s <> '${parts.choose.of(['a', 'b', ''])}'`,
      `${variable}.id > LAST(A.id) + ${parts.choose.below(3)}`,
      `CHAR_LENGTH(${variable}.s) ${parts.choose.of(['<', '>'])} 2`,
      `${variable}.s IS NOT NULL`,
    ]);
  const variables = ['A', 'B', 'C'].filter((variable) => pattern.includes(variable));
  const defined = variables.filter((variable) => variable !== 'A' || parts.choose.once(2));
  const defines = defined.map(
    (variable) =>
      `${variable} AS ${condition(variable === 'A' ? 'A' : variable).replace('LAST(A.id)', variable === 'A' ? 'LAST(A.id, 1)' : 'LAST(A.id)')}`,
  );
  const end = pattern.endsWith('C') ? 'C' : 'B';
  const columns: RandomColumn[] = [
    { name: 'first_id', kind: 'INT' },
    { name: 'last_id', kind: 'INT' },
    { name: 'last_s', kind: 'STRING' },
    { name: 'n', kind: 'BIGINT' },
  ];
  const sql = `SELECT first_id, last_id, last_s, n FROM ${name} MATCH_RECOGNIZE (${parts.choose.of(['PARTITION BY k ', ''])}ORDER BY ts MEASURES FIRST(A.id) AS first_id, ${end}.id AS last_id, ${end}.s AS last_s, COUNT(${variables.includes('B') ? 'B' : 'A'}.id) AS n ONE ROW PER MATCH AFTER MATCH SKIP ${skip} PATTERN (${pattern})${within} DEFINE ${defines.join(', ') || `${end} AS ${end}.id > 0`})`;
  return { sql, columns, key: null, isEvents: false };
}
