/** DESCRIBE of a table or view. */
import { defineStatement, type StatementNode } from './statement.ts';
import { describedObject, describeObject } from './table-rows.ts';

interface DescribeNode extends StatementNode {
  readonly table: readonly string[];
}

export const describe = defineStatement<DescribeNode>({
  name: 'describe',
  heads: [['DESCRIBE'], ['DESC']],
  syntax: '{DESCRIBE | DESC} [EXTENDED] table',
  summary: 'Shows the columns of a table or view.',
  example: 'DESCRIBE orders',
  parse(parser, start) {
    if (parser.seesEnd() && parser.textOf(start, start).toUpperCase() === 'DESC') {
      parser.backTo(start);
      parser.notAQuery();
    }
    const isExtended = parser.accept('EXTENDED');
    if (!isExtended && !parser.seesIdentifier()) parser.notAQuery();
    const { parts: table } = parser.compoundIdentifier();
    return { statement: 'describe', table, span: parser.spanFrom(start) };
  },
  async execute({ table }, { catalogs }) {
    return describeObject((await describedObject(catalogs, table)).object, () => true);
  },
});
