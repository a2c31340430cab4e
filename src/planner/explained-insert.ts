/** What stands between a query and its sink, as EXPLAIN shows it: Flink completes the select list first, and casts all columns where one needs it. */
import { call, type Expression, literal } from '../expressions/expression.ts';
import { type Field, type LogicalType, withNullable } from '../types/logical-type.ts';
import { sameType } from '../types/type-family.ts';
import { referencesTo, substitute } from './conditions.ts';
import type { Assignment, SinkColumn } from './insert-node.ts';
import type { LogicalPlan } from './logical-plan.ts';
import { uniqueNames } from './unique-names.ts';

/** The query with a value for each column of the sink. */
export function explainedInput(
  plan: LogicalPlan,
  assignments: readonly Assignment[],
  columns: readonly SinkColumn[],
): LogicalPlan {
  const complete = completed(plan, assignments, columns);
  if (complete.fields.every((field, i) => avoidsCast(field.type, (columns[i] as SinkColumn).type))) return complete;
  const values = referencesTo(complete.fields);
  const expressions = values.map((value, i) => castTo(value, (columns[i] as SinkColumn).type));
  return onto(
    complete,
    columns.map(({ name }) => name),
    expressions,
  );
}

function completed(plan: LogicalPlan, assignments: readonly Assignment[], columns: readonly SinkColumn[]): LogicalPlan {
  const given = columns.map((_, sink) => assignments.find((assignment) => assignment.sink === sink));
  const isPlain = given.every((value, i) => value?.expression.kind === 'input' && value.expression.index === i);
  if (isPlain && plan.fields.length === columns.length) return plan;
  const names = given.map((assignment, i) =>
    assignment === undefined || /^EXPR\$\d+$/.test(assignment.name) || assignment.expression.kind !== 'input'
      ? `EXPR$${i}`
      : assignment.name,
  );
  const expressions = given.map(
    (assignment, i) => assignment?.expression ?? literal(null, withNullable((columns[i] as SinkColumn).type, true)),
  );
  return onto(plan, names, expressions);
}

/** A projection, one with the projection below. */
function onto(plan: LogicalPlan, names: readonly string[], expressions: readonly Expression[]): LogicalPlan {
  const fields = uniqueNames(expressions.map(({ type }, i): Field => ({ name: names[i] as string, type })));
  if (plan.kind !== 'Project') return { kind: 'Project', fields, input: plan, expressions };
  const merged = expressions.map((expression) => substitute(expression, plan.expressions));
  return { ...plan, fields, expressions: merged };
}

/** True where Flink's sinks take a type for another as it is. */
function avoidsCast(source: LogicalType, target: LogicalType): boolean {
  const isIn = (...kinds: ReadonlyArray<LogicalType['kind']>) => kinds.includes(source.kind);
  const fits =
    (target.kind === 'VARCHAR' && isIn('CHAR', 'VARCHAR')) ||
    (target.kind === 'VARBINARY' && isIn('BINARY', 'VARBINARY'));
  if (fits && 'length' in source && 'length' in target) return source.length <= target.length;
  return sameType(withNullable(source, true), withNullable(target, true));
}

function castTo(value: Expression, column: LogicalType): Expression {
  const wanted = withNullable(column, column.nullable || value.type.nullable);
  const isSame = sameType(value.type, wanted) && value.type.nullable === wanted.nullable;
  return isSame ? value : call('CAST', [value], wanted);
}
