/**
 * Conditions as Calcite's optimised plans show them: NOT pushed down to comparisons, and comparisons of one operand with literals joined
 * to a search. For people's eyes only; what runs is the expression as it was.
 */
import { encodeJson } from '../base/json.ts';
import { type LogicalType, types, withNullable } from '../types/logical-type.ts';
import type { Value } from '../types/value.ts';
import { type CallExpression, call, type Expression, literal } from './expression.ts';
import { type Bound, complement, intersection, pointSet, type RangeSet, union } from './range-set.ts';
import { withoutSugar } from './sugar.ts';

/** `SEARCH(operand, Sarg[…])`; `type` is that of the literals. */
export interface Search {
  readonly kind: 'search';
  readonly operand: Expression;
  readonly set: RangeSet;
  readonly type: LogicalType;
}

/** A condition in search form. */
export type SearchForm =
  | Search
  | { readonly kind: 'leaf'; readonly expression: Expression }
  | { readonly kind: 'not'; readonly term: SearchForm }
  | { readonly kind: 'all' | 'any'; readonly terms: readonly SearchForm[] };

/** Comparisons, and those that say the opposite of them: NOT of the one is the other, for null too. */
export const OPPOSITE_COMPARISONS: Readonly<Record<string, string>> = {
  '=': '<>',
  '<>': '=',
  '<': '>=',
  '>=': '<',
  '>': '<=',
  '<=': '>',
  'IS NULL': 'IS NOT NULL',
  'IS NOT NULL': 'IS NULL',
};

const OPPOSITE: Readonly<Record<string, string>> = {
  ...OPPOSITE_COMPARISONS,
  'IS TRUE': 'IS NOT TRUE',
  'IS NOT TRUE': 'IS TRUE',
  'IS FALSE': 'IS NOT FALSE',
  'IS NOT FALSE': 'IS FALSE',
};
/** `a op b` as `b op a`, of comparisons that bound a value. */
export const SWAPPED_BOUNDS: Readonly<Record<string, string>> = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  '=': '=',
};
const SWAPPED: Readonly<Record<string, string>> = { ...SWAPPED_BOUNDS, '<>': '<>' };

export function searchForm(expression: Expression, isNegated = false): SearchForm {
  if (expression.kind !== 'call') return leaf(expression, isNegated);
  const plain = withoutSugar(expression);
  switch (plain.function) {
    case 'NOT':
      return searchForm(plain.args[0] as Expression, !isNegated);
    case 'AND':
      return joined(plain.args, !isNegated, isNegated);
    case 'OR':
      return joined(plain.args, isNegated, isNegated);
    case 'IN':
    case 'NOT IN':
      return inList(plain, isNegated !== (plain.function === 'NOT IN'));
    default:
      return leaf(plain, isNegated);
  }
}

function leaf(written: Expression, isNegated: boolean): SearchForm {
  const expression = withoutConstants(written);
  if (expression !== written) return searchForm(expression, isNegated);
  if (!isNegated) return { kind: 'leaf', expression };
  const opposite = expression.kind === 'call' ? OPPOSITE[expression.function] : undefined;
  if (expression.kind === 'call' && opposite !== undefined)
    return { kind: 'leaf', expression: call(opposite, expression.args, expression.type) };
  return { kind: 'not', term: { kind: 'leaf', expression } };
}

/** `b = TRUE` is `b`, `b = FALSE` is `NOT b`, and a comparison with NULL is NULL. */
function withoutConstants(expression: Expression): Expression {
  if (expression.kind !== 'call' || !Object.hasOwn(SWAPPED, expression.function)) return expression;
  const [left, right] = expression.args as readonly [Expression, Expression];
  const constant = right.kind === 'literal' ? right : left;
  const operand = constant === right ? left : right;
  if (constant.kind !== 'literal' || operand.kind === 'literal') return expression;
  if (constant.value === null) return literal(null, types.boolean());
  if (expression.function !== '=' || typeof constant.value !== 'boolean') return expression;
  return constant.value ? operand : call('NOT', [operand], expression.type);
}

function inList(expression: CallExpression, isNegated: boolean): SearchForm {
  const [operand, ...items] = expression.args as readonly [Expression, ...Expression[]];
  const values = items.map((item) => (item as { readonly value: Value }).value);
  const type = commonType(items.map((item) => ownType(item)));
  if (type === undefined || !values.every(isBound)) return leaf(expression, isNegated);
  const points = pointSet(values);
  return { kind: 'search', operand, set: isNegated ? complement(points) : points, type };
}

function joined(args: readonly Expression[], isAll: boolean, isNegated: boolean): SearchForm {
  const kind = isAll ? 'all' : 'any';
  const terms = args
    .map((arg) => searchForm(arg, isNegated))
    .flatMap((term) => (term.kind === kind ? term.terms : [term]));
  const merged: SearchForm[] = [];
  const places = new Map<string, number>();
  for (const term of terms) {
    const search = asSearch(term);
    const key = search && encodeJson(search.operand);
    const place = key === undefined ? undefined : places.get(key);
    const earlier = place === undefined ? undefined : asSearch(merged[place] as SearchForm);
    const both = search && earlier ? mergeSearches(earlier, search, isAll) : undefined;
    if (both && place !== undefined) merged[place] = both;
    else {
      if (key !== undefined) places.set(key, merged.length);
      merged.push(term);
    }
  }
  return merged.length === 1 ? (merged[0] as SearchForm) : { kind, terms: merged };
}

function mergeSearches(a: Search, b: Search, isAll: boolean): Search | undefined {
  const type = commonType([a.type, b.type]);
  if (type === undefined) return undefined;
  const set = isAll ? intersection(a.set, b.set) : union(a.set, b.set);
  const isTrivial = set.length === 0 || (set.length === 1 && set[0]?.lower === null && set[0]?.upper === null);
  return isTrivial ? undefined : { kind: 'search', operand: a.operand, set, type };
}

/** A comparison with a literal as a search. */
function asSearch(form: SearchForm): Search | undefined {
  if (form.kind === 'search') return form;
  if (form.kind !== 'leaf' || form.expression.kind !== 'call' || form.expression.args.length !== 2) return undefined;
  const [left, right] = form.expression.args as readonly [Expression, Expression];
  const name = left.kind === 'literal' ? SWAPPED[form.expression.function] : form.expression.function;
  const [operand, constant] = left.kind === 'literal' ? [right, left] : [left, right];
  if (operand.kind === 'literal' || constant.kind !== 'literal' || !isBound(constant.value)) return undefined;
  if (name === undefined || !Object.hasOwn(SWAPPED, name)) return undefined;
  return { kind: 'search', operand, set: compared(name, constant.value), type: ownType(constant) };
}

/** The type that a literal has by itself, before it was cast for its neighbours. */
function ownType(expression: Expression): LogicalType {
  const isText = expression.kind === 'literal' && typeof expression.value === 'string';
  return isText
    ? { kind: 'CHAR', length: (expression.value as string).length, nullable: true }
    : withNullable(expression.type, true);
}

function compared(name: string, value: Bound): RangeSet {
  const open = { lower: null, lowerOpen: false, upper: null, upperOpen: false };
  switch (name) {
    case '=':
      return pointSet([value]);
    case '<>':
      return complement(pointSet([value]));
    case '<':
      return [{ ...open, upper: value, upperOpen: true }];
    case '<=':
      return [{ ...open, upper: value }];
    case '>':
      return [{ ...open, lower: value, lowerOpen: true }];
    default:
      return [{ ...open, lower: value }];
  }
}

function isBound(value: Value): value is Bound {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string';
}

/** One type for literals: texts take the longest; others must be of one kind and scale. */
function commonType(list: readonly LogicalType[]): LogicalType | undefined {
  const plain = list.map((type) => withNullable(type, true));
  const first = plain[0] as LogicalType;
  if (plain.every((type) => type.kind === 'CHAR' || type.kind === 'VARCHAR')) {
    const lengths = plain.map((type) => (type as { readonly length: number }).length);
    const isFixed = plain.every((type) => type.kind === 'CHAR') && lengths.every((length) => length === lengths[0]);
    return { kind: isFixed ? 'CHAR' : 'VARCHAR', length: Math.max(...lengths), nullable: true };
  }
  const scale = (type: LogicalType) => (type.kind === 'DECIMAL' ? type.scale : 0);
  return plain.every((type) => type.kind === first.kind && scale(type) === scale(first)) ? first : undefined;
}
