/** Rows of a result, for faces: one change each. */
import type { Value } from '../types/value.ts';

export interface ResultRow {
  readonly kind: number;
  readonly values: readonly Value[];
}
