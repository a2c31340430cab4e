/** ANALYZE TABLE: refused in streaming mode as in Flink; in batch mode there is nothing to gather, plans do not use statistics. */
import { tableError, validationError } from '../base/error.ts';
import { pathToString } from '../catalog/object-path.ts';
import { runtimeMode } from '../planner/setting-value.ts';
import { OK } from './answer.ts';
import { defineStatement, type StatementNode } from './statement.ts';

interface AnalyzeTableNode extends StatementNode {
  readonly parts: readonly string[];
}

export const analyzeTable = defineStatement<AnalyzeTableNode>({
  name: 'analyze-table',
  heads: [['ANALYZE', 'TABLE']],
  syntax: 'ANALYZE TABLE table COMPUTE STATISTICS [FOR COLUMNS column, … | FOR ALL COLUMNS]',
  summary: 'Accepted in batch mode; plans here use no statistics.',
  example: "SET 'execution.runtime-mode' = 'batch'; ANALYZE TABLE users COMPUTE STATISTICS",
  parse(parser, start) {
    const { parts } = parser.compoundIdentifier();
    if (parser.accept('PARTITION')) {
      parser.expectSymbol('(');
      do {
        parser.identifier();
        if (parser.acceptSymbol('=')) parser.expression();
      } while (parser.acceptSymbol(','));
      parser.expectSymbol(')');
    }
    parser.expect('COMPUTE', 'STATISTICS');
    if (parser.accept('FOR') && !parser.accept('ALL', 'COLUMNS')) {
      parser.expect('COLUMNS');
      do parser.identifier();
      while (parser.acceptSymbol(','));
    }
    return { statement: 'analyze-table', parts, span: parser.spanFrom(start) };
  },
  async execute({ parts }, { catalogs, planner, notice }) {
    const resolved = await catalogs.resolve(parts);
    if (!resolved || resolved.isTemporary)
      throw validationError(`Table ${pathToString(catalogs.qualify(parts))} doesn't exist or is a temporary table.`);
    if (runtimeMode(planner) === 'streaming') throw tableError('ANALYZE TABLE is not supported for streaming mode now');
    notice('Plans use no statistics here; ANALYZE TABLE has gathered none.');
    return OK;
  },
});
