/** What an optimizer rule is: a rewrite of a whole logical tree that keeps its fields. The order of `index.ts` is part of its meaning. */
import type { ScalarFunction } from '../../functions/function.ts';
import type { LogicalPlan } from '../logical-plan.ts';

export interface RuleContext {
  readonly mode: 'streaming' | 'batch';
  /** Effective value of a setting. */
  config(key: string): string | undefined;
  /** EXPLAIN: what Flink's plans have and a job does without stays, as watermarks that nobody reads and columns that nobody asks for. */
  readonly asFlinkShows?: boolean;
  /** A built-in function by its name. */
  scalarFunction(name: string): ScalarFunction | undefined;
}

export interface Rule {
  readonly name: string;
  /** One sentence for people. */
  readonly summary: string;
  /** The tree rewritten; the same object when nothing applies. Throws EngineErrors for statements that cannot be planned. */
  apply(plan: LogicalPlan, context: RuleContext): LogicalPlan;
}

export function defineRule(rule: Rule): Rule {
  return rule;
}
