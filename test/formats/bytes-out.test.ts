import { expect, test } from 'vitest';
import { GrowingBytes, putAscii } from '../../src/formats/bytes-out.ts';

test('a buffer gives back what a burst made it grow by, and keeps what has not been taken', () => {
  const out = new GrowingBytes(16);
  putAscii(out, 'x'.repeat(1000));
  out.shrink();
  expect(out.bytes.length).toBeGreaterThanOrEqual(1000);
  expect(out.take().length).toBe(1000);
  putAscii(out, 'head');
  out.shrink();
  expect(out.bytes.length).toBe(16);
  expect(Buffer.from(out.take()).toString()).toBe('head');
});
