/** What an optimizer rule is: a rewrite of a whole logical tree that keeps its fields. The order of `index.ts` is part of its meaning. */
import type { ScalarFunction } from '../../functions/function.ts';
import type { LogicalPlan } from '../logical-plan.ts';

export interface RuleContext {
  readonly mode: 'streaming' | 'batch';
  /** Effective value of a setting. */
  config(key: string): string | undefined;
  /** Watermarks stay where nobody reads them: EXPLAIN shows plans as Flink has them. */
  readonly keepsWatermarks?: boolean;
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
