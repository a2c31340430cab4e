import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { EngineError } from '../../src/base/error.ts';
import { readCheckpointAt } from '../../src/runtime/checkpoint-reading.ts';
import type { CheckpointStatistics } from '../../src/runtime/checkpoint-writer.ts';
import { CollectBuffer } from '../../src/runtime/collect-sink.ts';
import { Job, type JobOptions, type JobStart } from '../../src/runtime/job.ts';
import { type Doubles, doubles, expectedSums, numbers, partsOf, retryable, sumGraph } from '../support/job-doubles.ts';
import { ManualClock } from '../support/manual-clock.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'job-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const FAST = {
  'restart-strategy.type': 'fixed-delay',
  'restart-strategy.fixed-delay.attempts': '50',
  'restart-strategy.fixed-delay.delay': '1 ms',
};

function jobOf(
  world: Doubles,
  overrides: Partial<JobStart> = {},
  settings: Record<string, string> = {},
  under: Partial<Pick<JobOptions, 'clock' | 'crash'>> = {},
) {
  const checkpoints: CheckpointStatistics[] = [];
  const notices: string[] = [];
  const statuses: string[] = [];
  const start: JobStart = {
    jobId: 'a'.repeat(32),
    graph: sumGraph(settings),
    home,
    checkpointDir: join(home, 'checkpoints'),
    restore: null,
    allowDuplicates: false,
    allowNonRestored: false,
    ...overrides,
  };
  const job = new Job({
    collectGarbage: null,
    start,
    parts: partsOf(world),
    clock: systemClock,
    crash: () => {},
    ...under,
    collect: null,
    events: {
      status: (status) => statuses.push(status),
      checkpoint: (statistics) => checkpoints.push(statistics),
      notice: (text) => notices.push(text),
      print: () => {},
    },
  });
  return { job, notices, statuses, checkpoints, start };
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 2000; i++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error('it did not happen');
}

test('a bounded job ends FINISHED with its output committed and a final checkpoint', async () => {
  const world = doubles(1000);
  const { job, statuses } = jobOf(world);
  expect(await job.run()).toEqual({ status: 'FINISHED', error: null });
  expect(world.tables.get('out')?.rows).toEqual(expectedSums(1000));
  expect(statuses).toEqual(['INITIALIZING', 'RUNNING', 'FINISHED']);
  expect(job.counters).toMatchObject({ recordsIn: 1000, recordsOut: 1000 });
});

test('rule 1: every start is a checkpoint with a number of its own, and a first start makes the marker', async () => {
  const world = doubles(0);
  world.isOpen = true;
  const first = jobOf(world);
  const running = first.job.run();
  await until(() => first.statuses.includes('RUNNING'));
  const marker = () => [...(world.tables.get('out')?.markers.values() ?? [])];
  expect(marker()).toEqual([{ incarnation: 1, epoch: 0 }]);
  expect(existsSync(first.checkpoints[0]?.path ?? '')).toBe(true);
  world.total = 50;
  world.wake();
  await until(() => world.tables.get('out')?.rows.length === 50);
  first.job.cancel();
  await running;
  const used = Math.max(...first.checkpoints.map(({ id }) => id));
  const second = jobOf(world, { restore: 'newest' });
  const again = second.job.run();
  await until(() => second.statuses.includes('RUNNING'));
  expect(second.checkpoints[0]?.id).toBeGreaterThan(used);
  expect(marker()).toEqual([{ incarnation: 2, epoch: second.checkpoints[0]?.id }]);
  second.job.cancel();
  await again;
});

test('rule 8: a start from a final checkpoint only applies what is missing', async () => {
  const world = doubles(100);
  await jobOf(world).job.run();
  const polled: number[] = [];
  world.beforePoll = (position) => polled.push(position);
  const again = jobOf(world, { restore: 'newest' });
  expect((await again.job.run()).status).toBe('FINISHED');
  expect(polled).toEqual([]);
  expect(world.tables.get('out')?.rows).toEqual(expectedSums(100));
});

test('failures at random places lose and double nothing', async () => {
  const world = doubles(3000);
  let failures = 0;
  let commits = 0;
  let last = performance.now();
  world.rowsPerBatch = 1;
  world.beforePoll = (position) => {
    if (performance.now() - last < 12 || position < failures * 100) return;
    last = performance.now();
    failures++;
    throw retryable('source broke');
  };
  world.beforeCommit = () => {
    if (++commits % 3 === 0) throw retryable('sink away');
  };
  world.afterCommit = () => {
    if (++commits % 4 === 0) throw retryable('acknowledgement lost');
  };
  const { job } = jobOf(world, {}, { ...FAST, 'execution.checkpointing.interval': '3 ms' });
  const outcome = await job.run();
  expect(outcome).toEqual({ status: 'FINISHED', error: null });
  expect(world.tables.get('out')?.rows).toEqual(expectedSums(3000));
});

test('a barrier that breaks half way restarts the job: its rows are in no checkpoint', async () => {
  const world = doubles(300);
  world.isOpen = true;
  let seals = 0;
  world.beforeSeal = () => {
    if (++seals === 2) throw retryable('no room for the epoch');
  };
  const { job, statuses } = jobOf(world, {}, FAST);
  const running = job.run();
  await until(() => world.tables.get('out')?.rows.length === 300 && seals > 3);
  world.total = 310;
  world.isOpen = false;
  world.wake();
  expect(await running).toEqual({ status: 'FINISHED', error: null });
  expect(statuses).toContain('RESTARTING');
  expect(world.tables.get('out')?.rows).toEqual(expectedSums(310));
});

test('an error that is not retryable fails the job at once by default', async () => {
  const world = doubles(100);
  world.beforePoll = (position) => {
    if (position === 50) throw new EngineError('CONNECTOR_TEST', 'bad row');
  };
  const { job, statuses } = jobOf(world);
  const outcome = await job.run();
  expect(outcome.status).toBe('FAILED');
  expect((outcome.error as Error).message).toBe('Recovery is suppressed by NoRestartBackoffTimeStrategy');
  expect(((outcome.error as Error).cause as Error).message).toBe('bad row');
  expect(statuses.slice(-2)).toEqual(['FAILING', 'FAILED']);
});

test('cancel, then resume from the newest checkpoint goes on without loss or repeat', async () => {
  const world = doubles(500);
  world.isOpen = true;
  const first = jobOf(world);
  const running = first.job.run();
  await until(() => world.tables.get('out')?.rows.length === 500);
  first.job.cancel();
  expect((await running).status).toBe('CANCELED');
  world.total = 900;
  world.isOpen = false;
  const second = jobOf(world, { restore: 'newest' });
  expect((await second.job.run()).status).toBe('FINISHED');
  expect(world.tables.get('out')?.rows).toEqual(expectedSums(900));
});

test('stop with savepoint writes a self-contained copy, from which a new job goes on', async () => {
  const world = doubles(300);
  world.isOpen = true;
  const first = jobOf(world);
  const running = first.job.run();
  await until(() => world.tables.get('out')?.rows.length === 300);
  const path = await first.job.stop({ target: join(home, 'savepoints'), drain: false, as: 'FINISHED' });
  expect(await running).toEqual({ status: 'FINISHED', error: null });
  expect(path && existsSync(join(path, '_metadata'))).toBe(true);
  rmSync(join(home, 'checkpoints'), { recursive: true });
  world.total = 350;
  world.isOpen = false;
  const second = jobOf(world, { jobId: 'b'.repeat(32), restore: { path: path ?? '' } });
  expect((await second.job.run()).status).toBe('FINISHED');
  expect(world.tables.get('out')?.rows).toEqual(expectedSums(350));
});

test('stop with drain ends the input: the checkpoint is final', async () => {
  const world = doubles(300);
  world.isOpen = true;
  const { job } = jobOf(world);
  const running = job.run();
  await until(() => world.tables.get('out')?.rows.length === 300);
  const path = await job.stop({ target: join(home, 'sp'), drain: true, as: 'FINISHED' });
  expect(await running).toEqual({ status: 'FINISHED', error: null });
  expect(readFileSync(join(path ?? '', '_metadata'), 'utf8')).toContain('"isFinal":true');
});

test('rule 4: an older checkpoint is refused while the sink is ahead, and allowed by allow-duplicates', async () => {
  const world = doubles(200);
  world.isOpen = true;
  const first = jobOf(world, {}, { 'execution.checkpointing.num-retained': '100' });
  const running = first.job.run();
  await until(() => world.tables.get('out')?.rows.length === 200);
  const old = await first.job.takeCheckpoint(null);
  world.total = 400;
  world.wake();
  await until(() => world.tables.get('out')?.rows.length === 400);
  first.job.cancel();
  await running;
  world.isOpen = false;
  const refused = await jobOf(world, { jobId: 'c'.repeat(32), restore: { path: old } }).job.run();
  expect(refused.status).toBe('FAILED');
  expect(((refused.error as Error).cause as Error).message).toMatch(/is ahead of the checkpoint/);
  expect(readdirSync(join(home, 'checkpoints', 'c'.repeat(32)))).toEqual(['shared']);
  const allowed = await jobOf(world, {
    jobId: 'd'.repeat(32),
    restore: { path: old },
    allowDuplicates: true,
  }).job.run();
  expect(allowed.status).toBe('FINISHED');
  expect(world.tables.get('out')?.rows.slice(0, 400)).toEqual(expectedSums(400));
});

test('rule 3: a second run of a living lineage is a fork, with a notice', async () => {
  const world = doubles(50);
  world.isOpen = true;
  const first = jobOf(world);
  const running = first.job.run();
  await until(() => world.tables.get('out')?.rows.length === 50);
  const path = await first.job.takeCheckpoint(join(home, 'sp'));
  const fork = jobOf(world, { jobId: 'e'.repeat(32), restore: { path } });
  const forking = fork.job.run();
  await until(() => fork.statuses.includes('RUNNING'));
  expect(fork.notices.join()).toMatch(/fork/);
  expect(world.tables.get('out')?.markers.size).toBe(2);
  fork.job.cancel();
  first.job.cancel();
  await Promise.all([running, forking]);
});

test('a sink that is away holds the sources back, and a cancel does not wait for it', async () => {
  const world = doubles(1_000_000);
  world.rowsPerBatch = 1;
  let isAway = false;
  world.beforeCommit = () => {
    if (isAway) throw retryable('sink away');
    isAway = true;
  };
  const { job, notices } = jobOf(world, {}, { 'execution.checkpointing.interval': '2 ms' });
  const running = job.run();
  await until(() => notices.some((text) => text.includes('sink away')));
  let last = -1;
  await until(() => {
    const now = job.counters.recordsIn;
    const isHeld = now === last;
    last = now;
    return isHeld;
  });
  job.cancel();
  expect((await running).status).toBe('CANCELED');
});

describe('execution.checkpointing.timeout', () => {
  const TIMED = { ...FAST, 'execution.checkpointing.interval': '1 s', 'execution.checkpointing.timeout': '10 s' };

  function more(world: Doubles): void {
    world.total += 5;
    world.wake();
  }

  /** A job whose sink is away until it is let back: its fourth epoch waits for a barrier that cannot fall. */
  function behindSink(settings: Record<string, string>) {
    const clock = new ManualClock();
    const world = doubles(0);
    world.isOpen = true;
    const sink = { isAway: false };
    world.beforeCommit = () => {
      if (sink.isAway) throw retryable('sink away');
    };
    world.afterCommit = () => {
      if (world.isOpen) sink.isAway = true;
    };
    const { job, statuses, checkpoints, notices } = jobOf(world, {}, { ...TIMED, ...settings }, { clock });
    const running = job.run();
    const expire = async (): Promise<void> => {
      const before = checkpoints.length;
      await until(() => {
        more(world);
        clock.advance(500);
        return checkpoints.slice(before).some((one) => one.status === 'FAILED');
      });
    };
    const finish = async (): Promise<void> => {
      world.isOpen = false;
      sink.isAway = false;
      world.wake();
      expect(await running).toEqual({ status: 'FINISHED', error: null });
      const rows = world.tables.get('out')?.rows ?? [];
      expect(rows).toEqual(expectedSums(rows.length));
      expect(rows.length).toBe(job.counters.recordsOut);
    };
    return { world, statuses, checkpoints, notices, expire, finish };
  }

  test('a checkpoint that takes longer has failed; what is tolerated goes on', async () => {
    const { statuses, checkpoints, expire, finish } = behindSink({
      'execution.checkpointing.tolerable-failed-checkpoints': '1',
    });
    await expire();
    const failed = checkpoints.find((one) => one.status === 'FAILED');
    expect(failed?.failure).toBe('Checkpoint expired before completing.');
    expect(failed?.durationMs).toBe(10_000);
    await finish();
    expect(statuses).not.toContain('RESTARTING');
    expect(checkpoints.filter((one) => one.id === failed?.id)).toHaveLength(1);
  });

  test('one more than is tolerated lets the job fail, and it goes on from its newest checkpoint', async () => {
    const { statuses, notices, expire, world } = behindSink({});
    await expire();
    await until(() => statuses.includes('RESTARTING'));
    expect(notices.find((text) => text.startsWith('Restarting'))).toContain(
      'Exceeded checkpoint tolerable failure threshold. Checkpoint expired before completing.',
    );
    world.beforeCommit = () => {};
    world.isOpen = false;
    world.wake();
    await until(() => statuses.includes('FINISHED'));
    const rows = world.tables.get('out')?.rows ?? [];
    expect(rows).toEqual(expectedSums(rows.length));
  });

  test('rule 7: an expired checkpoint whose files come late is not one', async () => {
    const clock = new ManualClock();
    const world = doubles(0);
    world.isOpen = true;
    let writes = 0;
    const crash = (point: string): void => {
      if (point === 'before-rename' && ++writes === 3) clock.advance(10_000);
    };
    const settings = { ...TIMED, 'execution.checkpointing.tolerable-failed-checkpoints': '1' };
    const { job, checkpoints } = jobOf(world, {}, settings, { clock, crash });
    const running = job.run();
    await until(() => {
      more(world);
      clock.advance(100);
      return checkpoints.some((one) => one.status === 'FAILED') && checkpoints.at(-1)?.status === 'COMPLETED';
    });
    world.isOpen = false;
    world.wake();
    expect(await running).toEqual({ status: 'FINISHED', error: null });
    const failed = checkpoints.find((one) => one.status === 'FAILED');
    expect(failed?.failure).toBe('Checkpoint expired before completing.');
    expect(existsSync(failed?.path ?? '')).toBe(false);
    const rows = world.tables.get('out')?.rows ?? [];
    expect(rows).toEqual(expectedSums(rows.length));
    const files = readdirSync(join(home, 'checkpoints', 'a'.repeat(32), 'shared'));
    expect(files.filter((name) => name.startsWith(`${failed?.id}-`))).toEqual([]);
  });
});

test('rule 17: the same job is not started beside itself', async () => {
  const world = doubles(50);
  world.isOpen = true;
  const first = jobOf(world);
  const running = first.job.run();
  await until(() => world.tables.get('out')?.rows.length === 50);
  const second = await jobOf(world, { restore: 'newest' }, { 'restart-strategy.type': 'none' }).job.run();
  expect(second.status).toBe('FAILED');
  expect(((second.error as Error).cause as EngineError).code).toBe('JOB_LOCKED');
  first.job.cancel();
  expect((await running).status).toBe('CANCELED');
});

test('a full disk under a sink is waited out', async () => {
  const world = doubles(50);
  let isFull = true;
  world.beforeCommit = () => {
    if (!isFull) return;
    isFull = false;
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  };
  const { job, notices } = jobOf(world, {}, { 'restart-strategy.exponential-delay.initial-backoff': '1 ms' });
  expect((await job.run()).status).toBe('FINISHED');
  expect(notices.join()).toMatch(/Restarting in .*: There is no room on the disk \(ENOSPC/);
  expect(world.tables.get('out')?.rows).toEqual(expectedSums(50));
});

test('a marker that is gone stops the job by name', async () => {
  const world = doubles(50);
  await jobOf(world).job.run();
  world.tables.get('out')?.markers.clear();
  const outcome = await jobOf(world, { restore: 'newest' }).job.run();
  expect(((outcome.error as Error).cause as Error).message).toMatch(/out: the marker of this job is missing/);
});

test('a newer incarnation in the marker fences the job for good', async () => {
  const world = doubles(50);
  world.isOpen = true;
  const { job } = jobOf(world, {}, FAST);
  const running = job.run();
  await until(() => world.tables.get('out')?.rows.length === 50);
  const markers = world.tables.get('out')?.markers as Map<string, { incarnation: number; epoch: number }>;
  for (const [key, marker] of markers)
    markers.set(key, { incarnation: marker.incarnation + 1, epoch: marker.epoch + 1 });
  world.total = 60;
  world.wake();
  const outcome = await running;
  expect(outcome.status).toBe('FAILED');
  expect(((outcome.error as Error).cause as EngineError).code).toBe('JOB_FENCED');
});

test('rule 5, crash points 20 and 21: a damaged newest checkpoint is passed over, or stops the job when the sink has it', async () => {
  const world = doubles(100);
  world.isOpen = true;
  const first = jobOf(world);
  const running = first.job.run();
  await until(() => world.tables.get('out')?.rows.length === 100);
  first.job.cancel();
  await running;
  const folder = join(home, 'checkpoints', 'a'.repeat(32));
  const newest = readdirSync(folder)
    .filter((name) => /^chk-\d+$/.test(name))
    .sort((a, b) => Number(a.slice(4)) - Number(b.slice(4)))
    .at(-1) as string;
  const file = join(folder, newest, '_metadata');
  const bytes = readFileSync(file);
  bytes[100] = (bytes[100] as number) ^ 1;
  writeFileSync(file, bytes);
  const second = jobOf(world, { restore: 'newest' });
  const outcome = await second.job.run();
  expect(second.notices.join()).toMatch(/passed over: The checkpoint .*damaged: its checksum/);
  expect(outcome.status).toBe('FAILED');
  expect(((outcome.error as Error).cause as Error).message).toMatch(
    /checksum does not match.* is ahead of the checkpoint/,
  );
  const again = await jobOf(world, { restore: 'newest' }).job.run();
  expect(((again.error as Error).cause as Error).message).toMatch(/damaged and set aside.* is ahead of the checkpoint/);
});

test('a checkpoint of a newer format is refused, not passed over for an older one', async () => {
  const world = doubles(100);
  await jobOf(world).job.run();
  const folder = join(home, 'checkpoints', 'a'.repeat(32));
  const before = readdirSync(folder);
  const newest = `chk-${Math.max(...before.map((name) => Number(/^chk-(\d+)$/.exec(name)?.[1] ?? -1)))}`;
  const file = join(folder, newest, '_metadata');
  writeFileSync(file, readFileSync(file, 'utf8').replace('millrace checkpoint 1', 'millrace checkpoint 9'));
  const outcome = await jobOf(world, { restore: 'newest' }).job.run();
  expect(((outcome.error as Error).cause as Error).message).toMatch(/written by a newer Millrace/);
  expect(readdirSync(folder)).toEqual(before);
});

test('another query and a foreign format are refused by name', async () => {
  const world = doubles(10);
  const { start } = jobOf(world);
  await jobOf(world).job.run();
  const other = { ...start.graph, vertices: start.graph.vertices.map((v) => ({ ...v, uid: `x${v.uid}` })) };
  const outcome = await jobOf(world, { graph: other, restore: 'newest' }).job.run();
  expect(((outcome.error as Error).cause as Error).message).toMatch(
    /Cannot map checkpoint\/savepoint state for operator 1-union/,
  );
  const vertices = start.graph.vertices.map((vertex) =>
    vertex.body.kind === 'Source'
      ? { ...vertex, body: { ...vertex.body, table: { ...vertex.body.table, connector: 'elsewhere' } } }
      : vertex,
  );
  const moved = await jobOf(world, { graph: { ...start.graph, vertices }, restore: 'newest' }).job.run();
  expect(((moved.error as Error).cause as Error).message).toMatch(/is of another query: .* by 'elsewhere'/);
  const folder = join(home, 'flink');
  writeFileSync(join(home, '_metadata'), Buffer.from('4960672d00000006', 'hex'));
  const flink = await jobOf(world, { jobId: 'f'.repeat(32), restore: { path: home } }).job.run();
  expect(((flink.error as Error).cause as Error).message).toMatch(/was written by Apache Flink/);
  const absent = await jobOf(world, { jobId: 'f'.repeat(32), restore: { path: folder } }).job.run();
  expect(((absent.error as Error).cause as Error).message).toBe(
    `Cannot find checkpoint or savepoint file/directory '${folder}' on file system 'file'.`,
  );
});

test('rule 9: old checkpoints go, and their files with them; what a retained one names stays', async () => {
  const world = doubles(2000);
  const { job } = jobOf(world, {}, { 'execution.checkpointing.interval': '1 ms' });
  await job.run();
  const folder = join(home, 'checkpoints', 'a'.repeat(32));
  const kept = readdirSync(folder).filter((name) => name.startsWith('chk-'));
  expect(kept.length).toBeLessThanOrEqual(3);
  for (const name of kept) await readCheckpointAt(join(folder, name));
  expect(readdirSync(join(folder, 'shared')).length).toBeLessThanOrEqual(4);
});

test('rule 9: much output ends its epoch before the interval does', async () => {
  const checkpointsOf = async (outputBytes: number): Promise<number> => {
    const world = doubles(60_000);
    world.outputBytes = outputBytes;
    const folder = { checkpointDir: join(home, String(outputBytes)) };
    const { job, checkpoints } = jobOf(world, folder, { 'execution.checkpointing.interval': '10 min' });
    await job.run();
    expect(world.tables.get('out')?.rows).toEqual(expectedSums(60_000));
    return checkpoints.length;
  };
  expect(await checkpointsOf(2 ** 40)).toBeGreaterThan(await checkpointsOf(0));
});

test('rule 15: checkpoints switched off: rows still arrive, and a restore says at-least-once', async () => {
  const world = doubles(50);
  world.isOpen = true;
  const settings = { 'execution.checkpointing.interval': '0' };
  const first = jobOf(world, {}, settings);
  const running = first.job.run();
  await until(() => world.tables.get('out')?.rows.length === 50);
  expect(first.notices.join()).toMatch(/Checkpoints are switched off/);
  first.job.cancel();
  await running;
  world.isOpen = false;
  const second = jobOf(world, { restore: 'newest' }, settings);
  expect((await second.job.run()).status).toBe('FINISHED');
  expect(second.notices.join()).toMatch(/at-least-once/);
});

test('a SELECT collects its rows under back-pressure', async () => {
  const world = doubles(20_000);
  const collect = new CollectBuffer();
  const job = new Job({
    collectGarbage: null,
    start: {
      jobId: 'q',
      graph: sumGraph({}, []),
      home,
      checkpointDir: home,
      restore: null,
      allowDuplicates: false,
      allowNonRestored: false,
    },
    parts: partsOf(world),
    clock: systemClock,
    crash: () => {},
    collect,
    events: { status() {}, checkpoint() {}, notice() {}, print() {} },
  });
  const running = job.run().then((outcome) => collect.end(outcome.error ?? undefined));
  const rows: unknown[] = [];
  for (;;) {
    const page = await collect.next(1000);
    rows.push(...page.rows.map((row) => row.values[0]));
    if (page.end) break;
  }
  await running;
  const wrapped = expectedSums(20_000).map((sum) => sum | 0);
  expect(rows).toEqual(wrapped);
  expect(numbers).toHaveLength(1);
});
