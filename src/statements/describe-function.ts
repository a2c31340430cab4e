/** DESCRIBE FUNCTION. */
import { validationError } from '../base/error.ts';
import { lookupAggregate, lookupScalar } from '../functions/index.ts';
import { quoteIdentifier } from '../types/logical-type.ts';
import type { Value } from '../types/value.ts';
import { tableOf } from './answer.ts';
import { defineStatement, type StatementContext, type StatementNode } from './statement.ts';

interface DescribeFunctionNode extends StatementNode {
  readonly parts: readonly string[];
  readonly extended: boolean;
}

export const describeFunction = defineStatement<DescribeFunctionNode>({
  name: 'describe-function',
  heads: [
    ['DESCRIBE', 'FUNCTION'],
    ['DESC', 'FUNCTION'],
  ],
  syntax: '{DESCRIBE | DESC} FUNCTION [EXTENDED] function',
  summary: 'Shows what a function is.',
  example: 'DESCRIBE FUNCTION EXTENDED json_quote',
  parse(parser, start) {
    const extended = parser.accept('EXTENDED');
    const { parts } = parser.compoundIdentifier();
    return { statement: 'describe-function', parts, extended, span: parser.spanFrom(start) };
  },
  async execute({ parts, extended }, context) {
    const rows = builtIn(parts, extended) ?? (await ofCatalog(parts, context));
    if (rows) return tableOf(['info name', 'info value'], rows);
    throw validationError(`Function with the identifier '${parts.map(quoteIdentifier).join('.')}' doesn't exist.`);
  },
});

function builtIn(parts: readonly string[], extended: boolean): Value[][] | undefined {
  const [name = ''] = parts;
  const scalar = parts.length === 1 ? lookupScalar(name) : undefined;
  const fn = scalar ?? (parts.length === 1 ? lookupAggregate(name) : undefined);
  if (!fn) return undefined;
  const rows: Value[][] = [
    ['is system function', 'true'],
    ['is temporary', 'false'],
  ];
  if (extended)
    rows.push(
      ['kind', scalar ? 'SCALAR' : 'AGGREGATE'],
      ['requirements', '[]'],
      ['signature', fn.signatures.join('\n')],
    );
  return rows;
}

async function ofCatalog(parts: readonly string[], { catalogs }: StatementContext): Promise<Value[][] | undefined> {
  const path = catalogs.qualify(parts);
  const catalog = await catalogs.getCatalog(path.catalog);
  const fn = await catalog.getFunction(path.database, path.name);
  return (
    fn && [
      ['is system function', 'false'],
      ['is temporary', 'false'],
      ['class name', fn.className],
      ['function language', fn.language],
      ['resource uris', '[]'],
    ]
  );
}
