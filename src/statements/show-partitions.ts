/** SHOW PARTITIONS: those that ALTER TABLE has declared; what writers make are folders that the catalog knows not of. */
import { EngineError, tableError } from '../base/error.ts';
import { objectNotFound } from '../catalog/catalog-error.ts';
import { pathToSummary } from '../catalog/object-path.ts';
import { listOf } from './answer.ts';
import { type PartitionSpec, parseSpec, partitionNames } from './declared-partitions.ts';
import { defineStatement, type StatementNode } from './statement.ts';

interface ShowPartitionsNode extends StatementNode {
  readonly parts: readonly string[];
  readonly wanted: PartitionSpec;
}

export const showPartitions = defineStatement<ShowPartitionsNode>({
  name: 'show-partitions',
  heads: [['SHOW', 'PARTITIONS']],
  syntax: 'SHOW PARTITIONS table [PARTITION (column = value, …)]',
  summary: 'Lists the partitions that ALTER TABLE … ADD PARTITION has declared.',
  example:
    "CREATE TABLE days (a INT, dt STRING) PARTITIONED BY (dt) WITH ('connector' = 'filesystem', 'path' = 'days', 'format' = 'json'); SHOW PARTITIONS days",
  parse(parser, start) {
    const { parts } = parser.compoundIdentifier();
    const wanted = parser.accept('PARTITION') ? parseSpec(parser) : {};
    return { statement: 'show-partitions', parts, wanted, span: parser.spanFrom(start) };
  },
  async execute({ parts, wanted }, { catalogs }) {
    const path = catalogs.qualify(parts);
    const object = (await catalogs.resolve(parts))?.object;
    if (!object)
      throw tableError(
        `Could not execute SHOW PARTITIONS ${pathToSummary(path)}`,
        objectNotFound(path.database, path.name, path.catalog),
      );
    if (object.kind === 'table' && object.partitionKeys.length > 0)
      return listOf('partition name', partitionNames(object, wanted));
    const reason = new EngineError(
      'SQL_VALIDATION',
      `Table ${path.database}.${path.name} in catalog ${path.catalog} is not partitioned.`,
      { exceptionClass: 'org.apache.flink.table.catalog.exceptions.TableNotPartitionedException' },
    );
    throw tableError(`Could not execute SHOW PARTITIONS ${pathToSummary(path)}`, reason);
  },
});
