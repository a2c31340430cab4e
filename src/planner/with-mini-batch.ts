/**
 * Mini-batch in a physical tree, as Flink plans it: joins and deduplications learn of it before the changelog modes are worked out; then a
 * MiniBatchAssigner stands over each source whose rows are bundled, and aggregations that can be divided become a local and a global one.
 */
import { lookupAggregate } from '../functions/index.ts';
import { changelogModes } from '../types/changelog-mode.ts';
import { type Field, types } from '../types/logical-type.ts';
import type { LogicalPlan } from './logical-plan.ts';
import { isMiniBatchEnabled, isTwoPhase, miniBatchLatencyMs } from './mini-batch.ts';
import { accumulatorNames } from './nodes/accumulator-text.ts';
import { callsOf } from './nodes/group-aggregate.ts';
import { retracts } from './nodes/node-inputs.ts';
import type { PhysicalOf, PhysicalPlan } from './physical-plan.ts';
import { somePlan } from './plan-tree.ts';

interface Context {
  readonly mode: 'streaming' | 'batch';
  config(key: string): string | undefined;
}

/** By which clock the rows of a part of the tree are bundled. */
type Clock = 'none' | 'proctime' | 'rowtime';

const RANKS = new Set(['ROW_NUMBER', 'RANK', 'DENSE_RANK']);
/** Functions whose accumulators Flink cannot merge. */
const UNMERGEABLE = new Set(['FIRST_VALUE', 'LAST_VALUE', 'JSON_ARRAYAGG']);

export function usesMiniBatch(context: Context): boolean {
  return context.mode === 'streaming' && isMiniBatchEnabled(context.config);
}

/** Joins and deduplications that will bundle their rows. */
export function markBundled(plan: PhysicalPlan): PhysicalPlan {
  const marked = withInputs(plan, plan.inputs.map(markBundled));
  return marked.kind === 'Join' || marked.kind === 'Deduplicate' ? { ...marked, isBundled: true } : marked;
}

/** `logical`: the query as it was bound; it says whether anything is worth bundling by processing time. */
export function withMiniBatch(plan: PhysicalPlan, logical: LogicalPlan, context: Context): PhysicalPlan {
  return new Rewriting(context).apply(plan, somePlan(logical, isBundling) ? 'proctime' : 'none');
}

function isBundling(node: LogicalPlan): boolean {
  if (node.kind === 'Join') return node.joinType !== 'SEMI' && node.joinType !== 'ANTI';
  if (node.kind === 'Over')
    return node.groups.some(({ aggregates }) => aggregates.some((call) => RANKS.has(call.function)));
  return ['Aggregate', 'GroupWindowAggregate', 'Sort', 'SetOperation'].includes(node.kind);
}

class Rewriting {
  readonly #context: Context;
  readonly #seen = new Map<PhysicalPlan, Map<Clock, PhysicalPlan>>();

  constructor(context: Context) {
    this.#context = context;
  }

  apply(plan: PhysicalPlan, clock: Clock): PhysicalPlan {
    const known = this.#seen.get(plan)?.get(clock);
    if (known !== undefined) return known;
    const made = this.#apply(plan, clock);
    this.#seen.set(plan, (this.#seen.get(plan) ?? new Map<Clock, PhysicalPlan>()).set(clock, made));
    return made;
  }

  #apply(plan: PhysicalPlan, clock: Clock): PhysicalPlan {
    const below = clockBelow(plan, clock);
    const inputs = plan.inputs.map((input) => this.apply(input, below));
    if ((plan.kind === 'WatermarkAssigner' || plan.kind === 'TableSourceScan') && clock !== 'none')
      return this.#assigner(withInputs(plan, inputs), clock);
    // What rises with its updates is read off the undivided tree.
    const made = withInputs(plan.kind === 'GroupAggregate' ? { ...plan, aggregates: callsOf(plan) } : plan, inputs);
    return made.kind === 'GroupAggregate' && isDivisible(made) && isTwoPhase(this.#context.config)
      ? divided(made)
      : made;
  }

  #assigner(input: PhysicalPlan, clock: Clock): PhysicalPlan {
    const intervalMs = miniBatchLatencyMs(this.#context.config);
    const isRowtime = clock === 'rowtime';
    const below = isRowtime && input.kind === 'WatermarkAssigner' ? { ...input, miniBatchMs: intervalMs } : input;
    return { ...base(below), kind: 'MiniBatchAssigner', inputs: [below], intervalMs, isRowtime };
  }
}

/** Event time wins; the older group windows read unbundled rows. */
function clockBelow(plan: PhysicalPlan, clock: Clock): Clock {
  switch (plan.kind) {
    case 'WatermarkAssigner':
      return 'none';
    case 'WindowAggregate':
      if (plan.isGroupWindow) return 'none';
      return plan.window.timeColumn === null ? clock : 'rowtime';
    case 'WindowTableFunction':
      return plan.window.timeColumn === null ? clock : 'rowtime';
    case 'WindowJoin':
    case 'TemporalJoin':
      return 'rowtime';
    case 'IntervalJoin':
      return plan.isRowtime ? 'rowtime' : clock;
    case 'OverAggregate':
    case 'Deduplicate':
      return plan.timeColumn === null ? clock : 'rowtime';
    default:
      return clock;
  }
}

/** Can it be divided into a local and a global aggregation. */
export function isDivisible(node: PhysicalOf<'GroupAggregate'>): boolean {
  return node.aggregates.every(({ function: name }) => !UNMERGEABLE.has(name) && lookupAggregate(name) !== undefined);
}

function divided(node: PhysicalOf<'GroupAggregate'>): PhysicalPlan {
  const input = node.inputs[0]?.kind === 'Exchange' ? (node.inputs[0].inputs[0] as PhysicalPlan) : node.inputs[0];
  if (input === undefined) return node;
  const { keys, aggregates } = node;
  const isRetracting = retracts(node);
  const keyFields = keys.map((key) => input.fields[key] as Field);
  const accumulators = accumulatorNames(aggregates, isRetracting).all;
  const local: PhysicalOf<'LocalGroupAggregate'> = {
    kind: 'LocalGroupAggregate',
    inputs: [input],
    fields: [...keyFields, ...accumulators.map((name) => ({ name, type: types.bigint() }))],
    mode: changelogModes.insertOnly,
    keys,
    aggregates,
    isRetracting,
  };
  const exchanged: PhysicalPlan = {
    kind: 'Exchange',
    inputs: [local],
    fields: local.fields,
    mode: changelogModes.insertOnly,
    keys: keys.map((_, i) => i),
  };
  return { ...node, kind: 'GlobalGroupAggregate', inputs: [exchanged], isRetracting };
}

function base({ fields, mode }: PhysicalPlan): Pick<PhysicalPlan, 'fields' | 'mode'> {
  return mode === undefined ? { fields } : { fields, mode };
}

function withInputs(plan: PhysicalPlan, inputs: readonly PhysicalPlan[]): PhysicalPlan {
  return inputs.every((input, i) => input === plan.inputs[i]) ? plan : { ...plan, inputs };
}
