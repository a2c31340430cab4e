/** Fetches from all leaders at once and keeps a bounded queue of what has come: the only back-pressure there is. */
import { EngineError } from '../../base/error.ts';
import type { Heap } from '../../types/heap.ts';
import { byTopic, type Cluster, partitionKey, type TopicPartition } from './cluster.ts';
import { isRetryableCode, isStaleMetadata, kafkaError, networkError, OFFSET_OUT_OF_RANGE } from './kafka-error.ts';
import { type AbortedTransaction, wholeBatches } from './record-set.ts';
import { heapMemory, type ResponseMemory } from './response-receiver.ts';
import { api, WireReader } from './wire.ts';

/** Records of one partition, as they came, in the heap. */
export interface FetchedRecords extends TopicPartition {
  /** `byteOffset` is their address. */
  readonly records: Buffer;
  readonly aborted: readonly AbortedTransaction[];
  /** The offset behind the last of them. */
  readonly nextOffset: number;
  /** Whoever takes records calls this when they are not read any more. */
  release(): void;
}

/** Counts who still reads the records of one response. */
interface ResponseUse {
  readonly body: Buffer;
  readers: number;
}

interface FetchState extends TopicPartition {
  fetchOffset: number;
  /** Nothing at or behind this offset is wanted. */
  readonly stop: number;
  leader: number;
  /** What the next request asks for at most. */
  bytesMax: number;
}

/** Enough for one response to be read while the next one comes. */
const QUEUED_BYTES_MAX = 4 << 20;
const WAIT_MS = 500;
const BACKOFF_MS = 100;
const BACKOFF_MS_MAX = 5000;
/** A cluster that cannot be reached for this long fails the job; its restart strategy goes on from there. */
const GIVE_UP_MS = 60_000;

export class Fetcher {
  readonly #cluster: Cluster;
  readonly #memory: ResponseMemory;
  readonly #states = new Map<string, FetchState>();
  readonly #queue: FetchedRecords[] = [];
  #queuedBytes = 0;
  readonly #loops = new Set<number>();
  #failure: unknown = null;
  #isClosed = false;
  #failingSince = -1;
  #wake: (() => void) | null = null;
  #room: (() => void)[] = [];

  /** Records are received into the heap. */
  constructor(cluster: Cluster, heap: Heap) {
    this.#cluster = cluster;
    this.#memory = heapMemory(heap);
  }

  /** Begins to fetch a partition. */
  add(partition: TopicPartition, leader: number, offset: number, stop: number): void {
    if (offset >= stop) return;
    const bytesMax = this.#cluster.settings.partitionBytesMax;
    this.#states.set(partitionKey(partition), { ...partition, fetchOffset: offset, stop, leader, bytesMax });
  }

  has(partition: TopicPartition): boolean {
    return this.#states.has(partitionKey(partition));
  }

  /** (Re)starts the loops of all leaders that partitions wait for. */
  start(): void {
    for (const { leader } of this.#states.values()) if (leader >= 0 && !this.#loops.has(leader)) this.#run(leader);
  }

  /** The next records, or undefined when none are there. Throws what made fetching impossible. */
  take(): FetchedRecords | undefined {
    if (this.#failure) throw this.#failure;
    const next = this.#queue.shift();
    if (next) {
      this.#queuedBytes -= next.records.length;
      if (this.#queuedBytes < QUEUED_BYTES_MAX) for (const wake of this.#room.splice(0)) wake();
    }
    return next;
  }

  /** Resolves when {@link take} may give something. */
  ready(): Promise<void> {
    if (this.#queue.length > 0 || this.#failure || this.#isClosed) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#signal();
    for (const wake of this.#room.splice(0)) wake();
    for (const waiting of this.#queue.splice(0)) waiting.release();
  }

  #signal(): void {
    this.#wake?.();
    this.#wake = null;
  }

  #run(leader: number): void {
    this.#loops.add(leader);
    this.#loop(leader)
      .catch((error: unknown) => {
        if (!this.#isClosed) this.#failure = error;
        this.#signal();
      })
      .finally(() => this.#loops.delete(leader));
  }

  async #loop(leader: number): Promise<void> {
    let wait = BACKOFF_MS;
    while (!this.#isClosed) {
      if (this.#queuedBytes >= QUEUED_BYTES_MAX) await new Promise<void>((resolve) => this.#room.push(resolve));
      const states = [...this.#states.values()].filter(
        (state) => state.leader === leader && state.fetchOffset < state.stop,
      );
      if (states.length === 0) return;
      try {
        await this.#fetch(leader, states);
        wait = BACKOFF_MS;
        this.#failingSince = -1;
      } catch (error) {
        if (!(error instanceof EngineError && error.retryable) || this.#isClosed) throw error;
        this.#checkPatience(error);
        await this.#cluster.pause(wait);
        wait = Math.min(wait * 2, BACKOFF_MS_MAX);
        await this.#refreshLeaders();
      }
    }
  }

  #checkPatience(error: unknown): void {
    const now = performance.now();
    if (this.#failingSince < 0) this.#failingSince = now;
    if (now - this.#failingSince > GIVE_UP_MS)
      throw networkError(`Kafka could not be read for ${GIVE_UP_MS / 1000} s: ${(error as Error).message}`, error);
  }

  /** Asks who leads what now. A cluster that does not answer is asked again by whoever fails next. */
  async #refreshLeaders(): Promise<void> {
    const topics = [...new Set([...this.#states.values()].map(({ topic }) => topic))];
    const found = await this.#cluster.partitions(topics).catch(() => []);
    for (const { topic, partition, leader } of found) {
      const state = this.#states.get(partitionKey({ topic, partition }));
      if (state && leader >= 0) state.leader = leader;
    }
    this.start();
  }

  async #fetch(leader: number, states: readonly FetchState[]): Promise<void> {
    const { settings } = this.#cluster;
    const connection = await this.#cluster.broker(leader, 'fetch', this.#memory);
    const byKey = new Map(states.map((state) => [partitionKey(state), state]));
    const response = await connection.requestBytes(
      api.fetch,
      (body) => {
        body
          .i32(-1)
          .i32(WAIT_MS)
          .i32(1)
          .i32(settings.fetchBytesMax)
          .i8(settings.readCommitted ? 1 : 0)
          .i32(0)
          .i32(-1);
        body.array(byTopic(states), ([topic, numbers]) => {
          body.string(topic).array(numbers, (partition) => {
            const state = byKey.get(partitionKey({ topic, partition })) as FetchState;
            body.i32(partition).i32(-1).i64(state.fetchOffset).i64(-1).i32(state.bytesMax);
          });
        });
        body.i32(0).string('');
      },
      WAIT_MS,
    );
    const use = { body: response, readers: 1 };
    let stale: number;
    try {
      stale = this.#receive(use, byKey);
    } finally {
      this.#release(use);
    }
    if (this.#queue.length > 0) this.#signal();
    if (stale !== 0) throw kafkaError(stale, 'Fetching from Kafka');
  }

  /** Queues what has come; the last error code that asks for new metadata, or 0. */
  #receive(use: ResponseUse, states: ReadonlyMap<string, FetchState>): number {
    const response = new WireReader(use.body);
    response.i32();
    const failure = response.i16();
    response.i32();
    if (failure !== 0) throw kafkaError(failure, 'Fetching from Kafka');
    let stale = 0;
    response.array(() => {
      const topic = response.string() ?? '';
      response.array(() => {
        const code = this.#receivePartition(use, response, topic, states);
        if (code !== 0) stale = code;
      });
    });
    return stale;
  }

  #release(use: ResponseUse): void {
    if (--use.readers === 0) this.#memory.give(use.body);
  }

  #receivePartition(
    use: ResponseUse,
    response: WireReader,
    topic: string,
    states: ReadonlyMap<string, FetchState>,
  ): number {
    const partition = response.i32();
    const code = response.i16();
    response.i64();
    response.i64();
    const logStart = response.i64();
    const aborted: AbortedTransaction[] = [];
    const count = response.i32();
    for (let i = 0; i < count; i++) aborted.push({ producerId: response.big(), firstOffset: response.i64() });
    response.i32();
    const records = response.bytes();
    const state = states.get(partitionKey({ topic, partition }));
    if (!state) return 0;
    if (code === OFFSET_OUT_OF_RANGE) throw outOfRange(state, logStart);
    if (code !== 0) {
      if (isStaleMetadata(code) || isRetryableCode(code)) return code;
      throw kafkaError(code, `Partition ${partition} of topic '${topic}' cannot be read`);
    }
    if (!records || records.length === 0 || this.#isClosed) return 0;
    const { bytes, nextOffset } = wholeBatches(records);
    state.bytesMax = nextBytesMax(state.bytesMax, bytes, records.length, this.#cluster.settings.partitionBytesMax);
    if (nextOffset <= state.fetchOffset) return 0;
    state.fetchOffset = nextOffset;
    use.readers++;
    this.#queue.push({ topic, partition, records, aborted, nextOffset, release: () => this.#release(use) });
    this.#queuedBytes += records.length;
    return 0;
  }
}

/**
 * A batch that does not fit comes in part, for nothing: after one, a little more is asked for than has come whole. Where that cuts off much
 * again, batches differ, and all that may be asked for is.
 */
function nextBytesMax(asked: number, whole: number, received: number, most: number): number {
  const cut = received - whole;
  if (cut === 0 || (asked < most && cut > whole / 4)) return most;
  return Math.min(most, whole + (whole >> 6) + 1024);
}

function outOfRange({ topic, partition, fetchOffset }: FetchState, logStart: number): EngineError {
  return new EngineError(
    'CONNECTOR_KAFKA_OFFSET',
    `Offset ${fetchOffset} of partition ${partition} of topic '${topic}' is not there any more (the partition begins at ${logStart}): records were removed before they were read, or the topic was made anew. Reading stops, since rows would be missing without a word. Start the job without its checkpoint to read what is left.`,
    { exceptionClass: 'org.apache.kafka.clients.consumer.OffsetOutOfRangeException' },
  );
}
