/**
 * Looks each row up in an outside table when it comes: its rows are copied into a queue, the keys of a batch are asked for at once, and the
 * answers go out in order of arrival, watermarks between them. A failed question is asked again by the table's reader.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeJson } from '../base/json.ts';
import type { LookupReader } from '../dataflow/lookup.ts';
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import type { OperatorSpec } from '../dataflow/operator-spec.ts';
import { compileScalar, type Scalar } from '../expressions/generate.ts';
import { BATCH_ROWS, type Batch } from '../types/batch.ts';
import { Column } from '../types/column.ts';
import { readValue, writeValue } from '../types/lane-value.ts';
import type { LogicalType } from '../types/logical-type.ts';
import type { Value } from '../types/value.ts';
import { compileContext, compileRowTest, type RowTest } from './expression-over.ts';
import { LookupCache } from './lookup-cache.ts';
import { compilePad, type PadRow } from './row-copy.ts';

type LookupJoinSpec = Extract<OperatorSpec, { kind: 'LookupJoin' }>;
type Rows = ReadonlyArray<readonly Value[]>;

interface PendingRow {
  readonly values: readonly Value[];
  readonly kind: number;
  /** Null: a key is null, nothing can match. */
  readonly key: readonly Value[] | null;
}
type Pending = { readonly row: PendingRow } | { readonly watermark: number };

export function createLookupJoin(spec: LookupJoinSpec, context: OperatorContext): Operator {
  return new LookupJoin(spec, context);
}

class LookupJoin implements Operator {
  readonly #spec: LookupJoinSpec;
  readonly #context: OperatorContext;
  readonly #keys: ReadonlyArray<{ readonly compute: Scalar; readonly column: Column; readonly type: LogicalType }>;
  readonly #cache: LookupCache;
  readonly #condition: RowTest | null;
  readonly #pad: PadRow;
  readonly #width: number;
  #pending: Pending[] = [];
  #reader: Promise<LookupReader> | null = null;

  constructor(spec: LookupJoinSpec, context: OperatorContext) {
    const input = context.inputTypes[0] ?? [];
    this.#spec = spec;
    this.#context = context;
    this.#width = input.length;
    this.#keys = spec.keys.map(({ value }) => ({
      compute: compileScalar(value, input, compileContext(context)),
      column: new Column(value.type, BATCH_ROWS),
      type: value.type,
    }));
    this.#cache = new LookupCache(spec.cache);
    this.#condition = spec.condition ? compileRowTest(spec.condition, context.outputTypes, context) : null;
    this.#pad = compilePad(context.heap, context.outputTypes, input.length, spec.fields.length);
  }

  processBatch(_input: number, batch: Batch): void {
    for (const { compute, column } of this.#keys) compute(batch, 0, batch.rowCount, column);
    let mark = 0;
    for (let row = 0; row < batch.rowCount; row++) {
      for (; mark < batch.markCount && (batch.markRows[mark] as number) <= row; mark++) this.#queueMark(batch, mark);
      this.#pending.push({ row: this.#copy(batch, row) });
    }
    for (; mark < batch.markCount; mark++) this.#queueMark(batch, mark);
  }

  /** Asks for what is pending and gives the answers out. */
  async drain(): Promise<void> {
    if (this.#pending.length === 0) return;
    const pending = this.#pending;
    this.#pending = [];
    const answers = await this.#answers(pending);
    const { output } = this.#context;
    for (const item of pending) {
      if ('watermark' in item) output.mark(item.watermark);
      else this.#emit(item.row, item.row.key ? (answers.get(keyText(item.row.key)) ?? []) : []);
    }
    output.flush();
  }

  async close(): Promise<void> {
    await (await this.#reader?.catch(() => null))?.close();
  }

  async #answers(pending: readonly Pending[]): Promise<Map<string, Rows>> {
    const now = this.#context.now();
    const answers = new Map<string, Rows>();
    const missing = new Map<string, readonly Value[]>();
    for (const item of pending) {
      if ('watermark' in item || !item.row.key) continue;
      const text = keyText(item.row.key);
      if (answers.has(text) || missing.has(text)) continue;
      const cached = this.#cache.get(text, now);
      if (cached) answers.set(text, cached);
      else missing.set(text, item.row.key);
    }
    if (missing.size === 0) return answers;
    await this.#find(missing, answers);
    for (const text of missing.keys()) this.#cache.put(text, answers.get(text) ?? [], now);
    return answers;
  }

  /** Puts the rows of the keys into `answers`; keys without a row are asked for again where a hint says so. */
  async #find(keys: ReadonlyMap<string, readonly Value[]>, answers: Map<string, Rows>): Promise<void> {
    const { retry } = this.#spec;
    let asked = [...keys];
    for (let attempt = 0; asked.length > 0; attempt++) {
      if (attempt > 0) await sleep(retry?.delayMs ?? 0, undefined, { signal: this.#context.signal });
      const found = await this.#ask(asked.map(([, key]) => key));
      asked.forEach(([text], i) => {
        answers.set(text, found[i] ?? []);
      });
      if (retry === null || attempt === retry.maxAttempts) return;
      asked = asked.filter(([text]) => answers.get(text)?.length === 0);
    }
  }

  async #ask(keys: ReadonlyArray<readonly Value[]>): Promise<ReadonlyArray<Rows>> {
    return await (await this.#open()).lookup(keys);
  }

  #open(): Promise<LookupReader> {
    const { table, keys, fields } = this.#spec;
    const nameOf = (field: number): string => table.columns[field]?.name ?? '';
    const keyNames = keys.map((key) => nameOf(key.field));
    this.#reader ??= this.#context.openLookup(table, keyNames, fields.map(nameOf)).catch((error) => {
      // The next attempt opens it anew.
      this.#reader = null;
      throw error;
    });
    return this.#reader;
  }

  #queueMark(batch: Batch, mark: number): void {
    this.#pending.push({ watermark: batch.markValues[mark] as number });
  }

  #copy(batch: Batch, row: number): PendingRow {
    const { heap } = this.#context;
    const values = batch.types
      .slice(0, this.#width)
      .map((type, i) => readValue(type, batch.columns[i] as Column, row, heap));
    const key = this.#keys.map(({ column, type }) => readValue(type, column, row, heap));
    const kind = batch.insertOnly ? 0 : (batch.kinds[row] as number);
    return { values, kind, key: key.includes(null) ? null : key };
  }

  #emit(row: PendingRow, matches: Rows): void {
    const { output } = this.#context;
    let isMatched = false;
    for (const match of matches) {
      this.#write(row.values, 0);
      this.#write(match, this.#width);
      if (this.#condition && !this.#condition(output.batch, output.batch.rowCount)) continue;
      output.advance(row.kind);
      isMatched = true;
    }
    if (isMatched || this.#spec.joinType === 'INNER') return;
    this.#write(row.values, 0);
    this.#pad(output.batch, output.batch.rowCount);
    output.advance(row.kind);
  }

  #write(values: readonly Value[], at: number): void {
    const { heap, output, outputTypes } = this.#context;
    const { columns, rowCount } = output.batch;
    values.forEach((value, i) => {
      writeValue(outputTypes[at + i] as LogicalType, columns[at + i] as Column, rowCount, value, heap);
    });
  }
}

/** Values of one key's columns, as one text; each column has its own type, so the values tell themselves apart. */
function keyText(key: readonly Value[]): string {
  const [only] = key;
  if (key.length === 1 && typeof only !== 'object') return String(only);
  return encodeJson(key);
}
