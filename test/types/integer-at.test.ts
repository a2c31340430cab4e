import { expect, test } from 'vitest';
import { Heap } from '../../src/types/heap.ts';
import { textLength, writeText } from '../../src/types/heap-bytes.ts';
import { integerAt, parseInteger } from '../../src/types/java-number.ts';

const heap = new Heap();

function outcome(read: () => bigint): string {
  try {
    return String(read());
  } catch (error) {
    return (error as Error).message;
  }
}

test.each([
  ...['0', '-0', '+7', '42', '-128', '128', '2147483647', '-2147483648', '2147483648', '999999999999999'],
  ...['9223372036854775807', '-9223372036854775808', '9223372036854775808', ' 12 ', '1.9', '-.5', '007'],
  ...['', '-', '+', 'x', '1x', '--1', '1 2', '１', '1e3'],
])('%j is read from the heap as from a text', (text) => {
  const length = textLength(text);
  const address = writeText(heap, text, length);
  for (const bits of [8, 16, 32, 64])
    expect(outcome(() => integerAt(heap, address, length, bits))).toBe(outcome(() => parseInteger(text, bits)));
});
