/** What the binding of one statement knows: the tables that its names stand for, resolved before the synchronous part begins. */
import { tooLargeError } from '../base/error.ts';
import type { ObjectPath } from '../catalog/object-path.ts';
import type { CatalogObject, TableDescriptor, ViewDescriptor } from '../catalog/table-descriptor.ts';
import type { Identifier, Query } from '../parser/ast.ts';
import { parseQuery } from '../parser/sql-parser.ts';
import { bindError, isInvalid } from './bind-error.ts';
import type { PlannerContext } from './planner-context.ts';

export type BoundObject =
  | {
      readonly kind: 'table';
      readonly path: ObjectPath;
      readonly isTemporary: boolean;
      readonly table: TableDescriptor;
    }
  | { readonly kind: 'view'; readonly path: ObjectPath; readonly view: ViewDescriptor; readonly query: Query };

export interface Binding {
  readonly context: PlannerContext;
  readonly objects: ReadonlyMap<string, BoundObject>;
  /** Counts a query that is bound, and refuses a statement whose views and WITH items unfold without end. */
  countQuery(): void;
  /** Keeps why a table cannot be read: Flink says it when the whole query is valid. The first one counts. */
  noteUnreadable(reason: unknown): void;
  /** Binds a whole query: what its tables are refused for comes after what the query itself is refused for. */
  validated<T>(bind: () => T): T;
}

const QUERIES_MAX = 20_000;

/** Resolves every table name of the trees, and of the views behind them. */
export async function createBinding(context: PlannerContext, trees: readonly unknown[]): Promise<Binding> {
  const objects = new Map<string, BoundObject>();
  const pending = trees.flatMap((tree) => tableNames(tree));
  for (let name = pending.pop(); name; name = pending.pop()) {
    const key = keyOf(name.parts);
    if (objects.has(key)) continue;
    const found = await context.resolve(name.parts);
    if (!found) continue;
    const bound = boundObject(found);
    objects.set(key, bound);
    if (bound.kind === 'view') pending.push(...tableNames(bound.query));
  }
  return bindingOf(context, objects);
}

/** A binding over objects that are known already. */
export function bindingOf(context: PlannerContext, objects: ReadonlyMap<string, BoundObject>): Binding {
  let queries = 0;
  const unreadable: unknown[] = [];
  return {
    context,
    objects,
    countQuery() {
      if (++queries > QUERIES_MAX) throw tooLargeError();
    },
    noteUnreadable: (reason) => void unreadable.push(reason),
    validated(bind) {
      let bound: ReturnType<typeof bind>;
      try {
        bound = bind();
      } catch (error) {
        throw isInvalid(error) ? error : (unreadable[0] ?? error);
      }
      if (unreadable.length > 0) throw unreadable[0];
      return bound;
    },
  };
}

function boundObject(found: { path: ObjectPath; object: CatalogObject; isTemporary: boolean }): BoundObject {
  const { path, object, isTemporary } = found;
  if (object.kind === 'table') return { kind: 'table', path, isTemporary, table: object };
  return { kind: 'view', path, view: object, query: parseQuery(object.expandedQuery) };
}

export function keyOf(parts: readonly string[]): string {
  return parts.join('\u0000');
}

/** The object behind a name. */
export function objectOf(binding: Binding, name: Identifier): BoundObject {
  const found = binding.objects.get(keyOf(name.parts));
  if (found) return found;
  throw objectNotFound(binding, name);
}

/** Calcite names the first part that it cannot find, and where it looked. */
function objectNotFound(binding: Binding, name: Identifier): Error {
  const { parts } = name;
  const { currentCatalog, currentDatabase } = binding.context;
  const known = parts.length === 3 ? [currentCatalog, currentDatabase] : [currentDatabase];
  const place = parts.slice(0, -1).findIndex((part, i) => part !== known[i]);
  const at = place < 0 ? parts.length - 1 : place;
  const prefix = parts.length === 2 && at > 0 ? [currentCatalog, ...parts.slice(0, at)] : parts.slice(0, at);
  const within = at === 0 ? '' : ` within '${prefix.join('.')}'`;
  return bindError(`Object '${parts[at]}' not found${within}`, name.span);
}

/** Every table name in a syntax tree (names of WITH among them; they resolve to nothing, or are hidden later). */
function tableNames(tree: unknown): Identifier[] {
  const found: Identifier[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const item of node) visit(item);
    else if (typeof node === 'object' && node !== null && !(node instanceof Uint8Array)) {
      const { kind, name } = node as { kind?: unknown; name?: unknown };
      if ((kind === 'table-name' || kind === 'table') && isIdentifier(name)) found.push(name);
      for (const [key, value] of Object.entries(node)) if (key !== 'span') visit(value);
    }
  };
  visit(tree);
  return found;
}

function isIdentifier(value: unknown): value is Identifier {
  return typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'identifier';
}
