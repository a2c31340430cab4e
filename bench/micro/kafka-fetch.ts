/**
 * Fetched record batches in the heap to messages, without a broker: checksum and walk over the records; by CPU time, which a busy machine disturbs
 * less. For comparison the same bytes through an object a message, as client libraries make them.
 */
import { beginFrame, endFrame } from '../../src/connectors/kafka/message-frame.ts';
import type { MessageMetadata } from '../../src/connectors/kafka/message-reader.ts';
import { RecordCursor } from '../../src/connectors/kafka/record-cursor.ts';
import { batchesOf, sealBatch } from '../../src/connectors/kafka/record-encode.ts';
import { wholeBatches } from '../../src/connectors/kafka/record-set.ts';
import { GrowingBytes } from '../../src/formats/bytes-out.ts';
import { Heap } from '../../src/types/heap.ts';

const MESSAGES = 100_000;
const BYTES = 630;
const ROUNDS = 5;

function fetched(): Buffer[] {
  const out = new GrowingBytes(MESSAGES * (BYTES + 32));
  const value = Buffer.alloc(BYTES, 'x');
  for (let i = 0; i < MESSAGES; i++) {
    const start = beginFrame(out, 1_700_000_000_000 + i, null);
    out.reserve(BYTES);
    out.bytes.set(value, out.length);
    out.length += BYTES;
    endFrame(out, start, true);
  }
  let offset = 0;
  return batchesOf(out.take(), () => 0).map((batch) => {
    const bytes = sealBatch(batch, { id: 1n, epoch: 0, sequence: 0, transactional: false });
    bytes.writeBigInt64BE(BigInt(offset), 0);
    offset += batch.count;
    const address = heap.allocate(bytes.length);
    heap.u8.set(bytes, address);
    return Buffer.from(heap.memory.buffer, address, bytes.length) as unknown as Buffer;
  });
}

function cpuMicros(run: () => number): number {
  const before = process.cpuUsage();
  const count = run();
  const used = process.cpuUsage(before);
  return (used.user + used.system) / count;
}

const heap = new Heap();
const batches = fetched();
const cursor = new RecordCursor(heap);
let messages = 0;
const counting = {
  metadata: { headers: () => [] } as unknown as MessageMetadata,
  isFull: false,
  decode() {
    messages++;
  },
};

function walk(): number {
  messages = 0;
  for (const records of batches) {
    cursor.open({
      topic: 't',
      partition: 0,
      records,
      aborted: [],
      nextOffset: wholeBatches(records).nextOffset,
      release() {},
    });
    for (let next = 0; cursor.isOpen; ) next = cursor.read(counting, next, Number.MAX_SAFE_INTEGER);
    heap.release();
  }
  return messages;
}

function objects(): number {
  let count = 0;
  const kept: { offset: string; value: Buffer; headers: object }[] = [];
  for (const records of batches)
    for (let at = 61; at + BYTES <= records.length; at += BYTES + 9) {
      kept[count & 1023] = { offset: String(count), value: Buffer.from(records.subarray(at, at + BYTES)), headers: {} };
      count++;
    }
  return count;
}

const times: [number[], number[]] = [[], []];
for (let round = 0; round < ROUNDS; round++) {
  times[0].push(cpuMicros(walk));
  times[1].push(cpuMicros(objects));
}
const [own, plain] = times.map((all) => all.sort((a, b) => a - b)[ROUNDS >> 1] ?? 0) as [number, number];
console.log(
  `${own.toFixed(3)} us of CPU a message, ${plain.toFixed(3)} with an object each (${(plain / own).toFixed(1)} x)`,
);
