/** Joins: ON, USING, NATURAL, comma, LATERAL, UNNEST, and FOR SYSTEM_TIME AS OF. */
import type { Span } from '../base/error.ts';
import type { JoinType } from '../dataflow/operator-spec.ts';
import { type Expression, inputReference, inputsOf } from '../expressions/expression.ts';
import type { SqlExpression, TableReference } from '../parser/ast.ts';
import { type Field, withNullable } from '../types/logical-type.ts';
import { filterPlan } from './attach-subqueries.ts';
import { bindError, planError } from './bind-error.ts';
import { bindCondition, bindExpression } from './bind-expression.ts';
import {
  aliased,
  bindFrom,
  bindTableName,
  bindUnnest,
  derivedItem,
  type FromEnv,
  type FromItem,
  isTableFunction,
  scopeOf,
  timeTravel,
} from './bind-from.ts';
import { joinHints } from './bind-hint.ts';
import { conjunction, isLiteral, TRUE } from './conditions.ts';
import { behind, decorrelate, lowerOuterLevels, outerColumns, replaceOuter } from './decorrelate.ts';
import { emptyEnv } from './empty-env.ts';
import { bindScalar, describeType, functionNotFound } from './function-binder.ts';
import { checkJoinTypes, joinTypeProblem } from './join-types.ts';
import type { LogicalPlan, PlanOf } from './logical-plan.ts';
import { outerJoinWithSubqueries } from './outer-join-subqueries.ts';
import type { CommonColumn, Scope } from './scope.ts';
import { uniqueNames } from './unique-names.ts';

type JoinNode = Extract<TableReference, { kind: 'join' }>;

export function bindJoin(node: JoinNode, env: FromEnv): FromItem {
  checkCondition(node);
  const left = bindFrom(node.left, env);
  const joinType = node.type === 'CROSS' || node.type === 'COMMA' ? 'INNER' : node.type;
  const right = stripAlias(node.right);
  if (right.kind === 'unnest') return bindUnnestJoin(node, right, left, joinType, env);
  if (right.kind === 'table-name' && right.systemTime) return bindTemporalJoin(node, right, left, joinType, env);
  if ((right.kind === 'derived' || right.kind === 'table-function') && right.lateral) {
    const lateral = bindLateral(node, right, left, joinType, env);
    if (lateral) return lateral;
  }
  return finishJoin(node, left, bindFrom(node.right, env), joinType, env);
}

function stripAlias(reference: TableReference): TableReference {
  return reference.kind === 'aliased' ? stripAlias(reference.table) : reference;
}

/** The JOIN keyword, one blank before the right side. */
function joinKeyword(node: JoinNode): Span {
  const { start, line, column } = node.right.span;
  return { start: start - 5, end: start - 1, line, column: column - 5, endLine: line, endColumn: column - 2 };
}

/** The word ON, one blank before its condition. */
function beforeCondition(condition: Span): Span {
  const { start, line, column } = condition;
  return { start: start - 3, end: start - 1, line, column: column - 3, endLine: line, endColumn: column - 2 };
}

function checkCondition(node: JoinNode): void {
  const given = node.natural || node.on !== undefined || node.using !== undefined;
  if (node.type === 'CROSS' && given)
    throw bindError(
      'Cannot specify condition (NATURAL keyword, or ON or USING clause) following CROSS JOIN',
      node.on ? beforeCondition(node.on.span) : node.span,
    );
  if (node.type !== 'CROSS' && node.type !== 'COMMA' && !given)
    throw bindError(
      'INNER, LEFT, RIGHT or FULL join requires a condition (NATURAL keyword or ON or USING clause)',
      joinKeyword(node),
    );
  if (node.natural && (node.on ?? node.using))
    throw bindError('Cannot specify NATURAL keyword with ON or USING clause', node.on?.span ?? node.span);
}

/** Both sides beside each other; columns of a padded side become nullable. */
function combined(
  left: FromItem,
  right: FromItem,
  joinType: JoinType,
): { fields: Field[]; item: Omit<FromItem, 'plan'> } {
  const width = left.plan.fields.length;
  const pad = (fields: readonly Field[], padded: boolean) =>
    padded ? fields.map((field) => ({ ...field, type: withNullable(field.type, true) })) : fields;
  const fields = uniqueNames([
    ...pad(left.plan.fields, joinType === 'RIGHT' || joinType === 'FULL'),
    ...pad(right.plan.fields, joinType === 'LEFT' || joinType === 'FULL'),
  ]);
  const moved = right.relations.map((relation) => ({ ...relation, offset: relation.offset + width }));
  const common = right.common.map((column) => ({
    ...column,
    expression: behind(column.expression, width, joinType === 'LEFT' || joinType === 'FULL'),
    members: column.members.map((member) => member + width),
  }));
  return { fields, item: { relations: [...left.relations, ...moved], common: [...left.common, ...common] } };
}

function finishJoin(node: JoinNode, left: FromItem, right: FromItem, joinType: JoinType, env: FromEnv): FromItem {
  const { fields, item } = combined(left, right, joinType);
  const shared = sharedColumns(node, left, right, fields);
  const hints = joinHints(env.hints, left, right);
  const join = (condition: Expression): PlanOf<'Join'> => ({
    kind: 'Join',
    fields,
    left: left.plan,
    right: right.plan,
    joinType,
    condition,
    hints,
  });
  const common = [...shared.common, ...item.common.filter((column) => !shared.names.includes(column.name))];
  if (!node.on) return { ...item, plan: join(shared.condition), common };
  // The condition sees the rows before padding.
  const before = [...left.plan.fields, ...right.plan.fields];
  const scope: Scope = { fields: before, relations: item.relations, common: item.common, parent: env.outer };
  const onEnv = { ...emptyEnv(env.binding, env.withScope, env.outer, env.bindQuery, 'ON'), scope };
  const condition = bindCondition(node.on, onEnv, 'ON');
  const width = left.plan.fields.length;
  checkJoinTypes(condition, (column) => (column < width ? 0 : 1));
  if (onEnv.markers.subqueries.length === 0) return { ...item, plan: join(condition), common };
  const plan =
    joinType === 'INNER'
      ? filterPlan(join(TRUE), condition, onEnv.markers)
      : outerJoinWithSubqueries({ ...join(TRUE), condition }, onEnv.markers);
  return { ...item, plan, common };
}

interface SharedColumns {
  readonly names: readonly string[];
  readonly condition: Expression;
  readonly common: readonly CommonColumn[];
}

/** The columns of NATURAL and USING: equal on both sides, and one column under their name. */
function sharedColumns(node: JoinNode, left: FromItem, right: FromItem, fields: readonly Field[]): SharedColumns {
  const names = node.using ?? (node.natural ? namesOf(left).filter((name) => namesOf(right).includes(name)) : []);
  if (names.length === 0) return { names: [], condition: TRUE, common: [] };
  const width = left.plan.fields.length;
  const terms: Expression[] = [];
  const common = names.map((name) => {
    const [a, b] = [columnOf(left, name, node), columnOf(right, name, node)];
    const problem = joinTypeProblem(a.expression.type, b.expression.type);
    if (problem) throw problem;
    terms.push(bindScalar('=', [a.expression, behind(b.expression, width, false)], node.span));
    const padded = (place: number) => inputReference(place, (fields[place] as Field).type);
    const members = [...a.members, ...b.members.map((member) => member + width)];
    const expression = bindScalar('COALESCE', members.map(padded), node.span);
    return { name, expression, members };
  });
  return { names, condition: conjunction(terms) ?? TRUE, common };
}

function namesOf(item: FromItem): string[] {
  const hidden = new Set(item.common.flatMap((column) => column.members));
  const plain = item.relations.flatMap((relation) =>
    relation.columns.filter((_, i) => !hidden.has(relation.offset + i)),
  );
  return [...item.common.map((column) => column.name), ...plain];
}

function columnOf(item: FromItem, name: string, node: JoinNode): CommonColumn {
  const shared = item.common.find((column) => column.name === name);
  if (shared) return shared;
  const span = usingSpan(node, name);
  const found = item.relations.map((relation) =>
    relation.columns.flatMap((column, i) => (column === name ? [relation.offset + i] : [])),
  );
  if (found.some((places) => places.length > 1))
    throw bindError(`Column name '${name}' in NATURAL join or USING clause is not unique on one side of join`, span);
  const [place] = found.flat();
  if (place === undefined) throw bindError(`Column '${name}' not found in any table`, span);
  return { name, expression: inputReference(place, (item.plan.fields[place] as Field).type), members: [place] };
}

/** Where USING names the column: it stands at the end of the join. */
function usingSpan(node: JoinNode, name: string): Span {
  if (!node.using) return node.span;
  const after = node.using.slice(node.using.indexOf(name)).join(', ').length;
  const column = node.span.endColumn - after;
  return { ...node.span, line: node.span.endLine, column, endColumn: column + name.length - 1 };
}

/** The right side's alias, put on what stands in its place. */
function withAlias(reference: TableReference, item: FromItem, width: number): FromItem {
  if (reference.kind !== 'aliased') return item;
  const own = { ...item, relations: item.relations.filter((relation) => relation.offset >= width) };
  const renamedItem = aliased(own, reference);
  const kept = item.relations.filter((relation) => relation.offset < width);
  return { plan: item.plan, relations: [...kept, ...renamedItem.relations], common: item.common };
}

function bindUnnestJoin(
  node: JoinNode,
  right: Extract<TableReference, { kind: 'unnest' }>,
  left: FromItem,
  joinType: JoinType,
  env: FromEnv,
): FromItem {
  if (joinType !== 'INNER' && joinType !== 'LEFT')
    throw planError(
      `Unsupported join type: ${joinType} JOIN with UNNEST`,
      'org.apache.flink.table.api.ValidationException',
    );
  const width = left.plan.fields.length;
  const item = withAlias(node.right, bindUnnest(right, left, joinType, env), width);
  const condition = node.on && onCondition(node.on, item, env);
  if (!condition || isLiteral(condition, true) || item.plan.kind !== 'Correlate') return item;
  return { ...item, plan: { ...item.plan, condition } };
}

function onCondition(on: SqlExpression, item: FromItem, env: FromEnv): Expression {
  const onEnv = {
    ...emptyEnv(env.binding, env.withScope, env.outer, env.bindQuery, 'ON'),
    scope: scopeOf(item, env.outer),
  };
  return bindCondition(on, onEnv, 'ON');
}

/** A derived table that reads columns of the left side; undefined when it does not. */
function bindLateral(
  node: JoinNode,
  right: Extract<TableReference, { kind: 'derived' | 'table-function' }>,
  left: FromItem,
  joinType: JoinType,
  env: FromEnv,
): FromItem | undefined {
  if (right.kind !== 'derived') {
    refuseUnknownFunction(right.call, left, env);
    return undefined;
  }
  const bound = env.bindQuery(right.query, env.binding, env.withScope, scopeOf(left, env.outer));
  const columns = new Map(
    outerColumns(bound.plan).map((index) => [index, inputReference(index, (left.plan.fields[index] as Field).type)]),
  );
  const inner = decorrelate(bound.plan, { domain: { plan: left.plan, columns } });
  if (joinType !== 'INNER' && joinType !== 'LEFT')
    throw planError(`Unsupported join type: ${joinType} JOIN with LATERAL`);
  const width = left.plan.fields.length;
  const outer = (index: number) => inputReference(index, (left.plan.fields[index] as Field).type);
  const padded = joinType === 'LEFT' || inner.single;
  const over = (expression: Expression, nullable: boolean) => replaceOuter(behind(expression, width, nullable), outer);
  const rightFields = inner.plan.fields.map((field) =>
    padded ? { ...field, type: withNullable(field.type, true) } : field,
  );
  const terms = inner.conditions.map((condition) => over(condition, false));
  const join: LogicalPlan = {
    kind: 'Join',
    fields: uniqueNames([...left.plan.fields, ...rightFields]),
    left: left.plan,
    right: lowerOuterLevels(inner.plan),
    joinType: padded ? 'LEFT' : 'INNER',
    condition: conjunction(terms) ?? TRUE,
    hints: [],
  };
  const outputs = inner.outputs.map((output) => over(output, padded));
  const fields = uniqueNames([
    ...left.plan.fields,
    ...outputs.map((output, i) => ({ name: bound.names[i] ?? '', type: output.type })),
  ]);
  const lefts = left.plan.fields.map((field, i) => inputReference(i, field.type));
  const plan: LogicalPlan = { kind: 'Project', fields, input: join, expressions: [...lefts, ...outputs] };
  const { relations } = derivedItem(bound, right.span);
  const moved = relations.map((relation) => ({ ...relation, offset: width }));
  const item = withAlias(node.right, { plan, relations: [...left.relations, ...moved], common: left.common }, width);
  const condition = node.on && onCondition(node.on, item, env);
  if (!condition || isLiteral(condition, true)) return item;
  if (joinType === 'LEFT') throw planError('A condition on LEFT JOIN LATERAL other than TRUE is not supported yet.');
  return { ...item, plan: { kind: 'Filter', fields, input: plan, condition } };
}

/** A table function that is not there, named with the types of its arguments. */
function refuseUnknownFunction(call: SqlExpression, left: FromItem, env: FromEnv): void {
  const name = call.kind === 'function' ? call.name.join('.').toUpperCase() : '';
  if (call.kind !== 'function' || isTableFunction(name)) return;
  const inner = emptyEnv(env.binding, env.withScope, env.outer, env.bindQuery, 'SELECT');
  const scope = scopeOf(left, env.outer);
  const args = call.args.map((arg) => bindExpression(arg, { ...inner, scope }));
  throw functionNotFound(call.name.join('.'), args, call.span);
}

function readsColumns(expression: Expression): boolean {
  return inputsOf(expression).size > 0;
}

function bindTemporalJoin(
  node: JoinNode,
  right: Extract<TableReference, { kind: 'table-name' }>,
  left: FromItem,
  joinType: JoinType,
  env: FromEnv,
): FromItem {
  const { systemTime } = right;
  if (!systemTime) throw planError('FOR SYSTEM_TIME AS OF expected');
  const table = bindTableName(right, env);
  const named = node.right.kind === 'aliased' ? aliased(table, node.right) : table;
  const { fields, item } = combined(left, named, joinType);
  const unpadded = [...left.plan.fields, ...named.plan.fields];
  const scope: Scope = { fields: unpadded, relations: item.relations, common: item.common, parent: env.outer };
  const periodEnv = { ...emptyEnv(env.binding, env.withScope, env.outer, env.bindQuery, 'SELECT'), scope };
  const period = bindExpression(systemTime, periodEnv);
  if (period.type.kind !== 'TIMESTAMP' && period.type.kind !== 'TIMESTAMP_LTZ')
    throw bindError(
      `The system time period specification expects Timestamp type but is '${describeType(period.type)}'`,
      systemTime.span,
    );
  if (!readsColumns(period)) throw timeTravel(period);
  if (period.kind !== 'input' || period.index >= left.plan.fields.length || period.type.timeAttribute === undefined)
    throw planError(
      `Temporal table join currently only supports 'FOR SYSTEM_TIME AS OF' left table's time attribute field'`,
      'org.apache.flink.table.api.ValidationException',
    );
  if (joinType !== 'INNER' && joinType !== 'LEFT')
    throw planError(`Unknown join type ${joinType}`, 'java.lang.IllegalStateException');
  const onEnv = { ...emptyEnv(env.binding, env.withScope, env.outer, env.bindQuery, 'ON'), scope };
  const shared = sharedColumns(node, left, named, fields);
  const condition = node.on ? bindCondition(node.on, onEnv, 'ON') : shared.condition;
  const plan: LogicalPlan = {
    kind: 'TemporalJoin',
    fields,
    left: left.plan,
    right: named.plan,
    joinType,
    condition,
    period: period.index,
    hints: joinHints(env.hints, left, named),
  };
  return { ...item, plan, common: [...shared.common, ...item.common] };
}
