/** RESET: settings back to what the session began with. */
import { OK } from './answer.ts';
import { defineStatement, type StatementNode } from './statement.ts';

interface ResetNode extends StatementNode {
  readonly key: string | undefined;
}

const UNQUOTED = /^RESET\s+([^'\s;]+)\s*;?\s*$/i;

export const reset = defineStatement<ResetNode>({
  name: 'reset',
  heads: [['RESET']],
  syntax: "RESET ['key']",
  summary: 'Takes back all settings of the session, or one.',
  example: "RESET 'table.local-time-zone'",
  parse(parser, start) {
    const match = UNQUOTED.exec(parser.text.slice(start.start).trimEnd());
    if (match) {
      parser.rest();
      return { statement: 'reset', key: match[1], span: parser.spanFrom(start) };
    }
    const key = parser.seesEnd() ? undefined : parser.string();
    return { statement: 'reset', key, span: parser.spanFrom(start) };
  },
  async execute({ key }, { session }) {
    session.config.reset(key?.trim());
    return OK;
  },
});
