/** What random queries of all families are made of: relations in FROM, items, conditions, keys, aggregates. */
import type { Chooser } from './choices.ts';
import { aggregateCalls } from './function-catalogue.ts';
import { RandomExpression } from './random-expression.ts';
import type { Kind, RandomColumn, RandomTable } from './random-tables.ts';

/** What a query gives. */
export interface Relation {
  readonly sql: string;
  readonly columns: readonly RandomColumn[];
  /** Columns that are different in every two rows of the result, or null. */
  readonly key: readonly string[] | null;
  /** Rows only come, and `ts` is their rowtime. */
  readonly isEvents: boolean;
}

export const ORDERED_KINDS = new Set<Kind>([
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
export const KEY_KINDS = new Set<Kind>(['INT', 'STRING', 'BIGINT', 'DECIMAL', 'BOOLEAN', 'DATE', 'TIMESTAMP', 'TIME']);
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
/** Not variances: what they keep is not exact when a row is taken back, here as in Flink. */
const EXACT = Map.groupBy(
  aggregateCalls.filter(({ name }) => !/^(STDDEV|VAR)_/.test(name)),
  ({ name }) => name,
);

export class QueryParts {
  readonly choose: Chooser;
  readonly expression: RandomExpression;
  readonly views: Array<{ name: string; sql: string }> = [];
  /** Settings of the stream that the query asks for. */
  readonly settings: Record<string, string> = {};
  /** The result depends on the order in which rows come. */
  isOrdered = false;
  /** There is no batch query that gives the same. */
  isOnlyStream = false;
  readonly #tables: readonly RandomTable[];
  #names = 0;

  constructor(tables: readonly RandomTable[], choose: Chooser) {
    this.#tables = tables;
    this.choose = choose;
    this.expression = new RandomExpression(choose);
  }

  name(prefix: string): string {
    return `${prefix}${this.#names++}`;
  }

  table(isEvents = false): Relation {
    const roles = isEvents ? ['events'] : ['events', 'changing'];
    const table = this.choose.of(this.#tables.filter(({ role }) => roles.includes(role)));
    return { sql: `SELECT * FROM ${table.name}`, columns: table.columns, key: ['id'], isEvents: !table.isChanging };
  }

  tableOf(role: RandomTable['role']): RandomTable {
    return this.choose.of(this.#tables.filter((table) => table.role === role));
  }

  /** A FROM item and its columns as they are written. */
  from(relation: Relation): { text: string; scope: RandomColumn[] } {
    const alias = this.name('t');
    const scope = relation.columns.map(({ name, kind }) => ({ name: `${alias}.${name}`, kind }));
    const table = /^SELECT \* FROM (\w+)$/.exec(relation.sql)?.[1];
    if (table) return { text: `${table} AS ${alias}`, scope };
    if (this.choose.once(6)) return { text: `${this.view(relation)} AS ${alias}`, scope };
    return { text: `(${relation.sql}) AS ${alias}`, scope };
  }

  view(relation: Relation): string {
    const name = this.name('v');
    this.views.push({ name, sql: relation.sql });
    return name;
  }

  where(scope: readonly RandomColumn[], often = 2): string {
    return this.choose.once(often) ? ` WHERE ${this.expression.of('BOOLEAN', scope, 2)}` : '';
  }

  and(scope: readonly RandomColumn[]): string {
    return this.choose.once(4) ? ` AND ${this.expression.of('BOOLEAN', scope, 1)}` : '';
  }

  /** Some of the scope's columns under their own names, as far as those are free, and some computed ones. */
  items(scope: readonly RandomColumn[], kept: readonly string[] = []): { text: string; columns: RandomColumn[] } {
    const columns: RandomColumn[] = [];
    const texts: string[] = [];
    const add = (text: string, name: string, kind: Kind) => {
      columns.push({ name, kind });
      texts.push(`${text} AS ${name}`);
    };
    for (const { name, kind } of scope) {
      const own = name.split('.')[1] as string;
      const mustStay = kept.includes(own);
      if (!mustStay && this.choose.once(3)) continue;
      add(name, columns.some((column) => column.name === own) ? this.name('c') : own, kind);
    }
    for (const kind of this.choose.list(columns.length === 0 ? 1 : 0, 2, () => this.choose.of(PROJECTED)))
      add(this.expression.of(kind, scope, 2), this.name('c'), kind);
    return { text: texts.join(', '), columns };
  }

  keys(scope: readonly RandomColumn[], most: number): Array<RandomColumn & { text: string }> {
    const candidates = scope.filter(({ kind }) => KEY_KINDS.has(kind));
    return this.choose.list(0, most, () => {
      const name = this.name('g');
      if (candidates.length > 0 && !this.choose.once(5)) {
        const column = this.choose.of(candidates);
        return { name, kind: column.kind, text: column.name };
      }
      const kind = this.choose.of<Kind>(['INT', 'STRING', 'BOOLEAN', 'BIGINT']);
      return { name, kind, text: this.expression.of(kind, scope, 2) };
    });
  }

  aggregates(scope: readonly RandomColumn[]): Array<RandomColumn & { text: string }> {
    return this.choose.list(1, 3, () => this.aggregateCall(scope));
  }

  aggregateCall(scope: readonly RandomColumn[]): RandomColumn & { text: string } {
    const name = this.name('a');
    const filter = this.choose.once(5) ? ` FILTER (WHERE ${this.expression.of('BOOLEAN', scope, 1)})` : '';
    if (this.choose.once(4)) return { name, kind: 'BIGINT', text: `COUNT(*)${filter}` };
    const call = this.choose.of(this.choose.of([...EXACT.values()]));
    if (call.isOrdered && !this.choose.once(4)) return { name, kind: 'BIGINT', text: `COUNT(*)${filter}` };
    if (call.isOrdered) this.isOrdered = true;
    const argument = this.argument(call.args[0] as Kind, scope);
    const distinct = this.choose.once(4) ? 'DISTINCT ' : '';
    return { name, kind: call.result, text: `${call.name}(${distinct}${argument})${filter}` };
  }

  /** Floating point is summed as it comes from a table only: those values are exact in any order. */
  argument(kind: Kind, scope: readonly RandomColumn[]): string {
    if (kind !== 'DOUBLE' && kind !== 'FLOAT') return this.expression.of(kind, scope, 1);
    const plain = scope.filter((column) => column.kind === kind && /\.x\d$/.test(column.name));
    return plain.length > 0 ? this.choose.of(plain).name : this.expression.literal(kind);
  }

  equality(a: readonly RandomColumn[], b: readonly RandomColumn[]): string {
    const pairs = a.flatMap((x) => b.filter((y) => x.kind === y.kind && KEY_KINDS.has(x.kind)).map((y) => [x, y]));
    if (pairs.length === 0) return `${this.expression.of('INT', a, 1)} = ${this.expression.of('INT', b, 1)}`;
    const [x, y] = this.choose.of(pairs) as [RandomColumn, RandomColumn];
    return `${x.name} = ${y.name}`;
  }

  /** Sort keys that leave no two different rows equal, or null. */
  totalOrder(relation: Relation, scope: readonly RandomColumn[]): string | null {
    const sortable = scope.filter(({ kind }) => ORDERED_KINDS.has(kind));
    const { key } = relation;
    const last = key ? scope.filter(({ name }) => key.includes(name.split('.')[1] as string)) : sortable;
    if (last.length < (key ? key.length : scope.length) || last.some(({ kind }) => !ORDERED_KINDS.has(kind)))
      return null;
    const first = sortable.length > 0 ? [this.choose.of(sortable)] : [];
    const direction = () => this.choose.of(['', ' DESC', ' ASC NULLS LAST', ' DESC NULLS FIRST']);
    return [...new Set([...first, ...last])].map(({ name }) => `${name}${direction()}`).join(', ');
  }

  /** A table, or a view of one that keeps its time. */
  eventsTable(): { name: string; columns: readonly RandomColumn[] } {
    const table = this.table(true);
    if (!this.choose.once(3)) return { name: table.sql.split(' ').at(-1) as string, columns: table.columns };
    const { text, scope } = this.from(table);
    const items = this.items(scope, ['id', 'k', 'ts']);
    const name = this.view({ ...table, sql: `SELECT ${items.text} FROM ${text}${this.where(scope)}` });
    return { name, columns: items.columns };
  }
}
