/**
 * Writes topics of a Kafka cluster. Exactly-once: an epoch's messages and its marker in the control topic are one transaction (rule 11).
 * At-least-once: the same without the transaction, the marker last.
 */
import { systemClock } from '../../base/clock.ts';
import { EngineError, validationError } from '../../base/error.ts';
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
import { topicOptions } from './kafka-options.ts';
import type { MessageFields } from './key-fields.ts';
import { beginFrame, endFrame } from './message-frame.ts';
import { KAFKA_WRITABLE_METADATA } from './message-reader.ts';
import { createPartitioner, MessageWriter } from './message-writer.ts';
import { Producer } from './producer.ts';
import { batchesOf, singleRecord } from './record-encode.ts';

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
  readonly metadata: readonly Field[] = KAFKA_WRITABLE_METADATA;
  readonly #plan: KafkaSinkPlan;
  readonly #topic: string;

  constructor(plan: KafkaSinkPlan) {
    this.#plan = plan;
    this.delivery = plan.table.option('sink.delivery-guarantee') === 'exactly-once' ? 'exactly-once' : 'at-least-once';
    this.#topic = singleTopic(plan.table);
  }

  changelogMode(): ChangelogMode {
    return this.#plan.changelogMode;
  }

  openWriter(context: SinkContext): SinkWriter {
    const { table, fields, value, key, isUpsert } = this.#plan;
    return new KafkaWriter(new MessageWriter(table, context, fields, value, key), isUpsert);
  }

  async openCommitter(context: SinkContext): Promise<SinkCommitter> {
    const { table } = this.#plan;
    const cluster = new Cluster(clusterSettings(table));
    const prefix = table.option('sink.transactional-id-prefix') ?? 'millrace';
    const committer = new KafkaCommitter(cluster, context, {
      topic: this.#topic,
      partitioner: table.option('sink.partitioner') ?? 'default',
      transactionalId: this.delivery === 'exactly-once' ? `${prefix}-${context.lineage}-${context.sink}` : null,
      markerKey: `${prefix}/${context.lineage}/${context.sink}`,
    });
    try {
      await prepareControlTopic(cluster);
      if ((await cluster.partitions([this.#topic])).length === 0) await cluster.createTopic(this.#topic, -1, {});
      await committer.begin();
    } catch (error) {
      await cluster.close();
      throw error;
    }
    return committer;
  }
}

/** The topic that a sink writes. */
function singleTopic(table: TableContext): string {
  const { topics } = topicOptions(table);
  if (topics?.length !== 1)
    throw validationError('The topic of the sink record is not valid. Expected a single topic but no topic is set.');
  return topics[0] as string;
}

/** Gathers an epoch's messages as frames; which partition they go to is decided when they are sent. */
class KafkaWriter implements SinkWriter {
  readonly #writer: MessageWriter;
  readonly #isUpsert: boolean;
  readonly #out = new GrowingBytes(1 << 16);
  #chunks: Uint8Array[] = [];
  #chunkBytes = 0;

  constructor(writer: MessageWriter, isUpsert: boolean) {
    this.#writer = writer;
    this.#isUpsert = isUpsert;
  }

  write(batch: Batch): void {
    const nowMs = systemClock.now();
    const out = this.#out;
    for (let row = 0; row < batch.rowCount; row++) {
      const start = beginFrame(out, this.#writer.timestampMs(batch, row) ?? nowMs, this.#writer.key(batch, row));
      const isRemoved = this.#isUpsert && !batch.insertOnly && isRetraction(batch.kinds[row] as number);
      if (!isRemoved) this.#writer.value(batch, row, out);
      endFrame(out, start, !isRemoved, this.#writer.headers(batch, row));
      if (out.length >= CHUNK_BYTES) this.#cut();
    }
  }

  #cut(): void {
    this.#chunkBytes += this.#out.length;
    this.#chunks.push(this.#out.take());
  }

  get bufferedBytes(): number {
    return this.#chunkBytes + this.#out.length;
  }

  seal(): Uint8Array[] | null {
    if (this.#out.length > 0) this.#cut();
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#chunkBytes = 0;
    return chunks.length === 0 ? null : chunks;
  }

  close(): void {}
}

interface CommitterPlan {
  readonly topic: string;
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
    const { topic, partitioner, markerKey } = this.#plan;
    const partitions = (await producer.partitions([topic, CONTROL_TOPIC])).filter(
      (each) => each.topic === topic,
    ).length;
    if (partitions === 0)
      throw new EngineError('CONNECTOR_TOPIC_MISSING', `The topic '${topic}' does not exist in the Kafka cluster.`, {
        exceptionClass: 'org.apache.kafka.common.errors.UnknownTopicOrPartitionException',
        retryable: true,
      });
    const choose = createPartitioner(partitioner, partitions);
    // Messages without a key go to one partition an epoch, as Kafka's own partitioner keeps to one for a while.
    const withoutKey = request.next.epoch % partitions;
    const partitionOf = (key: Uint8Array | null) =>
      key === null && partitioner === 'default' ? withoutKey : choose(key);
    for await (const chunk of request.buffers()) await producer.send(topic, batchesOf(chunk, partitionOf));
    const marker = singleRecord(
      0,
      systemClock.now(),
      Buffer.from(markerKey),
      Buffer.from(JSON.stringify(request.next)),
    );
    await producer.send(CONTROL_TOPIC, [marker]);
    await producer.commit();
  }

  async close(): Promise<void> {
    await this.#cluster.close();
  }
}
