/** Millrace as a library: an engine in this process. */
import { systemClock } from './base/clock.ts';
import type { Engine } from './engine/engine.ts';
import type { Operation } from './engine/operation.ts';
import { openStandardEngine } from './engine/standard-engine.ts';
import type { ResultRow } from './runtime/job-service.ts';

export { EngineError } from './base/error.ts';
export type { Engine } from './engine/engine.ts';
export type { Operation } from './engine/operation.ts';
export type { ResultPage } from './engine/result-set.ts';
export type { Session } from './engine/session.ts';
export type { ResultRow } from './runtime/job-service.ts';

/** Opens the engine of a home folder; jobs run in this process. Call `stop` on it in the end. */
export function openEngine(home: string, config: Readonly<Record<string, string>> = {}): Promise<Engine> {
  return openStandardEngine({ home, clock: systemClock, config });
}

/** The rows of a statement as they come; those of a running query have no end. Throws what the statement failed with. */
export async function* rowsOf(operation: Operation): AsyncGenerator<ResultRow> {
  await operation.finished();
  for (let token: number | null = 0; token !== null; ) {
    const fetched: Awaited<ReturnType<Operation['fetch']>> = await operation.fetch(token);
    yield* fetched?.page.rows ?? [];
    token = fetched?.page.next ?? null;
  }
}
