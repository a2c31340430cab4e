/** Waits that end when their owner is told to stop: they reject with an `AbortError`. */

/** What a wait rejects with when its signal ends it. */
export function isInterruption(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** The work's own outcome, or the interruption when that is earlier; what the work comes to afterwards concerns nobody. */
export async function interruptible<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  work.catch(() => undefined);
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const end = (): void => reject(signal.reason);
  signal.addEventListener('abort', end, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}

/** For owners that are never told to stop. */
export const uninterrupted: AbortSignal = new AbortController().signal;
