import { expect, test } from 'vitest';
import { BatchPieces } from '../../src/runtime/batch-pieces.ts';
import { Batch } from '../../src/types/batch.ts';
import { types } from '../../src/types/logical-type.ts';

test('rows one by one, each with the marks behind it', () => {
  const batch = new Batch([types.int()]);
  batch.mark(5);
  batch.rowCount = 3;
  const lane = batch.columns[0]?.lane0 as Int32Array;
  lane.set([7, 8, 9]);
  batch.insertOnly = false;
  batch.kinds.set([0, 1, 2]);
  batch.rowCount = 2;
  batch.mark(10);
  batch.rowCount = 3;
  const seen: unknown[] = [];
  new BatchPieces([types.int()]).byRow(batch, (row) => {
    const values = Array.from(row.columns[0]?.lane0.slice(0, row.rowCount) as Int32Array);
    seen.push([
      values,
      Array.from(row.kinds.subarray(0, row.rowCount)),
      Array.from(row.markValues.slice(0, row.markCount)),
    ]);
  });
  expect(seen).toEqual([
    [[], [], [5]],
    [[7], [0], []],
    [[8], [1], [10]],
    [[9], [2], []],
  ]);
});
