/**
 * Writes topics of a Kafka cluster. Exactly-once: an epoch's messages and its marker in the control topic are one transaction (rule 11).
 * At-least-once: the same without the transaction, the marker last.
 */
import { systemClock } from '../../base/clock.ts';
import { EngineError } from '../../base/error.ts';
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
import { clusterSettings } from './client-settings.ts';
import { Cluster } from './cluster.ts';
import { CONTROL_TOPIC, prepareControlTopic, readMarker } from './control-topic.ts';
import type { MessageFields } from './key-fields.ts';
import { beginFrame, endFrame } from './message-frame.ts';
import { createPartitioner, MessageWriter, type Partitioner } from './message-writer.ts';
import { Producer } from './producer.ts';
import { batchesOf, singleRecord } from './record-encode.ts';
import { cutTopic, SinkTopics, withTopic } from './sink-topics.ts';

export interface KafkaSinkPlan {
  readonly table: TableContext;
  readonly fields: MessageFields;
  readonly value: EncodingFormat;
  readonly key: EncodingFormat | null;
  readonly changelogMode: ChangelogMode;
  /** Rows that leave are messages without a value. */
  readonly isUpsert: boolean;
}

const CHUNK_BYTES = 4 << 20;

export class KafkaSink implements TableSink {
  readonly delivery: 'exactly-once' | 'at-least-once';
  readonly metadata: readonly Field[];
  readonly #plan: KafkaSinkPlan;
  readonly #topics: SinkTopics;

  constructor(plan: KafkaSinkPlan) {
    this.#plan = plan;
    this.delivery = plan.table.option('sink.delivery-guarantee') === 'exactly-once' ? 'exactly-once' : 'at-least-once';
    this.#topics = new SinkTopics(plan.table);
    this.metadata = this.#topics.metadata;
  }

  changelogMode(): ChangelogMode {
    return this.#plan.changelogMode;
  }

  openWriter(context: SinkContext): SinkWriter {
    const { table, fields, value, key, isUpsert } = this.#plan;
    const writer = new MessageWriter(this.#topics, table, context, fields, value, key);
    return new KafkaWriter(writer, isUpsert, this.#topics.single === null);
  }

  async openCommitter(context: SinkContext): Promise<SinkCommitter> {
    const { table } = this.#plan;
    const cluster = new Cluster(clusterSettings(table), context.signal);
    const prefix = table.option('sink.transactional-id-prefix') ?? 'millrace';
    const committer = new KafkaCommitter(cluster, context, {
      topic: this.#topics.single,
      partitioner: table.option('sink.partitioner') ?? 'default',
      transactionalId: this.delivery === 'exactly-once' ? `${prefix}-${context.lineage}-${context.sink}` : null,
      markerKey: `${prefix}/${context.lineage}/${context.sink}`,
    });
    try {
      await prepareControlTopic(cluster);
      for (const topic of this.#topics.list ?? [])
        if ((await cluster.partitions([topic])).length === 0) await cluster.createTopic(topic, -1, {});
      await committer.begin();
    } catch (error) {
      await cluster.close();
      throw error;
    }
    return committer;
  }
}

/** Gathers an epoch's messages as frames; which partition they go to is decided when they are sent. */
class KafkaWriter implements SinkWriter {
  readonly #writer: MessageWriter;
  readonly #isUpsert: boolean;
  readonly #namesTopics: boolean;
  readonly #outs = new Map<string, GrowingBytes>();
  #chunks: Uint8Array[] = [];
  #chunkBytes = 0;

  constructor(writer: MessageWriter, isUpsert: boolean, namesTopics: boolean) {
    this.#writer = writer;
    this.#isUpsert = isUpsert;
    this.#namesTopics = namesTopics;
  }

  write(batch: Batch): void {
    const nowMs = systemClock.now();
    for (let row = 0; row < batch.rowCount; row++) {
      const topic = this.#writer.topic(batch, row);
      const out = this.#outOf(topic);
      const start = beginFrame(out, this.#writer.timestampMs(batch, row) ?? nowMs, this.#writer.key(batch, row));
      const isRemoved = this.#isUpsert && !batch.insertOnly && isRetraction(batch.kinds[row] as number);
      if (!isRemoved) this.#writer.value(batch, row, out);
      endFrame(out, start, !isRemoved, this.#writer.headers(batch, row));
      if (out.length >= CHUNK_BYTES) this.#cut(topic, out);
    }
  }

  #outOf(topic: string): GrowingBytes {
    let out = this.#outs.get(topic);
    if (!out) {
      out = new GrowingBytes(1 << 16);
      this.#outs.set(topic, out);
    }
    return out;
  }

  #cut(topic: string, out: GrowingBytes): void {
    this.#chunkBytes += out.length;
    const frames = out.take();
    this.#chunks.push(this.#namesTopics ? withTopic(topic, frames) : frames);
  }

  get bufferedBytes(): number {
    let bytes = this.#chunkBytes;
    for (const out of this.#outs.values()) bytes += out.length;
    return bytes;
  }

  seal(): Uint8Array[] | null {
    for (const [topic, out] of this.#outs) {
      if (out.length > 0) this.#cut(topic, out);
      else out.shrink();
    }
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#chunkBytes = 0;
    return chunks.length === 0 ? null : chunks;
  }

  close(): void {}
}

interface CommitterPlan {
  /** Null: each chunk names its own. */
  readonly topic: string | null;
  readonly partitioner: string;
  readonly transactionalId: string | null;
  readonly markerKey: string;
}

class KafkaCommitter implements SinkCommitter {
  readonly #cluster: Cluster;
  readonly #context: SinkContext;
  readonly #plan: CommitterPlan;
  #producer: Producer | null = null;
  /** What this producer knows to be the marker; undefined: it has to be read. */
  #marker: SinkMarker | null | undefined;

  constructor(cluster: Cluster, context: SinkContext, plan: CommitterPlan) {
    this.#cluster = cluster;
    this.#context = context;
    this.#plan = plan;
  }

  /**
   * Takes the producer's id, which ends what an older run has left open. All sinks of a job do so before the first marker is read: an open
   * transaction of one would hide the markers of the others until it times out (rule 11).
   */
  async begin(): Promise<Producer> {
    this.#producer = await Producer.begin(this.#cluster, this.#plan.transactionalId);
    return this.#producer;
  }

  async readMarker(): Promise<SinkMarker | null> {
    return readMarker(this.#cluster, this.#context.heap, this.#plan.markerKey);
  }

  async commit(request: CommitRequest): Promise<void> {
    const producer = this.#producer ?? (await this.begin());
    if (this.#marker === undefined) this.#marker = await this.readMarker();
    if (request.decide(this.#marker) === 'done') return;
    try {
      await this.#apply(producer, request);
    } catch (error) {
      this.#producer = null;
      this.#marker = undefined;
      throw error;
    }
    this.#marker = request.next;
  }

  async #apply(producer: Producer, request: CommitRequest): Promise<void> {
    const { topic, markerKey } = this.#plan;
    const choosers = new Map<string, Partitioner>();
    if (topic === null) await producer.partitions([CONTROL_TOPIC]);
    for await (const chunk of request.buffers()) {
      const part = topic === null ? cutTopic(chunk) : { topic, rest: chunk };
      const choose = choosers.get(part.topic) ?? (await this.#partitionerOf(producer, part.topic, request.next.epoch));
      choosers.set(part.topic, choose);
      await producer.send(part.topic, batchesOf(part.rest, choose));
    }
    if (topic !== null && choosers.size === 0) await producer.partitions([CONTROL_TOPIC]);
    const marker = singleRecord(
      0,
      systemClock.now(),
      Buffer.from(markerKey),
      Buffer.from(JSON.stringify(request.next)),
    );
    await producer.send(CONTROL_TOPIC, [marker]);
    await producer.commit();
  }

  /** Learns the topic's partitions; one of a pattern is made where it is missing. */
  async #partitionerOf(producer: Producer, topic: string, epoch: number): Promise<Partitioner> {
    const partitions = async (): Promise<number> =>
      (await producer.partitions([topic, CONTROL_TOPIC])).filter((each) => each.topic === topic).length;
    let count = await partitions();
    if (count === 0 && this.#plan.topic === null) {
      await this.#cluster.createTopic(topic, -1, {});
      count = await partitions();
    }
    if (count === 0)
      throw new EngineError('CONNECTOR_TOPIC_MISSING', `The topic '${topic}' does not exist in the Kafka cluster.`, {
        exceptionClass: 'org.apache.kafka.common.errors.UnknownTopicOrPartitionException',
        retryable: true,
      });
    const { partitioner } = this.#plan;
    const choose = createPartitioner(partitioner, count);
    // Messages without a key go to one partition an epoch, as Kafka's own partitioner keeps to one for a while.
    const withoutKey = epoch % count;
    return (key) => (key === null && partitioner === 'default' ? withoutKey : choose(key));
  }

  async close(): Promise<void> {
    await this.#cluster.close();
  }
}
