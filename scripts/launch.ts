/**
 * `npm run launch -- [--only q5,q7] [--times 10] [--burst 5]`: how soon each query of Nexmark runs in a warm engine: milliseconds from sending the
 * INSERT to the answer that its job is RUNNING, after a pause each time, and again for INSERTs that follow each other at once.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startMillrace } from '../bench/nexmark/engines.ts';
import { writeEvents } from '../bench/nexmark/generate.ts';
import { queryNames } from '../bench/nexmark/queries.ts';
import { measureBurst, measureLaunches } from '../bench/nexmark/run-query.ts';

/** What a job reads matters little: it is to be RUNNING, not to end. */
const EVENTS = { events: 1000, seed: 1, rate: 10_000 };

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    times: { type: 'string', default: '10' },
    burst: { type: 'string', default: '5' },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'millrace-launch-'));
const file = join(folder, 'events.jsonl');
await writeEvents(file, EVENTS);
const engine = await startMillrace(folder);
const loads: number[] = [loadavg()[0] as number];
const paused: number[] = [];
const burst: number[] = [];
try {
  console.log('milliseconds from INSERT to RUNNING');
  console.log('query | paused: median  highest | at once: median  highest');
  for (const query of queryNames().filter(
    (name) => values.only === undefined || values.only.split(',').includes(name),
  )) {
    const each = await measureLaunches(engine, query, file, Number(values.times));
    const atOnce = await measureBurst(engine, query, file, Number(values.burst));
    paused.push(...each);
    burst.push(...atOnce);
    loads.push(loadavg()[0] as number);
    console.log(`${query.padEnd(5)} | ${cells(each)} | ${cells(atOnce)}`);
  }
  console.log(`all   | ${cells(paused)} | ${cells(burst)}`);
  console.log(`load of the machine: ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}`);
} finally {
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
}

function cells(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  const [median, highest] = [sorted[sorted.length >> 1] as number, sorted.at(-1) as number];
  return `${median.toFixed(0).padStart(14)} ${highest.toFixed(0).padStart(8)}`;
}
