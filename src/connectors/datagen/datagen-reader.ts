/** Makes rows at the wanted rate. Its position is (seed, rows made so far). */
import type { SourceContext, SourceReader } from '../../dataflow/source.ts';
import { BATCH_ROWS, Batch } from '../../types/batch.ts';
import { writeValue } from '../../types/lane-value.ts';
import type { Field, LogicalType } from '../../types/logical-type.ts';
import type { Value } from '../../types/value.ts';
import { type Generator, Random } from './generators.ts';

export interface DatagenPlan {
  /** In the order of the produced columns. */
  readonly generators: ReadonlyArray<{
    readonly index: number;
    readonly generator: Generator;
    readonly path: readonly string[];
  }>;
  readonly lengths: ReadonlyArray<bigint | null>;
  readonly rowsPerSecond: number;
  readonly limit: number | null;
  readonly fields: readonly Field[];
}

interface Position {
  readonly seed: number;
  readonly rows: number;
}

export class DatagenReader implements SourceReader {
  readonly #context: SourceContext;
  readonly #plan: DatagenPlan;
  readonly #batch: Batch;
  readonly #random = new Random();
  readonly #seed: number;
  readonly #end: number;
  #rows: number;
  readonly #firstRow: number;
  #startMs = -1;
  readonly canSnapshot = true;

  constructor(context: SourceContext, plan: DatagenPlan) {
    this.#context = context;
    this.#plan = plan;
    this.#batch = new Batch(context.produced.map(({ field }) => field.type));
    const restored = context.restored as Position | null;
    this.#seed = restored?.seed ?? context.clock.now() | 0;
    this.#rows = restored?.rows ?? 0;
    this.#firstRow = this.#rows;
    const ends = plan.lengths.flatMap((length) => (length === null ? [] : [Number(length)]));
    this.#end = Math.min(...ends, plan.limit ?? Number.POSITIVE_INFINITY);
  }

  poll(): Batch | null | 'end' {
    if (this.#rows >= this.#end) return 'end';
    const now = this.#context.clock.now();
    if (this.#startMs < 0) this.#startMs = now;
    const { batch } = this;
    const count = Math.min(this.#due(now) - this.#rows, BATCH_ROWS, this.#end - this.#rows);
    if (count <= 0) return null;
    batch.clear();
    for (let i = 0; i < count; i++) this.#makeRow(i, this.#rows + i, now);
    batch.rowCount = count;
    this.#rows += count;
    return batch;
  }

  get batch(): Batch {
    return this.#batch;
  }

  /** How many rows may have been made by now: one at once, then evenly. */
  #due(now: number): number {
    return this.#firstRow + 1 + Math.floor(((now - this.#startMs) * this.#plan.rowsPerSecond) / 1000);
  }

  #makeRow(row: number, number: number, now: number): void {
    for (const [column, { index, generator, path }] of this.#plan.generators.entries()) {
      this.#random.begin(this.#seed, index, number);
      const value = generator.value(this.#random, BigInt(number), now);
      const type = this.#batch.types[column] as LogicalType;
      const part = partOf(value, path, (this.#plan.fields[index] as Field).type);
      const lanes = this.#batch.columns[column];
      if (lanes) writeValue(type, lanes, row, part, this.#context.heap);
    }
  }

  ready(): Promise<void> {
    if (this.#rows >= this.#end || this.#startMs < 0) return Promise.resolve();
    const clock = this.#context.clock;
    const dueAt = this.#startMs + Math.ceil(((this.#rows - this.#firstRow) * 1000) / this.#plan.rowsPerSecond);
    const wait = Math.max(dueAt, this.#startMs + 1) - clock.now();
    if (wait <= 0) return Promise.resolve();
    return new Promise((resolve) => clock.after(wait, resolve));
  }

  position(): Position {
    return { seed: this.#seed, rows: this.#rows };
  }

  async close(): Promise<void> {}
}

function partOf(value: Value, path: readonly string[], type: LogicalType): Value {
  let at = value;
  let of = type;
  for (const name of path.slice(1)) {
    if (at === null || of.kind !== 'ROW') return null;
    const index = of.fields.findIndex((field) => field.name === name);
    at = (at as readonly Value[])[index] ?? null;
    of = (of.fields[index] as Field).type;
  }
  return at;
}
