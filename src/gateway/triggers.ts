/** Savepoints, stops and checkpoints that were asked for over REST: each runs on, and is asked about by its id. */
import { randomBytes } from 'node:crypto';
import { EngineError, messageOf } from '../base/error.ts';

export interface TriggerState {
  readonly status: { readonly id: 'IN_PROGRESS' | 'COMPLETED' };
  readonly operation: object | null;
}

const KEPT = 1000;
const triggers = new WeakMap<object, Map<string, TriggerState>>();

/** Starts an operation; gives its id. What it resolves to is the answer of later questions. */
export function startTrigger(owner: object, asked: string | undefined, run: () => Promise<object>): string {
  const all = triggers.get(owner) ?? new Map<string, TriggerState>();
  triggers.set(owner, all);
  const id = asked ?? randomBytes(16).toString('hex');
  if (all.has(id)) return id;
  all.set(id, { status: { id: 'IN_PROGRESS' }, operation: null });
  for (const key of [...all.keys()].slice(0, Math.max(0, all.size - KEPT))) all.delete(key);
  void run().then(
    (operation) => all.set(id, { status: { id: 'COMPLETED' }, operation }),
    (error) => all.set(id, { status: { id: 'COMPLETED' }, operation: failureOf(error) }),
  );
  return id;
}

export function triggerState(owner: object, id: string): TriggerState | undefined {
  return triggers.get(owner)?.get(id);
}

function failureOf(error: unknown): object {
  const name = error instanceof EngineError ? error.exceptionClass : 'java.lang.RuntimeException';
  return {
    'failure-cause': { class: name, 'stack-trace': `${name}: ${messageOf(error)}\n`, 'serialized-throwable': '' },
  };
}
