/** A statement's text as it may be kept, values of options that look secret hidden; and what goes with a plan besides its tree. */
import { isSecretKey, MASK } from '../catalog/secret.ts';
import type { PlanOptions } from '../planner/planner.ts';
import type { StatementContext } from './statement.ts';

const OPTION = /'((?:[^']|'')*)'(\s*=\s*)'((?:[^']|'')*)'/g;

export function maskedSql(text: string): string {
  return text.replace(OPTION, (pair, key: string, equals: string) =>
    isSecretKey(key) ? `'${key}'${equals}'${MASK}'` : pair,
  );
}

/** The graph keeps the masked text, and references in place of secrets. */
export function planOptions({ text, secrets }: StatementContext): PlanOptions {
  return { sql: maskedSql(text), secrets };
}
