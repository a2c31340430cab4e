/** The shelf of operators: one line a kind. */
import { assert, isStackOverflow, tooLargeError } from '../base/error.ts';
import type { Operator, OperatorContext } from '../dataflow/operator.ts';
import type { OperatorSpec } from '../dataflow/operator-spec.ts';
import { createCalc } from './calc.ts';
import { createChangelogNormalize } from './changelog-normalize.ts';
import { createConstraintEnforcer } from './constraint-enforcer.ts';
import { createCorrelate } from './correlate.ts';
import { createDeduplicate } from './deduplicate.ts';
import { createDropUpdateBefore } from './drop-update-before.ts';
import { createExpand } from './expand.ts';
import { createGroupAggregate } from './group-aggregate.ts';
import { createIntervalJoin } from './interval-join.ts';
import { createJoin } from './join.ts';
import { createLimit } from './limit.ts';
import { createLookupJoin } from './lookup-join.ts';
import { createMatch } from './match.ts';
import { createOverAggregate } from './over-aggregate.ts';
import { createProcessTableFunction } from './process-table-function.ts';
import { createRank } from './rank.ts';
import { createSinkMaterializer } from './sink-materializer.ts';
import { createSort } from './sort.ts';
import { createTemporalJoin } from './temporal-join.ts';
import { createUnion } from './union.ts';
import { createValues } from './values.ts';
import { createWatermarkAssigner } from './watermark-assigner.ts';
import { createWindowAggregate } from './window-aggregate.ts';
import { createWindowJoin } from './window-join.ts';
import { createWindowTableFunction } from './window-table-function.ts';

type Create<K extends OperatorSpec['kind']> = (
  spec: Extract<OperatorSpec, { kind: K }>,
  context: OperatorContext,
) => Operator | Promise<Operator>;

const operators: { readonly [K in OperatorSpec['kind']]?: Create<K> } = {
  Calc: createCalc,
  ChangelogNormalize: createChangelogNormalize,
  ConstraintEnforcer: createConstraintEnforcer,
  Correlate: createCorrelate,
  Deduplicate: createDeduplicate,
  DropUpdateBefore: createDropUpdateBefore,
  Expand: createExpand,
  GroupAggregate: createGroupAggregate,
  IntervalJoin: createIntervalJoin,
  Join: createJoin,
  Limit: createLimit,
  LookupJoin: createLookupJoin,
  Match: createMatch,
  OverAggregate: createOverAggregate,
  ProcessTableFunction: createProcessTableFunction,
  Rank: createRank,
  SinkMaterializer: createSinkMaterializer,
  Sort: createSort,
  TemporalJoin: createTemporalJoin,
  Union: createUnion,
  Values: createValues,
  WatermarkAssigner: createWatermarkAssigner,
  WindowAggregate: createWindowAggregate,
  WindowJoin: createWindowJoin,
  WindowTableFunction: createWindowTableFunction,
};

/** The operator of a spec; it declares its state tables before it is returned. */
export function createOperator(spec: OperatorSpec, context: OperatorContext): Operator | Promise<Operator> {
  const create = operators[spec.kind] as Create<OperatorSpec['kind']> | undefined;
  assert(create, `there is no operator ${spec.kind}`);
  try {
    return create(spec, context);
  } catch (error) {
    throw isStackOverflow(error) ? tooLargeError() : error;
  }
}
