/** Columns that are bounds of windows, followed down to the window table function; and joins of rows in equal windows. */
import { tableError } from '../base/error.ts';
import type { WindowSpec } from '../dataflow/operator-spec.ts';
import type { Expression } from '../expressions/expression.ts';
import { conjuncts } from './conditions.ts';
import type { LogicalPlan, PlanOf } from './logical-plan.ts';

type Role = 'start' | 'end' | 'rowtime';

/** The window that a column belongs to, and as what. */
export interface WindowColumn {
  readonly window: WindowSpec;
  readonly role: Role;
}

/** Follows a column down to the window that it comes from; undefined when it is none, or when its rows may come too late. */
export function windowColumn(plan: LogicalPlan, column: number): WindowColumn | undefined {
  switch (plan.kind) {
    case 'Project': {
      const expression = plan.expressions[column];
      return expression?.kind === 'input' ? windowColumn(plan.input, expression.index) : undefined;
    }
    case 'Filter':
      return windowColumn(plan.input, column);
    case 'WindowTableFunction': {
      const role = ROLES[column - plan.input.fields.length];
      return role === undefined ? undefined : { window: plan.window, role };
    }
    case 'GroupWindowAggregate': {
      const first = plan.keys.length + plan.aggregates.length;
      const property = plan.properties[column - first];
      if (property === undefined) return attachedKey(plan, column);
      if (property === 'proctime') return undefined;
      return { window: plan.attachedTo ?? plan.window, role: property };
    }
    case 'Sort':
      return windowColumn(plan.input, column);
    case 'Rank':
      return plan.isWindowed === true && column < plan.input.fields.length
        ? windowColumn(plan.input, column)
        : undefined;
    case 'Join':
      return joinedColumn(plan, column);
    default:
      return undefined;
  }
}

/** The window whose start and end are both among the columns, and its end. */
export function wholeWindow(
  plan: LogicalPlan,
  columns: readonly number[],
): { readonly window: WindowSpec; readonly end: number } | undefined {
  const found = columns.map((column) => windowColumn(plan, column));
  const end = found.findIndex((column) => column?.role === 'end');
  const start = found.find((column) => column?.role === 'start');
  const window = found[end]?.window;
  if (window === undefined || start === undefined || !sameWindow(window, start.window)) return undefined;
  return { window, end: columns[end] as number };
}

const ROLES: readonly Role[] = ['start', 'end', 'rowtime'];

/** The window_start that an aggregation of this file has among its keys. */
function attachedKey(plan: PlanOf<'GroupWindowAggregate'>, column: number): WindowColumn | undefined {
  const key = plan.keys[column];
  return key === undefined || plan.properties.includes('start') ? undefined : windowColumn(plan.input, key);
}

/** A join of windows keeps those of the sides whose rows are never padded. */
function joinedColumn(plan: PlanOf<'Join'>, column: number): WindowColumn | undefined {
  if (windowJoinOf(plan) === undefined) return undefined;
  const width = plan.left.fields.length;
  const { joinType } = plan;
  if (column < width) return joinType === 'RIGHT' || joinType === 'FULL' ? undefined : windowColumn(plan.left, column);
  return joinType === 'INNER' || joinType === 'RIGHT' ? windowColumn(plan.right, column - width) : undefined;
}

/** What a join of windows is made of; columns are those of the own side. */
export interface WindowedJoin {
  readonly window: WindowSpec;
  readonly left: WindowBounds;
  readonly right: WindowBounds;
  /** The condition without the equalities of the windows' bounds. */
  readonly rest: readonly Expression[];
}
export interface WindowBounds {
  readonly start: number;
  readonly end: number;
}

/** The join as one of equal windows: both bounds are set equal, and both sides have the same windows. */
export function windowJoinOf(plan: PlanOf<'Join'>): WindowedJoin | undefined {
  const rest: Expression[] = [];
  const pairs = new Map<Role, { left: number; right: number; window: WindowSpec }>();
  for (const term of conjuncts(plan.condition)) {
    const pair = equalColumns(term, plan.left.fields.length);
    const left = pair === undefined ? undefined : windowColumn(plan.left, pair.left);
    const right = pair === undefined ? undefined : windowColumn(plan.right, pair.right);
    const isBound = left !== undefined && left.role !== 'rowtime' && left.role === right?.role;
    if (pair === undefined || !isBound || !sameWindow(left.window, right.window)) rest.push(term);
    else if (!pairs.has(left.role)) pairs.set(left.role, { ...pair, window: left.window });
  }
  const [start, end] = [pairs.get('start'), pairs.get('end')];
  if (start === undefined || end === undefined) return undefined;
  if (end.window.timeColumn === null) throw tableError('Processing time Window Join is not supported yet.');
  return {
    window: end.window,
    left: { start: start.left, end: end.left },
    right: { start: start.right, end: end.right },
    rest,
  };
}

/** `left column = right column`, each by its own side's number. */
function equalColumns(term: Expression, width: number): { left: number; right: number } | undefined {
  if (term.kind !== 'call' || term.function !== '=') return undefined;
  const [a, b] = term.args;
  if (a?.kind !== 'input' || b?.kind !== 'input' || a.index < width === b.index < width) return undefined;
  const [left, right] = a.index < width ? [a.index, b.index] : [b.index, a.index];
  return { left, right: right - width };
}

export function sameWindow(a: WindowSpec, b: WindowSpec | undefined): boolean {
  if (b === undefined || (a.timeColumn === null) !== (b.timeColumn === null)) return false;
  return JSON.stringify({ ...a, timeColumn: 0 }) === JSON.stringify({ ...b, timeColumn: 0 });
}
