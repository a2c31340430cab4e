/** Conditions that hold the times of both sides of a join within an interval: event times, or both the processing time. */

import { type Expression, inputsOf } from '../expressions/expression.ts';
import { SWAPPED_BOUNDS } from '../expressions/search-form.ts';
import { conjuncts } from './conditions.ts';
import type { PlanOf } from './logical-plan.ts';
import { isProctime, isRowtime } from './time-attribute.ts';

export interface IntervalBounds {
  /** Columns of the own side. */
  readonly leftTime: number;
  readonly rightTime: number;
  /** False: by processing time. */
  readonly isRowtime: boolean;
  /** Left time − right time lies within. */
  readonly lowerMs: number;
  readonly upperMs: number;
  /** The terms that say so. */
  readonly terms: readonly Expression[];
  readonly rest: readonly Expression[];
}

/** A time moved by a constant. */
interface TimePoint {
  readonly column: number;
  readonly isRowtime: boolean;
  readonly offsetMs: number;
}

/** A bound of left time − right time. */
interface Bound {
  readonly left: number;
  readonly right: number;
  readonly isRowtime: boolean;
  readonly isLower: boolean;
  readonly ms: number;
}

/** The bounds when the condition has exactly one below and one above; undefined: not an interval join. */
export function intervalOf(join: PlanOf<'Join'>): IntervalBounds | undefined {
  if (join.joinType === 'SEMI' || join.joinType === 'ANTI') return undefined;
  const width = join.left.fields.length;
  const terms: Expression[] = [];
  const rest: Expression[] = [];
  const bounds: Bound[] = [];
  for (const term of conjuncts(join.condition)) {
    const found = boundsIn(term, width);
    bounds.push(...found);
    if (found.length > 0) terms.push(term);
    else rest.push(term);
  }
  const [lower, upper] = [bounds.find((bound) => bound.isLower), bounds.find((bound) => !bound.isLower)];
  if (bounds.length !== 2 || lower === undefined || upper === undefined) return undefined;
  if (lower.left !== upper.left || lower.right !== upper.right || rest.some(readsTime)) return undefined;
  const times = { leftTime: lower.left, rightTime: lower.right, isRowtime: lower.isRowtime };
  return { ...times, lowerMs: lower.ms, upperMs: upper.ms, terms, rest };
}

function boundsIn(term: Expression, width: number): Bound[] {
  const flipped = term.kind === 'call' ? SWAPPED_BOUNDS[term.function] : undefined;
  if (term.kind !== 'call' || flipped === undefined) return [];
  const [a, b] = term.args.map(timePoint);
  if (a === undefined || b === undefined || a.isRowtime !== b.isRowtime || a.column < width === b.column < width)
    return [];
  const [left, right, operator] = a.column < width ? [a, b, term.function] : [b, a, flipped];
  const distance = right.offsetMs - left.offsetMs;
  const columns = { left: left.column, right: right.column - width, isRowtime: left.isRowtime };
  if (operator === '=')
    return [
      { ...columns, isLower: true, ms: distance },
      { ...columns, isLower: false, ms: distance },
    ];
  const isLower = operator.startsWith('>');
  const isStrict = !operator.endsWith('=');
  return [{ ...columns, isLower, ms: isStrict ? distance + (isLower ? 1 : -1) : distance }];
}

function timePoint(expression: Expression): TimePoint | undefined {
  if (expression.kind === 'input')
    return isTime(expression)
      ? { column: expression.index, isRowtime: isRowtime(expression.type), offsetMs: 0 }
      : undefined;
  if (expression.kind !== 'call' || (expression.function !== '+' && expression.function !== '-')) return undefined;
  const [a, b] = expression.args;
  if (a === undefined || b === undefined) return undefined;
  if (expression.function === '+' && a.kind === 'literal') return moved(b, a, 1);
  return moved(a, b, expression.function === '+' ? 1 : -1);
}

function moved(time: Expression, by: Expression, sign: 1 | -1): TimePoint | undefined {
  const point = timePoint(time);
  if (point === undefined || by.kind !== 'literal' || by.type.kind !== 'INTERVAL_DAY_TIME' || by.value === null)
    return undefined;
  return { ...point, offsetMs: point.offsetMs + sign * Number(by.value) };
}

function isTime({ type }: Expression): boolean {
  return isRowtime(type) || isProctime(type);
}

/** A time elsewhere in the condition: Flink plans a regular join. */
function readsTime(term: Expression): boolean {
  if (term.kind === 'input') return isTime(term);
  return term.kind === 'call' && inputsOf(term).size > 0 && term.args.some(readsTime);
}
