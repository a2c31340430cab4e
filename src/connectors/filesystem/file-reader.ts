/** Reads files in large chunks straight into the heap, cuts them into records, and has the format decode them there. */
import { closeSync, openSync, readSync } from 'node:fs';
import { EngineError } from '../../base/error.ts';
import type { ProducedColumn } from '../../dataflow/job-graph.ts';
import type { SourceContext, SourceReader } from '../../dataflow/source.ts';
import type { Decoder, DecodingFormat } from '../../formats/format.ts';
import type { Batch } from '../../types/batch.ts';
import { writeValue } from '../../types/lane-value.ts';
import type { LogicalType } from '../../types/logical-type.ts';
import type { Value } from '../../types/value.ts';
import { BatchQueue } from '../batch-queue.ts';
import type { TableContext } from '../connector.ts';
import { locatedError } from '../located-error.ts';
import { type FoundFile, listFiles } from './list-files.ts';
import { partitionValue } from './partition-value.ts';

const CHUNK_BYTES = 2 << 20;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

export interface FileReaderSettings {
  readonly table: TableContext;
  readonly decoding: DecodingFormat;
  readonly path: string;
  /** Null: the files that are there now. */
  readonly monitorMs: number | null;
  readonly context: SourceContext;
}

interface Position {
  /** Files that are done, or begun. */
  readonly files: readonly string[];
  /** Files of the first listing that are still to come (bounded reading is of one listing). */
  readonly pending: readonly string[];
  /** Bytes of the last of `files` whose rows were emitted. */
  readonly offset: number;
}

interface Constant {
  readonly target: number;
  readonly type: LogicalType;
  value(file: FoundFile): Value;
}

export class FileReader implements SourceReader {
  readonly #settings: FileReaderSettings;
  readonly #queue: BatchQueue;
  readonly #decoder: Decoder;
  readonly #constants: readonly Constant[];
  readonly #values: Value[] = [];
  readonly #before: ((row: number) => void) | null;
  #pending: FoundFile[] = [];
  readonly #seen: string[] = [];
  #descriptor = -1;
  /** Where the rows of the current file have been emitted up to. */
  #offset = 0;
  /** Bytes [#start, #end) of the chunk are read and not decoded. */
  #address: number;
  #capacity = CHUNK_BYTES;
  #start = 0;
  #end = 0;
  #fileEnded = true;
  #nextLook = 0;

  constructor(settings: FileReaderSettings) {
    this.#settings = settings;
    const { context, decoding, table } = settings;
    this.#queue = new BatchQueue(context.produced.map(({ field }) => field.type));
    const isConstant = (column: ProducedColumn) =>
      column.kind === 'metadata'
        ? column.key.startsWith('file.')
        : table.table.partitionKeys.includes(column.path[0] ?? '');
    this.#constants = context.produced.flatMap(({ column, field }, target) =>
      isConstant(column) ? [{ target, type: field.type, value: constantOf(column, field.type, table) }] : [],
    );
    this.#decoder = decoding.createDecoder({
      heap: context.heap,
      fields: table.physicalFields.filter((field) => !table.table.partitionKeys.includes(field.name)),
      columns: context.produced
        .map(({ column, field }, target) => ({
          ...(column.kind === 'metadata' ? { metadata: column.key } : { path: column.path }),
          type: field.type,
          target,
        }))
        .filter((_, target) => !isConstant((context.produced[target] as { column: ProducedColumn }).column)),
      timeZone: context.timeZone,
    });
    this.#before = this.#constants.length > 0 ? (row) => this.#fillConstants(row) : null;
    this.#address = context.heap.allocate(this.#capacity);
    this.#restore(context.restored as Position | null);
  }

  poll(): Batch | null | 'end' {
    if (this.#queue.readyCount === 0) this.#fill();
    const batch = this.#queue.take();
    if (batch) return batch;
    return this.#settings.monitorMs === null && this.#pending.length === 0 && this.#fileEnded ? 'end' : null;
  }

  ready(): Promise<void> {
    const wait = this.#settings.monitorMs === null ? 0 : this.#nextLook - this.#settings.context.clock.now();
    if (this.#pending.length > 0 || !this.#fileEnded || wait <= 0) return Promise.resolve();
    return new Promise((resolve) => this.#settings.context.clock.after(wait, resolve));
  }

  position(): Position {
    return { files: [...this.#seen], pending: this.#pending.map((file) => file.path), offset: this.#offset };
  }

  get canSnapshot(): boolean {
    return this.#queue.readyCount === 0;
  }

  async close(): Promise<void> {
    if (this.#descriptor >= 0) closeSync(this.#descriptor);
    this.#descriptor = -1;
    this.#settings.context.heap.free(this.#address, this.#capacity);
  }

  /** Decodes until a batch is full or the bytes at hand are used up: rows refer to them, so they must stay until the batch has drained. */
  #fill(): void {
    for (;;) {
      if (!this.#decodeRecords()) return;
      if (this.#queue.batch.rowCount > 0) {
        this.#queue.flush();
        return;
      }
      if (!this.#fileEnded) this.#readMore();
      else if (!this.#openNext()) return;
    }
  }

  /** False when a batch became full. True: no whole record is left in the chunk. */
  #decodeRecords(): boolean {
    const { heap } = this.#settings.context;
    const decoding = this.#settings.decoding;
    const bytes = Buffer.from(heap.memory.buffer, this.#address, this.#capacity);
    while (this.#start < this.#end) {
      const behind = decoding.frame
        ? decoding.frame(heap.u8, this.#address + this.#start, this.#address + this.#end, this.#fileEnded) -
          this.#address
        : this.#lineEnd(bytes);
      if (behind <= this.#start) return true;
      let end = behind;
      if (decoding.lineDelimited) {
        if (end > this.#start && bytes[end - 1] === LINE_FEED) end--;
        if (end > this.#start && bytes[end - 1] === CARRIAGE_RETURN && end < behind) end--;
      }
      const start = this.#start;
      this.#offset += behind - start;
      this.#start = behind;
      try {
        this.#decoder.decode(this.#address + start, end - start, this.#queue, this.#before);
      } catch (error) {
        throw locatedError(error, this.#placeOf(this.#offset - (behind - start)));
      }
      if (this.#queue.readyCount > 0) {
        if (this.#queue.batch.rowCount > 0) this.#queue.flush();
        return false;
      }
    }
    return true;
  }

  /** A record of the file by its path and line; what lies before is read again to count its lines. */
  #placeOf(offset: number): string {
    const path = this.#seen.at(-1) ?? '';
    let line = 1;
    const chunk = Buffer.alloc(1 << 16);
    const descriptor = openSync(path, 'r');
    try {
      for (let at = 0; at < offset; ) {
        const read = readSync(descriptor, chunk, 0, Math.min(chunk.length, offset - at), at);
        if (read === 0) break;
        for (let i = 0; i < read; i++) if (chunk[i] === LINE_FEED) line++;
        at += read;
      }
    } finally {
      closeSync(descriptor);
    }
    return `file '${path}', line ${line}`;
  }

  /** Behind the next line end; -1 when it has not been read yet. */
  #lineEnd(bytes: Buffer): number {
    const at = this.#settings.decoding.lineDelimited ? bytes.indexOf(LINE_FEED, this.#start) : -1;
    if (at >= 0 && at < this.#end) return at + 1;
    return this.#fileEnded ? this.#end : -1;
  }

  #readMore(): void {
    const { heap } = this.#settings.context;
    const left = this.#end - this.#start;
    if (left > 0 && this.#start > 0)
      heap.u8.copyWithin(this.#address, this.#address + this.#start, this.#address + this.#end);
    this.#start = 0;
    this.#end = left;
    if (left === this.#capacity) this.#grow();
    const read = readSync(this.#descriptor, heap.u8, this.#address + left, this.#capacity - left, null);
    this.#end += read;
    if (read > 0) return;
    this.#fileEnded = true;
    closeSync(this.#descriptor);
    this.#descriptor = -1;
  }

  /** A record that is larger than the chunk: a larger chunk. */
  #grow(): void {
    const { heap } = this.#settings.context;
    const capacity = this.#capacity * 2;
    const address = heap.allocate(capacity);
    heap.u8.copyWithin(address, this.#address, this.#address + this.#end);
    heap.free(this.#address, this.#capacity);
    this.#address = address;
    this.#capacity = capacity;
  }

  #openNext(): boolean {
    if (this.#pending.length === 0 && this.#settings.monitorMs !== null) this.#look();
    const file = this.#pending.shift();
    if (!file) return false;
    this.#seen.push(file.path);
    this.#open(file, 0);
    return true;
  }

  #open(file: FoundFile, offset: number): void {
    this.#descriptor = openSync(file.path, 'r');
    this.#offset = offset;
    this.#start = 0;
    this.#end = 0;
    this.#fileEnded = false;
    this.#skipTo(offset);
    this.#values.length = 0;
    for (const constant of this.#constants) this.#values.push(constant.value(file));
  }

  /** Moves the file's own position: later reads go on from there. */
  #skipTo(offset: number): void {
    const { heap } = this.#settings.context;
    let left = offset;
    while (left > 0) {
      const read = readSync(this.#descriptor, heap.u8, this.#address, Math.min(left, this.#capacity), null);
      if (read === 0)
        throw new EngineError(
          'CONNECTOR_FILE_SHORTER',
          `A file is shorter than what was read of it before: ${this.#seen.at(-1)}.`,
          {
            exceptionClass: 'java.io.EOFException',
          },
        );
      left -= read;
    }
  }

  #fillConstants(row: number): void {
    const { batch } = this.#queue;
    for (const [i, constant] of this.#constants.entries()) {
      const column = batch.columns[constant.target];
      if (column) writeValue(constant.type, column, row, this.#values[i] ?? null, this.#settings.context.heap);
    }
  }

  #restore(position: Position | null): void {
    const found = this.#list();
    if (!position) {
      this.#pending = found;
      return;
    }
    const files = new Map(found.map((file) => [file.path, file]));
    this.#seen.push(...position.files);
    this.#pending = position.pending.map((path) => this.#stillThere(files, path));
    const current = position.files.at(-1);
    if (current !== undefined) this.#open(this.#stillThere(files, current), position.offset);
  }

  #stillThere(files: ReadonlyMap<string, FoundFile>, path: string): FoundFile {
    const file = files.get(path);
    if (file) return file;
    throw new EngineError(
      'CONNECTOR_FILE_NOT_FOUND',
      `File ${path}, which is being read since before the restart, is gone.`,
      {
        exceptionClass: 'java.io.FileNotFoundException',
      },
    );
  }

  /** New files, at most once an interval. */
  #look(): void {
    const { clock } = this.#settings.context;
    if (clock.now() < this.#nextLook) return;
    this.#nextLook = clock.now() + (this.#settings.monitorMs ?? 0);
    const seen = new Set(this.#seen);
    this.#pending = this.#list().filter((file) => !seen.has(file.path));
  }

  #list(): FoundFile[] {
    const { table, path } = this.#settings;
    const pattern = table.option('source.path.regex-pattern');
    return listFiles(path, table.table.partitionKeys, pattern === undefined ? null : new RegExp(`^(?:${pattern})$`));
  }
}

function constantOf(column: ProducedColumn, type: LogicalType, table: TableContext): (file: FoundFile) => Value {
  if (column.kind === 'physical') {
    const key = column.path[0] ?? '';
    const nullName = table.option('partition.default-name');
    return (file) => {
      const text = file.partition.get(key);
      return text === undefined || text === nullName ? null : partitionValue(text, type);
    };
  }
  switch (column.key) {
    case 'file.path':
      return (file) => file.path;
    case 'file.name':
      return (file) => file.name;
    case 'file.size':
      return (file) => BigInt(file.size);
    default:
      return (file) => BigInt(file.modifiedMs) * 1_000_000n;
  }
}
