/** Which columns of a relation are read, and of ROW columns which fields. */
import { call, type Expression, inputReference, literal } from '../expressions/expression.ts';
import { type Field, type LogicalType, types, withNullable } from '../types/logical-type.ts';

/** Indexes of fields from the column inwards; empty: the whole column. */
export type FieldPath = readonly number[];

/** A column, or a field inside, read by somebody. */
export interface Access {
  readonly column: number;
  readonly path: FieldPath;
  readonly type: LogicalType;
}

/** The access that an expression is, if it is nothing else: a column, or FIELD of FIELD of a column. */
export function accessOf(expression: Expression): Access | undefined {
  if (expression.kind === 'input') return { column: expression.index, path: [], type: expression.type };
  if (expression.kind !== 'call' || expression.function !== 'FIELD') return undefined;
  const [row, index] = expression.args;
  const inner = row === undefined ? undefined : accessOf(row);
  if (inner === undefined || index?.kind !== 'literal') return undefined;
  return { column: inner.column, path: [...inner.path, Number(index.value)], type: expression.type };
}

/** A growing set of accesses; a whole column covers its fields. */
export class ColumnNeeds {
  readonly #paths = new Map<number, Access[]>();

  add(access: Access): void {
    const others = this.#paths.get(access.column) ?? [];
    if (others.some((other) => isPrefix(other.path, access.path))) return;
    const kept = others.filter((other) => !isPrefix(access.path, other.path));
    this.#paths.set(access.column, [...kept, access]);
  }

  addColumn(column: number, fields: readonly Field[]): void {
    const field = fields[column];
    if (field !== undefined) this.add({ column, path: [], type: field.type });
  }

  /** Everything that an expression reads. */
  addExpression(expression: Expression): void {
    const access = accessOf(expression);
    if (access !== undefined) this.add(access);
    else if (expression.kind === 'call') for (const arg of expression.args) this.addExpression(arg);
  }

  has(column: number): boolean {
    return this.#paths.has(column);
  }

  /** In order of columns, then of fields. */
  list(): Access[] {
    return [...this.#paths.keys()]
      .sort((a, b) => a - b)
      .flatMap((column) => [...(this.#paths.get(column) ?? [])].sort((a, b) => comparePaths(a.path, b.path)));
  }

  of(column: number): readonly Access[] {
    return this.#paths.get(column) ?? [];
  }
}

function isPrefix(short: FieldPath, long: FieldPath): boolean {
  return short.length <= long.length && short.every((index, i) => index === long[i]);
}

function comparePaths(a: FieldPath, b: FieldPath): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Where accesses of the old relation are found in the new one. */
export class ColumnMap {
  readonly #places: ReadonlyArray<{ readonly access: Access; readonly index: number }>;

  constructor(places: ReadonlyArray<{ readonly access: Access; readonly index: number }>) {
    this.#places = places;
  }

  /** One column for each access, in order. */
  static inOrder(accesses: readonly Access[], offset = 0): ColumnMap {
    return new ColumnMap(accesses.map((access, i) => ({ access, index: i + offset })));
  }

  /** The same map, its results moved. */
  shifted(columns: number, indexes: number): ColumnMap {
    return new ColumnMap(
      this.#places.map(({ access, index }) => ({
        access: { ...access, column: access.column + columns },
        index: index + indexes,
      })),
    );
  }

  merged(other: ColumnMap): ColumnMap {
    return new ColumnMap([...this.#places, ...other.#places]);
  }

  /** The new index of a whole column; -1 when it is not there. */
  column(column: number): number {
    return this.#places.find(({ access }) => access.column === column && access.path.length === 0)?.index ?? -1;
  }

  resolve(access: Access): Expression | undefined {
    for (const place of this.#places) {
      if (place.access.column !== access.column || !isPrefix(place.access.path, access.path)) continue;
      const { path, type } = place.access;
      const isWhole = path.length === access.path.length;
      // The reader's own type: an outer join above may have made the column nullable, a watermark assigner an event time.
      const own = isWhole ? withNullable(access.type, access.type.nullable || type.nullable) : type;
      return within(inputReference(place.index, own), access.path.slice(path.length));
    }
    return undefined;
  }

  /** The expression over the new relation. */
  rewrite(expression: Expression): Expression {
    const access = accessOf(expression);
    const found = access === undefined ? undefined : this.resolve(access);
    if (found !== undefined) return found;
    if (expression.kind !== 'call') return expression;
    return { ...expression, args: expression.args.map((arg) => this.rewrite(arg)) };
  }
}

/** FIELD calls down a path. */
function within(expression: Expression, path: FieldPath): Expression {
  return path.reduce<Expression>((row, index) => {
    if (row.type.kind !== 'ROW') return row;
    const field = row.type.fields[index] as Field;
    const nullable = row.type.nullable || field.type.nullable;
    return call('FIELD', [row, literal(index, types.int(false))], { ...field.type, nullable });
  }, expression);
}

/** Names along a path. */
export function namesOf(field: Field, path: FieldPath): readonly string[] {
  const names = [field.name];
  let type = field.type;
  for (const index of path) {
    if (type.kind !== 'ROW') break;
    const inner = type.fields[index] as Field;
    names.push(inner.name);
    type = inner.type;
  }
  return names;
}
