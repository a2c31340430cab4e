/** Writes embedded topics exactly once: an epoch's messages are appended with its marker under the topic's lock (rule 10). */

import type { Clock } from '../../base/clock.ts';
import { validationError } from '../../base/error.ts';
import type {
  CommitRequest,
  SinkCommitter,
  SinkContext,
  SinkMarker,
  SinkWriter,
  TableSink,
} from '../../dataflow/sink.ts';
import { GrowingBytes } from '../../formats/bytes-out.ts';
import type { EncodingFormat } from '../../formats/format.ts';
import type { Batch } from '../../types/batch.ts';
import type { ChangelogMode } from '../../types/changelog-mode.ts';
import { isRetraction } from '../../types/row-kind.ts';
import type { TableContext } from '../connector.ts';
import { topicOptions } from './kafka-options.ts';
import { type MessageFields, messageFields } from './key-fields.ts';
import { beginFrame, endFrame } from './message-frame.ts';
import { KAFKA_WRITABLE_METADATA } from './message-reader.ts';
import { createPartitioner, MessageWriter, type Partitioner } from './message-writer.ts';
import { type TopicAppend, TopicLog } from './topic-log.ts';

const HEAD_BYTES = 6;
/** An epoch's messages wait in pieces, which go as they are applied. */
const CHUNK_BYTES = 1 << 20;

export class EmbeddedSink implements TableSink {
  readonly delivery = 'exactly-once';
  readonly metadata = KAFKA_WRITABLE_METADATA;
  readonly #table: TableContext;
  readonly #value: EncodingFormat;
  readonly #key: EncodingFormat | null;
  readonly #clock: Clock;
  readonly #topic: string;
  readonly #fields: MessageFields;
  readonly #mode: ChangelogMode;

  constructor(
    table: TableContext,
    value: EncodingFormat,
    key: EncodingFormat | null,
    clock: Clock,
    upsert?: { readonly fields: MessageFields; readonly changelogMode: ChangelogMode },
  ) {
    this.#table = table;
    this.#value = value;
    this.#key = key;
    this.#clock = clock;
    const { topics } = topicOptions(table);
    if (topics?.length !== 1)
      throw validationError('The topic of the sink record is not valid. Expected a single topic but no topic is set.');
    this.#topic = topics[0] as string;
    this.#fields = upsert?.fields ?? messageFields(table);
    this.#mode = upsert?.changelogMode ?? value.changelogMode;
  }

  changelogMode(): ChangelogMode {
    return this.#mode;
  }

  openWriter(context: SinkContext): SinkWriter {
    const partitions = Math.max(1, new TopicLog(context.home, this.#topic).ends().length);
    const partitioner = createPartitioner(this.#table.option('sink.partitioner') ?? 'default', partitions);
    const writer = new MessageWriter(this.#table, context, this.#fields, this.#value, this.#key);
    return new EmbeddedWriter(writer, partitioner, this.#clock, this.#fields.isUpsert ?? false);
  }

  async openCommitter(context: SinkContext): Promise<SinkCommitter> {
    const log = new TopicLog(context.home, this.#topic);
    if (context.isFirstStart) await log.create(1);
    return new EmbeddedCommitter(log, context);
  }
}

/** Messages of one partition that go into the next chunk. */
interface OpenChunk {
  readonly out: GrowingBytes;
  count: number;
}

class EmbeddedWriter implements SinkWriter {
  readonly #writer: MessageWriter;
  readonly #partitioner: Partitioner;
  readonly #clock: Clock;
  readonly #isUpsert: boolean;
  readonly #partitions = new Map<number, OpenChunk>();
  #chunks: Uint8Array[] = [];
  #chunkBytes = 0;

  constructor(writer: MessageWriter, partitioner: Partitioner, clock: Clock, isUpsert: boolean) {
    this.#isUpsert = isUpsert;
    this.#writer = writer;
    this.#partitioner = partitioner;
    this.#clock = clock;
  }

  write(batch: Batch): void {
    const nowMs = this.#clock.now();
    for (let row = 0; row < batch.rowCount; row++) {
      const key = this.#writer.key(batch, row);
      const number = this.#partitioner(key);
      const open = this.#openChunk(number);
      const { out } = open;
      const start = beginFrame(out, this.#writer.timestampMs(batch, row) ?? nowMs, key);
      const isRemoved = this.#isUpsert && !batch.insertOnly && isRetraction(batch.kinds[row] as number);
      if (!isRemoved) this.#writer.value(batch, row, out);
      endFrame(out, start, !isRemoved, this.#writer.headers(batch, row));
      open.count++;
      if (out.length >= CHUNK_BYTES) this.#cut(number, open);
    }
  }

  /** Room for the chunk's head stands in front of the frames. */
  #openChunk(number: number): OpenChunk {
    const known = this.#partitions.get(number);
    if (known) return known;
    const open = { out: new GrowingBytes(1 << 16), count: 0 };
    open.out.length = HEAD_BYTES;
    this.#partitions.set(number, open);
    return open;
  }

  /** A chunk: the partition's number (u16), the number of messages (u32), frames. */
  #cut(number: number, open: OpenChunk): void {
    if (open.count === 0) return;
    const { out } = open;
    const view = new DataView(out.bytes.buffer, out.bytes.byteOffset, HEAD_BYTES);
    view.setUint16(0, number, true);
    view.setUint32(2, open.count, true);
    this.#chunkBytes += out.length;
    this.#chunks.push(out.take());
    out.length = HEAD_BYTES;
    open.count = 0;
  }

  get bufferedBytes(): number {
    let bytes = this.#chunkBytes;
    for (const { out } of this.#partitions.values()) bytes += out.length;
    return bytes;
  }

  seal(): Uint8Array[] | null {
    for (const [number, open] of this.#partitions) this.#cut(number, open);
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#chunkBytes = 0;
    return chunks.length === 0 ? null : chunks;
  }

  close(): void {}
}

class EmbeddedCommitter implements SinkCommitter {
  readonly #log: TopicLog;
  readonly #context: SinkContext;

  constructor(log: TopicLog, context: SinkContext) {
    this.#log = log;
    this.#context = context;
  }

  commit(request: CommitRequest): Promise<void> {
    return this.#log.commit({ lineage: this.#context.lineage, sink: this.#context.sink }, request, parseChunk);
  }

  async readMarker(): Promise<SinkMarker | null> {
    return this.#log.marker(this.#context);
  }

  async close(): Promise<void> {}
}

function parseChunk(chunk: Uint8Array): TopicAppend[] {
  const view = new DataView(chunk.buffer, chunk.byteOffset, HEAD_BYTES);
  return [{ partition: view.getUint16(0, true), count: view.getUint32(2, true), frames: chunk.subarray(HEAD_BYTES) }];
}
