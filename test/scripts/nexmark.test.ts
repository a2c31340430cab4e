/** Nexmark's queries, run straight, stopped and killed to the results that Flink 2.3 gave for the same events. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { queryNames } from '../../bench/nexmark/queries.ts';
import { type Play, playJob } from '../oracle/memory-job.ts';
import { digestOf, NEXMARK, nexmarkScript } from '../support/nexmark-script.ts';
import { scriptJob } from '../support/script-job.ts';

const PLAYS: Record<string, Play> = {
  straight: { batchRows: 1024, checkpointEvery: 0, killEvery: 1 },
  'in small batches': { batchRows: 37, checkpointEvery: 0, killEvery: 1 },
  'stopped in the middle': { batchRows: 100, checkpointEvery: 10, killEvery: 1 },
  'killed behind barriers': { batchRows: 64, checkpointEvery: 4, killEvery: 2, lostBatches: 2 },
};
const digests: Readonly<Record<string, string>> = JSON.parse(readFileSync(NEXMARK, 'utf8'));

describe('Nexmark', () => {
  it.each(queryNames())('%s', async (name) => {
    const script = nexmarkScript(name, [digests[name] ?? 'not recorded']);
    const job = await scriptJob(script);
    for (const [how, play] of Object.entries(PLAYS))
      expect(digestOf(job.result(await playJob(job.graph, job.tables, play))), how).toEqual(script.expected);
  });
});
