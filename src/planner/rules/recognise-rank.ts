/** A range over ROW_NUMBER is a Top-N. */

import { tableError } from '../../base/error.ts';
import { type Expression, literal } from '../../expressions/expression.ts';
import { SWAPPED_BOUNDS } from '../../expressions/search-form.ts';
import { types } from '../../types/logical-type.ts';
import { conjuncts, referencesTo } from '../conditions.ts';
import type { LogicalPlan, PlanOf } from '../logical-plan.ts';
import { rewriteUp } from '../plan-tree.ts';
import { wholeWindow } from '../window-columns.ts';
import { filtered } from './push-filters.ts';
import { defineRule } from './rule.ts';

export const recogniseRank = defineRule({
  name: 'recognise-rank',
  summary: 'Turns a filter over ROW_NUMBER into a Top-N.',
  apply: (plan, context) =>
    rewriteUp(plan, (node) => (node.kind === 'Filter' ? (rankOf(node, context.mode) ?? node) : node)),
});

const RANK_FUNCTIONS = new Set(['ROW_NUMBER', 'RANK', 'DENSE_RANK']);

function rankOf(node: PlanOf<'Filter'>, mode: 'streaming' | 'batch'): LogicalPlan | undefined {
  const over = node.input;
  if (over.kind !== 'Over' || over.groups.length !== 1) return undefined;
  const group = over.groups[0];
  const ranking = group?.aggregates[0];
  if (group === undefined || ranking === undefined || group.aggregates.length !== 1) return undefined;
  if (!RANK_FUNCTIONS.has(ranking.function)) return undefined;
  const column = over.input.fields.length;
  const range = { start: 1, end: null as number | null };
  const rest = conjuncts(node.condition).filter((term) => !narrow(range, term, column));
  if (rest.length === conjuncts(node.condition).length) return undefined;
  if (mode === 'batch' && (ranking.function !== 'ROW_NUMBER' || range.end === null)) return undefined;
  if (ranking.function !== 'ROW_NUMBER' && wholeWindow(over.input, group.partition) !== undefined)
    throw tableError(
      `${ranking.function}() function is not supported on Window TopN currently, only ROW_NUMBER() is supported.`,
    );
  if (ranking.function !== 'ROW_NUMBER')
    throw tableError(`${ranking.function}() on streaming table is not supported currently`);
  if (range.end === null)
    throw tableError(
      'Rank end is not specified. Currently rank only support TopN, which means the rank end must be specified.',
    );
  if (mode === 'streaming' && range.end <= 0)
    throw tableError(`Rank end should not less than zero, but now is ${range.end}`);
  if (range.end < range.start) return { kind: 'Values', fields: node.fields, rows: [] };
  return filtered(rankPlan(over, group, range.start, range.end), rest);
}

function rankPlan(
  over: PlanOf<'Over'>,
  group: PlanOf<'Over'>['groups'][number],
  rankStart: number,
  rankEnd: number,
): LogicalPlan {
  const rank = {
    kind: 'Rank',
    input: over.input,
    partition: group.partition,
    order: group.order,
    rankStart,
    rankEnd,
  } as const;
  const number = over.fields[over.input.fields.length] ?? { name: 'w0$o0', type: types.bigint(false) };
  if (rankStart !== rankEnd)
    return { ...rank, fields: [...over.input.fields, { ...number, name: 'w0$o0' }], outputRank: true };
  return {
    kind: 'Project',
    fields: over.fields,
    input: { ...rank, fields: over.input.fields, outputRank: false },
    expressions: [...referencesTo(over.input.fields), literal(BigInt(rankStart), number.type)],
  };
}

/** Takes a bound of the rank's column into the range; false when the term says something else. */
function narrow(range: { start: number; end: number | null }, term: Expression, column: number): boolean {
  if (term.kind !== 'call') return false;
  const [a, b, c] = term.args;
  if (term.function === 'BETWEEN' && a !== undefined && b !== undefined && c !== undefined && isColumn(a, column)) {
    const low = wholeNumber(b);
    const high = wholeNumber(c);
    if (low === undefined || high === undefined || term.args.length !== 3) return false;
    return bound(range, '>=', low) && bound(range, '<=', high);
  }
  if (a === undefined || b === undefined || SWAPPED_BOUNDS[term.function] === undefined) return false;
  if (isColumn(a, column)) return bound(range, term.function, wholeNumber(b));
  if (isColumn(b, column)) return bound(range, SWAPPED_BOUNDS[term.function] as string, wholeNumber(a));
  return false;
}

function bound(range: { start: number; end: number | null }, operator: string, value: number | undefined): boolean {
  if (value === undefined) return false;
  const low =
    operator === '>' ? Math.floor(value) + 1 : operator === '<' || operator === '<=' ? null : Math.ceil(value);
  const high =
    operator === '<' ? Math.ceil(value) - 1 : operator === '>' || operator === '>=' ? null : Math.floor(value);
  if (low !== null) range.start = Math.max(range.start, low);
  if (high !== null) range.end = range.end === null ? high : Math.min(range.end, high);
  return true;
}

function isColumn(expression: Expression, column: number): boolean {
  if (expression.kind === 'input') return expression.index === column;
  const [arg] = expression.kind === 'call' && expression.function === 'CAST' ? expression.args : [];
  return arg !== undefined && expression.type.kind !== 'BOOLEAN' && isColumn(arg, column) && isExact(expression);
}

function isExact(expression: Expression): boolean {
  return expression.type.kind === 'BIGINT' || expression.type.kind === 'DECIMAL' || expression.type.kind === 'DOUBLE';
}

function wholeNumber(expression: Expression): number | undefined {
  if (expression.kind === 'call' && expression.function === 'CAST')
    return wholeNumber(expression.args[0] as Expression);
  if (expression.kind !== 'literal') return undefined;
  if (typeof expression.value === 'number') return expression.value;
  if (typeof expression.value !== 'bigint') return undefined;
  const scale = expression.type.kind === 'DECIMAL' ? expression.type.scale : 0;
  return Number(expression.value) / 10 ** scale;
}
