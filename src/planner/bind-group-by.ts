/** The keys of GROUP BY: plain ones, GROUPING SETS, ROLLUP, CUBE, and the older group windows. */
import type { Expression } from '../expressions/expression.ts';
import type { GroupingElement, SqlExpression } from '../parser/ast.ts';
import type { BindEnv } from './bind-env.ts';
import { planError } from './bind-error.ts';
import { bindExpression, rejectUntypedNull } from './bind-expression.ts';
import { bindGroupWindow, type GroupWindow, isGroupWindow } from './bind-group-window.ts';
import { sameExpression } from './conditions.ts';

export interface GroupKeys {
  readonly keys: readonly Expression[];
  /** Lists of places in `keys`; null for the plain set. */
  readonly sets: ReadonlyArray<readonly number[]> | null;
  readonly window: GroupWindow | null;
  /** There is a GROUP BY. */
  readonly isGrouped: boolean;
}

export const NO_KEYS: GroupKeys = { keys: [], sets: null, window: null, isGrouped: false };

export function bindGroupBy(elements: readonly GroupingElement[], env: BindEnv): GroupKeys {
  const keys: Expression[] = [];
  let window: GroupWindow | null = null;
  const place = (node: SqlExpression): number[] => {
    if (isGroupWindow(node)) {
      if (window) throw planError('Only a single window group function may be used in GROUP BY');
      window = bindGroupWindow(node, env);
      return [];
    }
    const key = bindExpression(node, env);
    rejectUntypedNull(key, node);
    const found = keys.findIndex((other) => sameExpression(other, key));
    return [found >= 0 ? found : keys.push(key) - 1];
  };
  const product = elements
    .map((element) => setsOf(element, place))
    .reduce((left, right) => left.flatMap((a) => right.map((b) => union(a, b))), [[]] as number[][]);
  const plain = product.length === 1 && product[0]?.length === keys.length;
  return { keys, sets: plain ? null : distinctSets(product), window, isGrouped: true };
}

type Place = (node: SqlExpression) => number[];

/** The grouping sets that one element stands for. */
function setsOf(element: GroupingElement, place: Place): number[][] {
  switch (element.kind) {
    case 'expression':
      return [rowItems(element.expression).flatMap(place)];
    case 'set':
      return [element.items.flatMap(place)];
    case 'grouping-sets':
      return element.sets.flatMap((set) => setsOf(set, place));
    case 'rollup': {
      const items = element.items.map((item) => item.flatMap(place));
      return [...items.keys(), items.length].reverse().map((size) => items.slice(0, size).reduce(union, []));
    }
    default: {
      const items = element.items.map((item) => item.flatMap(place));
      const subsets = items.reduceRight<number[][]>(
        (rest, item) => rest.map((set) => union(item, set)).concat(rest),
        [[]],
      );
      return subsets;
    }
  }
}

/** `(a, b)` as one element groups by both. */
function rowItems(node: SqlExpression): readonly SqlExpression[] {
  return node.kind === 'row' ? node.items : [node];
}

function union(a: readonly number[], b: readonly number[]): number[] {
  return [...a, ...b.filter((item) => !a.includes(item))];
}

function distinctSets(sets: readonly number[][]): number[][] {
  const sorted = sets.map((set) => [...set].sort((a, b) => a - b));
  return sorted.filter((set, i) => sorted.findIndex((other) => other.join() === set.join()) === i);
}
