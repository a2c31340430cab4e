/** Builds the vertices of a JobGraph: sources, operators, sinks, and the calls between them. It starts nothing. */

import type { Clock } from '../base/clock.ts';
import { assert } from '../base/error.ts';
import type { CollectSpec, JobGraph, JobVertex, SinkSpec, SourceSpec } from '../dataflow/job-graph.ts';
import type { OperatorContext } from '../dataflow/operator.ts';
import type { OperatorSpec } from '../dataflow/operator-spec.ts';
import type { EvalContext } from '../functions/function.ts';
import { type BatchConsumer, BatchWriter } from '../types/batch.ts';
import type { Heap } from '../types/heap.ts';
import type { LogicalType } from '../types/logical-type.ts';
import { localTimeZone } from '../types/time-zone.ts';
import { BatchPieces } from './batch-pieces.ts';
import {
  type AnyNode,
  closeNode,
  deliver,
  newNode,
  type OperatorNode,
  type SinkNode,
  type SourceNode,
} from './chain-node.ts';
import { closeAll } from './close-all.ts';
import type { JobParts } from './job-parts.ts';
import { checkpointSettings } from './job-settings.ts';
import { usesCurrentWatermark, WatermarkView } from './watermark-view.ts';

/** What a restored job begins with, by the uid of the vertex. */
export interface RestoredVertices {
  /** Position of a source; `ended` sources are not opened again. */
  readonly sources: ReadonlyMap<string, { readonly position: unknown; readonly ended: boolean }>;
  readonly operators: ReadonlyMap<string, readonly Uint8Array[]>;
  /** Named in error texts. */
  readonly path: string;
}

export interface ChainOptions {
  readonly graph: JobGraph;
  readonly parts: JobParts;
  readonly heap: Heap;
  readonly clock: Clock;
  readonly home: string;
  readonly lineage: string;
  readonly isFirstStart: boolean;
  readonly restored: RestoredVertices | null;
  /** Receives the rows of a SELECT. */
  readonly collect: BatchConsumer | null;
  /** Aborted when the job is cancelled or has failed. */
  readonly signal: AbortSignal;
  notice(text: string): void;
  print(line: string): void;
}

export interface JobChain {
  /** In the order of the graph. */
  readonly nodes: readonly AnyNode[];
  readonly sources: readonly SourceNode[];
  readonly operators: readonly OperatorNode[];
  readonly sinks: readonly SinkNode[];
  readonly metrics: ReadonlyMap<string, number>;
  /** Opens the readers: the last step before the loop, when the sinks have been brought to the checkpoint. */
  openSources(): Promise<void>;
  close(): Promise<void>;
}

/** Builds everything but the sources' readers. */
export async function buildChain(options: ChainOptions): Promise<JobChain> {
  const builder = new ChainBuilder(options);
  return await builder.build();
}

class ChainBuilder {
  readonly #options: ChainOptions;
  readonly #nodes = new Map<number, AnyNode>();
  readonly #metrics = new Map<string, number>();
  readonly #evaluation: EvalContext;
  readonly #timeZone: string;
  readonly #seesWatermark: boolean;
  readonly #connected = new Set<AnyNode>();

  constructor(options: ChainOptions) {
    this.#options = options;
    this.#timeZone = localTimeZone(options.graph.settings['table.local-time-zone']);
    this.#evaluation = evaluationOf(options, this.#timeZone);
    this.#seesWatermark = usesCurrentWatermark(options.graph);
  }

  async build(): Promise<JobChain> {
    const { graph } = this.#options;
    for (const vertex of graph.vertices) {
      const { body } = vertex;
      this.#nodes.set(vertex.id, body.kind === 'Source' ? this.#source(vertex, body) : await this.#inner(vertex, body));
    }
    const nodes = graph.vertices.map((vertex) => this.#node(vertex.id));
    const isRead = new Set(graph.vertices.flatMap((vertex) => vertex.inputs));
    for (const node of nodes) if (!isRead.has(node.vertex.id)) this.#connect(node);
    return {
      nodes,
      sources: nodes.filter((node) => node.kind === 'source'),
      operators: nodes.filter((node) => node.kind === 'operator'),
      sinks: nodes.filter((node) => node.kind === 'sink'),
      metrics: this.#metrics,
      openSources: async () => {
        for (const node of nodes) if (node.kind === 'source' && node.source && !node.ended) await this.#open(node);
      },
      close: () => closeAll(nodes.map((node) => () => closeNode(node))),
    };
  }

  #node(id: number): AnyNode {
    const node = this.#nodes.get(id);
    assert(node, `the job graph has no vertex ${id}`);
    return node;
  }

  /** From the end of the job upwards, first inputs first: so what leads to a first input gets a batch first. */
  #connect(node: AnyNode): void {
    if (this.#connected.has(node)) return;
    this.#connected.add(node);
    node.vertex.inputs.forEach((id, input) => {
      assert(node.kind !== 'source', 'a source has no inputs');
      const from = this.#node(id);
      const isReadTwice = from.outputs.some((output) => output.node === node);
      if (isReadTwice && this.#options.graph.mode === 'streaming') from.rows = new BatchPieces(this.#typesOf(id));
      from.outputs.push({ node, input });
      this.#connect(from);
    });
  }

  async #inner(vertex: JobVertex, body: OperatorSpec | SinkSpec | CollectSpec): Promise<AnyNode> {
    if (body.kind === 'Sink') return this.#sink(vertex, body);
    if (body.kind === 'Collect') {
      assert(this.#options.collect, 'a job that collects has somewhere to collect into');
      return { kind: 'collect', ...newNode(vertex), consumer: this.#options.collect };
    }
    return await this.#operator(vertex, body);
  }

  #source(vertex: JobVertex, body: SourceSpec): SourceNode {
    const { parts, graph, home, restored, notice } = this.#options;
    const source = parts.source(body.table, graph.mode, home);
    if (!source.replayable)
      notice(`${body.table.path} cannot be read again: after a failure its rows may be missing or repeat.`);
    const node: SourceNode = {
      kind: 'source',
      ...newNode(vertex),
      source,
      reader: null,
      deliver: (batch) => deliver(node, batch),
      ended: restored?.sources.get(vertex.uid)?.ended ?? false,
      isWaiting: false,
      values: null,
    };
    return node;
  }

  async #open(node: SourceNode): Promise<void> {
    const { heap, clock, lineage, restored, home, signal, notice } = this.#options;
    const { vertex } = node;
    const body = vertex.body as SourceSpec;
    const reader = await node.source?.open({
      heap,
      clock,
      timeZone: this.#timeZone,
      produced: body.produced.map((column, i) => {
        const field = vertex.fields[i];
        assert(field, 'a source produces as many columns as its vertex has fields');
        return { column, field };
      }),
      restored: restored?.sources.get(vertex.uid)?.position ?? null,
      readerId: `${lineage}-${vertex.uid}`,
      retainedCheckpoints: checkpointSettings(this.#options.graph.settings).retained,
      home,
      signal,
      count: (metric, by) => this.#count(vertex, metric, by),
      notice,
    });
    node.reader = reader ?? null;
  }

  async #operator(vertex: JobVertex, body: OperatorSpec): Promise<AnyNode> {
    const { parts, graph, heap, home, restored, signal } = this.#options;
    const common = newNode(vertex);
    const outputTypes = vertex.fields.map((field) => field.type);
    const state = parts.state(heap, vertex.uid);
    // Records that are restored without a last write were written now.
    state.setTime(this.#options.clock.now());
    const watermark = this.#seesWatermark
      ? new WatermarkView(this.#evaluation, vertex.inputs.length, state.backend)
      : null;
    let node: OperatorNode | SourceNode | undefined;
    const context: OperatorContext = {
      uid: vertex.uid,
      inputTypes: vertex.inputs.map((id) => this.#typesOf(id)),
      outputTypes,
      mode: graph.mode,
      output: new BatchWriter(outputTypes, (batch) => {
        if (node) deliver(node, batch);
      }),
      heap,
      state: state.backend,
      evaluation: watermark?.evaluation ?? this.#evaluation,
      now: () => this.#evaluation.now(),
      count: (metric, by) => this.#count(vertex, metric, by),
      splits: () => this.#sourceAbove(vertex)?.reader?.splits?.() ?? [],
      openLookup: async (table, keyFields, fields) =>
        parts.lookup(table, graph.mode, home).open(keyFields, fields, signal),
      signal,
    };
    const operator = await parts.operator(body, context);
    const segments = restored?.operators.get(vertex.uid);
    if (segments) state.restore(segments, `${restored?.path}, operator ${vertex.uid}`);
    if (vertex.inputs.length > 0) node = { kind: 'operator', ...common, operator, state, watermark };
    else {
      const source: SourceNode = {
        kind: 'source',
        ...common,
        source: null,
        reader: null,
        deliver: (batch) => deliver(source, batch),
        ended: restored?.sources.get(vertex.uid)?.ended ?? false,
        isWaiting: false,
        values: operator,
      };
      node = source;
    }
    return node;
  }

  #sink(vertex: JobVertex, body: SinkSpec): SinkNode {
    const { parts, graph, home } = this.#options;
    const sink = parts.sink(body.table, graph.mode, home);
    return {
      kind: 'sink',
      ...newNode(vertex),
      sink,
      writer: sink.openWriter(sinkContext(this.#options, vertex, body)),
    };
  }

  /** The source that a vertex reads through operators of one input. */
  #sourceAbove(vertex: JobVertex): SourceNode | null {
    const node = this.#nodes.get(vertex.inputs[0] ?? -1);
    if (node === undefined) return null;
    return node.kind === 'source' ? node : this.#sourceAbove(node.vertex);
  }

  #typesOf(id: number): LogicalType[] {
    const vertex = this.#options.graph.vertices.find((candidate) => candidate.id === id);
    assert(vertex, `the job graph has no vertex ${id}`);
    return vertex.fields.map((field) => field.type);
  }

  #count(vertex: JobVertex, metric: string, by: number): void {
    const key = `${vertex.uid}.${metric}`;
    this.#metrics.set(key, (this.#metrics.get(key) ?? 0) + by);
  }
}

/** What a sink's writer and its committer are told. */
export function sinkContext(options: ChainOptions, vertex: JobVertex, body: SinkSpec) {
  const input = options.graph.vertices.find((candidate) => candidate.id === vertex.inputs[0]);
  assert(input, 'a sink has an input');
  return {
    heap: options.heap,
    inputTypes: input.fields.map((field) => field.type),
    targetColumns: body.targetColumns,
    timeZone: localTimeZone(options.graph.settings['table.local-time-zone']),
    home: options.home,
    lineage: options.lineage,
    sink: vertex.uid,
    isFirstStart: options.isFirstStart,
    overwrite: body.overwrite,
    signal: options.signal,
    notice: options.notice,
    print: options.print,
  };
}

function evaluationOf(options: ChainOptions, timeZone: string): EvalContext {
  const started = options.clock.now();
  const { clock, graph } = options;
  return {
    timeZone,
    now: graph.mode === 'batch' ? () => started : () => clock.now(),
    random: Math.random,
    watermark: () => null,
    legacyCast: (graph.settings['table.exec.legacy-cast-behaviour'] ?? 'DISABLED').toUpperCase() === 'ENABLED',
  };
}
