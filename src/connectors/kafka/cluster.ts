/** A Kafka cluster: who leads which partition, where partitions begin and end, what a group has committed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError } from '../../base/error.ts';
import { type BrokerAddress, BrokerConnection } from './broker-connection.ts';
import type { ClusterSettings } from './client-settings.ts';
import { isRetryableCode, kafkaError, networkError, TOPIC_EXISTS } from './kafka-error.ts';
import type { ResponseMemory } from './response-receiver.ts';
import { api, type WireReader } from './wire.ts';

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface PartitionLeader extends TopicPartition {
  /** Broker id; -1 while there is no leader. */
  readonly leader: number;
}

const RETRIES = 20;
const RETRY_MS = 250;

export const EARLIEST = -2;
export const LATEST = -1;

export class Cluster {
  readonly settings: ClusterSettings;
  readonly #brokers = new Map<number, BrokerAddress>();
  readonly #connections = new Map<string, Promise<BrokerConnection>>();
  readonly #closing = new AbortController();

  /** `signal` closes it: whatever waits for a broker ends. */
  constructor(settings: ClusterSettings, signal: AbortSignal) {
    this.settings = settings;
    const end = (): void => this.#closing.abort();
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true, signal: this.#closing.signal });
  }

  /** Waits before something is asked for again; rejects when the cluster is closed. */
  async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#closing.signal });
  }

  /** A connection to a broker by id, shared by all callers of the same `use` (and `memory`); a broken one is replaced. */
  async broker(id: number, use = 'control', memory?: ResponseMemory): Promise<BrokerConnection> {
    const address = this.#brokers.get(id);
    if (!address) throw networkError(`The broker ${id} is not known.`);
    return this.#connect(address, use, memory);
  }

  async #connect(address: BrokerAddress, use: string, memory?: ResponseMemory): Promise<BrokerConnection> {
    this.#closing.signal.throwIfAborted();
    const key = `${address.host}:${address.port}/${use}`;
    const known = this.#connections.get(key);
    if (known) {
      const connection = await known.catch(() => null);
      if (connection?.isOpen) return connection;
      // Someone else may have replaced it meanwhile.
      const newer = this.#connections.get(key);
      if (newer && newer !== known) return newer;
    }
    const opening = BrokerConnection.open(address, this.settings, this.#closing.signal, memory);
    this.#connections.set(key, opening);
    return opening;
  }

  /** Any broker that answers. */
  async anyBroker(): Promise<BrokerConnection> {
    let failure: unknown = networkError('No bootstrap server is given.');
    for (const address of [...this.#brokers.values(), ...this.settings.bootstrap]) {
      try {
        return await this.#connect(address, 'control');
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  /** Partitions of topics (null: of all topics), leaders included. Topics that do not exist are left out. */
  async partitions(topics: readonly string[] | null): Promise<PartitionLeader[]> {
    const connection = await this.anyBroker();
    const response = await connection.request(api.metadata, (body) => {
      if (topics === null) body.i32(-1);
      else body.array(topics, (topic) => body.string(topic));
      body.i8(0).i8(0).i8(0);
    });
    response.i32();
    for (const { id, address } of response.array(() => readBroker(response))) this.#brokers.set(id, address);
    response.string();
    response.i32();
    return response.array(() => readTopic(response)).flat();
  }

  /** As {@link partitions}, waiting until every partition has a leader. */
  async ledPartitions(topics: readonly string[] | null): Promise<PartitionLeader[]> {
    for (let tries = 0; ; tries++) {
      const found = await this.partitions(topics);
      if (found.every(({ leader }) => leader >= 0) || tries === RETRIES) return found;
      await this.pause(RETRY_MS);
    }
  }

  /**
   * Offsets by time: {@link EARLIEST}, {@link LATEST} (of committed records when `committedOnly`), or the first at or after a time in ms
   * (-1: none).
   */
  async offsetsAt(
    partitions: readonly TopicPartition[],
    time: number,
    committedOnly = this.settings.readCommitted,
  ): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    const led = await this.ledPartitions([...new Set(partitions.map(({ topic }) => topic))]);
    const wanted = new Set(partitions.map(partitionKey));
    for (const leader of new Set(led.map((each) => each.leader))) {
      const here = led.filter((each) => each.leader === leader && wanted.has(partitionKey(each)));
      if (here.length > 0) await this.#offsetsOf(leader, here, time, committedOnly, found);
    }
    return found;
  }

  async #offsetsOf(
    leader: number,
    partitions: readonly TopicPartition[],
    time: number,
    committedOnly: boolean,
    into: Map<string, number>,
  ): Promise<void> {
    for (let tries = 0; ; tries++) {
      const connection = await this.broker(leader);
      const response = await connection.request(api.listOffsets, (body) => {
        body.i32(-1).i8(committedOnly ? 1 : 0);
        body.array(byTopic(partitions), ([topic, numbers]) => {
          body.string(topic).array(numbers, (number) => body.i32(number).i32(-1).i64(time));
        });
      });
      response.i32();
      let failure = 0;
      response.array(() => {
        const topic = response.string() ?? '';
        response.array(() => {
          const partition = response.i32();
          const code = response.i16();
          response.i64();
          const offset = response.i64();
          response.i32();
          if (code === 0) into.set(partitionKey({ topic, partition }), offset);
          else failure = code;
        });
      });
      if (failure === 0) return;
      if (!isRetryableCode(failure) || tries === RETRIES) throw kafkaError(failure, 'Offsets could not be listed');
      await this.pause(RETRY_MS);
    }
  }

  /** The coordinator of a group (0) or of a transactional id (1). */
  async coordinator(key: string, kind: 0 | 1): Promise<BrokerConnection> {
    for (let tries = 0; ; tries++) {
      const connection = await this.anyBroker();
      const response = await connection.request(api.findCoordinator, (body) => body.string(key).i8(kind));
      response.i32();
      const code = response.i16();
      const text = response.string();
      if (code === 0) {
        const id = response.i32();
        const host = response.string() ?? '';
        this.#brokers.set(id, { host, port: response.i32() });
        return this.broker(id, `coordinator-${kind}`);
      }
      if (!isRetryableCode(code) || tries === RETRIES)
        throw kafkaError(code, `The coordinator of '${key}' was not found${text ? ` (${text})` : ''}`);
      await this.pause(RETRY_MS);
    }
  }

  /** Offsets that a group has committed; partitions without one are absent. */
  async committed(group: string, partitions: readonly TopicPartition[]): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    for (let tries = 0; ; tries++) {
      const connection = await this.coordinator(group, 0);
      const response = await connection.request(api.offsetFetch, (body) => {
        body.string(group).array(byTopic(partitions), ([topic, numbers]) => {
          body.string(topic).array(numbers, (number) => body.i32(number));
        });
      });
      response.i32();
      response.array(() => {
        const topic = response.string() ?? '';
        response.array(() => {
          const partition = response.i32();
          const offset = response.i64();
          response.i32();
          response.string();
          if (response.i16() === 0 && offset >= 0) found.set(partitionKey({ topic, partition }), offset);
        });
      });
      const code = response.i16();
      if (code === 0) return found;
      if (!isRetryableCode(code) || tries === RETRIES)
        throw kafkaError(code, `Offsets of group '${group}' could not be read`);
      await this.pause(RETRY_MS);
    }
  }

  /** Commits a group's offsets, without being its member. Errors are thrown; nothing depends on them. */
  async commitOffsets(group: string, offsets: ReadonlyArray<TopicPartition & { offset: number }>): Promise<void> {
    const connection = await this.coordinator(group, 0);
    const response = await connection.request(api.offsetCommit, (body) => {
      body.string(group).i32(-1).string('').string(null);
      body.array(byTopic(offsets), ([topic, numbers]) => {
        body.string(topic).array(numbers, (number) => {
          const { offset } = offsets.find((each) => each.topic === topic && each.partition === number) as {
            offset: number;
          };
          body.i32(number).i64(offset).i32(-1).string('');
        });
      });
    });
    response.i32();
    response.array(() => {
      response.string();
      response.array(() => {
        response.i32();
        const code = response.i16();
        if (code !== 0) throw kafkaError(code, `Offsets of group '${group}' could not be committed`);
      });
    });
  }

  /** Creates a topic when it is absent. */
  async createTopic(topic: string, partitions: number, configs: Readonly<Record<string, string>>): Promise<void> {
    const connection = await this.anyBroker();
    const response = await connection.request(api.createTopics, (body) => {
      body.array([topic], (name) => {
        body.string(name).i32(partitions).i16(-1).i32(0);
        body.array(Object.entries(configs), ([key, value]) => body.string(key).string(value));
      });
      body.i32(30_000).i8(0);
    });
    response.i32();
    response.array(() => {
      response.string();
      const code = response.i16();
      const text = response.string();
      if (code !== 0 && code !== TOPIC_EXISTS)
        throw kafkaError(code, `The topic '${topic}' could not be created${text ? ` (${text})` : ''}`);
    });
  }

  /** One setting of a topic. */
  async topicConfig(topic: string, name: string): Promise<string | null> {
    const connection = await this.anyBroker();
    const response = await connection.request(api.describeConfigs, (body) => {
      body.array([topic], (each) =>
        body
          .i8(2)
          .string(each)
          .array([name], (key) => body.string(key)),
      );
      body.i8(0);
    });
    response.i32();
    let found: string | null = null;
    response.array(() => {
      const code = response.i16();
      response.string();
      response.i8();
      response.string();
      if (code !== 0) throw kafkaError(code, `The settings of topic '${topic}' could not be read`);
      response.array(() => {
        response.string();
        found = response.string();
        response.i8();
        response.i8();
        response.i8();
        response.array(() => [response.string(), response.string(), response.i8()]);
      });
    });
    return found;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#connections.values());
  }
}

export function partitionKey({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`;
}

/** Partition numbers by topic. */
export function byTopic(partitions: readonly TopicPartition[]): Array<[string, number[]]> {
  const found = new Map<string, number[]>();
  for (const { topic, partition } of partitions) {
    const numbers = found.get(topic);
    if (numbers) numbers.push(partition);
    else found.set(topic, [partition]);
  }
  return [...found];
}

function readBroker(response: WireReader): { id: number; address: BrokerAddress } {
  const id = response.i32();
  const host = response.string() ?? '';
  const port = response.i32();
  response.string();
  return { id, address: { host, port } };
}

function readTopic(response: WireReader): PartitionLeader[] {
  const code = response.i16();
  const topic = response.string() ?? '';
  response.i8();
  const partitions = response.array(() => {
    response.i16();
    const partition = response.i32();
    const leader = response.i32();
    response.i32();
    response.array(() => response.i32());
    response.array(() => response.i32());
    response.array(() => response.i32());
    return { topic, partition, leader };
  });
  response.i32();
  return code === 0 ? partitions : [];
}

/** The topic is not there. */
export function missingTopic(topic: string): EngineError {
  return new EngineError('CONNECTOR_TOPIC_MISSING', `The topic '${topic}' does not exist in the Kafka cluster.`, {
    exceptionClass: 'org.apache.kafka.common.errors.UnknownTopicOrPartitionException',
  });
}
