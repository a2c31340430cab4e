/** What a cast is: the shape that all files of casts share. */
import type { Value } from './value.ts';

/** What a cast depends on besides its types. */
export interface CastContext {
  readonly timeZone: string;
  /** `table.exec.legacy-cast-behaviour`: no padding or cutting, failures give null. */
  readonly legacyCast: boolean;
}

/** Casts one value; null stays null. Throws EngineError in Java's words where the value does not allow it. */
export type Cast = (value: Value, context: CastContext) => Value;
