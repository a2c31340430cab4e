/** Reads embedded topics: all start-up and bounded modes, several topics, tailing by the commit log. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError } from '../../base/error.ts';
import type { SourceContext, SourceReader, SourceSplit, TableSource } from '../../dataflow/source.ts';
import type { DecodingFormat } from '../../formats/format.ts';
import type { Batch } from '../../types/batch.ts';
import type { ChangelogMode } from '../../types/changelog-mode.ts';
import type { Field } from '../../types/logical-type.ts';
import type { TableContext } from '../connector.ts';
import { nameMatcher } from '../name-matcher.ts';
import { EmbeddedPartition, findPosition, type PartitionPosition } from './embedded-partition.ts';
import { type KafkaReadOptions, splitMetadataOf } from './kafka-options.ts';
import { type MessageFields, messageFields } from './key-fields.ts';
import { KAFKA_METADATA, MessageReader } from './message-reader.ts';
import { listTopics, TopicLog } from './topic-log.ts';

const POLL_MS = 10;

/** What a barrier stores: per topic and partition where to go on, and where a bounded read stops (null: never). */
interface EmbeddedPosition {
  readonly topics: Readonly<Record<string, ReadonlyArray<PartitionPosition & { readonly stop: number | null }>>>;
}

export class EmbeddedSource implements TableSource {
  readonly changelogMode: ChangelogMode;
  readonly bounded: boolean;
  readonly replayable = true;
  readonly metadata: readonly Field[];
  readonly splitMetadata: readonly string[];
  readonly #home: string;
  readonly #options: KafkaReadOptions;
  readonly #fields: MessageFields;
  readonly #value: DecodingFormat;
  readonly #key: DecodingFormat | null;

  constructor(
    table: TableContext,
    options: KafkaReadOptions,
    value: DecodingFormat,
    key: DecodingFormat | null,
    upsert?: { readonly fields: MessageFields; readonly changelogMode: ChangelogMode },
  ) {
    this.#home = table.home;
    this.#options = options;
    this.#fields = upsert?.fields ?? messageFields(table);
    this.#value = value;
    this.#key = key;
    this.changelogMode = upsert?.changelogMode ?? value.changelogMode;
    this.bounded = options.bounded.kind !== 'unbounded';
    this.splitMetadata = splitMetadataOf(options);
    this.metadata = [...value.metadata.map((field) => ({ ...field, name: `value.${field.name}` })), ...KAFKA_METADATA];
  }

  async open(context: SourceContext): Promise<SourceReader> {
    const names = this.#topicNames();
    const restored = context.restored as EmbeddedPosition | null;
    const partitions: EmbeddedPartition[] = [];
    for (const name of names) {
      const log = new TopicLog(this.#home, name);
      if (!log.exists) throw missingTopic(this.#home, name);
      log.ends().forEach((_end, i) => {
        const { start, stop } = restored?.topics[name]?.[i] ? restoredAt(restored, name, i) : this.#begin(log, i);
        partitions.push(new EmbeddedPartition(context.heap, log, i, start, stop));
      });
    }
    return new EmbeddedReader(partitions, new MessageReader(context, this.#fields, this.#value, this.#key), {
      isBounded: this.bounded,
      groupId: this.#options.groupId,
      home: this.#home,
      namesTopics: this.splitMetadata.length > 1,
    });
  }

  #topicNames(): readonly string[] {
    const { topics, pattern } = this.#options;
    if (topics) return topics;
    const expression = nameMatcher(pattern ?? '');
    return listTopics(this.#home).filter((name) => expression.test(name));
  }

  #begin(log: TopicLog, partition: number): { start: PartitionPosition; stop: number } {
    return { start: this.#startOf(log, partition), stop: this.#stopOf(log, partition) };
  }

  #startOf(log: TopicLog, partition: number): PartitionPosition {
    const { startup, groupId } = this.#options;
    const first = { offset: 0, bytes: 0 };
    switch (startup.kind) {
      case 'earliest':
        return first;
      case 'latest':
        return log.ends()[partition] ?? first;
      case 'timestamp':
        return findPosition(log, partition, (_offset, ms) => ms >= startup.ms);
      case 'specific': {
        const wanted =
          startup.offsets.get(partition) ?? (groupId === null ? 0 : (committed(log, groupId, partition) ?? 0));
        return findPosition(log, partition, (offset) => offset >= wanted);
      }
      case 'group': {
        const offset = committed(log, groupId as string, partition);
        if (offset !== null) return findPosition(log, partition, (at) => at >= offset);
        if (startup.reset === 'earliest') return first;
        if (startup.reset === 'latest') return log.ends()[partition] ?? first;
        throw new EngineError(
          'CONNECTOR_KAFKA_OFFSET',
          `Undefined offset with no reset policy for partitions: [${log.name}-${partition}]. The group '${groupId}' has committed none: set 'scan.startup.mode' or 'properties.auto.offset.reset'.`,
          { exceptionClass: 'org.apache.kafka.clients.consumer.NoOffsetForPartitionException' },
        );
      }
    }
  }

  #stopOf(log: TopicLog, partition: number): number {
    const { bounded, groupId } = this.#options;
    switch (bounded.kind) {
      case 'unbounded':
        return Number.POSITIVE_INFINITY;
      case 'latest':
        return log.ends()[partition]?.offset ?? 0;
      case 'timestamp':
        return findPosition(log, partition, (_offset, ms) => ms >= bounded.ms).offset;
      case 'specific':
        return bounded.offsets.get(partition) ?? 0;
      case 'group':
        return groupId === null ? 0 : (committed(log, groupId, partition) ?? 0);
    }
  }
}

interface EmbeddedSettings {
  readonly isBounded: boolean;
  readonly groupId: string | null;
  readonly home: string;
  readonly namesTopics: boolean;
}

class EmbeddedReader implements SourceReader {
  readonly #partitions: EmbeddedPartition[];
  readonly #reader: MessageReader;
  readonly #settings: EmbeddedSettings;
  #turn = 0;
  #isClosed = false;

  constructor(partitions: EmbeddedPartition[], reader: MessageReader, settings: EmbeddedSettings) {
    this.#partitions = partitions;
    this.#reader = reader;
    this.#settings = settings;
  }

  poll(): Batch | null | 'end' {
    const { queue } = this.#reader;
    const waiting = queue.take();
    if (waiting) return waiting;
    for (let i = 0; i < this.#partitions.length && !this.#reader.isFull; i++) {
      (this.#partitions[this.#turn] as EmbeddedPartition).read(this.#reader);
      this.#turn = (this.#turn + 1) % this.#partitions.length;
    }
    queue.flush();
    const batch = queue.take();
    if (batch) return batch;
    return this.#settings.isBounded && this.#partitions.every((partition) => partition.isOver) ? 'end' : null;
  }

  async ready(): Promise<void> {
    if (!this.#isClosed) await sleep(POLL_MS);
  }

  splits(): SourceSplit[] {
    const isRead = this.#reader.queue.readyCount === 0;
    return this.#partitions.map(({ log, partition, isOver }) => ({
      id: this.#settings.namesTopics ? `${log.name}-${partition}` : String(partition),
      isOver: isRead && isOver,
    }));
  }

  position(): EmbeddedPosition {
    const topics: Record<string, Array<PartitionPosition & { stop: number | null }>> = {};
    for (const partition of this.#partitions) {
      const list = topics[partition.log.name] ?? [];
      topics[partition.log.name] = list;
      list.push({ ...partition.position, stop: partition.stopOffset });
    }
    return { topics };
  }

  /** A message may be several rows: no barrier between them (rule 6). */
  get canSnapshot(): boolean {
    return this.#reader.queue.readyCount === 0;
  }

  checkpointComplete(position: unknown): void {
    const { groupId } = this.#settings;
    if (groupId === null) return;
    for (const [topic, partitions] of Object.entries((position as EmbeddedPosition).topics))
      writeCommitted(
        new TopicLog(this.#settings.home, topic),
        groupId,
        partitions.map(({ offset }) => offset),
      );
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const partition of this.#partitions) partition.close();
  }
}

function restoredAt(
  restored: EmbeddedPosition,
  topic: string,
  partition: number,
): { start: PartitionPosition; stop: number } {
  const found = restored.topics[topic]?.[partition];
  if (!found) throw new EngineError('INTERNAL', 'a restored partition without a position');
  return { start: { offset: found.offset, bytes: found.bytes }, stop: found.stop ?? Number.POSITIVE_INFINITY };
}

function missingTopic(home: string, name: string): EngineError {
  const known = listTopics(home);
  const list = known.length === 0 ? 'There are no embedded topics yet.' : `The topics are: ${known.join(', ')}.`;
  return new EngineError('CONNECTOR_TOPIC_MISSING', `The embedded topic '${name}' does not exist. ${list}`, {
    exceptionClass: 'org.apache.kafka.common.errors.UnknownTopicOrPartitionException',
  });
}

function groupPath(log: TopicLog, groupId: string): string {
  return join(log.folder, 'groups', encodeURIComponent(groupId));
}

/** The group's committed offset of a partition, or null. */
function committed(log: TopicLog, groupId: string, partition: number): number | null {
  const path = groupPath(log, groupId);
  if (!existsSync(path)) return null;
  return (JSON.parse(readFileSync(path, 'utf8')) as number[])[partition] ?? null;
}

/** For tools and for first starts in mode group-offsets; a job's own position is in its checkpoints. */
function writeCommitted(log: TopicLog, groupId: string, offsets: readonly number[]): void {
  const path = groupPath(log, groupId);
  mkdirSync(join(log.folder, 'groups'), { recursive: true });
  writeFileSync(`${path}.${process.pid}.new`, JSON.stringify(offsets));
  renameSync(`${path}.${process.pid}.new`, path);
}
