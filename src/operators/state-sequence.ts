/** Numbers that rise over the whole life of an operator, restores included. */
import type { StateBackend } from '../state/state.ts';

/** Returns a function that gives the next number; what was given is part of each checkpoint. */
export function stateSequence(state: StateBackend, name: string): () => number {
  const last = state.value(name, 0);
  return () => {
    const next = last.get() + 1;
    last.set(next);
    return next;
  };
}
