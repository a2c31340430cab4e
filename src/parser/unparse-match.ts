/** MATCH_RECOGNIZE back to text. */
import { unreachable } from '../base/error.ts';
import { quoteIdentifier } from '../types/logical-type.ts';
import type { MatchRecognize, Pattern, SqlExpression } from './ast.ts';
import { unparseOrderItems } from './unparse-call.ts';

type Print = (expression: SqlExpression) => string;

export function unparseMatch(clause: MatchRecognize, print: Print): string {
  const parts: string[] = [];
  if (clause.partitionBy.length > 0) parts.push(`PARTITION BY ${clause.partitionBy.map(print).join(', ')}`);
  if (clause.orderBy.length > 0) parts.push(`ORDER BY ${unparseOrderItems(clause.orderBy, print)}`);
  if (clause.measures.length > 0) {
    const measures = clause.measures.map(
      ({ expression, alias, semantics }) =>
        `${semantics ? `${semantics} ` : ''}${print(expression)} AS ${quoteIdentifier(alias)}`,
    );
    parts.push(`MEASURES ${measures.join(', ')}`);
  }
  parts.push(clause.rowsPerMatch === 'ALL' ? 'ALL ROWS PER MATCH' : 'ONE ROW PER MATCH');
  parts.push(`AFTER MATCH SKIP ${unparseAfter(clause.after)}`);
  parts.push(
    `PATTERN (${clause.strictStart ? '^ ' : ''}${unparsePattern(clause.pattern)}${clause.strictEnd ? ' $' : ''})`,
  );
  if (clause.within) parts.push(`WITHIN ${print(clause.within)}`);
  if (clause.subsets.length > 0) {
    const subsets = clause.subsets.map(
      ({ name, items }) => `${quoteIdentifier(name)} = (${items.map((item) => quoteIdentifier(item.name)).join(', ')})`,
    );
    parts.push(`SUBSET ${subsets.join(', ')}`);
  }
  const define = clause.define.map(
    ({ variable, condition, semantics }) =>
      `${quoteIdentifier(variable)} AS ${semantics ? `${semantics} ` : ''}${print(condition)}`,
  );
  parts.push(`DEFINE ${define.join(', ')}`);
  return `MATCH_RECOGNIZE(\n${parts.join('\n')})`;
}

function unparseAfter(after: MatchRecognize['after']): string {
  const variable = quoteIdentifier(after.variable?.name ?? '');
  switch (after.kind) {
    case 'next-row':
      return 'TO NEXT ROW';
    case 'past-last-row':
      return 'PAST LAST ROW';
    case 'first':
      return `TO FIRST ${variable}`;
    case 'last':
      return `TO LAST ${variable}`;
    case 'variable':
      return `TO ${variable}`;
    default:
      return unreachable(after.kind);
  }
}

function unparsePattern(pattern: Pattern): string {
  switch (pattern.kind) {
    case 'variable':
      return quoteIdentifier(pattern.name);
    case 'sequence':
      return pattern.items.map((item) => grouped(item, ['alternation', 'sequence'])).join(' ');
    case 'alternation':
      return pattern.items.map((item) => grouped(item, ['alternation'])).join(' | ');
    case 'permute':
      return `PERMUTE(${pattern.items.map(unparsePattern).join(', ')})`;
    case 'exclusion':
      return `{- ${unparsePattern(pattern.item)} -}`;
    case 'quantified':
      return `${grouped(pattern.item, ['alternation', 'sequence', 'quantified'])}${unparseQuantifier(pattern)}`;
    default:
      return unreachable(pattern);
  }
}

function grouped(pattern: Pattern, kinds: readonly Pattern['kind'][]): string {
  const text = unparsePattern(pattern);
  return kinds.includes(pattern.kind) ? `(${text})` : text;
}

function unparseQuantifier({ min, max, greedy }: Extract<Pattern, { kind: 'quantified' }>): string {
  const lazy = greedy ? '' : '?';
  if (max === null) return `${min === 0 ? '*' : min === 1 ? '+' : `{${min},}`}${lazy}`;
  if (min === 0 && max === 1) return `?${lazy}`;
  return `{${min === max ? min : `${min ?? ''},${max}`}}${lazy}`;
}
