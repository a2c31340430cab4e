/** The vertices of a running job, and how a batch goes from one to the next. */
import type { JobVertex } from '../dataflow/job-graph.ts';
import type { Operator } from '../dataflow/operator.ts';
import type { SinkWriter, TableSink } from '../dataflow/sink.ts';
import type { SourceReader, TableSource } from '../dataflow/source.ts';
import type { OperatorState } from '../state/operator-state.ts';
import { BATCH_ROWS, Batch, type BatchConsumer } from '../types/batch.ts';
import type { BatchPieces } from './batch-pieces.ts';
import type { WatermarkView } from './watermark-view.ts';

interface VertexCounters {
  recordsIn: number;
  recordsOut: number;
}

interface ChainNode {
  readonly vertex: JobVertex;
  readonly outputs: Array<{ node: OperatorNode | SinkNode | CollectNode; input: number }>;
  readonly counters: VertexCounters;
  /** Cuts batches into rows where one operator reads this vertex on both inputs; null elsewhere. */
  rows: BatchPieces | null;
  /** Inputs that have not ended yet. */
  openInputs: number;
}
export interface SourceNode extends ChainNode {
  readonly kind: 'source';
  readonly source: TableSource | null;
  /** Null before {@link JobChain.openSources}, and for sources that had ended. */
  reader: SourceReader | null;
  readonly deliver: BatchConsumer;
  ended: boolean;
  /** Set while `ready` is awaited. */
  isWaiting: boolean;
  /** What a constant-rows operator does when its turn comes; null for real sources. */
  readonly values: Operator | null;
}
export interface OperatorNode extends ChainNode {
  readonly kind: 'operator';
  operator: Operator;
  readonly state: OperatorState;
  /** Only in jobs that ask for the current watermark. */
  readonly watermark: WatermarkView | null;
}
export interface SinkNode extends ChainNode {
  readonly kind: 'sink';
  readonly sink: TableSink;
  readonly writer: SinkWriter;
}
interface CollectNode extends ChainNode {
  readonly kind: 'collect';
  readonly consumer: BatchConsumer;
}
export type AnyNode = SourceNode | OperatorNode | SinkNode | CollectNode;

/** Rows of a batch that are handed on one by one. */
const ROW_BY_ROW_MAX = BATCH_ROWS / 2;
export function newNode(vertex: JobVertex): ChainNode {
  return {
    vertex,
    outputs: [],
    counters: { recordsIn: 0, recordsOut: 0 },
    rows: null,
    openInputs: vertex.inputs.length,
  };
}

/** A batch without rows that carries the last watermark of a bounded input. */
export function endOfInputBatch(vertex: JobVertex): Batch {
  const batch = new Batch(vertex.fields.map((field) => field.type));
  batch.mark(Number.POSITIVE_INFINITY);
  return batch;
}

/**
 * Where an operator reads a vertex on both inputs, each row goes to the first and then to the second, as in Flink: a batch that went to one
 * whole would make a join see all of one side before the other. Fuller batches go whole, which costs less and gives the same rows in the end.
 */
export function deliver(from: AnyNode, batch: Batch): void {
  from.counters.recordsOut += batch.rowCount;
  if (from.rows === null || batch.rowCount > ROW_BY_ROW_MAX) hand(from, batch);
  else from.rows.byRow(batch, (row) => hand(from, row));
}

function hand(from: AnyNode, batch: Batch): void {
  for (const { node, input } of from.outputs) {
    node.counters.recordsIn += batch.rowCount;
    if (node.kind === 'operator') processIn(node, input, batch);
    else if (node.kind === 'sink') node.writer.write(batch);
    else node.consumer(batch);
  }
}

function processIn(node: OperatorNode, input: number, batch: Batch): void {
  if (node.watermark) node.watermark.cut(input, batch, (piece) => node.operator.processBatch(input, piece));
  else node.operator.processBatch(input, batch);
}

export async function closeNode(node: AnyNode): Promise<void> {
  if (node.kind === 'source') await node.reader?.close();
  else if (node.kind === 'operator') await node.operator.close?.();
  else if (node.kind === 'sink') await node.writer.close();
}
