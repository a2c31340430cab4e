/** From syntax to a job: bind, optimise, lower; or to EXPLAIN's text. */
import { EngineError, validationError } from '../base/error.ts';
import type { JobGraph } from '../dataflow/job-graph.ts';
import { lookupScalar } from '../functions/index.ts';
import type { Query } from '../parser/ast.ts';
import type { Field } from '../types/logical-type.ts';
import { checkTimeZone } from '../types/time-zone.ts';
import { planError } from './bind-error.ts';
import { bindInsert } from './bind-insert.ts';
import { bindQuery } from './binder.ts';
import { explainPlans } from './explain.ts';
import { adviceOf } from './explain-advice.ts';
import type { InsertNode } from './insert-node.ts';
import type { LogicalPlan } from './logical-plan.ts';
import { type GraphContext, lowerPlans } from './lower.ts';
import { defaultJobName, type OptimizerContext, optimize, optimizeAll } from './optimizer.ts';
import type { PlannerContext } from './planner-context.ts';
import { resultFields } from './result-fields.ts';
import type { SecretStore } from './secret-references.ts';
import { runtimeMode } from './setting-value.ts';

/** What a statement brings along besides its tree. */
export interface PlanOptions {
  /** The statement as typed, secrets masked; kept with the job. */
  readonly sql: string;
  /** Where secrets of tables go; absent: they stay in the graph (for what never leaves the process). */
  readonly secrets?: SecretStore;
}

export type ExplainDetail = 'CHANGELOG_MODE' | 'ESTIMATED_COST' | 'JSON_EXECUTION_PLAN' | 'PLAN_ADVICE';

/** A SELECT. Its graph ends in a Collect vertex. Throws EngineErrors with Flink's texts. */
export async function planQuery(
  query: Query,
  context: PlannerContext,
  options: PlanOptions,
): Promise<{ fields: readonly Field[]; graph: JobGraph }> {
  const plan = await bindQuery(query, context);
  const root = optimize(plan, optimizerContext(context));
  const name = context.config('pipeline.name') ?? 'collect';
  return {
    fields: resultFields(plan.fields),
    graph: lowerPlans([root], name, options.sql, graphContext(context, options)),
  };
}

/** One INSERT, or those of a statement set: one job. */
export async function planInserts(
  inserts: readonly InsertNode[],
  context: PlannerContext,
  options: PlanOptions,
): Promise<JobGraph> {
  const plans = await bindInserts(inserts, context);
  const roots = optimizeAll(plans, optimizerContext(context));
  const name = context.config('pipeline.name') ?? defaultJobName(roots);
  return lowerPlans(roots, name, options.sql, graphContext(context, options));
}

/** Flink's sections for a query or for INSERTs. */
export async function explain(
  statement: Query | readonly InsertNode[],
  details: readonly ExplainDetail[],
  context: PlannerContext,
): Promise<string> {
  if (details.includes('PLAN_ADVICE') && runtimeMode(context) === 'batch')
    throw planError(
      'EXPLAIN PLAN_ADVICE is not supported under batch mode.',
      'java.lang.UnsupportedOperationException',
    );
  const plans: readonly LogicalPlan[] =
    'kind' in statement ? [await bindExplained(statement, context)] : await bindInserts(statement, context, true);
  const roots = optimizeAll(plans, { ...optimizerContext(context), forExplain: true, asFlinkShows: true });
  const graph = lowerPlans(roots, defaultJobName(roots), '', graphContext(context, { sql: '' }));
  const advice = details.includes('PLAN_ADVICE') ? adviceOf(roots, (key) => context.config(key)) : null;
  return explainPlans(plans, roots, graph, details, advice, (key) => context.config(key));
}

async function bindInserts(
  inserts: readonly InsertNode[],
  context: PlannerContext,
  isExplained = false,
): Promise<LogicalPlan[]> {
  const plans: LogicalPlan[] = [];
  for (const insert of inserts) plans.push(await bindInsert(insert, context, isExplained));
  return plans;
}

/** Flink validates the query on its own and then as a part of EXPLAIN, and says so twice. */
async function bindExplained(query: Query, context: PlannerContext): Promise<LogicalPlan> {
  try {
    return await bindQuery(query, context);
  } catch (error) {
    if (!(error instanceof EngineError) || !error.message.startsWith('SQL validation failed.')) throw error;
    throw validationError(`SQL validation failed. ${error.message}`, error.span, error);
  }
}

function optimizerContext(context: PlannerContext): OptimizerContext {
  const zone = context.config('table.local-time-zone');
  if (zone !== undefined && zone !== 'default') checkTimeZone(zone);
  return {
    mode: runtimeMode(context),
    config: (key) => context.config(key),
    scalarFunction: (name) => lookupScalar(name),
    notice: (text) => context.notice(text),
  };
}

function graphContext(context: PlannerContext, options: PlanOptions): GraphContext {
  return {
    mode: runtimeMode(context),
    config: (key) => context.config(key),
    settings: () => context.settings(),
    ...(options.secrets ? { secrets: options.secrets } : {}),
  };
}
