/** FROM_CHANGELOG and TO_CHANGELOG as physical nodes. */
import { EngineError, tableError } from '../base/error.ts';
import type { ChangelogFunction } from '../dataflow/operator-spec.ts';
import type { Field } from '../types/logical-type.ts';
import type { PlanOf } from './logical-plan.ts';
import { type PhysicalPlan, uniqueFields } from './physical-plan.ts';

interface Passing {
  readonly function: ChangelogFunction;
  readonly opColumn: number | null;
  readonly timeColumn: number | null;
}

/** The input's columns that are handed on, in their order: behind the code in TO_CHANGELOG, all of the output in FROM_CHANGELOG. */
export function passedColumns({ opColumn, timeColumn }: Passing, inputFields: readonly Field[]): number[] {
  const columns = inputFields.map((_, i) => i).filter((column) => column !== opColumn);
  return timeColumn === null ? columns : [...columns, timeColumn];
}

export function processTableToPhysical(plan: PlanOf<'ProcessTableFunction'>, input: PhysicalPlan): PhysicalPlan {
  return {
    kind: 'ProcessTableFunction',
    inputs: [input],
    fields: uniqueFields(plan.fields),
    function: plan.function,
    invocation: plan.invocation,
    uid: plan.uid,
    codes: plan.codes,
    opColumn: plan.opColumn,
    timeColumn: plan.timeColumn,
  };
}

/** Flink has no batch form of them. */
export function noBatchPlan(name: ChangelogFunction): Error {
  const cause = new EngineError(
    'SQL_VALIDATION',
    `There are not enough rules to produce a node with desired properties: convention=BATCH_PHYSICAL, FlinkRelDistributionTraitDef=any, sort=[].\nMissing conversion is FlinkLogicalTableFunctionScan[convention: LOGICAL -> BATCH_PHYSICAL]`,
    { exceptionClass: 'org.apache.calcite.plan.RelOptPlanner$CannotPlanException' },
  );
  return tableError(
    `Cannot generate a valid execution plan for the given query: ${name} runs in streaming mode only.\n\nThis exception indicates that the query uses an unsupported SQL feature.\nPlease check the documentation for the set of currently supported SQL features.`,
    cause,
  );
}
