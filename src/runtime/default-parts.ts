/** The parts of real jobs: connectors by name, operators by kind, state in the thread's heap. */
import { createLookupSource, createTableSink, createTableSource } from '../connectors/table-context.ts';
import { createOperator } from '../operators/index.ts';
import { HeapState } from '../state/heap-state.ts';
import type { JobParts } from './job-parts.ts';
import { mergeBy } from './merge-worker.ts';

/** `resolveSecret` gives the clear text of a reference in a graph's options; `program` is what a worker thread would run. */
export function defaultParts(resolveSecret?: (reference: string) => string, program: string | null = null): JobParts {
  const secrets = resolveSecret ? { resolveSecret } : {};
  return {
    source: (table, mode, home) => createTableSource(table, { home, mode, ...secrets }),
    sink: (table, mode, home) => createTableSink(table, { home, mode, ...secrets }),
    lookup: (table, mode, home) => createLookupSource(table, { home, mode, ...secrets }),
    operator: createOperator,
    state: (heap) => new HeapState(heap),
    mergeFiles: program === null ? null : mergeBy(program),
  };
}
