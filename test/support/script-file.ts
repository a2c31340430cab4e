/**
 * A query script: Flink SQL with the rows of its tables in comments behind them, and what the query gives in comments at its end.
 *
 *     -- What is shown.                              First the purpose, then a line for each of
 *     -- Over: orders, users                         tables of `test/scripts/tables` that it uses,
 *     -- Compare: changes                            the comparison of changes in their order (else: the rows that are left),
 *     -- Only straight: because …                    and why it is not stopped and killed.
 *     CREATE TABLE t (k INT, v STRING) WITH ('connector' = 'filesystem', 'path' = '${rows}/t', 'format' = 'json');
 *     /* t
 *     1, "a"                                         A row as JSON values; before it its kind where that is not +I,
 *     -U 1, "a"                                      `@1` for the split it comes from,
 *     wait 2000                                      or how many milliseconds pass before the next row.
 *     *\/
 *     SELECT …;
 *     -- Flink 2.3 gives:                            Recorded by `npm run record`; `-- By hand:` where Flink cannot be asked, with a reason above.
 *     --   1 | a
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { splitStatements } from '../../src/parser/split.ts';

export interface ScriptRow {
  readonly kind: '+I' | '-U' | '+U' | '-D';
  readonly values: readonly unknown[];
  readonly split: number | null;
  /** Milliseconds that pass before it. */
  readonly waitMs: number;
}

export interface Script {
  readonly settings: Readonly<Record<string, string>>;
  /** CREATE TABLE and CREATE VIEW. */
  readonly setup: readonly string[];
  /** The SELECT or INSERT. */
  readonly query: string;
  readonly rows: ReadonlyMap<string, readonly ScriptRow[]>;
  readonly comparesChanges: boolean;
  readonly isByHand: boolean;
  /** No stops and kills. */
  readonly isOnlyStraight: boolean;
  readonly expected: readonly string[];
}

export const SCRIPTS = join(import.meta.dirname, '../scripts');
const EXPECTED = /^-- (Flink 2\.3 gives|By hand):$/m;

export function readScript(path: string): Script {
  const whole = readFileSync(path, 'utf8');
  const at = EXPECTED.exec(whole);
  const own = at ? whole.slice(0, at.index) : whole;
  const shared = (/^-- Over: (.*)$/m.exec(own)?.[1]?.split(', ') ?? []).map((name) =>
    readFileSync(join(SCRIPTS, 'tables', `${name}.sql`), 'utf8'),
  );
  const text = [...shared, own].join('\n');
  const statements = splitStatements(text).map((statement) => statement.text);
  const settings: Record<string, string> = {};
  for (const statement of statements) {
    const [, key, value] = /^SET '([^']+)' = '([^']*)'$/.exec(statement) ?? [];
    if (key !== undefined) settings[key] = value as string;
  }
  const query = statements.at(-1);
  if (query === undefined || /^(CREATE|SET)\b/.test(query)) throw new Error(`${path} has no query`);
  return {
    settings,
    setup: statements.filter((statement) => statement.startsWith('CREATE')),
    query,
    rows: new Map(
      [...text.matchAll(/^\/\* (\w+)\n([\s\S]*?)^\*\/$/gm)].map(([, name, body]) => [
        name as string,
        readRows(body as string),
      ]),
    ),
    comparesChanges: /^-- Compare: changes$/m.test(own),
    isOnlyStraight: /^-- Only straight: /m.test(own),
    isByHand: at?.[1] === 'By hand',
    expected: at
      ? whole
          .slice(at.index)
          .split('\n')
          .slice(1)
          .filter(Boolean)
          .map((line) => line.replace(/^-- {2}/, '').trimStart())
      : [],
  };
}

/** The script's text with other expected lines. */
export function withExpected(path: string, lines: readonly string[]): string {
  const whole = readFileSync(path, 'utf8');
  const own = whole.slice(0, EXPECTED.exec(whole)?.index ?? whole.length).trimEnd();
  return `${[own, '-- Flink 2.3 gives:', ...lines.map((line) => `--   ${line}`)].join('\n')}\n`;
}

function readRows(body: string): ScriptRow[] {
  const rows: ScriptRow[] = [];
  let waitMs = 0;
  for (const line of body.split('\n').filter(Boolean)) {
    const wait = /^wait (\d+)$/.exec(line)?.[1];
    if (wait !== undefined) {
      waitMs += Number(wait);
      continue;
    }
    const [, split, kind, values] = /^(?:@(\d+) )?(?:([+-][IUD]) )?(.*)$/.exec(line) ?? [];
    rows.push({
      kind: (kind ?? '+I') as ScriptRow['kind'],
      values: JSON.parse(`[${values}]`) as unknown[],
      split: split === undefined ? null : Number(split),
      waitMs,
    });
    waitMs = 0;
  }
  return rows;
}
