/**
 * Sends record batches as one producer: idempotent, or inside transactions when it has a transactional id. After any error whose outcome is not
 * known it is thrown away; its successor's {@link Producer.begin} fences it and settles what it left open.
 */
import { byTopic, type Cluster, type PartitionLeader, partitionKey, type TopicPartition } from './cluster.ts';
import { CONCURRENT_TRANSACTIONS, isRetryableCode, kafkaError, networkError } from './kafka-error.ts';
import { type PendingBatch, packBatch, sealBatch } from './record-encode.ts';
import { api } from './wire.ts';

const RETRIES = 120;
const RETRY_MS = 250;
const PRODUCE_TIMEOUT_MS = 30_000;

export class Producer {
  readonly #cluster: Cluster;
  readonly #transactionalId: string | null;
  readonly #id: bigint;
  readonly #epoch: number;
  readonly #sequences = new Map<string, number>();
  readonly #leaders = new Map<string, number>();
  #added = new Set<string>();

  private constructor(cluster: Cluster, transactionalId: string | null, id: bigint, epoch: number) {
    this.#cluster = cluster;
    this.#transactionalId = transactionalId;
    this.#id = id;
    this.#epoch = epoch;
  }

  /** A producer of its own id. With a transactional id, older producers of that id are fenced and their open transaction is ended. */
  static async begin(cluster: Cluster, transactionalId: string | null): Promise<Producer> {
    for (let tries = 0; ; tries++) {
      const connection =
        transactionalId === null ? await cluster.anyBroker() : await cluster.coordinator(transactionalId, 1);
      const response = await connection.request(api.initProducerId, (body) =>
        body.string(transactionalId).i32(cluster.settings.transactionTimeoutMs),
      );
      response.i32();
      const code = response.i16();
      if (code === 0) return new Producer(cluster, transactionalId, response.big(), response.i16());
      if (!isRetryableCode(code) || tries === RETRIES) throw kafkaError(code, 'A producer id could not be got');
      await cluster.pause(RETRY_MS);
    }
  }

  /** Learns who leads the partitions of topics. */
  async partitions(topics: readonly string[]): Promise<PartitionLeader[]> {
    const found = await this.#cluster.ledPartitions(topics);
    for (const each of found) this.#leaders.set(partitionKey(each), each.leader);
    return found;
  }

  /** Announces partitions to the transaction that is open, or opens one. */
  async addToTransaction(partitions: readonly TopicPartition[]): Promise<void> {
    const fresh = partitions.filter((each) => !this.#added.has(partitionKey(each)));
    if (this.#transactionalId === null || fresh.length === 0) return;
    const id = this.#transactionalId;
    for (let tries = 0; ; tries++) {
      const connection = await this.#cluster.coordinator(id, 1);
      const response = await connection.request(api.addPartitionsToTxn, (body) => {
        body.string(id).i64(this.#id).i16(this.#epoch);
        body.array(byTopic(fresh), ([topic, numbers]) =>
          body.string(topic).array(numbers, (number) => body.i32(number)),
        );
      });
      response.i32();
      let failure = 0;
      response.array(() => {
        response.string();
        response.array(() => {
          response.i32();
          const code = response.i16();
          if (code !== 0) failure = code;
        });
      });
      if (failure === 0) break;
      if ((failure !== CONCURRENT_TRANSACTIONS && !isRetryableCode(failure)) || tries === RETRIES)
        throw kafkaError(failure, 'Partitions could not be added to the transaction');
      await this.#cluster.pause(RETRY_MS);
    }
    for (const each of fresh) this.#added.add(partitionKey(each));
  }

  /** Sends batches of a topic, one after the other for each partition; resolves when all replicas in sync have them. */
  async send(topic: string, batches: readonly PendingBatch[]): Promise<void> {
    await this.addToTransaction(
      [...new Set(batches.map(({ partition }) => partition))].map((partition) => ({ topic, partition })),
    );
    const queues = new Map<number, PendingBatch[]>();
    for (const batch of batches) {
      const queue = queues.get(batch.partition);
      if (queue) queue.push(batch);
      else queues.set(batch.partition, [batch]);
    }
    await Promise.all([...queues.values()].map((queue) => this.#sendQueue(topic, queue)));
  }

  async #sendQueue(topic: string, queue: readonly PendingBatch[]): Promise<void> {
    for (const batch of queue) await this.#sendBatch(topic, batch);
  }

  async #sendBatch(topic: string, batch: PendingBatch): Promise<void> {
    const { partition } = batch;
    const key = partitionKey({ topic, partition });
    const sequence = this.#sequences.get(key) ?? 0;
    const bytes = sealBatch(await packBatch(batch, this.#cluster.settings.compression), {
      id: this.#id,
      epoch: this.#epoch,
      sequence,
      transactional: this.#transactionalId !== null,
    });
    for (let tries = 0; ; tries++) {
      const leader = this.#leaders.get(key);
      if (leader === undefined || leader < 0)
        throw networkError(`Partition ${partition} of topic '${topic}' has no leader.`);
      const code = await this.#produce(leader, topic, partition, bytes);
      if (code === 0) break;
      if (!isRetryableCode(code) || tries === RETRIES) throw kafkaError(code, `Writing to topic '${topic}'`);
      await this.#cluster.pause(RETRY_MS);
      for (const each of await this.#cluster.ledPartitions([topic])) this.#leaders.set(partitionKey(each), each.leader);
    }
    this.#sequences.set(key, (sequence + batch.count) % 2 ** 31);
  }

  async #produce(leader: number, topic: string, partition: number, bytes: Buffer): Promise<number> {
    const connection = await this.#cluster.broker(leader, 'produce');
    const response = await connection.request(
      api.produce,
      (body) => {
        body.string(this.#transactionalId).i16(-1).i32(PRODUCE_TIMEOUT_MS);
        body.array([topic], (name) => body.string(name).array([partition], (number) => body.i32(number).bytes(bytes)));
      },
      PRODUCE_TIMEOUT_MS,
    );
    let code = 0;
    response.array(() => {
      response.string();
      response.array(() => {
        response.i32();
        code = response.i16();
        response.i64();
        response.i64();
        response.i64();
      });
    });
    return code;
  }

  /** Commits the open transaction. An error leaves the outcome unknown: only what was written can tell. */
  async commit(): Promise<void> {
    if (this.#transactionalId === null || this.#added.size === 0) return;
    const id = this.#transactionalId;
    for (let tries = 0; ; tries++) {
      const connection = await this.#cluster.coordinator(id, 1);
      const response = await connection.request(api.endTxn, (body) =>
        body.string(id).i64(this.#id).i16(this.#epoch).i8(1),
      );
      response.i32();
      const code = response.i16();
      if (code === 0) break;
      if (!isRetryableCode(code) || tries === RETRIES) throw kafkaError(code, 'The transaction could not be committed');
      await this.#cluster.pause(RETRY_MS);
    }
    this.#added = new Set();
  }
}
