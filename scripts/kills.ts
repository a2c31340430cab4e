/** `npm run kills -- [--rounds 200] [--seed 1] [--orders 5000]`: seeded kills over the embedded warehouse. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runKills, stopHome } from './warehouse-kills.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    orders: { type: 'string', default: '20000' },
  },
});
const home = mkdtempSync(join(tmpdir(), 'millrace-kills-'));
try {
  await runKills({
    home,
    seed: Number(values.seed),
    rounds: Number(values.rounds),
    orders: Number(values.orders),
    portion: 750,
    report: (line) => console.log(line),
  });
  console.log(`${values.rounds} rounds, no difference`);
} finally {
  await stopHome(home);
  rmSync(home, { recursive: true, force: true });
}
