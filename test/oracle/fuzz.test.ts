/** Some hundred random queries, each computed in several ways to one result; `npm run fuzz` runs as many as it is asked for. */
import { expect, test } from 'vitest';
import { checkCase, describeCase, type Outcome, randomCase } from './check-case.ts';

const SEED = 20_000;
const CASES = 300;

test('random queries: streaming, batch, other batches, kills and the interpreter agree', async () => {
  const counts = new Map<Outcome, number>();
  for (let seed = SEED; seed < SEED + CASES; seed++) {
    const random = randomCase(seed);
    const outcome = await checkCase(random).catch((error: Error) => {
      throw new Error(
        `seed ${seed} (npm run fuzz -- --seed ${seed} --cases 1): ${error.message}\n${describeCase(random)}`,
      );
    });
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  // Queries that are refused test little.
  expect(counts.get('compared')).toBeGreaterThan(CASES / 2);
});
