/** Calcs that say no more than they must: merged with each other, and pushed into what stands below. */
import { type Expression, inputsOf } from '../expressions/expression.ts';
import type { Field } from '../types/logical-type.ts';
import { conjunction, conjuncts, isDeterministic, isIdentity, referencesTo, substitute } from './conditions.ts';
import { holdsPlannedKey } from './infer-keys.ts';
import { type PhysicalOf, type PhysicalPlan, uniqueFields } from './physical-plan.ts';
import { canInline } from './rules/merge-projects.ts';

/** A Calc, unless it does nothing; conditions go into a ChangelogNormalize below it. */
export function calc(
  input: PhysicalPlan,
  condition: Expression | null,
  projection: readonly Expression[] | null,
  fields: readonly Field[],
): PhysicalPlan {
  const isSame = projection === null || isIdentity(projection, input.fields.length);
  if (condition === null && isSame) return input;
  if (input.kind === 'Join' && projection !== null) {
    const left = withoutJoin(input, condition === null ? projection : [...projection, condition]);
    if (left !== undefined) return calc(left, condition, projection, fields);
  }
  if (input.kind === 'Calc' && input.projection !== null) {
    const merged = mergedCalc(input, input.projection, condition, isSame ? null : projection, fields);
    if (merged !== undefined) return merged;
  }
  if (condition !== null && input.kind === 'ChangelogNormalize')
    return overNormalize(input, condition, projection, fields);
  return {
    kind: 'Calc',
    inputs: [input],
    fields: uniqueFields(isSame ? input.fields : fields),
    condition,
    projection: isSame ? null : projection,
  };
}

/** The left side of a LEFT JOIN that adds nothing: each row finds one partner at most, and none of its columns is read. */
function withoutJoin(join: PhysicalOf<'Join'>, read: readonly Expression[]): PhysicalPlan | undefined {
  const [left, right] = join.inputs as readonly [PhysicalPlan, PhysicalPlan];
  const width = left.fields.length;
  if (join.joinType !== 'LEFT' || !holdsPlannedKey(right, join.rightKeys)) return undefined;
  const isLeft = read.every((expression) => [...inputsOf(expression)].every((column) => column < width));
  return isLeft ? left.inputs[0] : undefined;
}

/** Two Calcs as one, when that computes nothing twice. */
function mergedCalc(
  input: PhysicalOf<'Calc'>,
  inner: readonly Expression[],
  condition: Expression | null,
  projection: readonly Expression[] | null,
  fields: readonly Field[],
): PhysicalPlan | undefined {
  const outer = projection ?? referencesTo(input.fields);
  const read = condition === null ? outer : [...outer, condition];
  if (!inner.every(isDeterministic) || !canInline(read, inner)) return undefined;
  const terms = [...conjuncts(input.condition), ...conjuncts(condition).map((term) => substitute(term, inner))];
  const expressions = outer.map((expression) => substitute(expression, inner));
  const names = projection === null ? input.fields : fields;
  return calc(input.inputs[0] as PhysicalPlan, conjunction(terms), expressions, names);
}

/** Conditions on the key alone hold for all changes of it and go below; the others are the normalisation's own. */
function overNormalize(
  node: PhysicalOf<'ChangelogNormalize'>,
  condition: Expression,
  projection: readonly Expression[] | null,
  fields: readonly Field[],
): PhysicalPlan {
  const isOnKey = (term: Expression) => [...inputsOf(term)].every((column) => node.keys.includes(column));
  const terms = conjuncts(condition);
  const below = conjunction(terms.filter(isOnKey));
  const own = conjunction([...conjuncts(node.condition), ...terms.filter((term) => !isOnKey(term))]);
  const exchange = node.inputs[0] as PhysicalPlan;
  const source = exchange.inputs[0] as PhysicalPlan;
  const inputs = [{ ...exchange, inputs: [calc(source, below, null, source.fields)] }];
  return calc({ ...node, inputs, condition: own }, null, projection, fields);
}
