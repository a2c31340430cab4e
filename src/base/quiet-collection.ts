/** Gives memory back when a process has become quiet: V8 collects when much is allocated, so what a burst left would stay. */
import type { Clock } from './clock.ts';

const LOOK_MS = 500;
/** Share of one processor below which a process is quiet. */
const QUIET_SHARE = 0.1;
const QUIET_LOOKS = 3;
/** What the heap must have grown by since the last collection for another one. */
const GROWTH_BYTES = 8 << 20;

/** What is collected, and how much there is. */
export interface Collectable {
  bytes(): number;
  collect(): void;
}

/** Collects once after the start, and whenever there is more and the process has nothing to do, until the function that is returned is called. */
export function collectWhenQuiet(clock: Clock, heap: Collectable): () => void {
  let quietLooks = 0;
  let lookedMs = cpuMs();
  let keptBytes = Number.NEGATIVE_INFINITY;
  const look = (): void => {
    const now = cpuMs();
    quietLooks = now - lookedMs < QUIET_SHARE * LOOK_MS ? quietLooks + 1 : 0;
    lookedMs = now;
    if (quietLooks >= QUIET_LOOKS && heap.bytes() >= keptBytes + GROWTH_BYTES) {
      heap.collect();
      keptBytes = heap.bytes();
      lookedMs = cpuMs();
    }
    cancel = clock.after(LOOK_MS, look);
  };
  let cancel = clock.after(LOOK_MS, look);
  return () => cancel();
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
