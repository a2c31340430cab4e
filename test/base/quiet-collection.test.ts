import { expect, test } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import { collectWhenQuiet } from '../../src/base/quiet-collection.ts';

test('a quiet process collects after its start and when its heap has grown, not while it works nor again and again', () => {
  let look = (): void => {};
  let pending = false;
  const clock: Clock = {
    now: () => 0,
    after(_delayMs, callback) {
      look = callback;
      pending = true;
      return () => {
        pending = false;
      };
    },
  };
  let bytes = 50 << 20;
  let collected = 0;
  const stop = collectWhenQuiet(clock, {
    bytes: () => bytes,
    collect: () => {
      collected++;
      bytes = 20 << 20;
    },
  });
  for (let i = 0; i < 10; i++) look();
  expect(collected).toBe(1);
  bytes += 4 << 20;
  for (let i = 0; i < 10; i++) look();
  expect(collected).toBe(1);
  bytes += 30 << 20;
  for (let i = 0; i < 5; i++) {
    work(120);
    look();
  }
  expect(collected).toBe(1);
  for (let i = 0; i < 10; i++) look();
  expect(collected).toBe(2);
  stop();
  expect(pending).toBe(false);
});

function work(cpuMs: number): void {
  const start = process.cpuUsage();
  for (let used = 0; used < cpuMs * 1000; ) {
    const { user, system } = process.cpuUsage(start);
    used = user + system;
  }
}
