import { expect, test } from 'vitest';
import type { AnyNode, SourceNode } from '../../src/runtime/chain-node.ts';
import { WatermarkAlignment } from '../../src/runtime/watermark-alignment.ts';

/** A source with an assigner behind it that has come to `at`. */
function source(group: string | null, at: { ms: number }): SourceNode {
  const alignment = group === null ? {} : { alignment: { group, maxDriftMs: 100 } };
  const node = {
    kind: 'operator',
    vertex: { body: { kind: 'WatermarkAssigner', ...alignment } },
    operator: { eventTime: () => at.ms },
    outputs: [],
  };
  return { kind: 'source', ended: false, outputs: [{ node, input: 0 }] } as unknown as SourceNode;
}

test('a source waits for those of its group that are further behind than the drift', () => {
  const times = [{ ms: 1000 }, { ms: 850 }, { ms: 1 }];
  const [fast, slow, other] = [
    source('g', times[0] as { ms: number }),
    source('g', times[1] as { ms: number }),
    source('h', times[2] as { ms: number }),
  ];
  const alone = source(null, { ms: 5000 });
  const alignment = new WatermarkAlignment([fast, slow, other, alone] as AnyNode[]);
  expect([fast, slow, other, alone].map((each) => alignment.holds(each))).toEqual([true, false, false, false]);
  (times[1] as { ms: number }).ms = 950;
  expect(alignment.holds(fast)).toBe(false);
  (times[1] as { ms: number }).ms = Number.NaN;
  expect(alignment.holds(fast)).toBe(false);
  (times[1] as { ms: number }).ms = 0;
  expect(alignment.holds(fast)).toBe(true);
  slow.ended = true;
  expect(alignment.holds(fast)).toBe(false);
});
