/** The shelf of physical nodes, by kind. */
import type { PhysicalKind } from '../physical-plan.ts';
import { calcNode } from './calc.ts';
import { changelogNormalizeNode } from './changelog-normalize.ts';
import { collectNode } from './collect.ts';
import { correlateNode } from './correlate.ts';
import { deduplicateNode } from './deduplicate.ts';
import { dropUpdateBeforeNode } from './drop-update-before.ts';
import { exchangeNode } from './exchange.ts';
import { expandNode } from './expand.ts';
import { globalGroupAggregateNode } from './global-group-aggregate.ts';
import { groupAggregateNode } from './group-aggregate.ts';
import { intervalJoinNode } from './interval-join.ts';
import { joinNode } from './join.ts';
import { limitNode } from './limit.ts';
import { localGroupAggregateNode } from './local-group-aggregate.ts';
import { lookupJoinNode } from './lookup-join.ts';
import { matchNode } from './match.ts';
import { miniBatchAssignerNode } from './mini-batch-assigner.ts';
import type { NodeDefinition } from './node.ts';
import { overAggregateNode } from './over-aggregate.ts';
import { processTableFunctionNode } from './process-table-function.ts';
import { rankNode } from './rank.ts';
import { sinkNode } from './sink.ts';
import { sortNode } from './sort.ts';
import { tableSourceScanNode } from './table-source-scan.ts';
import { temporalJoinNode } from './temporal-join.ts';
import { unionNode } from './union.ts';
import { valuesNode } from './values.ts';
import { watermarkAssignerNode } from './watermark-assigner.ts';
import { windowAggregateNode } from './window-aggregate.ts';
import { windowJoinNode } from './window-join.ts';
import { windowTableFunctionNode } from './window-table-function.ts';

const nodes: { readonly [K in PhysicalKind]: NodeDefinition<K> } = {
  Calc: calcNode,
  ChangelogNormalize: changelogNormalizeNode,
  Collect: collectNode,
  Correlate: correlateNode,
  Deduplicate: deduplicateNode,
  DropUpdateBefore: dropUpdateBeforeNode,
  Exchange: exchangeNode,
  Expand: expandNode,
  GlobalGroupAggregate: globalGroupAggregateNode,
  GroupAggregate: groupAggregateNode,
  IntervalJoin: intervalJoinNode,
  Join: joinNode,
  Limit: limitNode,
  LocalGroupAggregate: localGroupAggregateNode,
  LookupJoin: lookupJoinNode,
  MiniBatchAssigner: miniBatchAssignerNode,
  Match: matchNode,
  OverAggregate: overAggregateNode,
  ProcessTableFunction: processTableFunctionNode,
  Rank: rankNode,
  Sink: sinkNode,
  Sort: sortNode,
  TableSourceScan: tableSourceScanNode,
  TemporalJoin: temporalJoinNode,
  Union: unionNode,
  Values: valuesNode,
  WatermarkAssigner: watermarkAssignerNode,
  WindowAggregate: windowAggregateNode,
  WindowJoin: windowJoinNode,
  WindowTableFunction: windowTableFunctionNode,
};

/** All of them, for the reference page. */
export const nodeDefinitions: ReadonlyArray<Pick<NodeDefinition<PhysicalKind>, 'kind' | 'summary' | 'examples'>> =
  Object.values(nodes);

/** The definition of a node's kind. The cast says what the table's type says: a kind finds its own definition. */
export function definitionOf<K extends PhysicalKind>(kind: K): NodeDefinition<PhysicalKind> {
  return nodes[kind] as unknown as NodeDefinition<PhysicalKind>;
}
