/** SET: the session's settings, or one of them. */
import { maskSecrets } from '../base/secret.ts';
import { byName, OK, tableOf } from './answer.ts';
import { checkSetting } from './checked-setting.ts';
import { settingNote } from './setting-notes.ts';
import { defineStatement, type StatementNode } from './statement.ts';

interface SetNode extends StatementNode {
  readonly setting: { readonly key: string; readonly value: string } | null;
}

/** `SET key = value` without quotes around the key: Flink reads it before its grammar. */
const UNQUOTED = /^SET\s+([^'\s=]+)\s*=\s*(?:'([^']*)'|([^;\s]+))\s*;?\s*$/i;

export const set = defineStatement<SetNode>({
  name: 'set',
  heads: [['SET']],
  syntax: "SET ['key' = 'value']",
  summary: 'Lists the settings of the session, or changes one.',
  example: "SET 'table.local-time-zone' = 'Europe/Berlin'",
  parse(parser, start) {
    const match = UNQUOTED.exec(parser.text.slice(start.start).trimEnd());
    if (match) {
      parser.rest();
      const setting = { key: match[1] ?? '', value: match[2] ?? match[3] ?? '' };
      return { statement: 'set', setting, span: parser.spanFrom(start) };
    }
    if (parser.seesEnd()) return { statement: 'set', setting: null, span: parser.spanFrom(start) };
    const key = parser.string();
    parser.expectSymbol('=');
    return { statement: 'set', setting: { key, value: parser.string() }, span: parser.spanFrom(start) };
  },
  async execute({ setting }, { session, notice }) {
    if (setting) {
      const key = setting.key.trim();
      const value = setting.value.trim();
      checkSetting(key, value);
      session.config.set(key, value);
      const note = settingNote(key, value);
      if (note !== null) notice(`[INFO] ${note}`);
      return OK;
    }
    const shown = Object.entries(maskSecrets(Object.fromEntries(session.config.entries())));
    return tableOf(
      ['key', 'value'],
      shown.sort(([a], [b]) => byName(a, b)),
    );
  },
});
