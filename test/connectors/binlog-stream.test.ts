/** What the binlog's updates become. */
import { expect, it } from 'vitest';
import { movesKey } from '../../src/connectors/mysql-cdc/binlog-stream.ts';

it('knows when an update changes the key', () => {
  const row = { id: 1, bin: Buffer.from([255]), name: 'a' };
  expect(movesKey(['id', 'bin'], row, { ...row, bin: Buffer.from([255]), name: 'b' })).toBe(false);
  expect(movesKey(['id', 'bin'], row, { ...row, bin: Buffer.from([254]) })).toBe(true);
  expect(movesKey(['id'], row, { ...row, id: 2 })).toBe(true);
  expect(movesKey([], row, { ...row, id: 2 })).toBe(false);
});
