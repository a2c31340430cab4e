/** The warehouse under kill -9, a few seeded rounds; `npm run kills` makes more. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runKills, stopHome } from '../../scripts/warehouse-kills.ts';

const home = mkdtempSync(join(tmpdir(), 'millrace-kills-'));
afterAll(async () => {
  await stopHome(home);
  rmSync(home, { recursive: true, force: true });
});

it('loses nothing and doubles nothing', { timeout: 400_000 }, async () => {
  const lines: string[] = [];
  await runKills({ home, seed: 7, rounds: 10, orders: 4000, portion: 750, report: (line) => lines.push(line) });
  expect(lines.length).toBe(10);
});
