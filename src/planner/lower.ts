/** Physical plans as a JobGraph: a vertex a node, equal sub-plans once. */
import { assert } from '../base/error.ts';
import { encodeJson } from '../base/json.ts';
import { withoutSecrets } from '../base/secret.ts';
import { JOB_GRAPH_VERSION, type JobGraph, type JobVertex } from '../dataflow/job-graph.ts';
import { type ChangelogMode, changelogModes } from '../types/changelog-mode.ts';
import type { Field } from '../types/logical-type.ts';
import { isDeterministic, TRUE } from './conditions.ts';
import { durationMs } from './duration-text.ts';
import { describeNode } from './explain-tree.ts';
import { definitionOf } from './nodes/index.ts';
import type { LowerContext } from './nodes/node.ts';
import { modeOf } from './nodes/node-inputs.ts';
import type { PhysicalOf, PhysicalPlan } from './physical-plan.ts';
import { type SecretStore, withSecretReferences } from './secret-references.ts';
import {
  constraintsOf,
  dropsNulls,
  materializerOf,
  nullDropper,
  sinkWithNullsKept,
  withNullsKept,
} from './sink-operators.ts';
import { withSplits } from './split-columns.ts';

export interface GraphContext {
  readonly mode: 'streaming' | 'batch';
  config(key: string): string | undefined;
  settings(): Readonly<Record<string, string>>;
  readonly secrets?: SecretStore;
}

/** One graph of all roots. `sql`: the statement as typed, secrets masked. */
export function lowerPlans(roots: readonly PhysicalPlan[], name: string, sql: string, context: GraphContext): JobGraph {
  const lowering = new Lowering(context);
  for (const root of roots) lowering.add(root);
  return {
    version: JOB_GRAPH_VERSION,
    name,
    mode: context.mode,
    settings: withoutSecrets(context.settings()),
    vertices: lowering.vertices,
    sql,
  };
}

class Lowering {
  readonly vertices: JobVertex[] = [];
  readonly #context: GraphContext;
  readonly #lowerContext: LowerContext;
  readonly #byDigest = new Map<string, number>();

  constructor(context: GraphContext) {
    this.#context = context;
    this.#lowerContext = {
      mode: context.mode,
      config: (key) => context.config(key),
      ttlMs: durationMs(context.config('table.exec.state.ttl'), 'table.exec.state.ttl'),
    };
  }

  /** The id of the vertex that gives the node's rows. */
  add(plan: PhysicalPlan): number {
    if (plan.kind === 'Sink') return this.#addSink(sinkWithNullsKept(plan, this.#lowerContext));
    if (plan.kind === 'Collect' && dropsNulls(this.#lowerContext)) return this.#addCollect(plan);
    if (plan.kind === 'WatermarkAssigner') return this.#add(withSplits(plan));
    return this.#add(plan);
  }

  #add(plan: PhysicalPlan): number {
    const inputs = plan.inputs.map((input) => this.add(input));
    const body = definitionOf(plan.kind).lower(plan, this.#lowerContext);
    if (body === null) return inputs[0] as number;
    const name = describeNode(plan, 'execution');
    return this.#vertex(plan.kind, name, inputs, plan.fields, modeOf(plan), body);
  }

  /** A result whose rows with nulls against their type are left out. */
  #addCollect(plan: PhysicalOf<'Collect'>): number {
    const input = plan.inputs[0] as PhysicalPlan;
    const kept = withNullsKept(input, () => true);
    const dropper = nullDropper(input.fields, kept.fields);
    if (dropper === null) return this.#add(plan);
    const mode = modeOf(plan);
    const last = this.#vertex('ConstraintEnforcer', 'ConstraintEnforcer', [this.add(kept)], plan.fields, mode, dropper);
    return this.#vertex('Collect', describeNode(plan, 'execution'), [last], plan.fields, mode, { kind: 'Collect' });
  }

  #addSink(plan: PhysicalOf<'Sink'>): number {
    const body = definitionOf('Sink').lower(plan, this.#lowerContext);
    assert(body !== null, 'a sink is a vertex');
    let last = this.add(plan.inputs[0] as PhysicalPlan);
    const mode = modeOf(plan);
    const constraints = constraintsOf(plan, this.#lowerContext);
    if (constraints !== null)
      last = this.#vertex('ConstraintEnforcer', 'ConstraintEnforcer', [last], plan.fields, mode, constraints);
    let given = mode;
    const materializer = materializerOf(plan, this.#lowerContext);
    if (materializer !== null) {
      given = changelogModes.upsert;
      last = this.#vertex('SinkMaterializer', 'SinkMaterializer', [last], plan.fields, given, materializer);
    }
    return this.#vertex('Sink', describeNode(plan, 'execution'), [last], plan.fields, given, body);
  }

  #vertex(
    kind: string,
    name: string,
    inputs: readonly number[],
    fields: readonly Field[],
    changelogMode: ChangelogMode,
    body: JobVertex['body'],
  ): number {
    const stored = this.#withSecrets(body);
    const digest = encodeJson([stored, inputs, fields, changelogMode]);
    const known = isShared(stored) ? this.#byDigest.get(digest) : undefined;
    if (known !== undefined) return known;
    const id = this.vertices.length + 1;
    this.vertices.push({ id, uid: `${id}_${kind}`, name, inputs, fields, changelogMode, body: stored });
    this.#byDigest.set(digest, id);
    return id;
  }

  #withSecrets(body: JobVertex['body']): JobVertex['body'] {
    if (body.kind !== 'Source' && body.kind !== 'Sink' && body.kind !== 'LookupJoin') return body;
    return { ...body, table: withSecretReferences(body.table, this.#context.secrets) };
  }
}

/** Sinks are their own; what throws dice does so for each of its readers. */
function isShared(body: JobVertex['body']): boolean {
  if (body.kind === 'Sink' || body.kind === 'Collect') return false;
  return body.kind !== 'Calc' || [...(body.projection ?? []), body.condition ?? TRUE].every(isDeterministic);
}
