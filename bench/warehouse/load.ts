/** Plays the shop into topics of a real Kafka, one partition each, until the two large ones hold as many messages as asked for. */
import { CompressionTypes, Kafka, logLevel, Partitioners } from 'kafkajs';
import { canalMessage } from '../../src/procedures/shop/canal-message.ts';
import { playShop } from '../../src/procedures/shop/shop.ts';

const LARGE = ['order_info', 'order_detail'];
const SMALL = ['base_province', 'base_region'];
/** Below the broker's limit of 1 MiB a batch. */
const SEND_BYTES = 900_000;

export async function loadTopics(broker: string, messages: number): Promise<void> {
  const kafka = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const existing = new Set(await admin.listTopics());
  const topics = [...LARGE, ...SMALL].map((name) => `bench.${name}`);
  if (topics.every((topic) => existing.has(topic))) {
    await admin.disconnect();
    return;
  }
  await admin.createTopics({ topics: topics.map((topic) => ({ topic, numPartitions: 1, replicationFactor: 1 })) });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  const buffers = new Map<string, Buffer[]>();
  const bytes = new Map<string, number>();
  const sent = new Map<string, number>();
  const flush = async (table: string): Promise<void> => {
    const buffer = buffers.get(table) ?? [];
    buffers.set(table, []);
    bytes.set(table, 0);
    const messages = buffer.map((value) => ({ value }));
    if (messages.length > 0)
      await producer.send({ topic: `bench.${table}`, messages, acks: 1, compression: CompressionTypes.None });
  };
  let sequence = 0;
  for (const change of playShop({ orders: messages, seed: 1 })) {
    sequence++;
    const { table } = change;
    if (!LARGE.includes(table) && !SMALL.includes(table)) continue;
    const count = sent.get(table) ?? 0;
    if (count >= messages) {
      if (LARGE.every((name) => (sent.get(name) ?? 0) >= messages)) break;
      continue;
    }
    sent.set(table, count + 1);
    const buffer = buffers.get(table) ?? [];
    buffers.set(table, buffer);
    const value = Buffer.from(canalMessage(change, sequence), 'utf8');
    buffer.push(value);
    const pending = (bytes.get(table) ?? 0) + value.length + 20;
    bytes.set(table, pending);
    if (pending >= SEND_BYTES) await flush(table);
  }
  for (const table of buffers.keys()) await flush(table);
  await producer.disconnect();
  await admin.disconnect();
}
