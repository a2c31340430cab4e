import { expect, test } from 'vitest';
import { heapMemory, type ResponseMemory, ResponseReceiver } from '../../src/connectors/kafka/response-receiver.ts';
import { Heap } from '../../src/types/heap.ts';

function response(correlation: number, body: string): Buffer {
  const bytes = Buffer.alloc(8 + body.length);
  bytes.writeInt32BE(4 + body.length, 0);
  bytes.writeInt32BE(correlation, 4);
  bytes.write(body, 8);
  return bytes;
}

function receiver() {
  const found: Array<[number, string]> = [];
  const held = new Set<Buffer>();
  const memory: ResponseMemory = {
    take: (bytes) => {
      const body = Buffer.alloc(bytes);
      held.add(body);
      return body;
    },
    give: (body) => void held.delete(body),
  };
  const made = new ResponseReceiver(memory, (correlation, body) => {
    found.push([correlation, body.toString()]);
    memory.give(body);
  });
  return { made, found, held };
}

const LONG = 'x'.repeat(10_000);
const BYTES = Buffer.concat([response(1, 'one'), response(2, ''), response(3, LONG), response(4, 'four')]);
const EXPECTED = [
  [1, 'one'],
  [2, ''],
  [3, LONG],
  [4, 'four'],
];

test.each([1, 3, 7, 8, 4096, 20_000])('responses in pieces of %i bytes', (size) => {
  const { made, found, held } = receiver();
  for (let at = 0; at < BYTES.length; at += size) made.push(BYTES.subarray(at, at + size));
  expect(found).toEqual(EXPECTED);
  expect(held.size).toBe(0);
});

test.each([1, 5, 4096, 20_000])('responses written in place, at most %i bytes a time', (size) => {
  const { made, found, held } = receiver();
  for (let at = 0; at < BYTES.length; ) {
    const room = made.next();
    const part = BYTES.subarray(at, at + Math.min(size, room.length));
    room.set(part);
    made.written(part.length);
    at += part.length;
  }
  expect(found).toEqual(EXPECTED);
  expect(held.size).toBe(0);
});

test('a response that never ends is given back', () => {
  const { made, held } = receiver();
  made.push(BYTES.subarray(0, 9));
  expect(held.size).toBe(1);
  made.close();
  expect(held.size).toBe(0);
});

test('room in the heap, also where the heap has to grow for it', () => {
  const heap = new Heap();
  const memory = heapMemory(heap);
  const body = memory.take(20_000_000);
  body.write('here', 19_999_996);
  expect(String.fromCharCode(...heap.u8.slice(body.byteOffset + 19_999_996, body.byteOffset + 20_000_000))).toBe(
    'here',
  );
  const used = heap.usedBytes;
  memory.give(body);
  heap.release();
  expect(heap.usedBytes).toBeLessThan(used);
});

test('a size that no response has is refused', () => {
  const { made } = receiver();
  const bytes = response(1, '');
  bytes.writeInt32BE(-5, 0);
  expect(() => made.push(bytes)).toThrow('a response of -5 bytes');
});
