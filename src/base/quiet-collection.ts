/** Gives memory back when a process has become quiet: V8 collects when much is allocated, so what a burst left would stay. */
import type { Clock } from './clock.ts';

const LOOK_MS = 500;
/** Share of one processor below which a process is quiet. */
const QUIET_SHARE = 0.1;
const QUIET_LOOKS = 3;
/** Processor time since the last collection that is worth another. */
const WORK_MS = 100;

/** Calls `collect` once after the start, and after each time of work. */
export function collectWhenQuiet(clock: Clock, collect: () => void): void {
  let quietLooks = 0;
  let lookedMs = cpuMs();
  let collectedMs = Number.NEGATIVE_INFINITY;
  const look = (): void => {
    const now = cpuMs();
    quietLooks = now - lookedMs < QUIET_SHARE * LOOK_MS ? quietLooks + 1 : 0;
    lookedMs = now;
    if (quietLooks >= QUIET_LOOKS && now - collectedMs >= WORK_MS) {
      collect();
      collectedMs = cpuMs();
      lookedMs = collectedMs;
    }
    clock.after(LOOK_MS, look);
  };
  clock.after(LOOK_MS, look);
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
