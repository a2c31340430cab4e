/** Random queries over random tables, nested to some depth. */
import type { Chooser } from './choices.ts';
import { aggregateCalls } from './function-catalogue.ts';
import { RandomExpression } from './random-expression.ts';
import type { Kind, RandomColumn, RandomTable } from './random-tables.ts';

/** What a query gives. */
interface Relation {
  readonly sql: string;
  readonly columns: readonly RandomColumn[];
  /** Columns that are different in every two rows of the result, or null. */
  readonly key: readonly string[] | null;
  /** Rows only come, and `ts` is their rowtime. */
  readonly isEvents: boolean;
}

export interface RandomQuery {
  readonly sql: string;
  readonly views: ReadonlyArray<{ readonly name: string; readonly sql: string }>;
  readonly columns: readonly RandomColumn[];
  readonly key: readonly string[] | null;
  /** The result depends on the order in which rows come. */
  readonly isOrdered: boolean;
}

const ORDERED_KINDS = new Set<Kind>([
  'INT',
  'BIGINT',
  'STRING',
  'DECIMAL',
  'DOUBLE',
  'BOOLEAN',
  'DATE',
  'TIMESTAMP',
  'LTZ',
  'TIME',
  'SMALLINT',
  'TINYINT',
  'FLOAT',
]);
const KEY_KINDS = new Set<Kind>(['INT', 'STRING', 'BIGINT', 'DECIMAL', 'BOOLEAN', 'DATE', 'TIMESTAMP', 'TIME']);
const PROJECTED: readonly Kind[] = [
  'INT',
  'STRING',
  'BIGINT',
  'DECIMAL',
  'DOUBLE',
  'BOOLEAN',
  'DATE',
  'TIMESTAMP',
  'LTZ',
  'TIME',
  'INTS',
  'TEXTS',
  'MAP',
  'SMALLINT',
  'TINYINT',
  'FLOAT',
  'BYTES',
];
const WINDOWS = [
  (table: string) => `TABLE(TUMBLE(TABLE ${table}, DESCRIPTOR(ts), INTERVAL '10' SECOND))`,
  (table: string) => `TABLE(HOP(TABLE ${table}, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '15' SECOND))`,
  (table: string) => `TABLE(CUMULATE(TABLE ${table}, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '1' MINUTE))`,
  (table: string) => `TABLE(TUMBLE(TABLE ${table}, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '7' SECOND))`,
  (table: string) => `TABLE(SESSION(TABLE ${table} PARTITION BY k, DESCRIPTOR(ts), INTERVAL '6' SECOND))`,
];
/** Not variances: what they keep is not exact when a row is taken back, here as in Flink. */
const EXACT = Map.groupBy(
  aggregateCalls.filter(({ name }) => !/^(STDDEV|VAR)_/.test(name)),
  ({ name }) => name,
);

export function randomQuery(tables: readonly RandomTable[], choose: Chooser): RandomQuery {
  return new QueryMaker(tables, choose).make();
}

class QueryMaker {
  readonly #tables: readonly RandomTable[];
  readonly #choose: Chooser;
  readonly #expression: RandomExpression;
  readonly #views: Array<{ name: string; sql: string }> = [];
  #names = 0;
  #isOrdered = false;

  constructor(tables: readonly RandomTable[], choose: Chooser) {
    this.#tables = tables;
    this.#choose = choose;
    this.#expression = new RandomExpression(choose);
  }

  make(): RandomQuery {
    const relation = this.#relation(1 + this.#choose.below(3));
    const sql = this.#choose.once(12) ? this.#limited(relation) : relation.sql;
    return { sql, views: this.#views, columns: relation.columns, key: relation.key, isOrdered: this.#isOrdered };
  }

  #relation(depth: number): Relation {
    if (depth <= 0) return this.#table();
    const inner = depth - 1;
    return this.#choose.weighted<() => Relation>([
      [5, () => this.#select(this.#relation(inner))],
      [5, () => this.#aggregate(this.#relation(inner))],
      [3, () => this.#join(this.#relation(inner), this.#relation(inner))],
      [2, () => this.#semiJoin(this.#relation(inner), this.#relation(inner))],
      [2, () => this.#setOperation(this.#relation(inner), this.#relation(inner))],
      [2, () => this.#topN(this.#relation(inner))],
      [2, () => this.#windowAggregate()],
      [2, () => this.#over()],
      [1, () => this.#distinct(this.#relation(inner))],
      [1, () => this.#groupingSets(this.#relation(inner))],
      [1, () => this.#scalarQuery(this.#relation(inner), this.#relation(inner))],
      [1, () => this.#unnest(this.#relation(inner))],
      [1, () => this.#deduplicate()],
      [1, () => this.#intervalJoin()],
      [1, () => this.#windowRank()],
    ])();
  }

  #name(prefix: string): string {
    return `${prefix}${this.#names++}`;
  }

  #table(isEvents = false): Relation {
    const table = this.#choose.of(this.#tables.filter((candidate) => !isEvents || !candidate.isChanging));
    return { sql: `SELECT * FROM ${table.name}`, columns: table.columns, key: ['id'], isEvents: !table.isChanging };
  }

  /** A FROM item and its columns as they are written. */
  #from(relation: Relation): { text: string; scope: RandomColumn[] } {
    const alias = this.#name('t');
    const scope = relation.columns.map(({ name, kind }) => ({ name: `${alias}.${name}`, kind }));
    const table = /^SELECT \* FROM (\w+)$/.exec(relation.sql)?.[1];
    if (table) return { text: `${table} AS ${alias}`, scope };
    if (this.#choose.once(6)) return { text: `${this.#view(relation)} AS ${alias}`, scope };
    return { text: `(${relation.sql}) AS ${alias}`, scope };
  }

  #view(relation: Relation): string {
    const name = this.#name('v');
    this.#views.push({ name, sql: relation.sql });
    return name;
  }

  #where(scope: readonly RandomColumn[], often = 2): string {
    return this.#choose.once(often) ? ` WHERE ${this.#expression.of('BOOLEAN', scope, 2)}` : '';
  }

  /** Some of the scope's columns under their own names, as far as those are free, and some computed ones. */
  #items(scope: readonly RandomColumn[], kept: readonly string[] = []): { text: string; columns: RandomColumn[] } {
    const columns: RandomColumn[] = [];
    const texts: string[] = [];
    const add = (text: string, name: string, kind: Kind) => {
      columns.push({ name, kind });
      texts.push(`${text} AS ${name}`);
    };
    for (const { name, kind } of scope) {
      const own = name.split('.')[1] as string;
      const mustStay = kept.includes(own);
      if (!mustStay && this.#choose.once(3)) continue;
      add(name, columns.some((column) => column.name === own) ? this.#name('c') : own, kind);
    }
    for (const kind of this.#choose.list(columns.length === 0 ? 1 : 0, 2, () => this.#choose.of(PROJECTED)))
      add(this.#expression.of(kind, scope, 2), this.#name('c'), kind);
    return { text: texts.join(', '), columns };
  }

  #select(input: Relation): Relation {
    const { text, scope } = this.#from(input);
    const items = this.#items(scope, [...(input.key ?? []), ...(input.isEvents ? ['ts'] : [])]);
    return { ...input, sql: `SELECT ${items.text} FROM ${text}${this.#where(scope)}`, columns: items.columns };
  }

  #distinct(input: Relation): Relation {
    const { text, scope } = this.#from(input);
    const items = this.#items(scope);
    const key = items.columns.map(({ name }) => name);
    return { sql: `SELECT DISTINCT ${items.text} FROM ${text}`, columns: items.columns, key, isEvents: false };
  }

  #keys(scope: readonly RandomColumn[], most: number): Array<RandomColumn & { text: string }> {
    const candidates = scope.filter(({ kind }) => KEY_KINDS.has(kind));
    return this.#choose.list(0, most, () => {
      const name = this.#name('g');
      if (candidates.length > 0 && !this.#choose.once(5)) {
        const column = this.#choose.of(candidates);
        return { name, kind: column.kind, text: column.name };
      }
      const kind = this.#choose.of<Kind>(['INT', 'STRING', 'BOOLEAN', 'BIGINT']);
      return { name, kind, text: this.#expression.of(kind, scope, 2) };
    });
  }

  #aggregates(scope: readonly RandomColumn[]): Array<RandomColumn & { text: string }> {
    return this.#choose.list(1, 3, () => this.#aggregateCall(scope));
  }

  #aggregateCall(scope: readonly RandomColumn[]): RandomColumn & { text: string } {
    const name = this.#name('a');
    const filter = this.#choose.once(5) ? ` FILTER (WHERE ${this.#expression.of('BOOLEAN', scope, 1)})` : '';
    if (this.#choose.once(4)) return { name, kind: 'BIGINT', text: `COUNT(*)${filter}` };
    const call = this.#choose.of(this.#choose.of([...EXACT.values()]));
    if (call.isOrdered && !this.#choose.once(4)) return { name, kind: 'BIGINT', text: `COUNT(*)${filter}` };
    if (call.isOrdered) this.#isOrdered = true;
    const argument = this.#argument(call.args[0] as Kind, scope);
    const distinct = this.#choose.once(4) ? 'DISTINCT ' : '';
    return { name, kind: call.result, text: `${call.name}(${distinct}${argument})${filter}` };
  }

  /** Floating point is summed as it comes from a table only: those values are exact in any order. */
  #argument(kind: Kind, scope: readonly RandomColumn[]): string {
    if (kind !== 'DOUBLE' && kind !== 'FLOAT') return this.#expression.of(kind, scope, 1);
    const plain = scope.filter((column) => column.kind === kind && /\.x\d$/.test(column.name));
    return plain.length > 0 ? this.#choose.of(plain).name : this.#expression.literal(kind);
  }

  #aggregate(input: Relation): Relation {
    const { text, scope } = this.#from(input);
    const keys = this.#keys(scope, 2);
    const calls = this.#aggregates(scope);
    const where = this.#where(scope, 3);
    // Without keys a stream has no row before its first one, and batch has: a condition makes them the same.
    const having =
      keys.length === 0
        ? ' HAVING COUNT(*) > 0'
        : this.#choose.once(5)
          ? ` HAVING COUNT(*) ${this.#choose.of(['>', '<', '='])} ${this.#choose.of(['1', '2', '3'])}`
          : '';
    const group = keys.length === 0 ? '' : ` GROUP BY ${keys.map((key) => key.text).join(', ')}`;
    const columns = [...keys, ...calls];
    const items = columns.map((column) => `${column.text} AS ${column.name}`).join(', ');
    const key = keys.length === 0 ? null : keys.map(({ name }) => name);
    return { sql: `SELECT ${items} FROM ${text}${where}${group}${having}`, columns, key, isEvents: false };
  }

  #groupingSets(input: Relation): Relation {
    const { text, scope } = this.#from(input);
    const candidates = scope.filter(({ kind }) => KEY_KINDS.has(kind));
    if (candidates.length === 0) return this.#aggregate(input);
    const one = this.#choose.of(candidates);
    const two = this.#choose.of(candidates);
    const keys = [one, two].map(({ kind, name }) => ({ name: this.#name('g'), kind, text: name }));
    const calls = this.#aggregates(scope);
    const sets = this.#choose.of([
      'GROUPING SETS ((#1, #2), (#1))',
      'CUBE (#1, #2)',
      'ROLLUP (#1, #2)',
      'GROUPING SETS ((#1), (#2), ())',
    ]);
    const group = sets.replaceAll('#1', one.name).replaceAll('#2', two.name);
    const grouping = { name: this.#name('c'), kind: 'BIGINT' as const, text: `GROUPING_ID(${one.name}, ${two.name})` };
    const columns = [...keys, grouping, ...calls];
    const items = columns.map((column) => `${column.text} AS ${column.name}`).join(', ');
    const sql = `SELECT ${items} FROM ${text} GROUP BY ${group} HAVING COUNT(*) > 0`;
    return { sql, columns, key: null, isEvents: false };
  }

  #join(left: Relation, right: Relation): Relation {
    const a = this.#from(left);
    const b = this.#from(right);
    const type = this.#choose.of(['JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN']);
    const equal = this.#equality(a.scope, b.scope);
    const more = this.#choose.once(4) ? ` AND ${this.#expression.of('BOOLEAN', [...a.scope, ...b.scope], 1)}` : '';
    const both = [...a.scope, ...b.scope];
    const items = this.#items(both);
    const sql = `SELECT ${items.text} FROM ${a.text} ${type} ${b.text} ON ${equal}${more}${this.#where(both, 4)}`;
    return { sql, columns: items.columns, key: null, isEvents: false };
  }

  #equality(a: readonly RandomColumn[], b: readonly RandomColumn[]): string {
    const pairs = a.flatMap((x) => b.filter((y) => x.kind === y.kind && KEY_KINDS.has(x.kind)).map((y) => [x, y]));
    if (pairs.length === 0) return `${this.#expression.of('INT', a, 1)} = ${this.#expression.of('INT', b, 1)}`;
    const [x, y] = this.#choose.of(pairs) as [RandomColumn, RandomColumn];
    return `${x.name} = ${y.name}`;
  }

  #semiJoin(outer: Relation, inner: Relation): Relation {
    const a = this.#from(outer);
    const b = this.#from(inner);
    const kinds = a.scope.filter(({ kind }) => KEY_KINDS.has(kind) && b.scope.some((column) => column.kind === kind));
    const equal = this.#equality(a.scope, b.scope);
    const where = this.#choose.weighted<() => string>([
      [
        2,
        () =>
          `${this.#choose.of(['EXISTS', 'NOT EXISTS'])} (SELECT 1 FROM ${b.text} WHERE ${equal}${this.#and(b.scope)})`,
      ],
      [2, () => this.#inQuery(kinds, a.scope, b)],
    ])();
    const items = this.#items(a.scope, outer.key ?? []);
    return {
      sql: `SELECT ${items.text} FROM ${a.text} WHERE ${where}${this.#and(a.scope)}`,
      columns: items.columns,
      key: outer.key,
      isEvents: false,
    };
  }

  #and(scope: readonly RandomColumn[]): string {
    return this.#choose.once(4) ? ` AND ${this.#expression.of('BOOLEAN', scope, 1)}` : '';
  }

  #inQuery(
    candidates: readonly RandomColumn[],
    outer: readonly RandomColumn[],
    b: { text: string; scope: readonly RandomColumn[] },
  ): string {
    const column =
      candidates.length > 0
        ? this.#choose.of(candidates)
        : { name: this.#expression.of('INT', outer, 1), kind: 'INT' as const };
    const negation = this.#choose.once(3) ? 'NOT ' : '';
    return `${column.name} ${negation}IN (SELECT ${this.#expression.of(column.kind, b.scope, 0)} FROM ${b.text}${this.#where(b.scope, 3)})`;
  }

  #scalarQuery(outer: Relation, inner: Relation): Relation {
    const a = this.#from(outer);
    const b = this.#from(inner);
    const isCorrelated = this.#choose.once(2);
    const kind = this.#choose.of<Kind>(['INT', 'BIGINT', 'STRING', 'TIMESTAMP']);
    const call = `${this.#choose.of(['MAX', 'MIN'])}(${this.#expression.of(kind, b.scope, 1)})`;
    const where = isCorrelated ? ` WHERE ${this.#equality(a.scope, b.scope)}` : '';
    const name = this.#name('c');
    const items = this.#items(a.scope, outer.key ?? []);
    const sql = `SELECT ${items.text}, (SELECT ${call} FROM ${b.text}${where}) AS ${name} FROM ${a.text}`;
    return { sql, columns: [...items.columns, { name, kind }], key: outer.key, isEvents: false };
  }

  #setOperation(left: Relation, right: Relation): Relation {
    const operator = this.#choose.of(['UNION ALL', 'UNION', 'INTERSECT', 'EXCEPT', 'INTERSECT ALL', 'EXCEPT ALL']);
    const kinds = this.#choose.list(1, 3, () =>
      this.#choose.of<Kind>(['INT', 'STRING', 'BIGINT', 'DECIMAL', 'DATE', 'TIMESTAMP']),
    );
    const columns = kinds.map((kind) => ({ name: this.#name('c'), kind }));
    const side = (relation: Relation) => {
      const { text, scope } = this.#from(relation);
      const items = columns.map(({ name, kind }) => `${this.#expression.of(kind, scope, 1)} AS ${name}`);
      return `SELECT ${items.join(', ')} FROM ${text}${this.#where(scope, 3)}`;
    };
    const key = operator.endsWith('ALL') ? null : columns.map(({ name }) => name);
    return { sql: `${side(left)} ${operator} ${side(right)}`, columns, key, isEvents: false };
  }

  /** Sort keys that leave no two different rows equal, or null. */
  #totalOrder(relation: Relation, scope: readonly RandomColumn[]): string | null {
    const sortable = scope.filter(({ kind }) => ORDERED_KINDS.has(kind));
    const { key } = relation;
    const last = key ? scope.filter(({ name }) => key.includes(name.split('.')[1] as string)) : sortable;
    if (last.length < (key ? key.length : scope.length) || last.some(({ kind }) => !ORDERED_KINDS.has(kind)))
      return null;
    const first = sortable.length > 0 ? [this.#choose.of(sortable)] : [];
    const direction = () => this.#choose.of(['', ' DESC', ' ASC NULLS LAST', ' DESC NULLS FIRST']);
    return [...new Set([...first, ...last])].map(({ name }) => `${name}${direction()}`).join(', ');
  }

  #topN(input: Relation): Relation {
    const { text, scope } = this.#from(input);
    const order = this.#totalOrder(input, scope);
    if (order === null) return this.#aggregate(input);
    const partition = scope.filter(({ kind }) => KEY_KINDS.has(kind));
    const by = partition.length > 0 && !this.#choose.once(3) ? `PARTITION BY ${this.#choose.of(partition).name} ` : '';
    const rank = this.#name('r');
    const fn = this.#choose.weighted([
      [6, 'ROW_NUMBER'],
      [1, 'RANK'],
      [1, 'DENSE_RANK'],
    ] as const);
    const items = scope.map(({ name }) => name).join(', ');
    const inside = `SELECT ${items}, ${fn}() OVER (${by}ORDER BY ${order}) AS ${rank} FROM ${text}`;
    const outer = this.#name('t');
    const condition = this.#choose.of([`<= 1`, `<= 2`, `<= 3`, `< 3`, `= 1`, `= 2`, `BETWEEN 2 AND 3`]);
    const keepsRank = this.#choose.once(2);
    const columns = keepsRank ? [...input.columns, { name: rank, kind: 'BIGINT' as const }] : input.columns;
    const names = columns.map(({ name }) => name).join(', ');
    const sql = `SELECT ${names} FROM (${inside}) AS ${outer} WHERE ${rank} ${condition}`;
    return { sql, columns, key: input.key, isEvents: false };
  }

  #limited(relation: Relation): string {
    const scope = relation.columns;
    const sortable = scope.every(({ kind }) => ORDERED_KINDS.has(kind));
    if (!sortable) return relation.sql;
    const order = scope.map(({ name }) => `${name}${this.#choose.of(['', ' DESC'])}`).join(', ');
    const limit = this.#choose.of([
      ' LIMIT 3',
      ' LIMIT 10',
      ' LIMIT 2 OFFSET 1',
      ' LIMIT 0',
      ' FETCH FIRST 2 ROWS ONLY',
    ]);
    return `SELECT * FROM (${relation.sql}) AS ${this.#name('t')} ORDER BY ${order}${limit}`;
  }

  /** A table, or a view of one that keeps its time. */
  #eventsTable(): { name: string; columns: readonly RandomColumn[] } {
    const table = this.#table(true);
    if (!this.#choose.once(3)) return { name: table.sql.split(' ').at(-1) as string, columns: table.columns };
    const { text, scope } = this.#from(table);
    const items = this.#items(scope, ['id', 'k', 'ts']);
    const name = this.#view({ ...table, sql: `SELECT ${items.text} FROM ${text}${this.#where(scope)}` });
    return { name, columns: items.columns };
  }

  #windowAggregate(): Relation {
    const { name, columns } = this.#eventsTable();
    const window = this.#choose.of(WINDOWS)(name);
    const scope = columns.map((column) => ({ ...column, name: `w.${column.name}` }));
    const isSession = window.includes('SESSION');
    const keys = isSession ? [{ name: 'k', kind: 'INT' as const, text: 'w.k' }] : this.#keys(scope, 2);
    const calls = this.#aggregates(scope);
    const ends = ['window_start', 'window_end'].map((text) => ({
      name: this.#name('c'),
      kind: 'TIMESTAMP' as const,
      text,
    }));
    const all = [...ends, ...keys, ...calls];
    const items = all.map((column) => `${column.text} AS ${column.name}`).join(', ');
    const group = ['window_start', 'window_end', ...keys.map((key) => key.text)].join(', ');
    const having = this.#choose.once(6) ? ' HAVING COUNT(*) > 1' : '';
    const sql = `SELECT ${items} FROM ${window} AS w${this.#where(scope, 4)} GROUP BY ${group}${having}`;
    return { sql, columns: all, key: [...ends, ...keys].map((column) => column.name), isEvents: false };
  }

  #windowRank(): Relation {
    const { name, columns } = this.#eventsTable();
    const window = this.#choose.of(WINDOWS.slice(0, 4))(name);
    const rank = this.#name('r');
    const ends = [
      { name: 'window_start', kind: 'TIMESTAMP' as const },
      { name: 'window_end', kind: 'TIMESTAMP' as const },
    ];
    const sortable = columns.filter(({ kind }) => ORDERED_KINDS.has(kind));
    const order = `${this.#choose.of(sortable).name}${this.#choose.of(['', ' DESC'])}, id`;
    // Rows leave at the end of their window and `ts` is still their rowtime: a join by it would find them late, more or less of them by the batches.
    const all = [...columns.filter((column) => column.name !== 'ts'), ...ends];
    const names = all.map((column) => column.name).join(', ');
    const inside = `SELECT ${names}, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY ${order}) AS ${rank} FROM ${window}`;
    const sql = `SELECT ${names} FROM (${inside}) AS ${this.#name('t')} WHERE ${rank} <= ${this.#choose.of(['1', '2'])}`;
    return { sql, columns: all, key: ['id', 'window_start', 'window_end'], isEvents: false };
  }

  #over(): Relation {
    const { name, columns } = this.#eventsTable();
    const scope = columns.map((column) => ({ ...column, name: `o.${column.name}` }));
    const frame = this.#choose.of([
      'ROWS BETWEEN 2 PRECEDING AND CURRENT ROW',
      'ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW',
      "RANGE BETWEEN INTERVAL '10' SECOND PRECEDING AND CURRENT ROW",
      'RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW',
    ]);
    const partition = this.#choose.of(['PARTITION BY o.k ', '', 'PARTITION BY MOD(o.id, 3) ']);
    const calls = this.#choose.list(1, 2, () => {
      const fn = this.#choose.of(['SUM', 'COUNT', 'MIN', 'MAX', 'AVG', 'FIRST_VALUE', 'LAST_VALUE']);
      const kind =
        fn === 'SUM' || fn === 'AVG' ? 'INT' : this.#choose.of<Kind>(['INT', 'STRING', 'TIMESTAMP', 'DECIMAL']);
      const result: Kind = fn === 'COUNT' ? 'BIGINT' : kind;
      const column = { name: this.#name('a'), kind: result };
      return {
        ...column,
        text: `${fn}(${this.#expression.of(kind, scope, 1)}) OVER (${partition}ORDER BY o.ts ${frame})`,
      };
    });
    const items = this.#items(scope, ['id', 'ts']);
    const texts = calls.map((call) => `${call.text} AS ${call.name}`).join(', ');
    const sql = `SELECT ${items.text}, ${texts} FROM ${name} AS o${this.#where(scope, 4)}`;
    return { sql, columns: [...items.columns, ...calls], key: ['id'], isEvents: true };
  }

  #deduplicate(): Relation {
    const { name, columns } = this.#eventsTable();
    const names = columns.map((column) => column.name).join(', ');
    const rank = this.#name('r');
    const inside = `SELECT ${names}, ROW_NUMBER() OVER (PARTITION BY ${this.#choose.of(['k', 'MOD(id, 4)'])} ORDER BY ts ${this.#choose.of(['ASC', 'DESC'])}) AS ${rank} FROM ${name}`;
    return {
      sql: `SELECT ${names} FROM (${inside}) AS ${this.#name('t')} WHERE ${rank} = 1`,
      columns,
      key: ['id'],
      isEvents: false,
    };
  }

  #intervalJoin(): Relation {
    const left = this.#eventsTable();
    const right = this.#eventsTable();
    const [a, b] = [this.#name('t'), this.#name('t')];
    const both = [
      ...left.columns.map(({ name, kind }) => ({ name: `${a}.${name}`, kind })),
      ...right.columns.map(({ name, kind }) => ({ name: `${b}.${name}`, kind })),
    ];
    const items = this.#items(both);
    const type = this.#choose.of(['JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN']);
    const bounds = `${a}.ts BETWEEN ${b}.ts - INTERVAL '8' SECOND AND ${b}.ts + INTERVAL '${this.#choose.of(['0', '3', '60'])}' SECOND`;
    const sql = `SELECT ${items.text} FROM ${left.name} AS ${a} ${type} ${right.name} AS ${b} ON ${a}.k = ${b}.k AND ${bounds}`;
    return { sql, columns: items.columns, key: null, isEvents: false };
  }

  #unnest(input: Relation): Relation {
    const { text, scope } = this.#from(input);
    const arrays = scope.filter(({ kind }) => kind === 'INTS' || kind === 'TEXTS');
    if (arrays.length === 0) return this.#select(input);
    const array = this.#choose.of(arrays);
    const alias = this.#name('u');
    const element: RandomColumn = { name: `${alias}.y`, kind: array.kind === 'INTS' ? 'INT' : 'STRING' };
    const items = this.#items([...scope, element]);
    const join = this.#choose.of([
      `CROSS JOIN UNNEST(${array.name}) AS ${alias} (y)`,
      `LEFT JOIN UNNEST(${array.name}) AS ${alias} (y) ON TRUE`,
    ]);
    return { sql: `SELECT ${items.text} FROM ${text} ${join}`, columns: items.columns, key: null, isEvents: false };
  }
}
