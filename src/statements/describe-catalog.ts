/** DESCRIBE CATALOG. */
import { validationError } from '../base/error.ts';
import { maskSecrets } from '../base/secret.ts';
import type { Value } from '../types/value.ts';
import { tableOf } from './answer.ts';
import { defineStatement, type StatementNode } from './statement.ts';

interface DescribeCatalogNode extends StatementNode {
  readonly name: string;
  readonly extended: boolean;
}

export const describeCatalog = defineStatement<DescribeCatalogNode>({
  name: 'describe-catalog',
  heads: [
    ['DESCRIBE', 'CATALOG'],
    ['DESC', 'CATALOG'],
  ],
  syntax: '{DESCRIBE | DESC} CATALOG [EXTENDED] catalog',
  summary: "Shows a catalog's type, comment and, with EXTENDED, options.",
  example: "CREATE CATALOG c WITH ('type' = 'generic_in_memory'); DESCRIBE CATALOG EXTENDED c",
  parse(parser, start) {
    const extended = parser.accept('EXTENDED');
    const { name } = parser.identifier();
    return { statement: 'describe-catalog', name, extended, span: parser.spanFrom(start) };
  },
  async execute({ name, extended }, { catalogs }) {
    const entry = catalogs.describeCatalog(name);
    if (!entry) throw validationError(`Cannot obtain metadata information from Catalog ${name}.`);
    const { type = '', ...options } = maskSecrets(entry.options);
    const rows: Value[][] = [
      ['name', name],
      ['type', type],
      ['comment', entry.comment ?? null],
    ];
    if (extended) for (const key of Object.keys(options).sort()) rows.push([`option:${key}`, options[key] ?? null]);
    return tableOf(['info name', 'info value'], rows);
  },
});
