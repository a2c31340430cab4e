/** Watermarks of sources with several splits. */
import { expect, test } from 'vitest';
import type { OperatorSpec } from '../../src/dataflow/operator-spec.ts';
import { inputReference } from '../../src/expressions/expression.ts';
import { types } from '../../src/types/logical-type.ts';
import { type Change, OperatorHarness } from '../support/operator-harness.ts';

const TIME = types.timestamp(3);
const SPEC: OperatorSpec = {
  kind: 'WatermarkAssigner',
  timeColumn: 0,
  watermark: inputReference(0, TIME),
  intervalMs: 0,
  idleTimeoutMs: 0,
  splitColumns: [1],
};

function row(ms: number, partition: number): Change {
  return ['+I', BigInt(ms) * 1_000_000n, partition];
}

function assigner(over: Set<string>, idleTimeoutMs = 0): OperatorHarness {
  return new OperatorHarness({
    spec: { ...SPEC, idleTimeoutMs } as OperatorSpec,
    inputs: [[TIME, types.int(false)]],
    output: [TIME],
    splits: () => ['0', '1'].map((id) => ({ id, isOver: over.has(id) })),
  });
}

test('the split that is behind holds the watermark, until it is over', () => {
  const over = new Set<string>();
  const run = assigner(over);
  const seen = () => run.watermarks.splice(0);
  run.rows(0, [row(100, 0), row(200, 0)]);
  expect(seen()).toEqual([]);
  run.rows(0, [row(50, 1), row(300, 0), row(120, 1)]);
  expect(seen()).toEqual([50, 120]);
  run.rows(0, [row(110, 1), row(250, 1), row(400, 1)]);
  expect(seen()).toEqual([250, 300]);
  over.add('0');
  run.time(1);
  expect(seen()).toEqual([400]);
  run.rows(0, [row(90, 1), row(500, 1)]);
  expect(seen()).toEqual([500]);
});

test('a split that is idle is not waited for; its next row counts again', () => {
  const run = assigner(new Set(), 100);
  const seen = () => run.watermarks.splice(0);
  run.rows(0, [row(1000, 0)]);
  run.time(90);
  run.rows(0, [row(1100, 0)]);
  expect(seen()).toEqual([]);
  run.time(150);
  expect(seen()).toEqual([1100]);
  run.rows(0, [row(10, 1), row(1200, 0)]);
  expect(seen()).toEqual([]);
  run.rows(0, [row(1150, 1)]);
  expect(seen()).toEqual([1150]);
});
