/** The markers of Kafka sinks: one compacted topic, one partition, the newest record of a key counts. */
import { EngineError } from '../../base/error.ts';
import type { SinkMarker } from '../../dataflow/sink.ts';
import type { Heap } from '../../types/heap.ts';
import { readText } from '../../types/heap-bytes.ts';
import { type Cluster, EARLIEST, LATEST, partitionKey } from './cluster.ts';
import { Fetcher } from './fetcher.ts';
import { emptyMetadata } from './message-reader.ts';
import { type MessageTarget, RecordCursor } from './record-cursor.ts';

export const CONTROL_TOPIC = '__millrace_commits';
const PARTITION = { topic: CONTROL_TOPIC, partition: 0 };
const WAIT_MS = 100;

/** Makes the control topic when it is absent, and refuses one that is not compacted. */
export async function prepareControlTopic(cluster: Cluster): Promise<void> {
  await cluster.createTopic(CONTROL_TOPIC, 1, { 'cleanup.policy': 'compact' });
  for (let tries = 0; (await cluster.ledPartitions([CONTROL_TOPIC])).length === 0 && tries < 100; tries++)
    await cluster.pause(WAIT_MS);
  const policy = await cluster.topicConfig(CONTROL_TOPIC, 'cleanup.policy');
  if (policy === 'compact') return;
  throw new EngineError(
    'CONNECTOR_KAFKA_CONTROL_TOPIC',
    `The topic '${CONTROL_TOPIC}' must have 'cleanup.policy' = 'compact' and has '${policy}': markers would be deleted and exactly-once with them.`,
  );
}

/**
 * The newest marker of a key. Reads up to the high watermark of this moment and waits until the last stable offset has reached it: a
 * stranger's open transaction hides markers behind it (rule 11).
 */
export async function readMarker(cluster: Cluster, heap: Heap, key: string): Promise<SinkMarker | null> {
  const partitionName = partitionKey(PARTITION);
  const start = (await cluster.offsetsAt([PARTITION], EARLIEST, false)).get(partitionName) ?? 0;
  const end = (await cluster.offsetsAt([PARTITION], LATEST, false)).get(partitionName) ?? 0;
  const leader = (await cluster.ledPartitions([CONTROL_TOPIC]))[0]?.leader ?? -1;
  if (start >= end) return null;
  const fetcher = new Fetcher(cluster, heap);
  const cursor = new RecordCursor(heap);
  const finder = new MarkerFinder(heap, key);
  try {
    fetcher.add(PARTITION, leader, start, end);
    fetcher.start();
    for (let offset = start; offset < end; ) {
      const fetched = fetcher.take();
      if (!fetched) {
        await fetcher.ready();
        continue;
      }
      cursor.open(fetched);
      while (cursor.isOpen) offset = cursor.read(finder, offset, end);
    }
  } finally {
    fetcher.close();
    cursor.dispose();
  }
  return finder.marker;
}

class MarkerFinder implements MessageTarget {
  readonly isFull = false;
  readonly metadata = emptyMetadata(CONTROL_TOPIC);
  readonly #heap: Heap;
  readonly #key: string;
  marker: SinkMarker | null = null;

  constructor(heap: Heap, key: string) {
    this.#heap = heap;
    this.#key = key;
  }

  decode(keyAddress: number, keyLength: number, valueAddress: number, valueLength: number): void {
    if (keyLength < 0 || readText(this.#heap, keyAddress, keyLength) !== this.#key) return;
    this.marker = valueLength < 0 ? null : (JSON.parse(readText(this.#heap, valueAddress, valueLength)) as SinkMarker);
  }
}
