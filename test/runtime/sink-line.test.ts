import { expect, test } from 'vitest';
import type { CommitRequest, SinkMarker } from '../../src/dataflow/sink.ts';
import type { FileRef } from '../../src/runtime/completed-checkpoint.ts';
import { SinkLine } from '../../src/runtime/sink-line.ts';

test('a large output that waits for another is read from its file again, in order', async () => {
  const start = { incarnation: 1, epoch: 0 };
  let marker: SinkMarker = start;
  const applied: number[] = [];
  const read: number[] = [];
  const line = new SinkLine({
    uid: 'sink',
    table: 't',
    committer: {
      readMarker: async () => marker,
      async commit({ next, decide, buffers }: CommitRequest) {
        if (decide(marker) === 'done') return;
        for await (const chunk of buffers()) applied.push(chunk[0] as number);
        marker = next;
      },
      close: async () => {},
    },
    entry: { base: 0, chain: [] },
    crash: () => {},
    read: async ({ offset }) => {
      read.push(offset);
      return [Uint8Array.of(offset)];
    },
    retrying: () => {},
  });
  const output = (epoch: number, bytes: number): [FileRef, Uint8Array[]] => [
    { file: 'shared/x', offset: epoch, lengths: [bytes], crc: 0 },
    [Uint8Array.of(epoch)],
  ];
  await line.start({ incarnation: 2, epoch: 1 }, false);
  line.add(2, ...output(2, 5 << 20));
  line.add(3, ...output(3, 5 << 20));
  line.add(4, ...output(4, 100));
  await line.settled();
  expect(applied).toEqual([2, 3, 4]);
  expect(read).toEqual([3]);
  expect(line.pendingCount).toBe(0);
});
