/** SHOW CURRENT CATALOG and SHOW CURRENT DATABASE. */
import { listOf } from './answer.ts';
import { defineStatement } from './statement.ts';

export const showCurrentCatalog = defineStatement({
  name: 'show-current-catalog',
  heads: [['SHOW', 'CURRENT', 'CATALOG']],
  syntax: 'SHOW CURRENT CATALOG',
  summary: 'Names the current catalog.',
  example: 'SHOW CURRENT CATALOG',
  parse: (parser, start) => ({ statement: 'show-current-catalog', span: parser.spanFrom(start) }),
  execute: async (_node, { catalogs }) => listOf('current catalog name', [catalogs.currentCatalog]),
});

export const showCurrentDatabase = defineStatement({
  name: 'show-current-database',
  heads: [['SHOW', 'CURRENT', 'DATABASE']],
  syntax: 'SHOW CURRENT DATABASE',
  summary: 'Names the current database.',
  example: 'SHOW CURRENT DATABASE',
  parse: (parser, start) => ({ statement: 'show-current-database', span: parser.spanFrom(start) }),
  execute: async (_node, { catalogs }) => listOf('current database name', [catalogs.currentDatabase]),
});
