/** CREATE TABLE, with LIKE. CREATE TABLE AS is in `create-table-as.ts`. */
import type { TableDescriptor } from '../catalog/table-descriptor.ts';
import type { Identifier, Query } from '../parser/ast.ts';
import type { Parser } from '../parser/parser.ts';
import { grammarError } from '../parser/syntax-error.ts';
import { OK } from './answer.ts';
import { createTableAs } from './create-table-as.ts';
import { parseIfNotExists } from './exists-clause.ts';
import { type LikeTableClause, parseLikeTable } from './like-table.ts';
import { defineStatement, type StatementNode } from './statement.ts';
import { storeObject } from './store-object.ts';
import { type Distribution, noItems, parseDistribution, parseTableItems, type TableItems } from './table-clauses.ts';
import { describeTable } from './table-definition.ts';

export interface CreateTableNode extends StatementNode {
  readonly table: Identifier;
  readonly isTemporary: boolean;
  readonly replaces: boolean;
  /** False: REPLACE TABLE, which needs a table to replace. */
  readonly creates: boolean;
  readonly ifNotExists: boolean;
  readonly items: TableItems;
  readonly comment: string | undefined;
  readonly distribution: Distribution | undefined;
  readonly partitionKeys: readonly Identifier[];
  readonly options: Readonly<Record<string, string>>;
  readonly like: LikeTableClause | undefined;
  readonly query: Query | undefined;
}

export const createTable = defineStatement<CreateTableNode>({
  name: 'create-table',
  heads: [
    ['CREATE', 'TABLE'],
    ['CREATE', 'TEMPORARY', 'TABLE'],
    ['CREATE', 'OR', 'REPLACE', 'TABLE'],
    ['CREATE', 'OR', 'REPLACE', 'TEMPORARY', 'TABLE'],
    ['CREATE', 'OR', 'ALTER', 'TABLE'],
    ['REPLACE', 'TABLE'],
  ],
  syntax:
    "CREATE [OR REPLACE] [TEMPORARY] TABLE [IF NOT EXISTS] table (column type [COMMENT 'text'] | column AS expression | column type METADATA [FROM 'key'] [VIRTUAL] | WATERMARK FOR column AS expression | PRIMARY KEY (column, …) NOT ENFORCED, …) [COMMENT 'text'] [DISTRIBUTED BY (column, …) INTO n BUCKETS] [PARTITIONED BY (column, …)] WITH ('connector' = '…', …) [LIKE table | AS query]",
  summary: 'Describes a table of another system, so that it can be read and written here.',
  example:
    "CREATE TABLE names (id BIGINT, name STRING, upper_name AS UPPER(name), PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'print')",
  parse(parser, start) {
    const head = parser.textOf(start, start).toUpperCase() === 'REPLACE' ? ['REPLACE'] : headWords(parser, start);
    const ifNotExists = parseIfNotExists(parser);
    const table = parser.compoundIdentifier();
    const items = parser.seesSymbol('(') ? parseTableItems(parser) : noItems();
    const comment = parser.comment();
    const distribution = parser.accept('DISTRIBUTED') ? parseDistribution(parser) : undefined;
    const partitionKeys = parsePartitionKeys(parser);
    const options = parser.accept('WITH') ? parser.options() : {};
    const like = parser.accept('LIKE') ? parseLikeTable(parser) : undefined;
    const query = parser.accept('AS') ? parseTableQuery(parser) : undefined;
    if (!query && items.names[0])
      throw grammarError(
        'Columns identifiers without types in the schema are supported on CTAS/RTAS statements only.',
        items.names[0].span,
      );
    if (!query && !like) parser.foreignWordHint();
    return {
      statement: 'create-table',
      table,
      isTemporary: head.includes('TEMPORARY'),
      replaces: head.includes('REPLACE') || head.includes('ALTER'),
      creates: head.includes('CREATE'),
      ifNotExists,
      items,
      comment,
      distribution,
      partitionKeys,
      options,
      like,
      query,
      span: parser.spanFrom(start),
    };
  },
  async execute(node, context) {
    if (node.query) return await createTableAs(node, node.query, context);
    const path = context.catalogs.qualify(node.table.parts);
    const descriptor: TableDescriptor = await describeTable(node, context);
    await storeObject(path, descriptor, node, context);
    return OK;
  },
});

/** The head words as typed, to see which form it is. */
function headWords(parser: Parser, start: { readonly start: number }): string[] {
  return parser.text.slice(start.start, parser.peekSpan().start).toUpperCase().split(/\s+/);
}

function parsePartitionKeys(parser: Parser): Identifier[] {
  if (!parser.accept('PARTITIONED')) return [];
  parser.expect('BY');
  return parser.identifierList();
}

function parseTableQuery(parser: Parser): Query {
  return parser.seesQuery() ? parser.query() : parser.notAQuery();
}
