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
import type { Field } from '../../types/logical-type.ts';
import { isRetraction } from '../../types/row-kind.ts';
import type { TableContext } from '../connector.ts';
import { type MessageFields, messageFields } from './key-fields.ts';
import { beginFrame, endFrame } from './message-frame.ts';
import { createPartitioner, MessageWriter, type Partitioner } from './message-writer.ts';
import { cutTopic, SinkTopics, withTopic } from './sink-topics.ts';
import { type TopicAppend, TopicLog } from './topic-log.ts';

const HEAD_BYTES = 6;
/** An epoch's messages wait in pieces, which go as they are applied. */
const CHUNK_BYTES = 1 << 20;

export class EmbeddedSink implements TableSink {
  readonly delivery = 'exactly-once';
  readonly metadata: readonly Field[];
  readonly #table: TableContext;
  readonly #value: EncodingFormat;
  readonly #key: EncodingFormat | null;
  readonly #clock: Clock;
  readonly #topics: SinkTopics;
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
    this.#topics = new SinkTopics(table);
    this.metadata = this.#topics.metadata;
    if (this.#topics.list === null)
      throw validationError("A sink of embedded topics needs a list of topics in 'topic', not a 'topic-pattern'.");
    this.#fields = upsert?.fields ?? messageFields(table);
    this.#mode = upsert?.changelogMode ?? value.changelogMode;
  }

  changelogMode(): ChangelogMode {
    return this.#mode;
  }

  openWriter(context: SinkContext): SinkWriter {
    const kind = this.#table.option('sink.partitioner') ?? 'default';
    const partitionerOf = (topic: string): Partitioner =>
      createPartitioner(kind, Math.max(1, new TopicLog(context.home, topic).ends().length));
    const writer = new MessageWriter(this.#topics, this.#table, context, this.#fields, this.#value, this.#key);
    const namesTopics = this.#topics.single === null;
    return new EmbeddedWriter({
      writer,
      partitionerOf,
      clock: this.#clock,
      isUpsert: this.#fields.isUpsert ?? false,
      namesTopics,
    });
  }

  async openCommitter(context: SinkContext): Promise<SinkCommitter> {
    const logs = (this.#topics.list ?? []).map((topic) => new TopicLog(context.home, topic, context.signal));
    for (const log of logs) if (context.isFirstStart) await log.create(1);
    return new EmbeddedCommitter(logs, context);
  }
}

interface EmbeddedWriterOptions {
  readonly writer: MessageWriter;
  readonly partitionerOf: (topic: string) => Partitioner;
  readonly clock: Clock;
  readonly isUpsert: boolean;
  /** Chunks say which topic they are of. */
  readonly namesTopics: boolean;
}

/** Messages of one partition that go into the next chunk. */
interface OpenChunk {
  readonly topic: string;
  readonly partition: number;
  readonly out: GrowingBytes;
  count: number;
}

interface OpenTopic {
  readonly name: string;
  readonly partitioner: Partitioner;
  readonly chunks: Map<number, OpenChunk>;
}

class EmbeddedWriter implements SinkWriter {
  readonly #options: EmbeddedWriterOptions;
  readonly #topics = new Map<string, OpenTopic>();
  #chunks: Uint8Array[] = [];
  #chunkBytes = 0;

  constructor(options: EmbeddedWriterOptions) {
    this.#options = options;
  }

  write(batch: Batch): void {
    const { writer, clock, isUpsert } = this.#options;
    const nowMs = clock.now();
    for (let row = 0; row < batch.rowCount; row++) {
      const topic = this.#topic(writer.topic(batch, row));
      const key = writer.key(batch, row);
      const open = openChunk(topic, topic.partitioner(key));
      const { out } = open;
      const start = beginFrame(out, writer.timestampMs(batch, row) ?? nowMs, key);
      const isRemoved = isUpsert && !batch.insertOnly && isRetraction(batch.kinds[row] as number);
      if (!isRemoved) writer.value(batch, row, out);
      endFrame(out, start, !isRemoved, writer.headers(batch, row));
      open.count++;
      if (out.length >= CHUNK_BYTES) this.#cut(open);
    }
  }

  #topic(name: string): OpenTopic {
    const known = this.#topics.get(name);
    if (known) return known;
    const topic = { name, partitioner: this.#options.partitionerOf(name), chunks: new Map<number, OpenChunk>() };
    this.#topics.set(name, topic);
    return topic;
  }

  /** A chunk: the partition's number (u16), the number of messages (u32), frames. */
  #cut(open: OpenChunk): void {
    const { out, topic } = open;
    if (open.count === 0) {
      out.shrink();
      return;
    }
    const view = new DataView(out.bytes.buffer, out.bytes.byteOffset, HEAD_BYTES);
    view.setUint16(0, open.partition, true);
    view.setUint32(2, open.count, true);
    this.#chunkBytes += out.length;
    const chunk = out.take();
    this.#chunks.push(this.#options.namesTopics ? withTopic(topic, chunk) : chunk);
    out.length = HEAD_BYTES;
    open.count = 0;
  }

  get bufferedBytes(): number {
    let bytes = this.#chunkBytes;
    for (const { chunks } of this.#topics.values()) for (const { out } of chunks.values()) bytes += out.length;
    return bytes;
  }

  seal(): Uint8Array[] | null {
    for (const { chunks } of this.#topics.values()) for (const open of chunks.values()) this.#cut(open);
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#chunkBytes = 0;
    return chunks.length === 0 ? null : chunks;
  }

  close(): void {}
}

/** Room for the chunk's head stands in front of the frames. */
function openChunk({ name, chunks }: OpenTopic, partition: number): OpenChunk {
  const known = chunks.get(partition);
  if (known) return known;
  const open = { topic: name, partition, out: new GrowingBytes(1 << 16), count: 0 };
  open.out.length = HEAD_BYTES;
  chunks.set(partition, open);
  return open;
}

/** Each topic has its own marker; a crash between two topics leaves the later ones behind, and the epoch is applied to them again. */
class EmbeddedCommitter implements SinkCommitter {
  readonly #logs: readonly TopicLog[];
  readonly #context: SinkContext;

  constructor(logs: readonly TopicLog[], context: SinkContext) {
    this.#logs = logs;
    this.#context = context;
  }

  async commit(request: CommitRequest): Promise<void> {
    const { lineage, sink } = this.#context;
    const isSingle = this.#logs.length === 1;
    for (const log of this.#logs)
      await log.commit({ lineage, sink }, request, (chunk) => {
        if (isSingle) return [parseChunk(chunk)];
        const { topic, rest } = cutTopic(chunk);
        return topic === log.name ? [parseChunk(rest)] : [];
      });
  }

  /** What every topic has. */
  async readMarker(): Promise<SinkMarker | null> {
    const markers = this.#logs.map((log) => log.marker(this.#context));
    if (!markers.every((marker) => marker !== null)) return null;
    return {
      epoch: Math.min(...markers.map(({ epoch }) => epoch)),
      incarnation: Math.max(...markers.map(({ incarnation }) => incarnation)),
    };
  }

  async close(): Promise<void> {}
}

function parseChunk(chunk: Uint8Array): TopicAppend {
  const view = new DataView(chunk.buffer, chunk.byteOffset, HEAD_BYTES);
  return { partition: view.getUint16(0, true), count: view.getUint32(2, true), frames: chunk.subarray(HEAD_BYTES) };
}
