/** How the parts of CREATE TABLE and ALTER TABLE read. */
import type { TableDescriptor } from '../catalog/table-descriptor.ts';
import type { ColumnDefinition, Identifier, SqlExpression } from '../parser/ast.ts';
import { constraintRefusal } from '../parser/parse-ddl.ts';
import type { Parser } from '../parser/parser.ts';
import { declarationError, grammarError } from '../parser/syntax-error.ts';
import { unparseExpression } from '../parser/unparse.ts';

interface WatermarkClause {
  readonly column: Identifier;
  readonly expression: SqlExpression;
  readonly text: string;
}
interface PrimaryKeyClause {
  readonly name?: string;
  readonly columns: readonly Identifier[];
}
export type Distribution = NonNullable<TableDescriptor['distribution']>;

/** The items of a column list. */
export interface TableItems {
  readonly columns: ColumnDefinition[];
  /** Names without types: CREATE TABLE AS only. */
  readonly names: Identifier[];
  watermark?: WatermarkClause;
  primaryKey?: PrimaryKeyClause;
}

export function noItems(): TableItems {
  return { columns: [], names: [] };
}

/** `( item, … )`. */
export function parseTableItems(parser: Parser): TableItems {
  const items = noItems();
  parser.expectSymbol('(');
  for (const word of ['CONSTRAINT', 'PRIMARY', 'UNIQUE', 'WATERMARK']) parser.record(`~${word}`);
  do parseTableItem(parser, items);
  while (parser.acceptSymbol(','));
  parser.expectSymbol(')');
  return items;
}

/** A column, a watermark, a constraint, or a bare name. */
export function parseTableItem(parser: Parser, items: TableItems): void {
  if (parser.sees('WATERMARK')) addWatermark(items, parseWatermark(parser));
  else if (parser.sees('CONSTRAINT') || parser.sees('PRIMARY') || parser.sees('UNIQUE'))
    addPrimaryKey(parser, items, parseConstraint(parser));
  else parseColumn(parser, items);
}

function parseColumn(parser: Parser, items: TableItems): void {
  const start = parser.peekSpan();
  const name = parser.identifier();
  if (parser.seesSymbol(',') || parser.seesSymbol(')')) {
    items.names.push({ kind: 'identifier', parts: [name.name], span: name.span });
    return;
  }
  parser.backTo(start);
  const column = parser.columnDefinition();
  const stored = column.kind === 'computed' ? { ...column, text: unparseExpression(column.expression) } : column;
  items.columns.push(stored);
  if (column.kind === 'physical' && column.primaryKey)
    addPrimaryKey(parser, items, { columns: [{ kind: 'identifier', parts: [column.name], span: name.span }] });
}

function addWatermark(items: TableItems, watermark: WatermarkClause): void {
  if (items.watermark)
    throw grammarError('Multiple WATERMARK declarations are not supported yet.', watermark.column.span);
  items.watermark = watermark;
}

function addPrimaryKey(parser: Parser, items: TableItems, key: PrimaryKeyClause): void {
  if (items.primaryKey) parser.defer(declarationError('Duplicate primary key definition'));
  items.primaryKey = key;
}

/** `WATERMARK FOR column AS expression`. */
function parseWatermark(parser: Parser): WatermarkClause {
  parser.expect('WATERMARK', 'FOR');
  const column = parser.compoundIdentifier();
  parser.expect('AS');
  const expression = parser.plainExpression();
  return { column, expression, text: unparseExpression(expression) };
}

/** `[CONSTRAINT name] PRIMARY KEY (…) NOT ENFORCED`. */
function parseConstraint(parser: Parser): PrimaryKeyClause {
  const name = parser.accept('CONSTRAINT') ? parser.identifier().name : undefined;
  const isUnique = parser.accept('UNIQUE');
  if (!isUnique) parser.expect('PRIMARY', 'KEY');
  const columns = parser.identifierList();
  const enforced = !parser.accept('NOT', 'ENFORCED');
  if (enforced) parser.accept('ENFORCED');
  const refusal = constraintRefusal(isUnique, enforced);
  if (refusal) parser.defer(refusal);
  return name === undefined ? { columns } : { name, columns };
}

/** Behind DISTRIBUTED or DISTRIBUTION: `BY [HASH | RANGE] (…) [INTO n BUCKETS]` or `INTO n BUCKETS`. */
export function parseDistribution(parser: Parser): Distribution {
  let kind = 'UNKNOWN';
  let columns: string[] = [];
  if (parser.accept('BY')) {
    if (parser.accept('HASH')) kind = 'HASH';
    else if (parser.accept('RANGE')) kind = 'RANGE';
    columns = parser.identifierList().map(({ parts }) => parts.join('.'));
    if (!parser.accept('INTO')) return { kind, columns };
  } else parser.expect('INTO');
  const buckets = parser.integer();
  parser.expect('BUCKETS');
  return { kind, columns, buckets };
}
