/** DELETE, UPDATE and TRUNCATE TABLE: no sink here changes single rows, and Flink's texts say so. */
import { tableError, validationError } from '../base/error.ts';
import { pathToString, pathToSummary } from '../catalog/object-path.ts';
import type { Identifier } from '../parser/ast.ts';
import { queryError } from '../parser/syntax-error.ts';
import { runtimeMode } from '../planner/planner.ts';
import { defineStatement, type StatementContext, type StatementNode } from './statement.ts';

interface TableNode extends StatementNode {
  readonly table: Identifier;
}

const SINK = 'has not yet implemented org.apache.flink.table.connector.sink.abilities';

export const deleteFrom = defineStatement<TableNode>({
  name: 'delete',
  heads: [['DELETE', 'FROM']],
  syntax: 'DELETE FROM table [WHERE condition]',
  summary: 'Refused: no sink deletes single rows on demand.',
  example: "SET 'execution.runtime-mode' = 'batch'; DELETE FROM users WHERE id = 1",
  parse(parser, start) {
    const table = parser.compoundIdentifier();
    if (parser.accept('AS') || parser.seesIdentifier()) parser.identifier();
    if (parser.accept('WHERE')) parser.expression();
    return { statement: 'delete', table, span: parser.spanFrom(start) };
  },
  async execute({ table }, context) {
    const name = await existing(table, context);
    if (runtimeMode(context.planner) === 'streaming')
      throw tableError('DELETE statement is not supported for streaming mode now.');
    throw tableError(
      `Can't perform delete operation of the table \`${name}\` because the corresponding dynamic table sink ${SINK}.SupportsRowLevelDelete.`,
    );
  },
});

export const update = defineStatement<TableNode>({
  name: 'update',
  heads: [['UPDATE']],
  syntax: 'UPDATE table SET column = value, … [WHERE condition]',
  summary: 'Refused: no sink updates single rows on demand.',
  example: "SET 'execution.runtime-mode' = 'batch'; UPDATE users SET name = 'Ann' WHERE id = 1",
  parse(parser, start) {
    const table = parser.compoundIdentifier();
    if (parser.accept('AS') || parser.seesIdentifier()) parser.identifier();
    parser.expect('SET');
    do {
      parser.compoundIdentifier();
      parser.expectSymbol('=');
      parser.expression();
    } while (parser.acceptSymbol(','));
    if (parser.accept('WHERE')) parser.expression();
    return { statement: 'update', table, span: parser.spanFrom(start) };
  },
  async execute({ table }, context) {
    const name = await existing(table, context);
    if (runtimeMode(context.planner) === 'streaming')
      throw tableError('UPDATE statement is not supported for streaming mode now.');
    throw tableError(
      `Can't perform update operation of the table \`${name}\` because the corresponding dynamic table sink ${SINK}.SupportsRowLevelUpdate.`,
    );
  },
});

/** The table's full name. Throws the validator's error when there is none. */
async function existing(table: Identifier, { catalogs }: StatementContext): Promise<string> {
  const resolved = await catalogs.resolve(table.parts);
  if (resolved) return pathToSummary(resolved.path);
  throw queryError(`Object '${table.parts[table.parts.length - 1] ?? ''}' not found`, table.span);
}

export const truncateTable = defineStatement<TableNode>({
  name: 'truncate-table',
  heads: [['TRUNCATE', 'TABLE']],
  syntax: 'TRUNCATE TABLE table',
  summary: 'Refused: no sink empties itself on demand.',
  example: "SET 'execution.runtime-mode' = 'batch'; TRUNCATE TABLE users",
  parse(parser, start) {
    const table = parser.compoundIdentifier();
    return { statement: 'truncate-table', table, span: parser.spanFrom(start) };
  },
  async execute({ table }, { catalogs, planner }) {
    const path = catalogs.qualify(table.parts);
    if (!(await catalogs.resolve(table.parts))) {
      const names = (await catalogs.listCatalogs()).join(', ');
      throw validationError(
        `Cannot find table '${pathToString(path)}' in any of the catalogs [${names}], nor as a temporary table.`,
      );
    }
    if (runtimeMode(planner) === 'streaming')
      throw tableError('TRUNCATE TABLE statement is not supported in streaming mode.');
    throw tableError(
      `TRUNCATE TABLE statement is not supported for the table ${pathToSummary(path)} since the table hasn't implemented the interface org.apache.flink.table.connector.sink.abilities.SupportsTruncate.`,
    );
  },
});
