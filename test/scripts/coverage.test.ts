/** The query scripts reach every operator, and every way that an operator can work. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JobVertex } from '../../src/dataflow/job-graph.ts';
import type { AggregateCall, OperatorSpec } from '../../src/dataflow/operator-spec.ts';
import { readScript, SCRIPTS } from '../support/script-file.ts';
import { scriptJob } from '../support/script-job.ts';

/** Ways of each kind of operator that some script must reach. */
const WAYS: Record<OperatorSpec['kind'], readonly string[]> = {
  Calc: ['filter', 'project'],
  ChangelogNormalize: ['plain', 'condition', 'bundle'],
  ConstraintEnforcer: ['DROP', 'TRIM_PAD'],
  Correlate: ['INNER', 'LEFT'],
  Deduplicate: ['first arrived', 'last arrived', 'first in time', 'last in time', 'bundle', 'ttl'],
  DropUpdateBefore: ['plain'],
  Expand: ['plain'],
  GroupAggregate: ['append', 'retract', 'distinct', 'filter', 'global', 'one phase', 'two phases', 'ttl', 'no -U'],
  IntervalJoin: ['INNER', 'LEFT', 'RIGHT', 'FULL', 'by processing time'],
  Join: [
    ...['INNER', 'LEFT', 'RIGHT', 'FULL', 'SEMI', 'ANTI'].flatMap((type) => [`${type} append`, `${type} changing`]),
    ...['condition', 'unique key', 'unique by join key', 'no key', 'nulls match', 'no equality'],
  ],
  Limit: ['append', 'retract'],
  LookupJoin: ['INNER', 'LEFT'],
  Match: ['past-last-row', 'next-row', 'first', 'last', 'within'],
  OverAggregate: ['ROWS', 'ROWS unbounded', 'RANGE', 'RANGE unbounded', 'by processing time'],
  ProcessTableFunction: ['FROM_CHANGELOG', 'TO_CHANGELOG'],
  Rank: ['append', 'update', 'retract', 'rank', 'windowed', 'from the second on'],
  SinkMaterializer: ['plain'],
  Sort: ['by time', 'at the end'],
  TemporalJoin: ['INNER', 'LEFT'],
  Union: ['plain'],
  Values: ['plain'],
  WatermarkAssigner: ['plain', 'splits', 'idle', 'mini-batch'],
  WindowAggregate: ['TUMBLE', 'HOP', 'CUMULATE', 'SESSION', 'retract', 'emit early', 'emit late', 'by processing time'],
  WindowJoin: ['INNER', 'LEFT', 'RIGHT', 'FULL', 'SEMI', 'ANTI'],
  WindowTableFunction: ['TUMBLE', 'HOP', 'CUMULATE', 'SESSION'],
};

function ways(spec: OperatorSpec): string[] {
  switch (spec.kind) {
    case 'Calc':
      return [spec.condition ? 'filter' : 'project'];
    case 'ChangelogNormalize':
      return [spec.bundle ? 'bundle' : spec.condition ? 'condition' : 'plain'];
    case 'ConstraintEnforcer':
      return [spec.notNullMode, spec.lengthMode];
    case 'Correlate':
    case 'LookupJoin':
    case 'TemporalJoin':
    case 'WindowJoin':
      return [spec.joinType];
    case 'Deduplicate':
      return [
        `${spec.keep} ${spec.timeColumn === null ? 'arrived' : 'in time'}`,
        ...(spec.bundle ? ['bundle'] : []),
        ...(spec.ttlMs > 0 ? ['ttl'] : []),
      ];
    case 'GroupAggregate':
      return [
        spec.inputRetracts ? 'retract' : 'append',
        ...aggregateWays(spec.aggregates),
        ...(spec.keys.length === 0 ? ['global'] : []),
        ...(spec.bundle ? [spec.bundle.isTwoPhase ? 'two phases' : 'one phase'] : []),
        ...(spec.ttlMs > 0 ? ['ttl'] : []),
        ...(spec.emitUpdateBefore ? [] : ['no -U']),
      ];
    case 'IntervalJoin':
      return [spec.joinType, ...(spec.leftTime === null ? ['by processing time'] : [])];
    case 'Join':
      return joinWays(spec);
    case 'Limit':
      return [spec.inputRetracts === false ? 'append' : 'retract'];
    case 'Match':
      return [spec.skip.to, ...(spec.withinMs > 0 ? ['within'] : [])];
    case 'OverAggregate':
      return [
        spec.frame.preceding === null ? `${spec.frame.unit} unbounded` : spec.frame.unit,
        ...(spec.timeColumn === null ? ['by processing time'] : []),
      ];
    case 'ProcessTableFunction':
      return [spec.function];
    case 'Rank':
      return [
        spec.strategy,
        ...(spec.outputRank ? ['rank'] : []),
        ...(spec.isWindowed ? ['windowed'] : []),
        ...(spec.rankStart > 1 ? ['from the second on'] : []),
      ];
    case 'Sort':
      return [spec.timeColumn === null ? 'at the end' : 'by time'];
    case 'WatermarkAssigner':
      return [
        'plain',
        ...(spec.splitColumns ? ['splits'] : []),
        ...(spec.idleTimeoutMs > 0 ? ['idle'] : []),
        ...(spec.miniBatchMs === undefined ? [] : ['mini-batch']),
      ];
    case 'WindowAggregate':
      return [
        spec.window.type,
        ...(spec.inputRetracts ? ['retract'] : []),
        ...(spec.emit && spec.emit.earlyMs !== null ? ['emit early'] : []),
        ...(spec.emit && spec.emit.lateMs !== null ? ['emit late'] : []),
        ...(spec.window.timeColumn === null ? ['by processing time'] : []),
      ];
    case 'WindowTableFunction':
      return [spec.window.type];
    default:
      return ['plain'];
  }
}

function aggregateWays(calls: readonly AggregateCall[]): string[] {
  return [
    ...(calls.some((call) => call.distinct) ? ['distinct'] : []),
    ...(calls.some((call) => call.filter !== null) ? ['filter'] : []),
  ];
}

function joinWays(spec: Extract<OperatorSpec, { kind: 'Join' }>): string[] {
  const isAppend = spec.leftInsertOnly && spec.rightInsertOnly;
  const sides = [spec.left, spec.right].map(({ keys, uniqueKey }) => {
    if (uniqueKey === null) return 'no key';
    return uniqueKey.every((column) => keys.includes(column)) ? 'unique by join key' : 'unique key';
  });
  return [
    `${spec.joinType} ${isAppend ? 'append' : 'changing'}`,
    ...sides,
    ...(spec.condition ? ['condition'] : []),
    ...(spec.filterNulls.includes(false) ? ['nulls match'] : []),
    ...(spec.left.keys.length === 0 ? ['no equality'] : []),
  ];
}

describe('query scripts', () => {
  it('reach every way of every operator', async () => {
    const reached = new Set<string>();
    for (const file of readdirSync(SCRIPTS, { recursive: true, encoding: 'utf8' })) {
      if (!/^(?!tables)\w.*\/.*\.sql$/.test(file)) continue;
      const { graph } = await scriptJob(readScript(join(SCRIPTS, file)));
      for (const { body } of graph.vertices as ReadonlyArray<JobVertex>)
        if (body.kind !== 'Source' && body.kind !== 'Sink' && body.kind !== 'Collect')
          for (const way of ways(body)) reached.add(`${body.kind}: ${way}`);
    }
    const wanted = Object.entries(WAYS).flatMap(([kind, list]) => list.map((way) => `${kind}: ${way}`));
    expect(wanted.filter((way) => !reached.has(way))).toEqual([]);
  });
});
