/** MATCH_RECOGNIZE on its way to its operator: what Flink's CEP refuses of patterns, and what it makes of their quantifiers. */
import { tableError } from '../base/error.ts';
import type { PatternVariable } from '../dataflow/match-pattern.ts';
import type { MatchSpec } from '../dataflow/operator-spec.ts';
import type { Pattern } from '../parser/ast.ts';
import type { LogicalType } from '../types/logical-type.ts';
import { planError } from './bind-error.ts';
import type { MatchClause } from './logical-plan.ts';
import { patternText } from './match-text.ts';
import type { LowerContext } from './nodes/node.ts';
import { inputOf } from './nodes/node-inputs.ts';
import type { PhysicalOf } from './physical-plan.ts';
import { isRowtime } from './time-attribute.ts';

/** What the operator is told. Flink refuses orders and patterns as late as here. */
export function matchSpec(node: PhysicalOf<'Match'>, { mode }: LowerContext): MatchSpec {
  const isEventTime = checkOrder(node, mode);
  const { partition, order, skip, measures, values } = node;
  const withinMs = node.within?.kind === 'literal' ? Number(node.within.value) : 0;
  return {
    kind: 'Match',
    partition,
    order,
    isEventTime,
    variables: patternVariables(node),
    skip,
    withinMs,
    measures,
    values,
  };
}

/** True when the first key is event time (of rows in batch mode: any time). */
function checkOrder(node: PhysicalOf<'Match'>, mode: 'streaming' | 'batch'): boolean {
  const [first] = node.order;
  const isBatch = mode === 'batch';
  if (!first)
    throw tableError(
      isBatch ? 'You must specify non-empty order by.' : 'You must specify either rowtime or proctime for order by.',
    );
  const type = inputOf(node).fields[first.column]?.type as LogicalType;
  const isTime = isBatch ? type.kind === 'TIMESTAMP' || type.kind === 'TIMESTAMP_LTZ' : isTimeAttribute(type);
  if (!isTime)
    throw tableError(
      isBatch
        ? 'You must specify time point for order by as the first one.'
        : 'You must specify either rowtime or proctime for order by as the first one.',
    );
  if (!first.ascending)
    throw tableError(`Primary sort order of a ${isBatch ? '' : 'streaming '}table must be ascending on time.`);
  return isBatch || isRowtime(type);
}

function isTimeAttribute(type: LogicalType): boolean {
  return 'timeAttribute' in type && type.timeAttribute !== undefined;
}

/** The variables of a pattern in order; what cannot be followed is refused in Flink's words. */
function patternVariables(clause: MatchClause): PatternVariable[] {
  const variables: PatternVariable[] = [];
  addVariables(clause.pattern, clause, variables);
  if (variables.every(({ min }) => min === 0))
    throw tableError(
      'Patterns that can produce empty matches are not supported. There must be at least one non-optional state.',
    );
  const last = variables[variables.length - 1] as PatternVariable;
  if (isGreedy(last))
    throw tableError(
      'Greedy quantifiers are not allowed as the last element of a Pattern yet. Finish your pattern with either a simple variable or reluctant quantifier.',
    );
  const { skip } = clause;
  if (skip.variable !== undefined && !variables.some(({ name }) => name === skip.variable))
    throw malformed('The pattern name specified in AfterMatchSkipStrategy can not be found in the given Pattern');
  return variables;
}

function addVariables(pattern: Pattern, clause: MatchClause, variables: PatternVariable[]): void {
  switch (pattern.kind) {
    case 'variable':
      add({ name: pattern.name, min: 1, max: 1, greedy: true }, clause, variables);
      return;
    case 'sequence':
      for (const item of pattern.items) addVariables(item, clause, variables);
      return;
    case 'quantified': {
      const { item, min, max, greedy } = pattern;
      if (item.kind !== 'variable')
        throw tableError(`Expression not supported: ${patternText(item)} Group patterns are not supported yet.`);
      add({ name: item.name, min: min ?? -1, max, greedy }, clause, variables);
      return;
    }
    case 'alternation':
      throw branching(pattern, 'branching');
    case 'permute':
      throw branching(pattern, 'PERMUTE');
    case 'exclusion':
      throw branching(pattern, `'{-' '-}'`);
  }
}

function branching(pattern: Pattern, what: string): Error {
  return tableError(
    `Expression not supported: ${patternText(pattern)}. Currently, CEP doesn't support ${what} patterns.`,
  );
}

type Quantified = Pick<PatternVariable, 'name' | 'min' | 'max' | 'greedy'>;

function add(variable: Quantified, clause: MatchClause, variables: PatternVariable[]): void {
  const { name } = variable;
  if (variables.some((other) => other.name === name))
    throw tableError('Pattern variables must be unique. That might change in the future.');
  checkQuantifier(variable, variables[variables.length - 1]);
  const definition = clause.defines.find((define) => define.variable === name);
  variables.push({ ...variable, condition: definition?.condition ?? null, values: definition?.values ?? [] });
}

function checkQuantifier({ min, max, greedy }: Quantified, before: Quantified | undefined): void {
  if (min === 0 && (max === null || max === 1)) {
    if (max === 1 && !greedy) throw tableError('Reluctant optional variables are not supported yet.');
    if (before && isGreedy(before)) throw malformed('Optional pattern cannot be preceded by greedy pattern');
    return;
  }
  if (min < 0) throw invalid('The from should be a positive number greater than 0.');
  const least = Math.max(min, 1);
  if (max !== null && max < least) throw invalid(`The to should be a number greater than or equal to from: ${least}.`);
}

/** An optional variable and a fixed number of rows are taken as they come. */
function isGreedy({ min, max, greedy }: Quantified): boolean {
  return greedy && min !== max && !(min === 0 && max === 1);
}

function malformed(text: string): Error {
  return planError(text, 'org.apache.flink.cep.pattern.MalformedPatternException');
}

function invalid(text: string): Error {
  return planError(text, 'java.lang.IllegalArgumentException');
}
