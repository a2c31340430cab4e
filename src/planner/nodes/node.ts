/**
 * What a physical node is to the planner: which changes it takes and gives, how EXPLAIN shows it, and what the operator is told. A file of
 * this shelf holds one.
 */
import type { JobVertex } from '../../dataflow/job-graph.ts';
import type { Expression } from '../../expressions/expression.ts';
import type { Field } from '../../types/logical-type.ts';
import type { PhysicalKind, PhysicalOf, PhysicalPlan } from '../physical-plan.ts';

/** Which kinds of change besides +I a node gives. */
export interface ChangeKinds {
  readonly update: boolean;
  readonly delete: boolean;
}
export const INSERT_ONLY: ChangeKinds = { update: false, delete: false };
export const ALL_CHANGES: ChangeKinds = { update: true, delete: true };

export function isInsertOnlyKinds(kinds: ChangeKinds): boolean {
  return !kinds.update && !kinds.delete;
}

/** What a consumer wants of updates: +U alone, or -U and +U. */
export type UpdateRequest = 'after' | 'before-and-after';

/** A way to fulfil a request: the node as it must be then, and what it asks of its inputs. */
export interface Alternative {
  readonly node?: PhysicalPlan;
  readonly requests: readonly UpdateRequest[];
}

export interface ExplainContext {
  /** The physical and the execution section differ in how expressions are written. */
  readonly style: 'physical' | 'execution';
  /** In the section's style, unless another is given. */
  expression(expression: Expression, fields: readonly Field[], style?: 'physical' | 'execution'): string;
}

export interface LowerContext {
  readonly mode: 'streaming' | 'batch';
  config(key: string): string | undefined;
  /** ms; 0: state is kept for ever. A STATE_TTL hint wins for its join side. */
  readonly ttlMs: number;
}

export type Attributes = ReadonlyArray<readonly [string, string]>;

/** A local node below an Exchange, and the global one above. */
export interface Halves {
  readonly local: readonly [name: string, attributes: Attributes];
  readonly global: readonly [name: string, attributes: Attributes];
}

export interface NodeDefinition<K extends PhysicalKind> {
  readonly kind: K;
  /** One sentence for the reference page. */
  readonly summary: string;
  /** Statements over the tables of `docs/sample.sql` whose plans have the node; the tests run them. */
  readonly examples: readonly string[];
  /** Its name in EXPLAIN, where it is not the kind. */
  name?(node: PhysicalOf<K>, style: ExplainContext['style']): string;
  /** Its name in refusals, where that is not Flink's class. */
  readonly requester?: string;
  /** `'insert'`: -U, +U and -D in the input are refused with Flink's text. `'all'` when absent. */
  readonly accepts?: 'insert' | 'all' | ((node: PhysicalOf<K>) => 'insert' | 'all');
  /** Absent: passes on what its input gives; refusals then name the real consumer above. */
  produces?(node: PhysicalOf<K>, inputs: readonly ChangeKinds[]): ChangeKinds;
  /** Ways to fulfil a request, best first; none: impossible. Absent: the request is handed on to every input. */
  alternatives?(
    node: PhysicalOf<K>,
    request: UpdateRequest,
    inputs: readonly ChangeKinds[],
    kindsOf: (plan: PhysicalPlan) => ChangeKinds,
  ): readonly Alternative[];
  /** Its operator always says -U; they are dropped behind it where nobody wants them. */
  readonly alwaysSaysUpdateBefore?: boolean;
  explain(node: PhysicalOf<K>, context: ExplainContext): Attributes;
  /** The two nodes that Flink makes of it, where one operator does the work of both; undefined: it is one. */
  explainHalves?(node: PhysicalOf<K>, config: (key: string) => string | undefined): Halves | undefined;
  /** The body of its vertex; null: it needs none (Exchange). */
  lower(node: PhysicalOf<K>, context: LowerContext): JobVertex['body'] | null;
}

export function defineNode<K extends PhysicalKind>(definition: NodeDefinition<K>): NodeDefinition<K> {
  return definition;
}
