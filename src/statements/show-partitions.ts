/** SHOW PARTITIONS: the catalog knows of none, they are folders that writers make. */
import { EngineError, tableError } from '../base/error.ts';
import { pathToSummary } from '../catalog/object-path.ts';
import { listOf } from './answer.ts';
import { parsePartition } from './insert.ts';
import { defineStatement, type StatementNode } from './statement.ts';
import { describedObject } from './table-rows.ts';

interface ShowPartitionsNode extends StatementNode {
  readonly parts: readonly string[];
}

export const showPartitions = defineStatement<ShowPartitionsNode>({
  name: 'show-partitions',
  heads: [['SHOW', 'PARTITIONS']],
  syntax: 'SHOW PARTITIONS table [PARTITION (column = value, …)]',
  summary: 'Lists the declared partitions of a partitioned table: none.',
  example:
    "CREATE TABLE days (a INT, dt STRING) PARTITIONED BY (dt) WITH ('connector' = 'filesystem', 'path' = 'days', 'format' = 'json'); SHOW PARTITIONS days",
  parse(parser, start) {
    const { parts } = parser.compoundIdentifier();
    if (parser.accept('PARTITION')) parsePartition(parser);
    return { statement: 'show-partitions', parts, span: parser.spanFrom(start) };
  },
  async execute({ parts }, { catalogs }) {
    const { object, path } = await describedObject(catalogs, parts);
    if (object.kind === 'table' && object.partitionKeys.length > 0) return listOf('partition name', []);
    const reason = new EngineError(
      'SQL_VALIDATION',
      `Table ${path.database}.${path.name} in catalog ${path.catalog} is not partitioned.`,
      { exceptionClass: 'org.apache.flink.table.catalog.exceptions.TableNotPartitionedException' },
    );
    throw tableError(`Could not execute SHOW PARTITIONS ${pathToSummary(path)}`, reason);
  },
});
