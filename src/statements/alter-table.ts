/** ALTER TABLE. What each action does to a table is in `table-draft.ts`. */
import { tableError, validationError } from '../base/error.ts';
import { executionError } from '../catalog/catalog-error.ts';
import { type ObjectPath, pathToString, pathToSummary } from '../catalog/object-path.ts';
import type { TableDescriptor } from '../catalog/table-descriptor.ts';
import type { Parser } from '../parser/parser.ts';
import { OK } from './answer.ts';
import {
  changeText,
  type PartitionChange,
  parseAddedPartitions,
  parseDroppedPartitions,
  withPartitions,
} from './declared-partitions.ts';
import { parseIfExists, parseIfNotExists } from './exists-clause.ts';
import { parseOptionKeys } from './option-clause.ts';
import { defineStatement, type StatementContext, type StatementNode } from './statement.ts';
import { parseDistribution } from './table-clauses.ts';
import { parseSchemaChange, type TableAction, TableDraft } from './table-draft.ts';

interface AlterTableNode extends StatementNode {
  readonly table: readonly string[];
  readonly ifExists: boolean;
  readonly action: TableAction;
}

export const alterTable = defineStatement<AlterTableNode>({
  name: 'alter-table',
  heads: [['ALTER', 'TABLE']],
  syntax:
    "ALTER TABLE [IF EXISTS] table {RENAME TO table | RENAME column TO column | SET ('key' = 'value', …) | RESET ('key', …) | ADD item | MODIFY item | DROP column | DROP PRIMARY KEY | DROP WATERMARK | {ADD | DROP} PARTITION (key = value, …)}",
  summary: "Changes a table's description.",
  example: 'ALTER TABLE log ADD (seen TIMESTAMP(3)); ALTER TABLE log RENAME TO journal',
  parse(parser, start) {
    const ifExists = parseIfExists(parser);
    const { parts: table } = parser.compoundIdentifier();
    const action = parseAction(parser);
    return { statement: 'alter-table', table, ifExists, action, span: parser.spanFrom(start) };
  },
  async execute({ table, ifExists, action }, context) {
    const { catalogs } = context;
    const path = catalogs.qualify(table);
    const resolved = await catalogs.resolve(table);
    if (!resolved || resolved.isTemporary) {
      if (ifExists) return OK;
      throw validationError(`Table ${pathToString(path)} doesn't exist or is a temporary table.`);
    }
    if (resolved.object.kind === 'view') throw validationError('ALTER TABLE for a view is not allowed');
    if (action.kind === 'rename') await rename(path, action.newName, context);
    else if (action.kind === 'partition') await changePartitions(path, resolved.object, action, context);
    else {
      const draft = new TableDraft(path, resolved.object, context.planner);
      draft.apply(action);
      await (await catalogs.getCatalog(path.catalog)).alterObject(path.database, path.name, draft.table());
    }
    return OK;
  },
});

function parseAction(parser: Parser): TableAction {
  if (parser.accept('RENAME')) return parseRename(parser);
  if (parser.accept('SET')) return { kind: 'set', options: parser.options() };
  if (parser.accept('RESET')) return { kind: 'reset', keys: parseOptionKeys(parser) };
  if (parser.accept('ADD')) return parseAdd(parser);
  if (parser.accept('MODIFY')) {
    if (parser.accept('DISTRIBUTION')) return { kind: 'distribution', distribution: parseDistribution(parser) };
    return { kind: 'modify', change: parseSchemaChange(parser) };
  }
  parser.expect('DROP');
  return parseDrop(parser);
}

function parseRename(parser: Parser): TableAction {
  parser.record('~TO');
  if (parser.accept('TO')) return { kind: 'rename', newName: parser.compoundIdentifier().parts };
  const { parts: from } = parser.compoundIdentifier();
  parser.expect('TO');
  return { kind: 'rename-column', from: from.join('.'), to: parser.identifier().name };
}

function parseAdd(parser: Parser): TableAction {
  if (parser.accept('DISTRIBUTION')) return { kind: 'distribution', distribution: parseDistribution(parser) };
  const isOptional = parser.sees('IF') && parseIfNotExists(parser);
  parser.record('~PARTITION');
  if (isOptional || parser.sees('PARTITION')) return parseAddedPartitions(parser, isOptional);
  return { kind: 'add', change: parseSchemaChange(parser) };
}

function parseDrop(parser: Parser): TableAction {
  if (parser.accept('PRIMARY', 'KEY')) return { kind: 'drop-primary-key' };
  if (parser.accept('CONSTRAINT')) return { kind: 'drop-primary-key', constraint: parser.identifier().name };
  if (parser.accept('WATERMARK')) return { kind: 'drop-watermark' };
  if (parser.accept('DISTRIBUTION')) return { kind: 'drop-distribution' };
  const isOptional = parser.sees('IF') && parseIfExists(parser);
  parser.record('~PARTITION');
  if (isOptional || parser.sees('PARTITION')) return parseDroppedPartitions(parser, isOptional);
  const columns = parser.seesSymbol('(') ? parser.identifierList() : [parser.compoundIdentifier()];
  return { kind: 'drop-columns', columns: columns.map(({ parts }) => parts.join('.')) };
}

async function rename(path: ObjectPath, parts: readonly string[], { catalogs }: StatementContext): Promise<void> {
  const name = parts[parts.length - 1] ?? '';
  const catalog = await catalogs.getCatalog(path.catalog);
  try {
    await catalog.renameObject(path.database, path.name, name);
  } catch (error) {
    const target = pathToSummary({ ...path, name });
    throw executionError(`Could not execute ALTER TABLE ${pathToSummary(path)} RENAME TO ${target}`, error);
  }
}

async function changePartitions(
  path: ObjectPath,
  table: TableDescriptor,
  change: PartitionChange,
  { catalogs }: StatementContext,
): Promise<void> {
  let changed: TableDescriptor;
  try {
    changed = withPartitions(table, change, path);
  } catch (error) {
    throw tableError(changeText(change, path), error);
  }
  await (await catalogs.getCatalog(path.catalog)).alterObject(path.database, path.name, changed);
}
