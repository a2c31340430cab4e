/** How EXPLAIN shows MATCH_RECOGNIZE. */

import type { MatchSkip, MatchValue } from '../dataflow/match-pattern.ts';
import type { SortKey } from '../dataflow/operator-spec.ts';
import type { Expression } from '../expressions/expression.ts';
import { printExpression } from '../expressions/print-expression.ts';
import type { Pattern } from '../parser/ast.ts';
import type { Field } from '../types/logical-type.ts';
import type { MatchClause, PlanOf } from './logical-plan.ts';
import { ANY_VARIABLE } from './match-syntax.ts';

/** A pattern as Calcite's tree of calls. */
export function patternText(pattern: Pattern): string {
  switch (pattern.kind) {
    case 'variable':
      return nameText(pattern.name);
    case 'sequence':
      return pattern.items.map(patternText).reduce((left, right) => `(${left}, ${right})`);
    case 'alternation':
      return pattern.items.map(patternText).reduce((left, right) => `|(${left}, ${right})`);
    case 'permute':
      return `PATTERN_PERMUTE(${pattern.items.map(patternText).join(', ')})`;
    case 'exclusion':
      return `PATTERN_EXCLUDE(${patternText(pattern.item)})`;
    case 'quantified': {
      const { min, max, greedy } = pattern;
      return `PATTERN_QUANTIFIER(${patternText(pattern.item)}, ${min ?? -1}, ${max ?? -1}, ${!greedy})`;
    }
  }
}

function nameText(name: string): string {
  return `_UTF-16LE'${name}'`;
}

export function skipText({ to, variable }: MatchSkip): string {
  if (variable !== undefined) return `SKIP TO ${to.toUpperCase()} ${nameText(variable)}`;
  return to === 'next-row' ? 'SKIP TO NEXT ROW' : 'SKIP PAST LAST ROW';
}

/** `FINAL(LAST(b.v, 1))`: columns by name where `fields` are given, else by number. */
export function measureTexts(clause: MatchClause, fields?: readonly Field[]): string[] {
  return clause.measures.map((measure) => `FINAL(${valueExpressionText(measure, clause.values, fields)})`);
}

function conditionTexts(clause: MatchClause): string[] {
  return clause.defines.map(({ condition, values }) => valueExpressionText(condition, values));
}

function valueExpressionText(expression: Expression, values: readonly MatchValue[], fields?: readonly Field[]): string {
  const inputName = (index: number): string => valueText(values[index] as MatchValue, fields);
  return printExpression(expression, { style: 'logical', inputName });
}

function valueText(value: MatchValue, fields: readonly Field[] | undefined): string {
  const name = (column: number): string => fields?.[column]?.name ?? `$${column}`;
  switch (value.kind) {
    case 'column': {
      const column = `${value.variable}.${name(value.column)}`;
      return value.navigation === null ? column : `${value.navigation}(${column}, ${value.offset})`;
    }
    case 'aggregate': {
      const inputName = (column: number): string => `${value.variable}.${name(column)}`;
      const args = value.args.map((arg) => printExpression(arg, { style: 'logical', inputName }));
      return `${value.function}(${args.join(', ')})`;
    }
    default:
      return `MATCH_${value.kind.toUpperCase()}()`;
  }
}

/** `{a=…, b=…}` */
export function defineText(clause: MatchClause): string {
  const texts = conditionTexts(clause);
  return `{${clause.defines.map(({ variable }, i) => `${variable}=${texts[i]}`).join(', ')}}`;
}

export function logicalMatchText(plan: PlanOf<'Match'>): string {
  const names = (fields: readonly Field[]): string => fields.map((field) => field.name).join(', ');
  const skip = plan.skip.variable === undefined ? `FLAG(${skipText(plan.skip)})` : flaggedSkip(plan.skip);
  const parts = [
    `partition=[[${plan.partition.join(', ')}]]`,
    `order=[[${plan.order.map(orderText).join(', ')}]]`,
    `outputFields=[[${names(plan.fields)}]]`,
    `allRows=[${plan.allRows}]`,
    `after=[${skip}]`,
    `pattern=[${patternText(plan.pattern)}]`,
    `isStrictStarts=[${plan.strictStart}]`,
    `isStrictEnds=[${plan.strictEnd}]`,
    ...(plan.within ? [`interval=[${printExpression(plan.within, { style: 'logical' })}]`] : []),
    'subsets=[[]]',
    `patternDefinitions=[[${conditionTexts(plan).join(', ')}]]`,
    `inputFields=[[${names(plan.input.fields)}]]`,
  ];
  return `LogicalMatch(${parts.join(', ')})`;
}

function flaggedSkip({ to, variable }: MatchSkip): string {
  return `SKIP TO ${to.toUpperCase()}(${nameText(variable ?? ANY_VARIABLE)})`;
}

function orderText({ column, ascending, nullsFirst }: SortKey): string {
  return `${column} ${ascending ? 'ASC' : 'DESC'}-nulls-${nullsFirst ? 'first' : 'last'}`;
}
