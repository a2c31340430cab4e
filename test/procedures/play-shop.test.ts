/** sys.play_shop writes its epochs under a lineage of its own and goes on from its markers, however it was stopped. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { TopicLog } from '../../src/connectors/kafka/topic-log.ts';
import { playShop } from '../../src/procedures/play-shop.ts';
import type { ProcedureContext } from '../../src/procedures/procedure.ts';

const DEFAULTS = Object.fromEntries(playShop.args.map(({ name, default: value }) => [name, value ?? '']));
const SHOP = { ...DEFAULTS, orders: 200, seed: 7, epoch: 300 };
const homes: string[] = [];
let home: string;
beforeEach(() => {
  home = newHome();
});
afterEach(() => {
  for (const each of homes.splice(0)) rmSync(each, { recursive: true });
});

function newHome(): string {
  const made = mkdtempSync(join(tmpdir(), 'shop-'));
  homes.push(made);
  return made;
}

async function play(into: string, args: Readonly<Record<string, number | string>> = SHOP): Promise<void> {
  const context = { home: into, clock: systemClock, progress: () => undefined } as unknown as ProcedureContext;
  await playShop.call(args, context);
}

/** What readers may see of each topic. */
function topicsOf(of: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(join(of, 'topics')).sort()) {
    const log = new TopicLog(of, name);
    const end = log.ends()[0]?.bytes ?? 0;
    found[name] = readFileSync(log.partitionPath(0)).subarray(0, end).toString('latin1');
  }
  return found;
}

test('rule 19: the shop goes on from its marker, and a shop that is over changes nothing', async () => {
  const whole = newHome();
  await play(whole);
  const expected = topicsOf(whole);
  expect(Object.values(expected).join('').length).toBeGreaterThan(100_000);
  await play(home, { ...SHOP, changes: 600 });
  expect(topicsOf(home)).not.toEqual(expected);
  await play(home);
  expect(topicsOf(home)).toEqual(expected);
  await play(home);
  expect(topicsOf(home)).toEqual(expected);
});

test('rule 19: an epoch that came into some topics only is made whole by the next call', async () => {
  const whole = newHome();
  await play(whole);
  await play(home, { ...SHOP, changes: 300 });
  const file = new TopicLog(home, 'mysql.order_detail').partitionPath(0);
  renameSync(file, `${file}-away`);
  mkdirSync(file);
  await expect(play(home)).rejects.toThrow('EISDIR');
  rmdirSync(file);
  renameSync(`${file}-away`, file);
  const committed = (name: string) =>
    new TopicLog(home, name).marker({ lineage: 'shop-7-200-300', sink: 'shop' })?.epoch;
  expect([committed('mysql.order_info'), committed('mysql.order_detail')].sort()).not.toEqual([1, 1]);
  await play(home);
  expect(topicsOf(home)).toEqual(topicsOf(whole));
});

test('rule 19: a shop of another seed or size is another lineage', async () => {
  await play(home);
  const before = topicsOf(home);
  await play(home, { ...SHOP, seed: 8 });
  for (const [name, content] of Object.entries(topicsOf(home)))
    expect(content.startsWith(before[name] ?? '?')).toBe(true);
  expect(topicsOf(home)).not.toEqual(before);
});
