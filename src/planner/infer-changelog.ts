/**
 * Which changes flow between the nodes. Upwards: what each node gives, with Flink's refusals. Downwards: where +U alone is enough and where
 * -U must be there; DropUpdateBefore is put behind sources whose -U nobody needs.
 */
import { tableError } from '../base/error.ts';
import { upsertKeys } from './infer-keys.ts';
import { definitionOf } from './nodes/index.ts';
import { ALL_CHANGES, type ChangeKinds, INSERT_ONLY, type UpdateRequest } from './nodes/node.ts';
import type { PhysicalPlan } from './physical-plan.ts';

export class ChangelogInference {
  readonly #describe: (plan: PhysicalPlan) => string;
  readonly #isBatch: boolean;
  readonly #kinds = new WeakMap<PhysicalPlan, ChangeKinds>();

  /** `describe` gives a node as EXPLAIN prints it, for refusals. */
  constructor(describe: (plan: PhysicalPlan) => string, mode: 'streaming' | 'batch') {
    this.#describe = describe;
    this.#isBatch = mode === 'batch';
  }

  /** What a node gives; in batch mode all results are final. Throws Flink's refusal where a node below cannot take what it gets. */
  kindsOf = (plan: PhysicalPlan): ChangeKinds => {
    const known = this.#kinds.get(plan);
    if (known !== undefined) return known;
    if (this.#isBatch) return INSERT_ONLY;
    const definition = definitionOf(plan.kind);
    const inputs = plan.inputs.map((input) => this.kindsOf(input));
    const accepts = typeof definition.accepts === 'function' ? definition.accepts(plan) : definition.accepts;
    if (accepts === 'insert')
      for (const input of plan.inputs) this.refuseUnless({ update: false, delete: false }, input, this.#nameOf(plan));
    const kinds = definition.produces?.(plan, inputs) ?? inputs[0] ?? ALL_CHANGES;
    this.#kinds.set(plan, kinds);
    return kinds;
  };

  #nameOf(plan: PhysicalPlan): string {
    const { requester, name } = definitionOf(plan.kind);
    return requester ?? `StreamPhysical${name?.(plan, 'physical') ?? plan.kind}`;
  }

  /** Throws Flink's text when the node gives changes that the consumer does not take. */
  refuseUnless(accepted: ChangeKinds, plan: PhysicalPlan, requester: string): void {
    const kinds = this.kindsOf(plan);
    const words: string[] = [];
    if (kinds.update && !accepted.update) words.push('update');
    if (kinds.delete && !accepted.delete) words.push('delete');
    if (words.length === 0) return;
    const culprit = this.#origin(plan, accepted);
    throw tableError(
      `${requester} doesn't support consuming ${words.join(' and ')} changes which is produced by node ${this.#describe(culprit)}`,
    );
  }

  /** The deepest node that gives what is not accepted: nodes that only pass changes on are passed through. */
  #origin(plan: PhysicalPlan, accepted: ChangeKinds): PhysicalPlan {
    const passesOn = plan.kind === 'Union' || definitionOf(plan.kind).produces === undefined;
    if (!passesOn) return plan;
    const next = plan.inputs.find((input) => {
      const kinds = this.kindsOf(input);
      return (kinds.update && !accepted.update) || (kinds.delete && !accepted.delete);
    });
    return next === undefined ? plan : this.#origin(next, accepted);
  }

  /** The tree with modes, so that it gives updates as requested; undefined when it cannot. */
  satisfy(plan: PhysicalPlan, request: UpdateRequest): PhysicalPlan | undefined {
    const kinds = this.kindsOf(plan);
    const asked = kinds.update ? request : 'before-and-after';
    if (plan.kind === 'TableSourceScan') return this.#scan(plan, asked);
    const definition = definitionOf(plan.kind);
    const inputKinds = plan.inputs.map((input) => this.kindsOf(input));
    const alternatives = definition.alternatives?.(plan, asked, inputKinds, this.kindsOf) ?? [
      { requests: plan.inputs.map(() => asked) },
    ];
    for (const { node, requests } of alternatives) {
      const inputs = this.#satisfyAll(plan.inputs, requests);
      if (inputs === undefined) continue;
      const updateBefore = kinds.update && asked === 'before-and-after';
      const mode = { updateBefore, updateAfter: kinds.update, delete: kinds.delete };
      const given = { ...(node ?? plan), inputs, mode };
      if (definition.alwaysSaysUpdateBefore !== true || updateBefore || !kinds.update) return given;
      return withoutUpdateBefore({ ...given, mode: { ...mode, updateBefore: true } });
    }
    return undefined;
  }

  #satisfyAll(inputs: readonly PhysicalPlan[], requests: readonly UpdateRequest[]): PhysicalPlan[] | undefined {
    const satisfied: PhysicalPlan[] = [];
    for (const [i, input] of inputs.entries()) {
      const plan = this.satisfy(input, requests[i] ?? 'before-and-after');
      if (plan === undefined) return undefined;
      satisfied.push(plan);
    }
    return satisfied;
  }

  #scan(plan: Extract<PhysicalPlan, { kind: 'TableSourceScan' }>, request: UpdateRequest): PhysicalPlan | undefined {
    const mode = plan.sourceMode;
    if (request === 'before-and-after' && mode.updateAfter && !mode.updateBefore) return undefined;
    const scan: PhysicalPlan = { ...plan, mode };
    if (request !== 'after' || !mode.updateBefore) return scan;
    return withoutUpdateBefore(scan);
  }
}

function withoutUpdateBefore(plan: PhysicalPlan): PhysicalPlan {
  const mode = { updateBefore: false, updateAfter: true, delete: plan.mode?.delete === true };
  return { kind: 'DropUpdateBefore', inputs: [plan], fields: plan.fields, mode };
}

/** A scan whose upserts go, as they are, to a consumer that takes them: the ChangelogNormalize between is not needed. */
export function withoutNeedlessNormalize(plan: PhysicalPlan): PhysicalPlan {
  if (plan.kind === 'ChangelogNormalize') {
    const source = withoutExchange(plan.inputs[0] as PhysicalPlan);
    return plan.condition === null && plan.mode?.updateBefore !== true && isUpsertSource(source) ? source : plan;
  }
  if (plan.kind !== 'Calc' && plan.kind !== 'Sink' && plan.kind !== 'Collect' && plan.kind !== 'Exchange') return plan;
  if (plan.kind === 'Calc' && !keepsKey(plan)) return plan;
  const input = withoutNeedlessNormalize(plan.inputs[0] as PhysicalPlan);
  return input === plan.inputs[0] ? plan : { ...plan, inputs: [input] };
}

/** False for a full changelog that is normalised because it may hold repetitions. */
function isUpsertSource(plan: PhysicalPlan): boolean {
  if (plan.kind === 'Calc') return isUpsertSource(plan.inputs[0] as PhysicalPlan);
  return plan.kind === 'TableSourceScan' && !plan.sourceMode.updateBefore;
}

function withoutExchange(plan: PhysicalPlan): PhysicalPlan {
  return plan.kind === 'Exchange' ? (plan.inputs[0] as PhysicalPlan) : plan;
}

/** A -D of an upsert source has its key only: the rest must not be computed with. */
function keepsKey(plan: Extract<PhysicalPlan, { kind: 'Calc' }>): boolean {
  const isPlain = plan.projection?.every((expression) => expression.kind === 'input') ?? true;
  return isPlain && (upsertKeys(plan) ?? []).length > 0;
}
