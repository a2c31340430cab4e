/**
 * Runs a job's graph over tables in memory, in this thread: batches of a given size, a checkpoint after every few of them, and a fresh chain
 * restored from it where it is asked for. Every projection and filter is computed a second time by the interpreter.
 */

import { systemClock } from '../../src/base/clock.ts';
import { uninterrupted } from '../../src/base/interruption.ts';
import type { JobGraph } from '../../src/dataflow/job-graph.ts';
import type { SourceReader, TableSource } from '../../src/dataflow/source.ts';
import { defaultParts } from '../../src/runtime/default-parts.ts';
import { buildChain, type JobChain, type RestoredVertices } from '../../src/runtime/job-chain.ts';
import type { JobParts } from '../../src/runtime/job-parts.ts';
import { JobRunner } from '../../src/runtime/job-runner.ts';
import { Batch } from '../../src/types/batch.ts';
import { changelogModes } from '../../src/types/changelog-mode.ts';
import type { Column } from '../../src/types/column.ts';
import { Heap } from '../../src/types/heap.ts';
import { readValue, writeValue } from '../../src/types/lane-value.ts';
import type { LogicalType } from '../../src/types/logical-type.ts';
import { rowKindSigns } from '../../src/types/row-kind.ts';
import type { Value } from '../../src/types/value.ts';
import { checkedCalc } from './checked-calc.ts';
import type { RandomChange, RandomTable } from './random-tables.ts';

export interface Play {
  readonly batchRows: number;
  /** Batches between two checkpoints; 0: none. */
  readonly checkpointEvery: number;
  /** Which checkpoints are followed by a kill: one in so many. */
  readonly killEvery: number;
}

export const STRAIGHT: Play = { batchRows: 64, checkpointEvery: 0, killEvery: 1 };
const HEAP_BYTES = 128 << 20;

/** What the job's Collect vertex got, in order. */
export async function playJob(graph: JobGraph, tables: readonly RandomTable[], play: Play): Promise<RandomChange[]> {
  const changes: RandomChange[] = [];
  let restored: RestoredVertices | null = null;
  const segments = new Map<string, Uint8Array[]>();
  for (let checkpoints = 0; ; ) {
    const heap = new Heap(HEAP_BYTES);
    const chain = await openChain(graph, tables, play, heap, restored, changes);
    let batches = 0;
    let next: RestoredVertices | null = null;
    const runner = new JobRunner({
      chain,
      heap,
      clock: systemClock,
      backPressure: () => null,
      afterBatch: () => {
        if (play.checkpointEvery === 0 || ++batches % play.checkpointEvery !== 0) return;
        const isKill = ++checkpoints % play.killEvery === 0;
        runner
          .atBarrier(() => {
            const taken = snapshot(chain, segments);
            if (!isKill) return;
            next = taken;
            runner.stop(false);
          })
          .catch(() => undefined);
      },
    });
    const before = changes.length;
    await runner.run();
    await chain.close();
    if (next === null) return changes;
    if (changes.length < before) throw new Error('unreachable');
    restored = next;
  }
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

async function openChain(
  graph: JobGraph,
  tables: readonly RandomTable[],
  play: Play,
  heap: Heap,
  restored: RestoredVertices | null,
  changes: RandomChange[],
): Promise<JobChain> {
  const real = defaultParts();
  const parts: JobParts = {
    ...real,
    source: (table) => {
      const name = table.path.split('.').at(-1);
      const found = tables.find((candidate) => candidate.name === name);
      if (!found) throw new Error(`no table ${name}`);
      return memorySource(found, play.batchRows);
    },
    operator: (spec, context) => {
      if (spec.kind === 'Calc') return checkedCalc(spec, context);
      return real.operator(spec, context);
    },
  };
  const chain = await buildChain({
    graph,
    parts,
    heap,
    clock: systemClock,
    home: '/nowhere',
    lineage: 'fuzz',
    isFirstStart: restored === null,
    restored,
    collect: (batch) => collect(batch, heap, changes),
    signal: uninterrupted,
    notice: () => undefined,
    print: () => undefined,
  });
  await chain.openSources();
  return chain;
}

function collect(batch: Batch, heap: Heap, changes: RandomChange[]): void {
  for (let row = 0; row < batch.rowCount; row++) {
    const sign = batch.insertOnly ? '+I' : (rowKindSigns[batch.kinds[row] as number] as RandomChange[0]);
    changes.push([sign, ...batch.types.map((type, i) => readValue(type, batch.columns[i] as Column, row, heap))]);
  }
}

function memorySource(table: RandomTable, batchRows: number): TableSource {
  return {
    changelogMode: table.isChanging ? changelogModes.all : changelogModes.insertOnly,
    bounded: true,
    replayable: true,
    async open({ heap, produced, restored }): Promise<SourceReader> {
      const fields = produced.map(({ column, field }) => ({ read: reader(table, column), type: field.type }));
      const batch = new Batch(fields.map(({ type }) => type));
      let position = (restored as number | null) ?? 0;
      return {
        poll() {
          if (position >= table.changes.length) return 'end';
          batch.clear();
          batch.insertOnly = !table.isChanging;
          for (const end = Math.min(position + batchRows, table.changes.length); position < end; position++)
            append(batch, table.changes[position] as RandomChange, fields, heap);
          return batch;
        },
        ready: () => Promise.resolve(),
        position: () => position,
        canSnapshot: true,
        async close() {},
      };
    },
  };
}

type Read = (change: RandomChange) => Value;

function reader(table: RandomTable, column: { kind: string; path?: readonly string[] }): Read {
  const [name, ...inside] = column.path ?? [];
  const index = table.columns.findIndex((candidate) => candidate.name === name);
  if (index < 0) throw new Error(`no column ${name} of ${table.name}`);
  // The fields of a random ROW are a and b.
  const field = inside.length === 0 ? null : inside[0] === 'a' ? 0 : 1;
  return (change) => {
    const value = change[index + 1] as Value;
    return field === null || value === null ? value : ((value as readonly Value[])[field] as Value);
  };
}

function append(
  batch: Batch,
  change: RandomChange,
  fields: ReadonlyArray<{ read: Read; type: LogicalType }>,
  heap: Heap,
): void {
  batch.kinds[batch.rowCount] = rowKindSigns.indexOf(change[0]);
  fields.forEach(({ read, type }, i) => {
    writeValue(type, batch.columns[i] as Column, batch.rowCount, read(change), heap);
  });
  batch.rowCount++;
}
