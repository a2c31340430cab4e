/** Nexmark's queries over forty seconds of events, as query scripts. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { eventsOf } from '../../bench/nexmark/generate.ts';
import { statementsOf } from '../../bench/nexmark/queries.ts';
import { SCRIPTS, type Script, type ScriptRow } from './script-file.ts';

/** The digest of each query. */
export const NEXMARK = join(SCRIPTS, 'nexmark.json');
const COLUMNS = ['event_type', 'person', 'auction', 'bid'] as const;
let events: ScriptRow[] | null = null;

/** The INSERT's query; what it gives is a {@link digestOf}. */
export function nexmarkScript(name: string, expected: readonly string[]): Script {
  // Fifty events in a second: several windows.
  events ??= eventsOf({ events: 2000, seed: 7, rate: 50 }).map((event) => ({
    kind: '+I',
    values: COLUMNS.map((column) => (event as Record<string, unknown>)[column]),
    split: null,
    waitMs: 0,
  }));
  const statements = statementsOf(name, '${rows}/events', "'connector' = 'blackhole'").map((statement) =>
    statement.replace(/^(--.*\n)*/, ''),
  );
  const insert = statements.at(-1) as string;
  return {
    settings: {},
    setup: statements.slice(0, -1).filter((statement) => !statement.startsWith('CREATE TABLE nexmark_')),
    query: insert.replace(/^INSERT INTO \w+\s/, ''),
    rows: new Map([['events', events]]),
    comparesChanges: false,
    isOnlyStraight: false,
    isByHand: false,
    expected,
  };
}

/** The number of rows, and a hash of them in order. */
export function digestOf(result: readonly string[]): string[] {
  const hash = createHash('sha256').update(result.join('\n')).digest('hex');
  return [`${result.length} rows ${hash.slice(0, 16)}`];
}
