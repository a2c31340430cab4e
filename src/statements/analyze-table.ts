/** ANALYZE TABLE: refused in streaming mode as in Flink; in batch mode there is nothing to gather, plans do not use statistics. */
import { tableError, validationError } from '../base/error.ts';
import { pathToString } from '../catalog/object-path.ts';
import type { Parser } from '../parser/parser.ts';
import { runtimeMode } from '../planner/setting-value.ts';
import { OK } from './answer.ts';
import { defineStatement, type StatementNode } from './statement.ts';

interface AnalyzeTableNode extends StatementNode {
  readonly parts: readonly string[];
  readonly partition: readonly string[] | null;
  readonly columns: readonly string[];
}

export const analyzeTable = defineStatement<AnalyzeTableNode>({
  name: 'analyze-table',
  heads: [['ANALYZE', 'TABLE']],
  syntax: 'ANALYZE TABLE table COMPUTE STATISTICS [FOR COLUMNS column, … | FOR ALL COLUMNS]',
  summary: 'Accepted in batch mode; plans here use no statistics.',
  example: "SET 'execution.runtime-mode' = 'batch'; ANALYZE TABLE users COMPUTE STATISTICS",
  parse(parser, start) {
    const { parts } = parser.compoundIdentifier();
    const partition = parser.accept('PARTITION') ? parsePartitionKeys(parser) : null;
    parser.expect('COMPUTE', 'STATISTICS');
    const columns = parser.accept('FOR') && !parser.accept('ALL', 'COLUMNS') ? parseColumns(parser) : [];
    return { statement: 'analyze-table', parts, partition, columns, span: parser.spanFrom(start) };
  },
  async execute(node, { catalogs, planner, notice }) {
    const resolved = await catalogs.resolve(node.parts);
    const path = catalogs.qualify(node.parts);
    if (!resolved || resolved.isTemporary)
      throw validationError(`Table ${pathToString(path)} doesn't exist or is a temporary table.`);
    if (resolved.object.kind === 'view') throw validationError('ANALYZE TABLE for a view is not allowed');
    checkPartition(node.partition, resolved.object.partitionKeys, pathToString(path));
    const { columns } = resolved.object;
    const unknown = node.columns.find((name) => !columns.some((column) => column.name === name));
    if (unknown !== undefined)
      throw validationError(`Column: ${unknown} does not exist in the table: ${pathToString(path)}.`);
    if (runtimeMode(planner) === 'streaming') throw tableError('ANALYZE TABLE is not supported for streaming mode now');
    notice('Plans use no statistics here; ANALYZE TABLE has gathered none.');
    return OK;
  },
});

/** `(key = value, key, …)`: the keys. */
function parsePartitionKeys(parser: Parser): string[] {
  const keys: string[] = [];
  parser.expectSymbol('(');
  do {
    keys.push(parser.identifier().name);
    if (parser.acceptSymbol('=')) parser.expression();
  } while (parser.acceptSymbol(','));
  parser.expectSymbol(')');
  return keys;
}

function parseColumns(parser: Parser): string[] {
  parser.expect('COLUMNS');
  const columns = [parser.identifier().name];
  while (parser.acceptSymbol(',')) columns.push(parser.identifier().name);
  return columns;
}

function checkPartition(given: readonly string[] | null, keys: readonly string[], table: string): void {
  if (keys.length === 0 && given)
    throw validationError(
      `Invalid ANALYZE TABLE statement. Table: ${table} is not a partition table, while partition values are given.`,
    );
  const names = given ?? [];
  if (names.length !== keys.length || names.some((name) => !keys.includes(name)))
    throw validationError(
      `Invalid ANALYZE TABLE statement. For partition table, all partition keys should be specified explicitly. The given partition keys: [${names.join(',')}] are not match the target partition keys: [${keys.join(',')}].`,
    );
}
