/** Millrace as a library: an engine in this process. */
import { systemClock } from './base/clock.ts';
import type { Engine } from './engine/engine.ts';
import { openStandardEngine } from './engine/standard-engine.ts';

export { EngineError } from './base/error.ts';
export type { Engine } from './engine/engine.ts';
export type { Operation } from './engine/operation.ts';
export type { ResultPage } from './engine/result-set.ts';
export type { Session } from './engine/session.ts';

/** Opens the engine of a home folder; jobs run in this process. Call `stop` on it in the end. */
export function openEngine(home: string, config: Readonly<Record<string, string>> = {}): Promise<Engine> {
  return openStandardEngine({ home, clock: systemClock, config });
}
