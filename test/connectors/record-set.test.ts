import { gzipSync, zstdCompressSync } from 'node:zlib';
import { crc32c } from '@node-rs/crc32';
import { compress as lz4 } from 'lz4js';
import { compress as snappy } from 'snappyjs';
import { expect, test } from 'vitest';
import { beginFrame, endFrame } from '../../src/connectors/kafka/message-frame.ts';
import type { MessageMetadata } from '../../src/connectors/kafka/message-reader.ts';
import { RecordCursor } from '../../src/connectors/kafka/record-cursor.ts';
import { batchesOf, sealBatch } from '../../src/connectors/kafka/record-encode.ts';
import { readRecordSet, wholeBatches } from '../../src/connectors/kafka/record-set.ts';
import { GrowingBytes } from '../../src/formats/bytes-out.ts';
import { Heap } from '../../src/types/heap.ts';
import { readText } from '../../src/types/heap-bytes.ts';

const PRODUCER = { id: 7n, epoch: 0, sequence: 0, transactional: false };

function frames(count: number): Uint8Array {
  const out = new GrowingBytes(64);
  for (let i = 0; i < count; i++) {
    const start = beginFrame(out, 1_700_000_000_000 + i * 1000, i % 3 === 0 ? null : Buffer.from(`key${i}`));
    const value = Buffer.from(`value ${i} ${'é'.repeat(i % 50)}`);
    if (i % 7 !== 0) {
      out.reserve(value.length);
      out.bytes.set(value, out.length);
      out.length += value.length;
    }
    endFrame(out, start, i % 7 !== 0, i % 5 === 0 ? [{ name: Buffer.from('h'), value: Buffer.from([i & 255]) }] : []);
  }
  return out.take();
}

function batch(count: number, baseOffset: number, transactional = false): Buffer {
  const [pending] = batchesOf(frames(count), () => 0);
  if (!pending) throw new Error('no batch');
  const bytes = Buffer.from(sealBatch(pending, { ...PRODUCER, transactional }));
  bytes.writeBigInt64BE(BigInt(baseOffset), 0);
  return bytes;
}

function compressed(plain: Buffer, codec: number, packed: Uint8Array): Buffer {
  const bytes = Buffer.concat([plain.subarray(0, 61), packed]);
  bytes.writeInt32BE(bytes.length - 12, 8);
  bytes.writeInt16BE(codec, 21);
  bytes.writeUInt32BE(crc32c(bytes.subarray(21)), 17);
  return bytes;
}

function abortMarker(offset: number): Buffer {
  const bytes = Buffer.from(batch(1, offset));
  bytes.writeInt16BE(32, 21);
  bytes.writeUInt32BE(crc32c(bytes.subarray(21)), 17);
  return bytes;
}

interface Read {
  offset: number;
  time: number;
  key: string | null;
  value: string | null;
  headers: number;
}

function readAll(records: Buffer, aborted: { producerId: bigint; firstOffset: number }[] = [], from = 0, stop = 1e9) {
  const heap = new Heap();
  const found: Read[] = [];
  const metadata = { headers: () => [] } as unknown as MessageMetadata;
  const text = (address: number, length: number) => (length < 0 ? null : readText(heap, address, length));
  const target = {
    metadata,
    isFull: false,
    decode(key: number, keyLength: number, value: number, valueLength: number) {
      found.push({
        offset: metadata.offset,
        time: metadata.timestampMs,
        key: text(key, keyLength),
        value: text(value, valueLength),
        headers: metadata.headers().length,
      });
    },
  };
  const cursor = new RecordCursor(heap);
  const bytes = inHeap(heap, records);
  let released = 0;
  const release = () => void released++;
  cursor.open({
    topic: 't',
    partition: 0,
    records: bytes,
    aborted,
    nextOffset: wholeBatches(bytes).nextOffset,
    release,
  });
  let next = from;
  while (cursor.isOpen) next = cursor.read(target, next, stop);
  expect(released).toBe(1);
  return { found, next };
}

/** Records as a fetch leaves them. */
function inHeap(heap: Heap, records: Buffer): Buffer {
  const bytes = Buffer.from(heap.memory.buffer, heap.allocate(records.length), records.length);
  records.copy(bytes);
  return bytes;
}

test('records come back as they were written', () => {
  const { found, next } = readAll(batch(300, 1000), [], 1000);
  expect(found).toHaveLength(300);
  expect(found[0]).toEqual({ offset: 1000, time: 1_700_000_000_000, key: null, value: null, headers: 1 });
  expect(found[85]).toEqual({
    offset: 1085,
    time: 1_700_000_085_000,
    key: 'key85',
    value: `value 85 ${'é'.repeat(35)}`,
    headers: 1,
  });
  expect(next).toBe(1300);
});

test.each([
  [1, (bytes: Buffer) => gzipSync(bytes)],
  [2, (bytes: Buffer) => snappy(bytes)],
  [3, (bytes: Buffer) => lz4(bytes)],
  [4, (bytes: Buffer) => zstdCompressSync(bytes)],
])('codec %i is unpacked', (codec, pack) => {
  const plain = batch(200, 0);
  expect(readAll(compressed(plain, codec, pack(plain.subarray(61)))).found).toEqual(readAll(plain).found);
});

test('snappy in the blocks of Java clients', () => {
  const plain = batch(200, 0);
  const body = plain.subarray(61);
  const head = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
  const blocks = [body.subarray(0, 1000), body.subarray(1000)].flatMap((part) => {
    const packed = snappy(part);
    const size = Buffer.alloc(4);
    size.writeInt32BE(packed.length);
    return [size, packed];
  });
  expect(readAll(compressed(plain, 2, Buffer.concat([head, ...blocks]))).found).toEqual(readAll(plain).found);
});

test('a flipped bit is noticed', () => {
  const bytes = batch(10, 0);
  bytes[100] = (bytes[100] as number) ^ 1;
  expect(() => readRecordSet(new Heap(), bytes, [], 'here')).toThrow('checksum');
});

test('aborted transactions and control records are hidden, their offsets passed', () => {
  const records = Buffer.concat([batch(2, 0, true), abortMarker(2), batch(3, 3, true), batch(1, 6)]);
  const { found, next } = readAll(records, [{ producerId: 7n, firstOffset: 0 }]);
  expect(found.map(({ offset }) => offset)).toEqual([3, 4, 5, 6]);
  expect(next).toBe(7);
});

test('only records between the wanted offsets are decoded, and a cut batch is left', () => {
  const whole = Buffer.concat([batch(10, 0), batch(10, 10)]);
  expect(readAll(whole, [], 5, 8).found.map(({ offset }) => offset)).toEqual([5, 6, 7]);
  expect(wholeBatches(whole.subarray(0, whole.length - 1)).nextOffset).toBe(10);
  expect(readAll(whole.subarray(0, whole.length - 1)).found).toHaveLength(10);
});

test('large epochs are split into batches below the broker limit', () => {
  const batches = batchesOf(frames(60_000), (key) => (key === null ? 0 : 1));
  expect(batches.every(({ bytes }) => bytes.length < 1_000_000)).toBe(true);
  expect(batches.reduce((sum, each) => sum + each.count, 0)).toBe(60_000);
  expect(batches.length).toBeGreaterThan(4);
});
