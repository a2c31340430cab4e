/** What names mean at a place of a query: the relations of FROM with their columns, and the scopes around. */
import type { Span } from '../base/error.ts';
import { call, type Expression, inputReference, literal } from '../expressions/expression.ts';
import type { Identifier } from '../parser/ast.ts';
import { type Field, type LogicalType, types } from '../types/logical-type.ts';
import { bindError, spanAround } from './bind-error.ts';
import { fieldOf, innerFields } from './inner-fields.ts';

export interface ScopeRelation {
  /** Alias, or the table's own name; null for a derived table without one. */
  readonly name: string | null;
  /** Longer names that also mean it: `database.table`, `catalog.database.table`. */
  readonly path: readonly string[];
  /** Names of its columns as validated (they may repeat). */
  readonly columns: readonly string[];
  /** Place of its first column in the row. */
  readonly offset: number;
}

/** A column of NATURAL or USING: one name for two columns. */
export interface CommonColumn {
  readonly name: string;
  readonly expression: Expression;
  readonly members: readonly number[];
}

export interface Scope {
  readonly fields: readonly Field[];
  readonly relations: readonly ScopeRelation[];
  readonly common: readonly CommonColumn[];
  readonly parent: Scope | null;
}

const OUTER = '$OUTER';

export function isOuter(expression: Expression): expression is Expression & { kind: 'call' } {
  return expression.kind === 'call' && expression.function === OUTER;
}

/** A column of the row around: `level` 1 is the next scope outwards. */
export function outerReference(level: number, index: number, type: LogicalType): Expression {
  return call(OUTER, [literal(level, types.int(false)), literal(index, types.int(false))], type);
}

export function outerLevel(expression: Expression & { kind: 'call' }): number {
  const level = expression.args[0];
  return level?.kind === 'literal' ? Number(level.value) : 0;
}

export function outerIndex(expression: Expression & { kind: 'call' }): number {
  const index = expression.args[1];
  return index?.kind === 'literal' ? Number(index.value) : 0;
}

/** The place of the parts `from` to `to` (exclusive) of a dotted name. */
function partSpan(identifier: Identifier, from: number, to: number): Span {
  const first = identifier.partSpans?.[from];
  const last = identifier.partSpans?.[to - 1];
  return first && last ? spanAround(first, last) : identifier.span;
}

/** The expression that a name stands for. Columns of USING are one column in the select list, GROUP BY and ORDER BY only. */
export function resolveName(scope: Scope, identifier: Identifier, takesCommon = true): Expression {
  const { parts } = identifier;
  if (parts.length === 1) {
    const found = findColumn(scope, parts[0] as string, identifier.span, takesCommon);
    if (found) return found;
    throw columnNotFound(scope, identifier);
  }
  return resolveQualified(scope, identifier);
}

/** The same; undefined when no relation of this scope or those around has such a column. */
export function findColumn(scope: Scope, name: string, span: Span, takesCommon = true): Expression | undefined {
  let level = 0;
  for (let at: Scope | null = scope; at; at = at.parent, level++) {
    const here = findHere(at, name, span, takesCommon);
    if (here) return level === 0 ? here : toOuter(here, level);
  }
  return undefined;
}

function findHere(scope: Scope, name: string, span: Span, takesCommon: boolean): Expression | undefined {
  const common = takesCommon ? scope.common.find((column) => column.name === name) : undefined;
  if (common) return common.expression;
  const found = scope.relations.flatMap((relation) => columnsNamed(scope, relation, name));
  if (found.length > 1) throw bindError(`Column '${name}' is ambiguous`, span);
  return found[0];
}

/** What a name may mean in a relation: its column, or a field of a ROW column. */
function columnsNamed(scope: Scope, relation: ScopeRelation, name: string): readonly Expression[] {
  const own = relation.columns.flatMap((column, i) => (column === name ? [columnAt(scope, relation.offset + i)] : []));
  if (own.length > 0) return own;
  return innerFields(
    relation.columns.map((_, i) => columnAt(scope, relation.offset + i)),
    name,
  );
}

export function columnAt(scope: Scope, place: number): Expression {
  return inputReference(place, (scope.fields[place] as Field).type);
}

function toOuter(expression: Expression, level: number): Expression {
  if (expression.kind === 'input') return outerReference(level, expression.index, expression.type);
  if (expression.kind === 'literal') return expression;
  return { ...expression, args: expression.args.map((arg) => toOuter(arg, level)) };
}

function resolveQualified(scope: Scope, identifier: Identifier): Expression {
  const { parts } = identifier;
  for (let size = parts.length - 1; size >= 1; size--) {
    const found = findRelation(scope, parts.slice(0, size));
    if (found) return columnOf(found, identifier, size);
  }
  const column = findColumn(scope, parts[0] as string, partSpan(identifier, 0, 1));
  if (column && column.type.kind === 'ROW') return pathInto(column, identifier, 1, scope.relations[0]?.name ?? '', 0);
  const table = parts.slice(0, -1).join('.');
  throw bindError(`Table '${table}' not found`, partSpan(identifier, 0, parts.length - 1));
}

interface FoundRelation {
  readonly scope: Scope;
  readonly relation: ScopeRelation;
  readonly level: number;
}

/** The relation that a qualifier names, in this scope or around. */
export function findRelation(scope: Scope, qualifier: readonly string[]): FoundRelation | undefined {
  let level = 0;
  for (let at: Scope | null = scope; at; at = at.parent, level++) {
    const relation = at.relations.find((candidate) => isNamed(candidate, qualifier));
    if (relation) return { scope: at, relation, level };
  }
  return undefined;
}

function isNamed(relation: ScopeRelation, qualifier: readonly string[]): boolean {
  if (qualifier.length === 1) return relation.name === qualifier[0];
  const tail = relation.path.slice(-qualifier.length);
  return tail.length === qualifier.length && tail.every((part, i) => part === qualifier[i]);
}

function columnOf(found: FoundRelation, identifier: Identifier, size: number): Expression {
  const { relation, scope, level } = found;
  const name = identifier.parts[size] as string;
  const columns = columnsNamed(scope, relation, name);
  if (columns.length > 1) throw bindError(`Column '${name}' is ambiguous`, partSpan(identifier, size, size + 1));
  const column = columns[0];
  if (column === undefined) throw notInTable(relation, identifier, size);
  const reference = level === 0 ? column : toOuter(column, level);
  return pathInto(reference, identifier, size + 1, relation.name ?? '', size);
}

function notInTable(relation: ScopeRelation, identifier: Identifier, size: number): Error {
  const name = identifier.parts[size] as string;
  const table = identifier.parts.slice(0, size).join('.');
  const similar = relation.columns.find((column) => column.toLowerCase() === name.toLowerCase());
  const hint = similar === undefined ? '' : `; did you mean '${similar}'?`;
  return bindError(`Column '${name}' not found in table '${table}'${hint}`, partSpan(identifier, size, size + 1));
}

/** Fields of a row by the remaining parts of a name. */
function pathInto(start: Expression, identifier: Identifier, from: number, table: string, column: number): Expression {
  let at = start;
  for (const part of identifier.parts.slice(from)) {
    const next = fieldOf(at, part);
    if (!next) {
      const path = identifier.parts.slice(column);
      const span = partSpan(identifier, column, identifier.parts.length);
      throw bindError(`Column '${path.join('.')}' not found in table '${table}'`, span);
    }
    at = next;
  }
  return at;
}

function columnNotFound(scope: Scope, identifier: Identifier): Error {
  const name = identifier.parts[0] as string;
  const lower = name.toLowerCase();
  let similar: string | undefined;
  for (let at: Scope | null = scope; at && similar === undefined; at = at.parent)
    similar = at.relations
      .flatMap((relation) => [...relation.columns])
      .find((column) => column.toLowerCase() === lower);
  const hint = similar === undefined ? '' : `; did you mean '${similar}'?`;
  return bindError(`Column '${name}' not found in any table${hint}`, identifier.span);
}

/** A function of MATCH_RECOGNIZE in another place shows its columns with their tables. */
export function qualifiedBy(scope: Scope): (name: Identifier) => Identifier {
  return (name) => {
    if (name.parts.length > 1) return name;
    const column = findColumn(scope, name.parts[0] as string, name.span);
    const place = column?.kind === 'input' ? column.index : -1;
    const relation = scope.relations.find(({ offset, columns }) => place >= offset && place < offset + columns.length);
    return relation?.name ? { ...name, parts: [relation.name, ...name.parts] } : name;
  };
}
