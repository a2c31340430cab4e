/**
 * Runs a job's graph over tables in memory, in this thread: batches of a given size, a checkpoint after every few of them, and a fresh chain
 * restored from it where it is asked for. Every projection and filter is computed a second time by the interpreter.
 */
import { uninterrupted } from '../../src/base/interruption.ts';
import type { JobGraph } from '../../src/dataflow/job-graph.ts';
import type { ConnectorTable } from '../../src/dataflow/operator-spec.ts';
import type { TableSink } from '../../src/dataflow/sink.ts';
import { defaultParts } from '../../src/runtime/default-parts.ts';
import { buildChain, type JobChain, type RestoredVertices } from '../../src/runtime/job-chain.ts';
import type { JobParts } from '../../src/runtime/job-parts.ts';
import { JobRunner } from '../../src/runtime/job-runner.ts';
import type { Batch } from '../../src/types/batch.ts';
import type { Column } from '../../src/types/column.ts';
import { Heap } from '../../src/types/heap.ts';
import { readValue } from '../../src/types/lane-value.ts';
import { rowKindSigns } from '../../src/types/row-kind.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { type MemoryChange, type MemoryTable, memoryLookup, memorySource } from '../support/memory-table.ts';
import { checkedCalc } from './checked-calc.ts';

export interface Play {
  readonly batchRows: number;
  /** Batches between two checkpoints; 0: none. */
  readonly checkpointEvery: number;
  /** Which checkpoints are followed by a kill: one in so many. */
  readonly killEvery: number;
  /** Batches behind such a checkpoint that the kill takes away. */
  readonly lostBatches?: number;
}

export const STRAIGHT: Play = { batchRows: 64, checkpointEvery: 0, killEvery: 1 };
const HEAP_BYTES = 128 << 20;

/** What the job's Collect vertex or its sink got, in order. */
export function playJob(
  graph: JobGraph,
  tables: readonly MemoryTable[],
  play: Play,
  clock = new ManualClock(),
): Promise<MemoryChange[]> {
  return new MemoryJob(graph, tables, play, clock).run();
}

/** What a barrier has kept. */
interface Kept {
  readonly vertices: RestoredVertices;
  readonly changes: number;
  readonly nowMs: number;
  /** All sources had ended: there is nothing to go on with. */
  readonly isFinal: boolean;
}

class MemoryJob {
  readonly #graph: JobGraph;
  readonly #tables: readonly MemoryTable[];
  readonly #play: Play;
  readonly #clock: ManualClock;
  readonly #changes: MemoryChange[] = [];
  readonly #segments = new Map<string, Uint8Array[]>();
  #checkpoints = 0;
  #kept: Kept | null = null;
  #runner: JobRunner | null = null;

  constructor(graph: JobGraph, tables: readonly MemoryTable[], play: Play, clock: ManualClock) {
    this.#graph = graph;
    this.#tables = tables;
    this.#play = play;
    this.#clock = clock;
  }

  async run(): Promise<MemoryChange[]> {
    while (!(await this.#runUntilKill())) {
      const { changes, nowMs, isFinal } = this.#kept as unknown as Kept;
      if (isFinal) break;
      this.#changes.length = changes;
      this.#clock.nowMs = nowMs;
    }
    return this.#changes;
  }

  /** From the last kill on. False: there was another one. */
  async #runUntilKill(): Promise<boolean> {
    const { checkpointEvery, killEvery, lostBatches = 0 } = this.#play;
    const heap = new Heap(HEAP_BYTES);
    const chain = await this.#open(heap, this.#kept?.vertices ?? null);
    const before = this.#kept;
    let batches = 0;
    let left = 0;
    const runner = new JobRunner({
      collectGarbage: null,
      chain,
      heap,
      clock: this.#clock,
      backPressure: () => null,
      afterBatch: () => {
        if (this.#kept !== before) {
          if (--left === 0) runner.stop(false);
          return;
        }
        if (checkpointEvery === 0 || ++batches % checkpointEvery !== 0) return;
        const isKill = ++this.#checkpoints % killEvery === 0;
        left = lostBatches;
        atBarrier(runner, () => this.#checkpoint(chain, isKill, () => left === 0 && runner.stop(false)));
      },
    });
    this.#runner = runner;
    await runner.run();
    await chain.close();
    return this.#kept === before;
  }

  #checkpoint(chain: JobChain, isKill: boolean, stop: () => void): void {
    const vertices = snapshot(chain, this.#segments);
    if (!isKill) return;
    const isFinal = chain.sources.every(({ ended }) => ended);
    this.#kept = { vertices, changes: this.#changes.length, nowMs: this.#clock.nowMs, isFinal };
    stop();
  }

  async #open(heap: Heap, restored: RestoredVertices | null): Promise<JobChain> {
    const chain = await buildChain({
      graph: this.#graph,
      parts: this.#parts(),
      heap,
      clock: this.#clock,
      home: '/nowhere',
      lineage: 'memory',
      isFirstStart: restored === null,
      restored,
      collect: (batch) => collect(batch, heap, this.#changes),
      signal: uninterrupted,
      notice: () => undefined,
      print: () => undefined,
    });
    await chain.openSources();
    return chain;
  }

  #parts(): JobParts {
    const real = defaultParts();
    const find = (path: string): MemoryTable => {
      const found = this.#tables.find(({ name }) => name === path.split('.').at(-1));
      if (!found) throw new Error(`no rows of ${path}`);
      return found;
    };
    const options = { batchRows: this.#play.batchRows, wait: (ms: number) => this.#wait(ms) };
    return {
      ...real,
      source: (table) => memorySource(find(table.path), options),
      lookup: (table) => memoryLookup(find(table.path)),
      sink: (table) => memorySink(table, this.#changes),
      operator: (spec, context) => (spec.kind === 'Calc' ? checkedCalc(spec, context) : real.operator(spec, context)),
    };
  }

  /** Moves the clock, and lets processing time pass. */
  async #wait(ms: number): Promise<void> {
    this.#clock.advance(ms);
    await this.#runner?.atBarrier(() => undefined);
  }
}

/** The loop ends with an error of the action by itself. */
function atBarrier(runner: JobRunner, action: () => void): void {
  runner.atBarrier(action).catch(() => undefined);
}

function snapshot(chain: JobChain, segments: Map<string, Uint8Array[]>): RestoredVertices {
  for (const { vertex, state } of chain.operators) {
    const segment = state.seal();
    state.acknowledge();
    if (!segment) continue;
    const kept = segment.isBase ? [] : (segments.get(vertex.uid) ?? []);
    segments.set(vertex.uid, [...kept, new Uint8Array(Buffer.concat(segment.chunks))]);
  }
  const sources = chain.sources.map(
    ({ vertex, reader, ended }) => [vertex.uid, { position: reader?.position() ?? null, ended }] as const,
  );
  return { sources: new Map(sources), operators: new Map(segments), path: 'memory' };
}

function memorySink({ columns }: ConnectorTable, changes: MemoryChange[]): TableSink {
  return {
    changelogMode: (requested) => requested,
    delivery: 'none',
    openWriter: ({ heap, targetColumns }) => ({
      write(batch) {
        const written: MemoryChange[] = [];
        collect(batch, heap, written);
        for (const [sign, ...values] of written)
          changes.push([sign, ...columns.map((_, column) => values[targetColumns.indexOf(column)] ?? null)]);
      },
      bufferedBytes: 0,
      seal: () => null,
      close: () => undefined,
    }),
  };
}

function collect(batch: Batch, heap: Heap, changes: MemoryChange[]): void {
  for (let row = 0; row < batch.rowCount; row++) {
    const sign = batch.insertOnly ? '+I' : (rowKindSigns[batch.kinds[row] as number] as MemoryChange[0]);
    changes.push([sign, ...batch.types.map((type, i) => readValue(type, batch.columns[i] as Column, row, heap))]);
  }
}
