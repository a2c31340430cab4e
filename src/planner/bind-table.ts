/** CREATE TABLE: types of computed columns, the watermark, the primary key, partition keys, with Flink's checks in its order. */
import type { Span } from '../base/error.ts';
import type { TableColumn, TableDescriptor, WatermarkDescriptor } from '../catalog/table-descriptor.ts';
import type { ColumnDefinition, Identifier, SqlExpression } from '../parser/ast.ts';
import { type Field, type LogicalType, withNullable } from '../types/logical-type.ts';
import { typeSummary } from '../types/type-name.ts';
import { planError, unwrapForDdl } from './bind-error.ts';
import { bindExpression } from './bind-expression.ts';
import { type Binding, bindingOf } from './binding.ts';
import { columnScope } from './column-scope.ts';
import type { PlannerContext } from './planner-context.ts';

export interface TableDefinition {
  readonly columns: readonly ColumnDefinition[];
  readonly watermark?: { readonly column: Identifier; readonly expression: SqlExpression; readonly text: string };
  readonly primaryKey?: { readonly name?: string; readonly columns: readonly Identifier[] };
  readonly partitionKeys: readonly Identifier[];
  /** Columns that a LIKE clause or an ALTER has brought: before those of `columns`. */
  readonly inherited?: readonly TableColumn[];
}

export type TableSchema = Pick<TableDescriptor, 'columns' | 'watermark' | 'primaryKey' | 'partitionKeys'>;

const VALIDATION = 'org.apache.flink.table.api.ValidationException';

function refuse(text: string): Error {
  return planError(text, VALIDATION);
}

/** Throws Flink's errors: inner ones without `SQL validation failed.` */
export function bindTable(definition: TableDefinition, context: PlannerContext): TableSchema {
  const binding = bindingOf(context, new Map());
  try {
    return new TableBinder(definition, binding).bind();
  } catch (error) {
    throw unwrapForDdl(error);
  }
}

class TableBinder {
  readonly #definition: TableDefinition;
  readonly #binding: Binding;
  readonly #columns: TableColumn[] = [];

  constructor(definition: TableDefinition, binding: Binding) {
    this.#definition = definition;
    this.#binding = binding;
  }

  bind(): TableSchema {
    this.#columns.push(...(this.#definition.inherited ?? []));
    this.#checkNames();
    const keys = this.#primaryKey();
    for (const column of this.#definition.columns) this.#addStored(column, keys?.columns ?? []);
    for (const column of this.#definition.columns) this.#addComputed(column);
    const watermark = this.#watermark();
    return {
      columns: this.#ordered(),
      ...(watermark ? { watermark } : {}),
      ...(keys ? { primaryKey: keys } : {}),
      partitionKeys: this.#partitionKeys(),
    };
  }

  #checkNames(): void {
    const seen = new Map<string, string>(
      (this.#definition.inherited ?? []).map((column) => [column.name, label(column.kind)]),
    );
    for (const { name, kind } of this.#definition.columns) {
      const other = seen.get(name);
      if (other === undefined) seen.set(name, label(kind));
      else if (other === label(kind)) throw refuse(`A ${label(kind)} named '${name}' already exists in the table.`);
      else throw refuse(duplicateText(name, other, label(kind)));
    }
  }

  #primaryKey(): TableDescriptor['primaryKey'] {
    const { primaryKey, columns } = this.#definition;
    const declared =
      primaryKey?.columns ??
      columns.flatMap((column) => ('primaryKey' in column && column.primaryKey ? [identifierOf(column)] : []));
    if (declared.length === 0) return undefined;
    const names = declared.map(lastPart);
    for (const [i, name] of names.entries()) {
      const column = columns.find((other) => other.name === name) ?? this.#columns.find((other) => other.name === name);
      const at = placeOf((declared[i] as Identifier).span);
      if (!column) throw refuse(`Primary key column '${name}' is not defined in the schema ${at}`);
      if (column.kind !== 'physical')
        throw refuse(
          `Could not create a PRIMARY KEY with column '${name}' ${at}.\nA PRIMARY KEY constraint must be declared on physical columns.`,
        );
    }
    const name = primaryKey?.name ?? `PK_${names.join('_')}`;
    const repeated = names.filter((column, i) => names.indexOf(column) !== i);
    if (repeated.length > 0)
      throw refuse(
        `Invalid primary key '${name}'. A primary key must not contain duplicate columns. Found: [${repeated.join(', ')}]`,
      );
    return { name, columns: names };
  }

  #addStored(column: ColumnDefinition, keys: readonly string[]): void {
    const comment = column.comment === undefined ? {} : { comment: column.comment };
    const { name } = column;
    if (column.kind === 'physical') {
      const type = keys.includes(name) ? withNullable(column.type, false) : column.type;
      this.#columns.push({ kind: 'physical', name, type, ...comment });
    } else if (column.kind === 'metadata') {
      const key = column.key === undefined ? {} : { key: column.key };
      this.#columns.push({ kind: 'metadata', name, type: column.type, ...key, virtual: column.virtual, ...comment });
    }
  }

  /** Computed columns see the stored ones only. */
  #addComputed(column: ColumnDefinition): void {
    if (column.kind !== 'computed') return;
    const stored = this.#columns.filter((other) => other.kind !== 'computed').map(fieldOf);
    const { type } = bindExpression(column.expression, columnScope(stored, this.#binding));
    const comment = column.comment === undefined ? {} : { comment: column.comment };
    this.#columns.push({ kind: 'computed', name: column.name, expression: column.text, type, ...comment });
  }

  #ordered(): TableColumn[] {
    const inherited = this.#definition.inherited ?? [];
    const own = this.#definition.columns.map(
      (definition) =>
        this.#columns.find((column, i) => i >= inherited.length && column.name === definition.name) as TableColumn,
    );
    return [...inherited, ...own];
  }

  #watermark(): WatermarkDescriptor | undefined {
    const { watermark } = this.#definition;
    if (!watermark) return undefined;
    const names = this.#ordered().map((column) => column.name);
    const name = watermark.column.parts.join('.');
    const column = this.#ordered().find((other) => other.name === name);
    if (!column) throw this.#unknownRowtime(watermark.column, names);
    const fields = this.#ordered().map(fieldOf);
    const bound = bindExpression(watermark.expression, columnScope(fields, this.#binding));
    const { type } = column;
    if (isProctime(type)) throw refuse('A watermark can not be defined for a processing-time attribute.');
    if (!isTime(type))
      throw refuse(
        `Invalid data type of time field for watermark definition. The field must be of type TIMESTAMP(p) or TIMESTAMP_LTZ(p), the supported precision 'p' is from 0 to 3, but the time field type is ${typeSummary(type)}`,
      );
    if (!isTime(bound.type))
      throw refuse(
        `Invalid data type of expression for watermark definition. The field must be of type TIMESTAMP(p) or TIMESTAMP_LTZ(p), the supported precision 'p' is from 0 to 3, but the watermark expression type is ${typeSummary(bound.type)}`,
      );
    if (bound.type.kind !== type.kind)
      throw refuse(
        `The watermark declaration's output data type '${typeSummary(bound.type)}' is different from the time field's data type '${typeSummary(type)}'.`,
      );
    return { column: name, expression: watermark.text };
  }

  #unknownRowtime(column: Identifier, names: readonly string[]): Error {
    const { parts, span } = column;
    if (parts.length > 1 && names.includes(parts[0] as string))
      return refuse(
        `Invalid column name '${parts.join('.')}' for rowtime attribute in watermark declaration. Available columns are: [${names.join(', ')}]`,
      );
    const at = placeOf(span);
    const list = names.map((name) => `'${name}'`).join(', ');
    return refuse(
      `The rowtime attribute field '${parts.join('.')}' is not defined in the table schema, ${at}\nAvailable fields: [${list}]`,
    );
  }

  #partitionKeys(): string[] {
    const columns = this.#ordered();
    return this.#definition.partitionKeys.map((identifier) => {
      const name = lastPart(identifier);
      const column = columns.find((other) => other.name === name);
      if (!column) {
        const list = columns.map((other) => `'${other.name}'`).join(', ');
        throw refuse(`Partition column '${name}' not defined in the table schema. Available columns: [${list}]`);
      }
      if (column.kind !== 'physical')
        throw refuse(
          `Invalid partition key '${name}'. A partition key must reference a physical column in the schema. Available columns are: [${columns
            .filter((other) => other.kind === 'physical')
            .map((other) => other.name)
            .join(', ')}]`,
        );
      return name;
    });
  }
}

function lastPart(identifier: Identifier): string {
  return identifier.parts[identifier.parts.length - 1] as string;
}

function identifierOf(column: ColumnDefinition): Identifier {
  const end: Span = {
    ...column.span,
    endLine: column.span.line,
    endColumn: column.span.column + column.name.length - 1,
  };
  return { kind: 'identifier', parts: [column.name], span: end };
}

function label(kind: ColumnDefinition['kind']): string {
  return kind === 'physical' ? 'regular Column' : kind === 'computed' ? 'computed Column' : 'metadata Column';
}

function duplicateText(name: string, first: string, second: string): string {
  const [a, b] = [first, second].map((word) => word.replace(' Column', '')).sort();
  return `A column named '${name}' already exists in the table. Duplicate columns exist in the ${a} column and ${b} column. `;
}

function fieldOf({ name, type }: TableColumn): Field {
  return { name, type };
}

function isTime(type: LogicalType): boolean {
  return (type.kind === 'TIMESTAMP' || type.kind === 'TIMESTAMP_LTZ') && type.precision <= 3;
}

function isProctime(type: LogicalType): boolean {
  return 'timeAttribute' in type && type.timeAttribute === 'proctime';
}

/** Where a name begins. */
function placeOf({ line, column }: Span): string {
  return `at line ${line}, column ${column}`;
}
