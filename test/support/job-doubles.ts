/** Doubles for jobs: a source over numbers, a sum that keeps its total in state, a sink with a marker in memory. */
import { EngineError } from '../../src/base/error.ts';
import type { JobGraph, JobVertex } from '../../src/dataflow/job-graph.ts';
import type { Operator, OperatorContext } from '../../src/dataflow/operator.ts';
import type { ConnectorTable } from '../../src/dataflow/operator-spec.ts';
import type { CommitRequest, SinkCommitter, SinkContext, SinkMarker, TableSink } from '../../src/dataflow/sink.ts';
import type { SourceReader, TableSource } from '../../src/dataflow/source.ts';
import type { JobParts } from '../../src/runtime/job-parts.ts';
import type { OperatorState } from '../../src/state/operator-state.ts';
import { Batch } from '../../src/types/batch.ts';
import { changelogModes } from '../../src/types/changelog-mode.ts';
import { types } from '../../src/types/logical-type.ts';

export const numbers = [{ name: 'n', type: types.int(false) }];

function table(path: string, options: Record<string, string> = {}): ConnectorTable {
  return {
    path,
    connector: 'test',
    options,
    columns: [{ name: 'n', type: types.int(false) }],
    primaryKey: null,
    partitionKeys: [],
  };
}

function vertex(id: number, inputs: number[], body: JobVertex['body']): JobVertex {
  return {
    id,
    uid: `${id}-${body.kind.toLowerCase()}`,
    name: body.kind,
    inputs,
    fields: numbers,
    changelogMode: changelogModes.insertOnly,
    body,
  };
}

/** numbers → running sum → sink (or collect). */
export function sumGraph(settings: Record<string, string> = {}, sinks: readonly string[] = ['out']): JobGraph {
  const source = vertex(0, [], {
    kind: 'Source',
    table: table('numbers'),
    produced: [{ kind: 'physical', path: ['n'] }],
    limit: null,
  });
  const sum = vertex(1, [0], { kind: 'Union' });
  return {
    version: 1,
    name: 'sum',
    mode: 'streaming',
    settings: { 'execution.checkpointing.interval': '20 ms', ...settings },
    vertices: [
      source,
      sum,
      ...(sinks.length === 0 ? [vertex(2, [1], { kind: 'Collect' })] : []),
      ...sinks.map((name, i) =>
        vertex(2 + i, [1], { kind: 'Sink', table: table(name), targetColumns: [0], overwrite: false }),
      ),
    ],
    sql: 'INSERT INTO out SELECT SUM(n) FROM numbers',
  };
}

/** A sink's content and markers: what would be in a database. */
class MemoryTable {
  readonly rows: number[] = [];
  readonly markers = new Map<string, SinkMarker>();
}

export interface Doubles {
  readonly tables: Map<string, MemoryTable>;
  /** Rows that the source has; with `open` it waits for more, else it ends. */
  total: number;
  rowsPerBatch: number;
  isOpen: boolean;
  /** Called before each poll with the position; may throw. */
  beforePoll: (position: number) => void;
  /** What a sink says that it has gathered as soon as it holds a row. */
  outputBytes: number;
  /** Called when a sink's epoch ends; may throw. */
  beforeSeal: () => void;
  beforeCommit: (table: string, epoch: number) => void;
  afterCommit: (table: string, epoch: number) => void;
  wake: () => void;
}

export function doubles(total: number): Doubles {
  return {
    tables: new Map(),
    total,
    rowsPerBatch: 10,
    isOpen: false,
    beforePoll: () => {},
    outputBytes: 0,
    beforeSeal: () => {},
    beforeCommit: () => {},
    afterCommit: () => {},
    wake: () => {},
  };
}

export function partsOf(world: Doubles): JobParts {
  return {
    source: () => numberSource(world),
    sink: (sinkTable) => memorySink(world, sinkTable.path),
    lookup: () => {
      throw new Error('no look-up');
    },
    operator: (_spec, context) => sumOperator(context),
    state: (_heap, uid) => new TotalState(uid),
    mergeFiles: null,
  };
}

function numberSource(world: Doubles): TableSource {
  return {
    changelogMode: changelogModes.insertOnly,
    bounded: true,
    replayable: true,
    async open(context): Promise<SourceReader> {
      let position = (context.restored as number | null) ?? 0;
      const batch = new Batch(numbers.map((field) => field.type));
      return {
        poll() {
          world.beforePoll(position);
          if (position >= world.total) return world.isOpen ? null : 'end';
          batch.clear();
          const lane = batch.columns[0]?.lane0 as Int32Array;
          const end = Math.min(position + world.rowsPerBatch, world.total);
          for (; position < end; position++) lane[batch.rowCount++] = position + 1;
          return batch;
        },
        ready: () =>
          new Promise((resolve) => {
            world.wake = resolve;
          }),
        position: () => position,
        canSnapshot: true,
        async close() {},
      };
    },
  };
}

function sumOperator(context: OperatorContext): Operator {
  const total = context.state.value<number>('total', 0);
  return {
    processBatch(_input, batch) {
      const lane = batch.columns[0]?.lane0 as Int32Array;
      const out = context.output;
      for (let row = 0; row < batch.rowCount; row++) {
        total.set(total.get() + (lane[row] as number));
        (out.batch.columns[0]?.lane0 as Int32Array)[out.batch.rowCount] = total.get();
        out.advance(0);
      }
      for (let i = 0; i < batch.markCount; i++) out.mark(batch.markValues[i] as number);
      out.flush();
    },
  };
}

class TotalState implements OperatorState {
  readonly usedBytes = 0;
  #value = 0;
  #dirty = false;
  readonly uid: string;
  readonly backend = {
    table: () => {
      throw new Error('no tables');
    },
    value: <T>(_name: string, initial: T) => {
      this.#value = initial as number;
      return {
        get: () => this.#value as T,
        set: (value: T) => {
          this.#value = value as number;
          this.#dirty = true;
        },
      };
    },
  };

  constructor(uid: string) {
    this.uid = uid;
  }
  setTime(): void {}
  sweep(): void {}
  acknowledge(): void {}
  seal() {
    if (!this.#dirty) return null;
    this.#dirty = false;
    return { chunks: [Buffer.from(String(this.#value))], isBase: true };
  }
  abort(): void {
    this.#dirty = true;
  }
  restore(segments: readonly Uint8Array[]): void {
    this.#value = Number(Buffer.from(segments.at(-1) ?? Buffer.from('0')).toString());
  }
}

function memorySink(world: Doubles, name: string): TableSink {
  return {
    changelogMode: () => changelogModes.insertOnly,
    delivery: 'exactly-once',
    openWriter() {
      let rows: number[] = [];
      return {
        get bufferedBytes() {
          return rows.length > 0 ? world.outputBytes : 0;
        },
        write(batch) {
          const lane = batch.columns[0]?.lane0 as Int32Array;
          for (let row = 0; row < batch.rowCount; row++) rows.push(lane[row] as number);
        },
        seal() {
          world.beforeSeal();
          if (rows.length === 0) return null;
          const chunk = Buffer.from(Int32Array.from(rows).buffer);
          rows = [];
          return [chunk];
        },
        close() {},
      };
    },
    async openCommitter(context) {
      return memoryCommitter(world, name, context);
    },
  };
}

function memoryCommitter(world: Doubles, name: string, context: SinkContext): SinkCommitter {
  const key = `${context.lineage}/${context.sink}`;
  const content = world.tables.get(name) ?? new MemoryTable();
  world.tables.set(name, content);
  return {
    async commit(request: CommitRequest) {
      world.beforeCommit(name, request.next.epoch);
      if (request.decide(content.markers.get(key) ?? null) === 'done') return;
      const added: number[] = [];
      for await (const chunk of request.buffers()) {
        const copy = Uint8Array.from(chunk);
        added.push(...new Int32Array(copy.buffer));
      }
      for (const row of added) content.rows.push(row);
      content.markers.set(key, request.next);
      world.afterCommit(name, request.next.epoch);
    },
    readMarker: async () => content.markers.get(key) ?? null,
    async close() {},
  };
}

/** Running sums of 1 … total: what an `out` table must hold in the end. */
export function expectedSums(total: number): number[] {
  const sums: number[] = [];
  for (let n = 1, sum = 0; n <= total; n++) {
    sum += n;
    sums.push(sum);
  }
  return sums;
}

export function retryable(message: string): EngineError {
  return new EngineError('CONNECTOR_TEST', message, { retryable: true });
}
