/** A table on its way through ALTER TABLE, with Flink's refusals. */

import { type EngineError, messageOf, validationError } from '../base/error.ts';
import { type ObjectPath, pathToString } from '../catalog/object-path.ts';
import type { TableColumn, TableDescriptor } from '../catalog/table-descriptor.ts';
import type { ColumnDefinition, Identifier } from '../parser/ast.ts';
import type { Parser } from '../parser/parser.ts';
import { parseExpression } from '../parser/sql-parser.ts';
import { bindTable } from '../planner/bind-table.ts';
import type { PlannerContext } from '../planner/planner-context.ts';
import { quoteIdentifier, withNullable } from '../types/logical-type.ts';
import type { PartitionChange } from './declared-partitions.ts';
import { type Distribution, noItems, parseTableItem, type TableItems } from './table-clauses.ts';
import { checkDistribution } from './table-definition.ts';

/** `FIRST`, or behind a column. */
type Position = { readonly after: string | null };

export interface SchemaChange {
  readonly items: TableItems;
  readonly positions: ReadonlyMap<string, Position>;
}

export type TableAction =
  | { readonly kind: 'rename'; readonly newName: readonly string[] }
  | PartitionChange
  | SchemaAction;
type SchemaAction =
  | { readonly kind: 'rename-column'; readonly from: string; readonly to: string }
  | { readonly kind: 'set'; readonly options: Readonly<Record<string, string>> }
  | { readonly kind: 'reset'; readonly keys: readonly string[] }
  | { readonly kind: 'add' | 'modify'; readonly change: SchemaChange }
  | { readonly kind: 'distribution'; readonly distribution: Distribution }
  | { readonly kind: 'drop-distribution' | 'drop-watermark' }
  | { readonly kind: 'drop-primary-key'; readonly constraint?: string }
  | { readonly kind: 'drop-columns'; readonly columns: readonly string[] };

/** One item or several in parentheses, columns perhaps with a position. */
export function parseSchemaChange(parser: Parser): SchemaChange {
  const items = noItems();
  const positions = new Map<string, Position>();
  const parseOne = (): void => {
    const before = items.columns.length;
    parseTableItem(parser, items);
    const column = items.columns[before];
    if (!column) return;
    if (parser.accept('FIRST')) positions.set(column.name, { after: null });
    else if (parser.accept('AFTER')) positions.set(column.name, { after: parser.identifier().name });
  };
  if (parser.acceptSymbol('(')) {
    do parseOne();
    while (parser.acceptSymbol(','));
    parser.expectSymbol(')');
  } else parseOne();
  return { items, positions };
}

function refuse(message: string, cause?: unknown): EngineError {
  return validationError(`Failed to execute ALTER TABLE statement.\n${message}`, undefined, cause);
}

export class TableDraft {
  readonly #path: ObjectPath;
  readonly #planner: PlannerContext;
  #table: TableDescriptor;

  constructor(path: ObjectPath, table: TableDescriptor, planner: PlannerContext) {
    this.#path = path;
    this.#table = table;
    this.#planner = planner;
  }

  table(): TableDescriptor {
    return this.#table;
  }

  apply(action: SchemaAction): void {
    switch (action.kind) {
      case 'set':
        this.#change({ options: { ...this.#table.options, ...action.options } });
        return;
      case 'reset':
        this.#reset(action.keys);
        return;
      case 'distribution':
        checkDistribution(action.distribution, this.#table.columns);
        this.#change({ distribution: action.distribution });
        return;
      case 'drop-distribution':
        if (!this.#table.distribution)
          throw validationError(`Table ${pathToString(this.#path)} does not have a distribution to drop.`);
        this.#without('distribution');
        return;
      case 'drop-watermark':
        if (!this.#table.watermark) throw refuse('The current table does not define any watermark strategy.');
        this.#without('watermark');
        return;
      case 'drop-primary-key':
        this.#dropPrimaryKey(action.constraint);
        return;
      case 'drop-columns':
        this.#dropColumns(action.columns);
        return;
      case 'rename-column':
        this.#renameColumn(action.from, action.to);
        return;
      default:
        this.#changeSchema(action.kind, action.change);
    }
  }

  #change(part: Partial<TableDescriptor>): void {
    this.#table = { ...this.#table, ...part };
  }

  #without(key: 'distribution' | 'watermark' | 'primaryKey'): void {
    const { [key]: _dropped, ...rest } = this.#table;
    this.#table = rest;
  }

  #reset(keys: readonly string[]): void {
    if (keys.length === 0) throw validationError('ALTER TABLE RESET does not support empty key');
    if (keys.includes('connector')) throw validationError("ALTER TABLE RESET does not support changing 'connector'");
    const options = { ...this.#table.options };
    for (const key of keys) delete options[key];
    this.#change({ options });
  }

  #dropPrimaryKey(constraint: string | undefined): void {
    const key = this.#table.primaryKey;
    if (!key) throw refuse('The current table does not define any primary key.');
    if (constraint !== undefined && constraint !== key.name)
      throw refuse(
        `The current table does not define a primary key constraint named '${constraint}'. Available constraint name: ['${key.name}'].`,
      );
    this.#without('primaryKey');
  }

  #dropColumns(names: readonly string[]): void {
    const repeated = names.find((name, i) => names.indexOf(name) !== i);
    if (repeated !== undefined) throw refuse(`Duplicate column ${quoteIdentifier(repeated)}.`);
    for (const name of names) {
      this.#requireColumn(name);
      this.#checkUnused(name, names, true);
    }
    this.#change({ columns: this.#table.columns.filter(({ name }) => !names.includes(name)) });
  }

  #renameColumn(from: string, to: string): void {
    this.#requireColumn(from);
    if (this.#table.columns.some(({ name }) => name === to))
      throw refuse(`The column ${quoteIdentifier(to)} already existed in table schema.`);
    this.#checkUnused(from, [], false);
    const { primaryKey, columns } = this.#table;
    const rename = (name: string): string => (name === from ? to : name);
    this.#change({
      columns: columns.map((column) => ({ ...column, name: rename(column.name) })),
      ...(primaryKey ? { primaryKey: { ...primaryKey, columns: primaryKey.columns.map(rename) } } : {}),
    });
  }

  #requireColumn(name: string): void {
    if (!this.#table.columns.some((column) => column.name === name))
      throw refuse(`The column ${quoteIdentifier(name)} does not exist in the base table.`);
  }

  /** Throws when something else needs the column; `going`: columns that go with it. */
  #checkUnused(name: string, going: readonly string[], checksKey: boolean): void {
    const { columns, partitionKeys, primaryKey, watermark } = this.#table;
    const quoted = quoteIdentifier(name);
    const users = columns.filter(
      (column) => column.kind === 'computed' && !going.includes(column.name) && uses(column.expression, name),
    );
    if (users.length > 0)
      throw refuse(
        `The column ${quoted} is referenced by computed column ${users.map((user) => quoteIdentifier(user.name)).join(', ')}.`,
      );
    if (partitionKeys.includes(name)) throw refuse(`The column ${quoted} is used as the partition keys.`);
    if (checksKey && primaryKey?.columns.includes(name))
      throw refuse(`The column ${quoted} is used as the primary key.`);
    if (watermark && (watermark.column === name || uses(watermark.expression, name)))
      throw refuse(`The column ${quoted} is referenced by watermark expression.`);
  }

  #changeSchema(kind: 'add' | 'modify', { items, positions }: SchemaChange): void {
    const names = items.columns.map(({ name }) => name);
    const repeated = names.find((name, i) => names.indexOf(name) !== i);
    if (repeated !== undefined) throw refuse(`Encounter duplicate column ${quoteIdentifier(repeated)}.`);
    this.#checkConstraints(kind, items);
    for (const column of items.columns) this.#placeColumn(kind, column, positions.get(column.name));
    this.#rebindComputed();
    this.#rebind(items);
  }

  #checkConstraints(kind: 'add' | 'modify', items: TableItems): void {
    const { primaryKey, watermark } = this.#table;
    if (items.primaryKey && kind === 'add' && primaryKey)
      throw refuse(
        `The current table has already defined the primary key constraint [${primaryKey.columns.map(quoteIdentifier).join(', ')}]. You might want to drop it before adding a new one.`,
      );
    if (items.primaryKey && kind === 'modify' && !primaryKey)
      throw refuse('The current table does not define any primary key constraint. You might want to add a new one.');
    if (items.watermark && kind === 'add' && watermark)
      throw refuse(
        `The current table has already defined the watermark strategy ${quoteIdentifier(watermark.column)} AS ${watermark.expression}. You might want to drop it before adding a new one.`,
      );
    if (items.watermark && kind === 'modify' && !watermark)
      throw refuse('The current table does not define any watermark. You might want to add a new one.');
  }

  #placeColumn(kind: 'add' | 'modify', definition: ColumnDefinition, position: Position | undefined): void {
    const { name } = definition;
    const columns = [...this.#table.columns];
    const old = columns.findIndex((column) => column.name === name);
    const quoted = quoteIdentifier(name);
    if (kind === 'add' && old >= 0) throw refuse(`Column ${quoted} already exists in the table.`);
    if (kind === 'modify' && old < 0) throw refuse(`Column ${quoted} does not exist in the table.`);
    const others = columns.filter((column) => column.name !== name);
    const bound = this.#bindColumn(definition, others);
    if (!position || position.after === name) columns.splice(old < 0 ? columns.length : old, old < 0 ? 0 : 1, bound);
    else {
      const at = position.after === null ? 0 : others.findIndex((column) => column.name === position.after) + 1;
      if (position.after !== null && at === 0)
        throw refuse(`Referenced column ${quoteIdentifier(position.after)} by 'AFTER' does not exist in the table.`);
      others.splice(at, 0, bound);
      this.#change({ columns: others });
      return;
    }
    this.#change({ columns });
  }

  #bindColumn(definition: ColumnDefinition, inherited: readonly TableColumn[]): TableColumn {
    const { columns } = this.#guarded(() =>
      bindTable({ columns: [definition], partitionKeys: [], inherited }, this.#planner),
    );
    return columns[columns.length - 1] as TableColumn;
  }

  /** Types of computed columns follow those of the columns they use. */
  #rebindComputed(): void {
    const stored = this.#table.columns.filter(({ kind }) => kind !== 'computed');
    const columns = this.#table.columns.map((column) => {
      if (column.kind !== 'computed') return column;
      const expression = parseExpression(column.expression);
      const { name, comment } = column;
      const definition: ColumnDefinition = {
        kind: 'computed',
        name,
        expression,
        text: column.expression,
        span: expression.span,
        ...(comment === undefined ? {} : { comment }),
      };
      try {
        const bound = bindTable({ columns: [definition], partitionKeys: [], inherited: stored }, this.#planner);
        return bound.columns[bound.columns.length - 1] as TableColumn;
      } catch (error) {
        throw refuse(`Invalid expression for computed column '${name}'.`, error);
      }
    });
    this.#change({ columns });
  }

  /** The whole schema once more, with the new key and watermark. */
  #rebind(items: TableItems): void {
    const { watermark, primaryKey, partitionKeys } = this.#table;
    const keys = items.primaryKey?.columns.map(({ parts }) => parts.join('.')) ?? primaryKey?.columns ?? [];
    const name = items.primaryKey ? (items.primaryKey.name ?? `PK_${keys.join('_')}`) : (primaryKey?.name ?? '');
    for (const key of keys)
      if (!this.#table.columns.some((column) => column.name === key)) {
        const message = `Invalid primary key '${name}'. Column '${key}' does not exist.`;
        throw refuse(message, validationError(message));
      }
    const inherited = this.#table.columns.map((column) =>
      column.kind === 'physical' && keys.includes(column.name)
        ? { ...column, type: withNullable(column.type, false) }
        : column,
    );
    const stored = watermark && {
      column: identifier(watermark.column),
      expression: parseExpression(watermark.expression),
      text: watermark.expression,
    };
    const newWatermark = items.watermark ?? stored;
    const schema = this.#guarded(() =>
      bindTable(
        {
          columns: [],
          inherited,
          partitionKeys: partitionKeys.map(identifier),
          ...(keys.length > 0 ? { primaryKey: { name, columns: keys.map(identifier) } } : {}),
          ...(newWatermark ? { watermark: newWatermark } : {}),
        },
        this.#planner,
      ),
    );
    this.#change(schema);
  }

  #guarded<T>(body: () => T): T {
    try {
      return body();
    } catch (error) {
      throw refuse(messageOf(error), error);
    }
  }
}

function identifier(name: string): Identifier {
  const span = { start: 0, end: 0, line: 1, column: 1, endLine: 1, endColumn: 1 };
  return { kind: 'identifier', parts: name.split('.'), span };
}

/** True when an expression's text names the column. */
function uses(text: string, column: string): boolean {
  const names = (node: unknown): boolean => {
    if (Array.isArray(node)) return node.some(names);
    if (typeof node !== 'object' || node === null) return false;
    const { kind, parts } = node as { kind?: string; parts?: readonly string[] };
    return (kind === 'identifier' && parts?.[0] === column) || Object.values(node).some(names);
  };
  return names(parseExpression(text));
}
