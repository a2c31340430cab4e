/** How much memory a job may have when nobody says it: half of the machine's, or of the container's, and 4 GiB at most. */
import { totalmem } from 'node:os';

const MOST_BYTES = 2 ** 32;

export function defaultJobMemoryBytes(): number {
  const constrained = process.constrainedMemory();
  const available = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
  return Math.min(MOST_BYTES, Math.floor(available / 2));
}
