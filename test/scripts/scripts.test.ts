/** Each query script of this folder, run in several ways to the one result that it names. */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Play, playJob } from '../oracle/memory-job.ts';
import { readScript, SCRIPTS, type Script } from '../support/script-file.ts';
import { type ScriptJob, scriptJob } from '../support/script-job.ts';

const FAMILIES = readdirSync(SCRIPTS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'tables')
  .map(({ name }) => name);

function scriptsOf(family: string): string[] {
  return readdirSync(join(SCRIPTS, family)).map((file) => basename(file, '.sql'));
}

/** How a script is played. Batches are rows of one source. */
function plays(script: Script, job: ScriptJob): Record<string, Play> {
  const straight = {
    straight: { batchRows: 64, checkpointEvery: 0, killEvery: 1 },
    'row by row': { batchRows: 1, checkpointEvery: 0, killEvery: 1 },
    'in batches of five': { batchRows: 5, checkpointEvery: 0, killEvery: 1 },
  };
  return script.isOnlyStraight ? straight : { ...straight, ...interrupted(job) };
}

function interrupted(job: ScriptJob): Record<string, Play> {
  const batches = (batchRows: number) =>
    job.tables.reduce((total, table) => total + Math.ceil(table.changes.length / batchRows), 0);
  const part = (batchRows: number, parts: number) => Math.max(1, Math.floor(batches(batchRows) / parts));
  return {
    'stopped in the middle': { batchRows: 2, checkpointEvery: part(2, 2), killEvery: 1 },
    'stopped at each third': { batchRows: 1, checkpointEvery: part(1, 3), killEvery: 1 },
    'killed at barriers': { batchRows: 2, checkpointEvery: 2, killEvery: 1 },
    'killed between barriers': { batchRows: 1, checkpointEvery: 3, killEvery: 1, lostBatches: 2 },
    'killed at some barriers, and behind them': { batchRows: 3, checkpointEvery: 1, killEvery: 3, lostBatches: 1 },
  };
}

async function played(script: Script, job: ScriptJob, play: Play): Promise<string[]> {
  const changes = await playJob(job.graph, job.tables, play);
  return script.comparesChanges ? job.lines(changes) : job.result(changes);
}

describe.each(FAMILIES)('%s', (family) => {
  it.each(scriptsOf(family))('%s', async (name) => {
    const script = readScript(join(SCRIPTS, family, `${name}.sql`));
    expect(script.expected, 'the script has a result').not.toEqual([]);
    const job = await scriptJob(script);
    for (const [how, play] of Object.entries(plays(script, job)))
      expect(await played(script, job, play), how).toEqual(script.expected);
  });
});
