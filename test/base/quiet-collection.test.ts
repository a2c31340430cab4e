import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import { collectWhenQuiet } from '../../src/base/quiet-collection.ts';

describe('a quiet process', () => {
  it('collects after its start and after work, not while it works nor again and again', () => {
    let look = (): void => {};
    const clock: Clock = {
      now: () => 0,
      after(_delayMs, callback) {
        look = callback;
        return () => {};
      },
    };
    let collected = 0;
    collectWhenQuiet(clock, () => collected++);
    for (let i = 0; i < 10; i++) look();
    expect(collected).toBe(1);
    for (let i = 0; i < 3; i++) {
      work(120);
      look();
    }
    expect(collected).toBe(1);
    for (let i = 0; i < 10; i++) look();
    expect(collected).toBe(2);
  });
});

function work(cpuMs: number): void {
  const start = process.cpuUsage();
  for (let used = 0; used < cpuMs * 1000; ) {
    const { user, system } = process.cpuUsage(start);
    used = user + system;
  }
}
