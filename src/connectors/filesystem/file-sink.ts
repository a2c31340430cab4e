/**
 * Files written exactly once. An epoch's rows become one file a partition: written under a hidden name, synced, then *linked* to its own name,
 * which is made of (lineage, sink, epoch): a repeat finds the name taken and is done. The marker is a hidden file whose name is
 * (incarnation, epoch); it is linked after the data.
 */
import { createHash } from 'node:crypto';
import { existsSync, fsyncSync, linkSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, syncFolder, withFile, writeFully } from '../../base/durable-file.ts';
import { EngineError, tableError } from '../../base/error.ts';
import type {
  CommitRequest,
  SinkCommitter,
  SinkContext,
  SinkMarker,
  SinkWriter,
  TableSink,
} from '../../dataflow/sink.ts';
import { GrowingBytes, putByte } from '../../formats/bytes-out.ts';
import type { Encoder, EncodingFormat } from '../../formats/format.ts';
import type { Batch } from '../../types/batch.ts';
import { readValue } from '../../types/lane-value.ts';
import type { LogicalType } from '../../types/logical-type.ts';
import type { TableContext } from '../connector.ts';
import { escapePart } from './list-files.ts';
import { partitionText } from './partition-value.ts';

const LINE_FEED = 10;
const EMPTY = new Uint8Array(0);
/** What waiting may mend. */
const PASSING: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'EAGAIN', 'EBUSY', 'EIO']);

export function fileSink(table: TableContext, encoding: EncodingFormat, path: string): TableSink {
  return {
    changelogMode: () => encoding.changelogMode,
    delivery: 'exactly-once',
    supportsOverwrite: true,
    openWriter(context) {
      if (context.overwrite && table.mode === 'streaming') throw tableError('Streaming mode not support overwrite.');
      return new FileWriter(table, encoding, context);
    },
    openCommitter: async (context) => new FileCommitter(path, context),
  };
}

interface PartitionColumn {
  readonly key: string;
  readonly input: number;
  readonly type: LogicalType | undefined;
}

/** A chunk is: length of the partition's folder (u16), the folder, lines. */
class FileWriter implements SinkWriter {
  readonly #context: SinkContext;
  readonly #encoder: Encoder;
  readonly #partitions: readonly PartitionColumn[];
  readonly #nullName: string;
  readonly #lines: boolean;
  readonly #open = new Map<string, GrowingBytes>();
  #bytes = 0;

  constructor(table: TableContext, encoding: EncodingFormat, context: SinkContext) {
    this.#context = context;
    this.#lines = encoding.lineDelimited ?? true;
    this.#nullName = table.option('partition.default-name') ?? '__DEFAULT_PARTITION__';
    const { columns, partitionKeys } = table.table;
    const inputOf = (name: string) =>
      context.targetColumns.indexOf(columns.findIndex((column) => column.name === name));
    const fields = table.physicalFields.filter((field) => !partitionKeys.includes(field.name));
    this.#encoder = encoding.createEncoder({
      fields,
      columns: fields.map((field) => inputOf(field.name)),
      heap: context.heap,
      timeZone: context.timeZone,
    });
    this.#partitions = partitionKeys.map((key) => {
      const input = inputOf(key);
      return { key, input, type: context.inputTypes[input] };
    });
  }

  get bufferedBytes(): number {
    return this.#bytes;
  }

  write(batch: Batch): void {
    for (let row = 0; row < batch.rowCount; row++) {
      const out = this.#bufferOf(this.#folderOf(batch, row));
      const before = out.length;
      this.#encoder.encode(batch, row, out);
      if (this.#lines) putByte(out, LINE_FEED);
      this.#bytes += out.length - before;
    }
  }

  #folderOf(batch: Batch, row: number): string {
    if (this.#partitions.length === 0) return '';
    return this.#partitions
      .map((part) => `${escapePart(part.key)}=${escapePart(this.#partOf(part, batch, row))}`)
      .join('/');
  }

  #partOf(part: PartitionColumn, batch: Batch, row: number): string {
    const column = batch.columns[part.input];
    if (!column || !part.type) return this.#nullName;
    const value = readValue(part.type, column, row, this.#context.heap);
    const text = value === null ? '' : partitionText(value, part.type);
    return text === '' ? this.#nullName : text;
  }

  #bufferOf(folder: string): GrowingBytes {
    let out = this.#open.get(folder);
    if (!out) {
      const name = Buffer.from(folder, 'utf8');
      out = new GrowingBytes();
      out.bytes.set([name.length & 255, name.length >> 8], 0);
      out.bytes.set(name, 2);
      out.length = 2 + name.length;
      this.#open.set(folder, out);
    }
    return out;
  }

  seal(): Uint8Array[] | null {
    if (this.#open.size === 0) return null;
    const chunks = [...this.#open.values()].map((out) => out.take());
    this.#open.clear();
    this.#bytes = 0;
    return chunks;
  }

  close(): void {}
}

class FileCommitter implements SinkCommitter {
  readonly #root: string;
  readonly #id: string;
  readonly #markers: string;
  readonly #overwrite: boolean;

  constructor(root: string, context: SinkContext) {
    this.#root = root;
    this.#id = createHash('sha256').update(`${context.lineage}/${context.sink}`).digest('hex').slice(0, 16);
    this.#markers = join(root, '.millrace', this.#id);
    this.#overwrite = context.overwrite ?? false;
  }

  async readMarker(): Promise<SinkMarker | null> {
    if (!existsSync(this.#markers)) return null;
    const markers = readdirSync(this.#markers).flatMap((name) => {
      const match = /^marker-(\d+)-(\d+)$/.exec(name);
      return match ? [{ incarnation: Number(match[1]), epoch: Number(match[2]) }] : [];
    });
    markers.sort((a, b) => b.epoch - a.epoch || b.incarnation - a.incarnation);
    return markers[0] ?? null;
  }

  async commit(request: CommitRequest): Promise<void> {
    const current = await this.readMarker();
    if (request.decide(current) === 'done') return;
    try {
      await this.#apply(request);
    } catch (error) {
      throw error instanceof EngineError ? error : fileError(error);
    }
  }

  async #apply(request: CommitRequest): Promise<void> {
    makeFolder(this.#markers);
    let part = 0;
    for await (const chunk of request.buffers()) this.#writePart(chunk, request.next.epoch, part++);
    const marker = `marker-${request.next.incarnation}-${request.next.epoch}`;
    this.#publish(this.#markers, marker, EMPTY);
    for (const name of readdirSync(this.#markers))
      if (name.startsWith('marker-') && name !== marker) rmSync(join(this.#markers, name), { force: true });
  }

  #writePart(chunk: Uint8Array, epoch: number, part: number): void {
    const nameBytes = (chunk[0] as number) | ((chunk[1] as number) << 8);
    const folder = join(this.#root, Buffer.from(chunk.subarray(2, 2 + nameBytes)).toString('utf8'));
    makeFolder(folder);
    if (this.#overwrite) this.#clear(folder);
    this.#publish(folder, `part-${this.#id}-${epoch}-${part}`, chunk.subarray(2 + nameBytes));
  }

  /** Removes what others left in a folder. */
  #clear(folder: string): void {
    for (const entry of readdirSync(folder, { withFileTypes: true }))
      if (entry.isFile() && !entry.name.startsWith('.') && !entry.name.startsWith(`part-${this.#id}-`))
        rmSync(join(folder, entry.name));
  }

  /** Writes a file under a hidden name, syncs it, and links it to its own. A name that is there already was made by an earlier try. */
  #publish(folder: string, name: string, content: Uint8Array): void {
    const hidden = join(folder, `.${name}.inprogress`);
    rmSync(hidden, { force: true });
    withFile(hidden, 'wx', (descriptor) => {
      writeFully(descriptor, content);
      fsyncSync(descriptor);
    });
    try {
      linkSync(hidden, join(folder, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    rmSync(hidden, { force: true });
    syncFolder(folder);
  }

  async close(): Promise<void> {}
}

function fileError(error: unknown): EngineError {
  return new EngineError('CONNECTOR_FILE', (error as Error).message, {
    exceptionClass: 'java.io.IOException',
    cause: error,
    retryable: PASSING.has((error as NodeJS.ErrnoException).code ?? ''),
  });
}
