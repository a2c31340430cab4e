/** What a job is built from, handed in so that the runtime can be tested with doubles: connectors' ends, operators, their state. */
import type { LookupSource } from '../dataflow/lookup.ts';
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import type { ConnectorTable, OperatorSpec } from '../dataflow/operator-spec.ts';
import type { TableSink } from '../dataflow/sink.ts';
import type { TableSource } from '../dataflow/source.ts';
import type { OperatorState } from '../state/operator-state.ts';
import type { Heap } from '../types/heap.ts';
import type { MergeFiles } from './merge-worker.ts';

type JobMode = 'streaming' | 'batch';

export interface JobParts {
  source(table: ConnectorTable, mode: JobMode, home: string): TableSource;
  sink(table: ConnectorTable, mode: JobMode, home: string): TableSink;
  lookup(table: ConnectorTable, mode: JobMode, home: string): LookupSource;
  operator(spec: OperatorSpec, context: OperatorContext): Operator | Promise<Operator>;
  state(heap: Heap, uid: string): OperatorState;
  /** Merges segments beside the loop, however many they are; null: in the loop's thread. */
  readonly mergeFiles: MergeFiles | null;
}
