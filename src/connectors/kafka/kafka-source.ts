/** Reads topics of a Kafka cluster without a consumer group: own positions, which are the checkpoint's. */
import { parseDuration } from '../../base/duration.ts';
import { EngineError, messageOf } from '../../base/error.ts';
import type { SourceContext, SourceReader, SourceSplit, TableSource } from '../../dataflow/source.ts';
import type { DecodingFormat } from '../../formats/format.ts';
import type { Batch } from '../../types/batch.ts';
import type { ChangelogMode } from '../../types/changelog-mode.ts';
import type { Field } from '../../types/logical-type.ts';
import type { TableContext } from '../connector.ts';
import { nameMatcher } from '../name-matcher.ts';
import { clusterSettings } from './client-settings.ts';
import {
  Cluster,
  EARLIEST,
  LATEST,
  missingTopic,
  type PartitionLeader,
  partitionKey,
  type TopicPartition,
} from './cluster.ts';
import { Fetcher } from './fetcher.ts';
import { type KafkaReadOptions, splitMetadataOf } from './kafka-options.ts';
import type { MessageFields } from './key-fields.ts';
import { KAFKA_METADATA, MessageReader } from './message-reader.ts';
import { RecordCursor } from './record-cursor.ts';

/** What a barrier stores of a partition: where to go on, and where a bounded read stops (null: never). */
interface StoredPartition extends TopicPartition {
  readonly offset: number;
  readonly stop: number | null;
}

interface KafkaPosition {
  readonly partitions: readonly StoredPartition[];
}

interface PartitionProgress extends TopicPartition {
  offset: number;
  readonly stop: number;
}

export interface KafkaSourcePlan {
  readonly table: TableContext;
  readonly options: KafkaReadOptions;
  readonly fields: MessageFields;
  readonly value: DecodingFormat;
  readonly key: DecodingFormat | null;
  readonly changelogMode: ChangelogMode;
}

export class KafkaSource implements TableSource {
  readonly changelogMode: ChangelogMode;
  readonly bounded: boolean;
  readonly replayable = true;
  readonly metadata: readonly Field[];
  readonly splitMetadata: readonly string[];
  readonly #plan: KafkaSourcePlan;

  constructor(plan: KafkaSourcePlan) {
    this.#plan = plan;
    this.changelogMode = plan.changelogMode;
    this.bounded = plan.options.bounded.kind !== 'unbounded';
    this.splitMetadata = splitMetadataOf(plan.options);
    this.metadata = [
      ...plan.value.metadata.map((field) => ({ ...field, name: `value.${field.name}` })),
      ...KAFKA_METADATA,
    ];
  }

  async open(context: SourceContext): Promise<SourceReader> {
    const cluster = new Cluster(clusterSettings(this.#plan.table), context.signal);
    try {
      const found = await this.#discover(cluster);
      const restored = context.restored as KafkaPosition | null;
      const partitions = await this.#begin(cluster, found, restored);
      const { fields, value, key, table } = this.#plan;
      return new KafkaReader({
        cluster,
        context,
        leaders: found,
        partitions,
        reader: new MessageReader(context, fields, value, key),
        groupId: this.#plan.options.groupId,
        discoveryMs: this.bounded
          ? 0
          : parseDuration(table.option('scan.topic-partition-discovery.interval') ?? '5 min'),
        discover: () => this.#discover(cluster),
        isBounded: this.bounded,
        namesTopics: this.splitMetadata.length > 1,
      });
    } catch (error) {
      await cluster.close();
      throw error;
    }
  }

  async #discover(cluster: Cluster): Promise<PartitionLeader[]> {
    const { topics, pattern } = this.#plan.options;
    const found = await cluster.ledPartitions(topics);
    if (topics) {
      for (const topic of topics) if (!found.some((each) => each.topic === topic)) throw missingTopic(topic);
      return found;
    }
    const expression = nameMatcher(pattern ?? '');
    return found.filter(({ topic }) => expression.test(topic));
  }

  /** Where each partition begins and stops. Partitions that a checkpoint does not know begin at their first record. */
  async #begin(
    cluster: Cluster,
    found: readonly PartitionLeader[],
    restored: KafkaPosition | null,
  ): Promise<PartitionProgress[]> {
    const known = new Map(restored?.partitions.map((each) => [partitionKey(each), each]));
    const fresh = found.filter((each) => !known.has(partitionKey(each)));
    const starts = restored ? await cluster.offsetsAt(fresh, EARLIEST) : await this.#starts(cluster, fresh);
    const stops = await this.#stops(cluster, fresh);
    return found.map(({ topic, partition }) => {
      const key = partitionKey({ topic, partition });
      const stored = known.get(key);
      if (stored) return { topic, partition, offset: stored.offset, stop: stored.stop ?? Number.POSITIVE_INFINITY };
      return { topic, partition, offset: starts.get(key) ?? 0, stop: stops.get(key) ?? Number.POSITIVE_INFINITY };
    });
  }

  async #starts(cluster: Cluster, partitions: readonly TopicPartition[]): Promise<Map<string, number>> {
    const { startup, groupId } = this.#plan.options;
    switch (startup.kind) {
      case 'earliest':
        return cluster.offsetsAt(partitions, EARLIEST);
      case 'latest':
        return cluster.offsetsAt(partitions, LATEST);
      case 'timestamp':
        return offsetsFrom(cluster, partitions, startup.ms);
      case 'specific': {
        const others = partitions.filter(({ partition }) => !startup.offsets.has(partition));
        const starts = await cluster.offsetsAt(others, EARLIEST);
        if (groupId !== null && others.length > 0)
          for (const [key, offset] of await cluster.committed(groupId, others)) starts.set(key, offset);
        for (const each of partitions) {
          const offset = startup.offsets.get(each.partition);
          if (offset !== undefined) starts.set(partitionKey(each), offset);
        }
        return starts;
      }
      case 'group':
        return this.#groupStarts(cluster, partitions, groupId as string, startup.reset);
    }
  }

  async #groupStarts(
    cluster: Cluster,
    partitions: readonly TopicPartition[],
    groupId: string,
    reset: 'earliest' | 'latest' | 'none',
  ): Promise<Map<string, number>> {
    const committed = await cluster.committed(groupId, partitions);
    const others = partitions.filter((each) => !committed.has(partitionKey(each)));
    if (others.length === 0) return committed;
    if (reset === 'none')
      throw new EngineError(
        'CONNECTOR_KAFKA_OFFSET',
        `Undefined offset with no reset policy for partitions: [${others.map(partitionKey).join(', ')}]. The group '${groupId}' has committed none: set 'scan.startup.mode' or 'properties.auto.offset.reset'.`,
        { exceptionClass: 'org.apache.kafka.clients.consumer.NoOffsetForPartitionException' },
      );
    const rest = await cluster.offsetsAt(others, reset === 'earliest' ? EARLIEST : LATEST);
    return new Map([...committed, ...rest]);
  }

  async #stops(cluster: Cluster, partitions: readonly TopicPartition[]): Promise<Map<string, number>> {
    const { bounded, groupId } = this.#plan.options;
    switch (bounded.kind) {
      case 'unbounded':
        return new Map();
      case 'latest':
        return cluster.offsetsAt(partitions, LATEST);
      case 'timestamp':
        return offsetsFrom(cluster, partitions, bounded.ms);
      case 'specific':
        return new Map(partitions.map((each) => [partitionKey(each), bounded.offsets.get(each.partition) ?? 0]));
      case 'group': {
        const committed = groupId === null ? new Map<string, number>() : await cluster.committed(groupId, partitions);
        return new Map(partitions.map((each) => [partitionKey(each), committed.get(partitionKey(each)) ?? 0]));
      }
    }
  }
}

/** First offsets at or after a time; the end where no record is that new. */
async function offsetsFrom(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  ms: number,
): Promise<Map<string, number>> {
  const found = await cluster.offsetsAt(partitions, ms);
  const ends = await cluster.offsetsAt(partitions, LATEST);
  for (const [key, offset] of found) if (offset < 0) found.set(key, ends.get(key) ?? 0);
  return found;
}

interface ReaderPlan {
  readonly cluster: Cluster;
  readonly context: SourceContext;
  readonly leaders: readonly PartitionLeader[];
  readonly partitions: readonly PartitionProgress[];
  readonly reader: MessageReader;
  readonly groupId: string | null;
  readonly discoveryMs: number;
  discover(): Promise<PartitionLeader[]>;
  readonly isBounded: boolean;
  readonly namesTopics: boolean;
}

class KafkaReader implements SourceReader {
  readonly #plan: ReaderPlan;
  readonly #fetcher: Fetcher;
  readonly #cursor: RecordCursor;
  readonly #progress = new Map<string, PartitionProgress>();
  #current: PartitionProgress | null = null;
  #cancelDiscovery: (() => void) | null = null;
  #isClosed = false;

  constructor(plan: ReaderPlan) {
    this.#plan = plan;
    this.#fetcher = new Fetcher(plan.cluster, plan.context.heap);
    this.#cursor = new RecordCursor(plan.context.heap);
    const leaders = new Map(plan.leaders.map((each) => [partitionKey(each), each.leader]));
    for (const partition of plan.partitions) this.#add(partition, leaders.get(partitionKey(partition)) ?? -1);
    this.#fetcher.start();
    this.#scheduleDiscovery();
  }

  #add(partition: PartitionProgress, leader: number): void {
    this.#progress.set(partitionKey(partition), partition);
    this.#fetcher.add(partition, leader, partition.offset, partition.stop);
  }

  poll(): Batch | null | 'end' {
    const { reader, isBounded } = this.#plan;
    const waiting = reader.queue.take();
    if (waiting) return waiting;
    while (!reader.isFull && this.#nextRecords()) {
      const current = this.#current as PartitionProgress;
      current.offset = this.#cursor.read(reader, current.offset, current.stop);
    }
    reader.queue.flush();
    const batch = reader.queue.take();
    if (batch) return batch;
    return isBounded && [...this.#progress.values()].every(({ offset, stop }) => offset >= stop) ? 'end' : null;
  }

  #nextRecords(): boolean {
    if (this.#cursor.isOpen) return true;
    const fetched = this.#fetcher.take();
    if (!fetched) return false;
    this.#cursor.open(fetched);
    this.#current = this.#progress.get(partitionKey(fetched)) ?? null;
    return this.#current !== null;
  }

  async ready(): Promise<void> {
    if (!this.#isClosed) await this.#fetcher.ready();
  }

  splits(): SourceSplit[] {
    const { namesTopics, reader } = this.#plan;
    const isRead = reader.queue.readyCount === 0;
    return [...this.#progress.values()].map((each) => ({
      id: namesTopics ? partitionKey(each) : String(each.partition),
      isOver: isRead && each.offset >= each.stop,
    }));
  }

  position(): KafkaPosition {
    return {
      partitions: [...this.#progress.values()].map(({ topic, partition, offset, stop }) => ({
        topic,
        partition,
        offset,
        stop: Number.isFinite(stop) ? stop : null,
      })),
    };
  }

  /** A message may be several rows: no barrier between them (rule 6). */
  get canSnapshot(): boolean {
    return this.#plan.reader.queue.readyCount === 0;
  }

  checkpointComplete(position: unknown): void {
    const { groupId, cluster, context } = this.#plan;
    if (groupId === null) return;
    cluster.commitOffsets(groupId, (position as KafkaPosition).partitions).catch((error: unknown) => {
      if (!this.#isClosed) context.notice(`Offsets could not be committed to Kafka: ${messageOf(error)}`);
    });
  }

  async hasCaughtUp(): Promise<boolean> {
    const partitions = [...this.#progress.values()];
    const ends = await this.#plan.cluster.offsetsAt(partitions, LATEST);
    return partitions.every((each) => each.offset >= Math.min(each.stop, ends.get(partitionKey(each)) ?? 0));
  }

  #scheduleDiscovery(): void {
    const { discoveryMs, context } = this.#plan;
    if (discoveryMs <= 0 || this.#isClosed) return;
    this.#cancelDiscovery = context.clock.after(discoveryMs, () => {
      this.#discover()
        .catch((error: unknown) => context.notice(`New partitions could not be looked for: ${messageOf(error)}`))
        .finally(() => this.#scheduleDiscovery());
    });
  }

  async #discover(): Promise<void> {
    const found = await this.#plan.discover();
    const fresh = found.filter((each) => !this.#progress.has(partitionKey(each)));
    if (fresh.length === 0 || this.#isClosed) return;
    const starts = await this.#plan.cluster.offsetsAt(fresh, EARLIEST);
    for (const { topic, partition, leader } of fresh)
      this.#add(
        {
          topic,
          partition,
          offset: starts.get(partitionKey({ topic, partition })) ?? 0,
          stop: Number.POSITIVE_INFINITY,
        },
        leader,
      );
    this.#fetcher.start();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelDiscovery?.();
    this.#fetcher.close();
    this.#cursor.dispose();
    await this.#plan.cluster.close();
  }
}
