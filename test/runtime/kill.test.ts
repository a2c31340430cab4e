/** Job processes that are killed at named points: the sink must hold what a run without a failure gives. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { memoryStore } from '../../src/base/store.ts';
import type { JobGraph } from '../../src/dataflow/job-graph.ts';
import { defaultParts } from '../../src/runtime/default-parts.ts';
import { localJobHost } from '../../src/runtime/job-host.ts';
import { JobManager } from '../../src/runtime/job-manager.ts';
import { processJobHost } from '../../src/runtime/job-processes.ts';
import { JobStore } from '../../src/runtime/job-store.ts';
import { changelogModes } from '../../src/types/changelog-mode.ts';
import { types } from '../../src/types/logical-type.ts';

const ROWS = 3000;
const main = new URL('../../src/main.ts', import.meta.url).pathname;
let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kill-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true, maxRetries: 3 }));

/** The rate leaves time for many checkpoints, and for a kill on a busy machine. */
function graph(settings: Record<string, string> = {}): JobGraph {
  const fields = [{ name: 'a', type: types.bigint() }];
  const columns = [{ name: 'a', type: types.bigint() }];
  const common = { columns, primaryKey: null, partitionKeys: [] };
  return {
    version: 1,
    name: 'numbers',
    mode: 'streaming',
    settings: {
      'execution.checkpointing.interval': '100 ms',
      'restart-strategy.type': 'fixed-delay',
      'restart-strategy.fixed-delay.attempts': '20',
      'restart-strategy.fixed-delay.delay': '10 ms',
      ...settings,
    },
    sql: 'INSERT INTO f SELECT a FROM d',
    vertices: [
      {
        id: 0,
        uid: 'source',
        name: 'Source',
        inputs: [],
        fields,
        changelogMode: changelogModes.insertOnly,
        body: {
          kind: 'Source',
          table: {
            path: 'd',
            connector: 'datagen',
            options: {
              connector: 'datagen',
              'rows-per-second': '800',
              'fields.a.kind': 'sequence',
              'fields.a.start': '1',
              'fields.a.end': String(ROWS),
            },
            ...common,
          },
          produced: [{ kind: 'physical', path: ['a'] }],
          limit: null,
        },
      },
      ...['f', 'g'].map((name, i) => ({
        id: i + 1,
        uid: `sink-${name}`,
        name: 'Sink',
        inputs: [0],
        fields: [],
        changelogMode: changelogModes.insertOnly,
        body: {
          kind: 'Sink' as const,
          table: {
            path: name,
            connector: 'filesystem',
            options: { connector: 'filesystem', path: join(home, name), format: 'json' },
            ...common,
          },
          targetColumns: [0],
          overwrite: false,
        },
      })),
    ],
  };
}

function manager(
  crashAt: string | undefined,
  silenceMs = 60_000,
): { jobs: JobManager; close: () => Promise<void>; store: JobStore } {
  const environment: Record<string, string | undefined> = { ...process.env };
  if (crashAt) environment['MILLRACE_CRASH_AT'] = crashAt;
  const host = processJobHost({
    runDir: join(home, 'run'),
    clock: systemClock,
    command: [process.execPath, '--disable-warning=ExperimentalWarning', main, 'job', '--home', home],
    environment,
    silenceMs,
  });
  // Only the first process dies; those after it are sound.
  delete environment['MILLRACE_CRASH_AT'];
  const store = new JobStore(memoryStore());
  const localHost = localJobHost({ parts: defaultParts(), clock: systemClock });
  const jobs = new JobManager({ home, clock: systemClock, store, host, localHost, autoResume: true });
  return { jobs, store, close: () => host.close() };
}

function rowsOf(table: string): number[] {
  const folder = join(home, table);
  const files = readdirSync(folder).filter((name) => !name.startsWith('.') && !name.startsWith('_'));
  const lines = files.flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n'));
  return lines.map((line) => (JSON.parse(line) as { a: number }).a).sort((a, b) => a - b);
}

async function settledSummary(jobs: JobManager, id: string): Promise<string> {
  for (;;) {
    const { status } = await jobs.wait(id);
    if (status === 'FINISHED' || status === 'FAILED' || status === 'CANCELED') return status;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const expected = Array.from({ length: ROWS }, (_, i) => i + 1);

describe('a job process killed', () => {
  const points = [
    'after-start-checkpoint',
    'in-batch:40',
    'before-data:3',
    'after-data:4',
    'before-rename:4',
    'after-rename:4',
    'before-commit:3',
    'before-commit:4',
    'after-commit:3',
    'after-commit:4',
  ];
  test.each(points)('%s loses and doubles nothing', async (point) => {
    const { jobs, close } = manager(point);
    try {
      const id = await jobs.submit(graph(), { operationId: point }).catch(() => jobs.list()[0]?.id ?? '');
      expect(await settledSummary(jobs, id)).toBe('FINISHED');
      expect(jobs.find(id).restarts).toBe(1);
      expect(rowsOf('f')).toEqual(expected);
      expect(rowsOf('g')).toEqual(expected);
    } finally {
      await close();
    }
  });
});

test('rule 17: a job process that is stopped is killed after a silence, and another one goes on', async () => {
  const { jobs, store, close } = manager(undefined, 4000);
  try {
    const id = await jobs.submit(graph(), { operationId: 'stopped' });
    let pid: number | undefined;
    while (pid === undefined) pid = (await store.load())[0]?.address?.pid;
    process.kill(pid, 'SIGSTOP');
    expect(await settledSummary(jobs, id)).toBe('FINISHED');
    expect(jobs.find(id).restarts).toBe(1);
    expect(rowsOf('f')).toEqual(expected);
  } finally {
    await close();
  }
});
