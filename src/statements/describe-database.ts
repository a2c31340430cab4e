/** DESCRIBE DATABASE: Flink has the grammar only; here it answers. */

import { maskSecrets } from '../base/secret.ts';
import { databaseNotFound } from '../catalog/catalog-error.ts';
import type { Value } from '../types/value.ts';
import { tableOf } from './answer.ts';
import { defineStatement, type StatementNode } from './statement.ts';

interface DescribeDatabaseNode extends StatementNode {
  readonly parts: readonly string[];
  readonly extended: boolean;
}

export const describeDatabase = defineStatement<DescribeDatabaseNode>({
  name: 'describe-database',
  heads: [
    ['DESCRIBE', 'DATABASE'],
    ['DESC', 'DATABASE'],
  ],
  syntax: '{DESCRIBE | DESC} DATABASE [EXTENDED] [catalog.]database',
  summary: "Shows a database's comment and, with EXTENDED, properties.",
  example: 'DESCRIBE DATABASE default_database',
  parse(parser, start) {
    const extended = parser.accept('EXTENDED');
    const { parts } = parser.compoundIdentifier();
    return { statement: 'describe-database', parts, extended, span: parser.spanFrom(start) };
  },
  async execute({ parts, extended }, { catalogs }) {
    const name = parts[parts.length - 1] ?? '';
    const catalog = await catalogs.getCatalog(parts.length > 1 ? (parts[0] ?? '') : catalogs.currentCatalog);
    const database = await catalog.getDatabase(name);
    if (!database) throw databaseNotFound(name, catalog.name);
    const rows: Value[][] = [
      ['name', name],
      ['comment', database.comment ?? null],
    ];
    if (extended)
      for (const [key, value] of Object.entries(maskSecrets(database.properties)).sort())
        rows.push([`option:${key}`, value]);
    return tableOf(['info name', 'info value'], rows);
  },
});
