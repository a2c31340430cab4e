/** The warm spare process: there while somebody may submit a job, and gone a while later. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { processJobHost } from '../../src/runtime/job-processes.ts';

const main = new URL('../../src/main.ts', import.meta.url).pathname;
/** Waits pass ten times as fast. */
const clock: Clock = {
  now: () => systemClock.now(),
  after: (delayMs, callback) => systemClock.after(delayMs / 10, callback),
};

test('a spare process waits while a job is expected, and ends when none is', async () => {
  const home = mkdtempSync(join(tmpdir(), 'spare-'));
  const host = processJobHost({
    runDir: join(home, 'run'),
    clock,
    command: [process.execPath, '--disable-warning=ExperimentalWarning', main, 'job', '--home', home],
    environment: process.env,
  });
  const spares = () => readdirSync(join(home, 'run')).filter((name) => name.endsWith('.sock')).length;
  try {
    await expect.poll(spares, { timeout: 30_000 }).toBe(1);
    host.expect(false);
    await expect.poll(spares, { timeout: 30_000 }).toBe(0);
    host.expect(true);
    await expect.poll(spares, { timeout: 30_000 }).toBe(1);
  } finally {
    await host.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  }
});
