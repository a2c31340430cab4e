/**
 * A view's query as it is kept: tables by their full names, stars as the columns of today, columns with their tables. So the view means
 * the same in every session. What cannot be known from names alone (a function's columns) stays as it was typed.
 */
import type { CatalogManager } from '../catalog/catalog-manager.ts';
import type { ObjectPath } from '../catalog/object-path.ts';
import type {
  Identifier,
  Query,
  QueryBody,
  SelectBody,
  SelectItem,
  SqlExpression,
  TableReference,
} from '../parser/ast.ts';

interface KnownTable {
  readonly path: ObjectPath;
  readonly columns: readonly string[];
}
/** A table in FROM; `columns` is null where they cannot be known. */
interface Relation {
  readonly alias: string | null;
  readonly columns: readonly string[] | null;
}
interface Scope {
  readonly relations: readonly Relation[];
  readonly outer: Scope | null;
}
type Columns = readonly string[] | null;
type Known = ReadonlyMap<string, KnownTable>;
type CommonTables = ReadonlyMap<string, Columns>;

const WINDOW_FUNCTIONS = new Set(['TUMBLE', 'HOP', 'CUMULATE', 'SESSION']);
const WINDOW_COLUMNS = ['window_start', 'window_end', 'window_time'];

/** The query with full names; its spans are those of the query as typed. */
export async function expandQuery(query: Query, catalogs: CatalogManager): Promise<Query> {
  const known = new Map<string, KnownTable>();
  for (const parts of tableNames(query)) {
    const resolved = await catalogs.resolve(parts);
    const columns = resolved?.object.columns.map(({ name }) => name);
    if (resolved && columns) known.set(keyOf(parts), { path: resolved.path, columns });
  }
  return new Expansion(known).query(query, new Map(), null).query;
}

function keyOf(parts: readonly string[]): string {
  return JSON.stringify(parts);
}

/** Every name of a table in a tree. */
function tableNames(node: unknown): Array<readonly string[]> {
  if (Array.isArray(node)) return node.flatMap(tableNames);
  if (typeof node !== 'object' || node === null) return [];
  const { kind, name } = node as { kind?: string; name?: Identifier };
  if ((kind === 'table-name' || kind === 'table') && name) return [name.parts];
  return Object.values(node).flatMap(tableNames);
}

class Expansion {
  readonly #known: Known;

  constructor(known: Known) {
    this.#known = known;
  }

  query(query: Query, outerTables: CommonTables, outer: Scope | null): { query: Query; columns: Columns } {
    const tables = new Map(outerTables);
    const withList = query.with.map((item) => {
      const inner = this.query(item.query, tables, null);
      tables.set(item.name, item.columns.length > 0 ? item.columns : inner.columns);
      return { ...item, query: inner.query };
    });
    const { body, columns, scope } = this.#body(query.body, tables, outer);
    const orderBy = query.orderBy.map((item) => {
      const isOutput = item.expression.kind === 'identifier' && columns?.includes(item.expression.parts[0] ?? '');
      return isOutput || !scope ? item : { ...item, expression: this.#expression(item.expression, scope, tables) };
    });
    return { query: { ...query, with: withList, body, orderBy }, columns };
  }

  #body(
    body: QueryBody,
    tables: CommonTables,
    outer: Scope | null,
  ): { body: QueryBody; columns: Columns; scope: Scope | null } {
    switch (body.kind) {
      case 'select':
        return this.#select(body, tables, outer);
      case 'set': {
        const left = this.#body(body.left, tables, outer);
        const right = this.#body(body.right, tables, outer);
        return { body: { ...body, left: left.body, right: right.body }, columns: left.columns, scope: null };
      }
      case 'nested': {
        const inner = this.query(body.query, tables, outer);
        return { body: { ...body, query: inner.query }, columns: inner.columns, scope: null };
      }
      case 'table':
        return {
          body: { ...body, name: this.#fullName(body.name, tables) },
          columns: this.#columnsOf(body.name, tables),
          scope: null,
        };
      default:
        return { body, columns: body.rows[0]?.map((_, i) => `EXPR$${i}`) ?? null, scope: null };
    }
  }

  #select(
    select: SelectBody,
    tables: CommonTables,
    outer: Scope | null,
  ): { body: QueryBody; columns: Columns; scope: Scope } {
    const from = select.from ? this.#table(select.from, tables, { relations: [], outer }) : undefined;
    const scope: Scope = { relations: from?.relations ?? [], outer };
    const map = <T>(node: T): T => this.#map(node, scope, tables) as T;
    const isMerged = JSON.stringify(select.from ?? null).match(/"natural":true|"using":/) !== null;
    const items = select.items.map((item) => (isMerged ? [map(item)] : this.#item(item, scope, tables)));
    const body: SelectBody = {
      ...select,
      items: numbered(items),
      windows: select.windows.map(map),
      ...(from ? { from: from.table } : {}),
      ...(select.where ? { where: map(select.where) } : {}),
      ...(select.groupBy ? { groupBy: select.groupBy.map(map) } : {}),
      ...(select.having ? { having: map(select.having) } : {}),
      ...(select.qualify ? { qualify: map(select.qualify) } : {}),
    };
    const hasStar = body.items.some(({ expression }) => expression.kind === 'star');
    return { body, columns: hasStar ? null : body.items.map(outputName), scope };
  }

  /** A select item; a star as the columns that it stands for. */
  #item(item: SelectItem, scope: Scope, tables: CommonTables): SelectItem[] {
    const { expression, span } = item;
    if (expression.kind !== 'star') return [this.#map(item, scope, tables) as SelectItem];
    const [alias] = expression.qualifier;
    const relations = scope.relations.filter((relation) => alias === undefined || relation.alias === alias);
    if (relations.length === 0 || relations.some(({ columns }) => columns === null)) return [item];
    return relations.flatMap((relation) =>
      (relation.columns ?? []).map((name): SelectItem => {
        const parts = relation.alias === null ? [name] : [relation.alias, name];
        return { expression: { kind: 'identifier', parts, span }, span };
      }),
    );
  }

  #table(
    table: TableReference,
    tables: CommonTables,
    scope: Scope,
  ): { table: TableReference; relations: readonly Relation[] } {
    switch (table.kind) {
      case 'table-name': {
        const alias = table.name.parts[table.name.parts.length - 1] ?? '';
        const named = {
          ...(this.#map({ ...table, name: null }, scope, tables) as typeof table),
          name: this.#fullName(table.name, tables),
        };
        const relations = [{ alias, columns: this.#columnsOf(table.name, tables) }];
        return { table: { kind: 'aliased', table: named, alias, columns: [], span: table.span }, relations };
      }
      case 'aliased': {
        const inner = this.#table(table.table, tables, scope);
        const bare =
          table.table.kind === 'table-name' && inner.table.kind === 'aliased' ? inner.table.table : inner.table;
        const flat = inner.relations.some(({ columns }) => columns === null)
          ? null
          : inner.relations.flatMap(({ columns }) => columns ?? []);
        const columns = table.columns.length > 0 ? table.columns : flat;
        return { table: { ...table, table: bare }, relations: [{ alias: table.alias, columns }] };
      }
      case 'derived': {
        const inner = this.query(table.query, tables, table.lateral ? scope : scope.outer);
        return { table: { ...table, query: inner.query }, relations: [{ alias: null, columns: inner.columns }] };
      }
      case 'join': {
        const left = this.#table(table.left, tables, scope);
        const right = this.#table(table.right, tables, { relations: left.relations, outer: scope.outer });
        const relations = [...left.relations, ...right.relations];
        const on = table.on && this.#expression(table.on, { relations, outer: scope.outer }, tables);
        return { table: { ...table, left: left.table, right: right.table, ...(on ? { on } : {}) }, relations };
      }
      case 'match-recognize': {
        const inner = this.#table(table.table, tables, scope);
        const { partitionBy, measures } = table.clause;
        const keys = partitionBy.map((key) => (key.kind === 'identifier' ? (key.parts.at(-1) ?? '') : ''));
        const columns = [...keys, ...measures.map(({ alias }) => alias)];
        return { table: { ...table, table: inner.table }, relations: [{ alias: null, columns }] };
      }
      default: {
        const mapped = this.#map(table, scope, tables) as TableReference;
        return { table: mapped, relations: [{ alias: null, columns: this.#functionColumns(table, tables) }] };
      }
    }
  }

  /** Columns of a window function over a table: the table's and the window's. */
  #functionColumns(table: TableReference, tables: CommonTables): Columns {
    if (table.kind !== 'table-function' || table.call.kind !== 'function') return null;
    if (!WINDOW_FUNCTIONS.has((table.call.name[0] ?? '').toUpperCase())) return null;
    const argument = table.call.args.find((arg) => arg.kind === 'table-argument');
    if (argument?.kind !== 'table-argument' || argument.table.kind !== 'table-name') return null;
    const columns = this.#columnsOf(argument.table.name, tables);
    return columns && [...columns, ...WINDOW_COLUMNS];
  }

  #columnsOf(name: Identifier, tables: CommonTables): Columns {
    const common = name.parts.length === 1 ? tables.get(name.parts[0] ?? '') : undefined;
    return common === undefined ? (this.#known.get(keyOf(name.parts))?.columns ?? null) : common;
  }

  #fullName(name: Identifier, tables: CommonTables): Identifier {
    if (name.parts.length === 1 && tables.has(name.parts[0] ?? '')) return name;
    const path = this.#known.get(keyOf(name.parts))?.path;
    return path ? { kind: 'identifier', parts: [path.catalog, path.database, path.name], span: name.span } : name;
  }

  #expression(expression: SqlExpression, scope: Scope, tables: CommonTables): SqlExpression {
    return this.#map(expression, scope, tables) as SqlExpression;
  }

  /** Any part of a tree, its columns qualified and its queries expanded. */
  #map(node: unknown, scope: Scope, tables: CommonTables): unknown {
    if (Array.isArray(node)) return node.map((item) => this.#map(item, scope, tables));
    if (typeof node !== 'object' || node === null || node instanceof Uint8Array) return node;
    const { kind } = node as { kind?: string };
    if (kind === 'identifier') return qualified(node as Identifier, scope);
    if (kind === 'query') return this.query(node as Query, tables, scope).query;
    if (kind === 'descriptor') return node;
    if (kind === 'table-name') {
      const { name } = node as { name: Identifier | null };
      return name === null ? node : { ...node, name: this.#fullName(name, tables) };
    }
    return Object.fromEntries(
      Object.entries(node).map(([key, value]) => [key, SKIPPED.has(key) ? value : this.#map(value, scope, tables)]),
    );
  }
}

/** Parts of nodes that hold no expressions. */
const SKIPPED = new Set(['span', 'operatorSpan', 'type', 'clauses', 'hints', 'argNames', 'name', 'alias']);

/** The column with its table's alias, when exactly one table of the nearest scope that has it can be meant. */
function qualified(identifier: Identifier, scope: Scope): Identifier {
  const [first = ''] = identifier.parts;
  for (let at: Scope | null = scope; at; at = at.outer) {
    if (at.relations.some(({ alias }) => alias === first)) return identifier;
    const owners = at.relations.filter(({ columns }) => columns?.includes(first));
    const [owner] = owners;
    if (!owner) {
      if (at.relations.some(({ columns }) => columns === null)) return identifier;
      continue;
    }
    const isSure = owners.length === 1 && at.relations.every(({ columns }) => columns !== null);
    if (!isSure || owner.alias === null) return identifier;
    return { kind: 'identifier', parts: [owner.alias, ...identifier.parts], span: identifier.span };
  }
  return identifier;
}

function outputName(item: SelectItem, position: number): string {
  if (item.alias !== undefined) return item.alias;
  const { expression } = item;
  if (expression.kind === 'identifier') return expression.parts[expression.parts.length - 1] ?? '';
  return expression.kind === 'field' ? expression.field : `EXPR$${position}`;
}

/** Names that a star repeats get a number, as in Flink: `a`, `a0`, `a1`. `groups`: the items that each typed item stands for. */
function numbered(groups: ReadonlyArray<readonly SelectItem[]>): SelectItem[] {
  const used = new Set<string>();
  const starred = new Set(groups.filter((group) => group.length > 1).flat());
  return groups.flat().map((item, position) => {
    if (item.expression.kind === 'star') return item;
    const name = outputName(item, position);
    let unique = name;
    for (let n = 0; starred.has(item) && used.has(unique); n++) unique = `${name}${n}`;
    used.add(unique);
    return unique === name ? item : { ...item, alias: unique };
  });
}
