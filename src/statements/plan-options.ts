/** What goes with a plan besides its tree. */
import { maskStatement } from '../base/secret.ts';
import type { PlanOptions } from '../planner/planner.ts';
import type { StatementContext } from './statement.ts';

/** The graph keeps the masked text, and references in place of secrets. */
export function planOptions({ text, secrets }: StatementContext): PlanOptions {
  return { sql: maskStatement(text), secrets };
}
