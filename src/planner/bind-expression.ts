/** Syntax of expressions to bound expressions: names, literals, operators, CASE, constructors. */
import { type Span, unreachable } from '../base/error.ts';
import { call, type Expression, literal } from '../expressions/expression.ts';
import { OPPOSITE_COMPARISONS } from '../expressions/search-form.ts';
import type { Identifier, SqlExpression } from '../parser/ast.ts';
import { type Field, types, withNullable } from '../types/logical-type.ts';
import { commonType } from '../types/type-coercion.ts';
import { isInterval, isNumeric, isText } from '../types/type-family.ts';
import { bindBetween } from './bind-between.ts';
import type { BindEnv } from './bind-env.ts';
import { bindError } from './bind-error.ts';
import { bindFunctionCall } from './bind-function.ts';
import { bindBinary, bindDateTime, bindInterval, bindNumber, bindString } from './bind-literal.ts';
import { bindExists, bindIn, bindQuantified, bindScalarSubquery } from './bind-subquery.ts';
import { bindScalar, castTo, describeType, explicitCast, isFunctionWithoutParens } from './function-binder.ts';
import { fieldOf } from './inner-fields.ts';
import { findColumn, resolveName } from './scope.ts';

type Node<K extends SqlExpression['kind']> = Extract<SqlExpression, { kind: K }>;

export function bindExpression(node: SqlExpression, env: BindEnv): Expression {
  switch (node.kind) {
    case 'identifier':
      return bindIdentifier(node, env);
    case 'number':
      return bindNumber(node);
    case 'string':
      return bindString(node);
    case 'binary':
      return bindBinary(node);
    case 'boolean':
      return literal(node.value, types.boolean(node.value === null));
    case 'null':
      return literal(null, types.null());
    case 'datetime':
      return bindDateTime(node);
    case 'interval':
      return bindInterval(node);
    case 'symbol':
      return literal(node.name, types.char(node.name.length, false));
    case 'operator':
      return bindOperator(node, env);
    case 'function':
      return bindFunctionCall(node, env);
    case 'cast':
      return explicitCast(bindExpression(node.operand, env), node.type, node.safe, node.span);
    case 'case':
      return bindCase(node, env);
    case 'subquery':
      return bindScalarSubquery(node, env);
    case 'in':
      return bindIn(node, env);
    case 'exists':
      return bindExists(node, env);
    case 'quantified':
      return bindQuantified(node, env);
    case 'star':
      throw bindError(`Unknown identifier '*'`, node.span);
    default:
      return bindConstructor(node, env);
  }
}

function bindConstructor(
  node: Node<'row' | 'array' | 'map' | 'item' | 'field' | 'descriptor' | 'table-argument'>,
  env: BindEnv,
): Expression {
  switch (node.kind) {
    case 'row':
      return bindRow(bindTyped(node.items, env));
    case 'array':
    case 'map': {
      if (node.items.length === 0)
        throw bindError(
          node.kind === 'map' ? 'Map requires at least 2 arguments' : 'Require at least 1 argument',
          node.span,
        );
      const items = node.items.map((item) => bindExpression(item, env));
      if (items.every((item) => item.type.kind === 'NULL'))
        throw bindError('Parameters must be of the same type', node.span);
      return bindScalar(node.kind === 'array' ? 'ARRAY' : 'MAP', items, node.span);
    }
    case 'item':
      return bindScalar('ITEM', bindTyped([node.collection, node.index], env), node.span);
    case 'field': {
      const operand = bindExpression(node.operand, env);
      if (operand.type.kind !== 'ROW') throw bindError('Incompatible types', node.span);
      const field = fieldOf(operand, node.field);
      if (!field) throw bindError(`Unknown field '${node.field}'`, lastPart(node.span, node.field.length));
      return field;
    }
    case 'descriptor':
    case 'table-argument':
      throw bindError('Unknown identifier in expression', node.span);
    default:
      return unreachable(node);
  }
}

/** The last characters of a span. */
function lastPart(span: Span, length: number): Span {
  return { ...span, start: span.end - length, line: span.endLine, column: span.endColumn - length + 1 };
}

function bindTyped(items: readonly SqlExpression[], env: BindEnv): Expression[] {
  return items.map((item) => {
    const bound = bindExpression(item, env);
    rejectUntypedNull(bound, item);
    return bound;
  });
}

/** The word NULL without parentheses around it. */
function wordSpan(span: Span): Span {
  const around = (span.end - span.start - 'NULL'.length) / 2;
  if (around <= 0 || span.line !== span.endLine) return span;
  return {
    ...span,
    start: span.start + around,
    end: span.end - around,
    column: span.column + around,
    endColumn: span.endColumn - around,
  };
}

/** NULL whose type nothing tells. */
export function rejectUntypedNull(bound: Expression, node: SqlExpression): void {
  if (bound.type.kind === 'NULL' && node.kind === 'null') throw bindError(`Illegal use of 'NULL'`, wordSpan(node.span));
}

function bindRow(items: readonly Expression[]): Expression {
  const fields: Field[] = items.map((item, i) => ({ name: `EXPR$${i}`, type: item.type }));
  return call('ROW', items, types.row(fields, false));
}

function bindIdentifier(node: Identifier, env: BindEnv): Expression {
  const [name = ''] = node.parts;
  if (node.parts.length === 1) {
    const alias = env.aliases.get(name);
    if (alias) return alias;
    if (isFunctionWithoutParens(name) && !findColumn(env.scope, name, node.span))
      return bindScalar(name.toUpperCase(), [], node.span);
  }
  const bound =
    env.clause === 'DDL'
      ? resolveInTable(node, env)
      : resolveName(env.scope, node, TAKES_COMMON.has(env.clause) && !env.inAggregate);
  const text = node.parts.join('.');
  const reference = { ...bound };
  env.markers.spans.set(reference, { span: node.span, text });
  return reference;
}

const TAKES_COMMON = new Set(['SELECT', 'GROUP BY', 'ORDER BY']);

/** Computed columns and watermarks know one table only, and Calcite says it shorter. */
function resolveInTable(node: Identifier, env: BindEnv): Expression {
  const [name = '', ...path] = node.parts;
  let found = findColumn(env.scope, name, node.span);
  if (!found) throw bindError(`Unknown identifier '${name}'`, node.partSpans?.[0] ?? node.span);
  for (const [i, part] of path.entries()) {
    found = fieldOf(found, part);
    if (!found) throw bindError(`Unknown field '${part}'`, node.partSpans?.[i + 1] ?? node.span);
  }
  return found;
}

const TESTS_OF_NULL = new Set(['IS NULL', 'IS NOT NULL', 'IS UNKNOWN', 'IS NOT UNKNOWN']);

const BOOLEAN_TESTS = new Set(['IS NOT TRUE', 'IS NOT FALSE', 'IS NOT UNKNOWN', 'IS UNKNOWN']);

function bindOperator(node: Node<'operator'>, env: BindEnv): Expression {
  const { operator, operands } = node;
  const [first] = operands;
  if (operands.length === 1 && first) {
    if (operator === '-' && first.kind === 'number') return bindNumber(first, -1);
    const operand = bindExpression(first, env);
    if (operator === '-') return negate(operand, node, first);
    if (operator === '+') return plus(operand, node, first);
    if (operator.startsWith('IS ') && !TESTS_OF_NULL.has(operator)) rejectUntypedNull(operand, first);
    if (operator === 'IS UNKNOWN') return bindScalar('IS NULL', [operand], node.span);
    if (operator === 'IS NOT UNKNOWN') return bindScalar('IS NOT NULL', [operand], node.span);
    if (operand.type.kind === 'NULL' && first.kind === 'null' && (operator === 'IS NULL' || operator === 'IS NOT NULL'))
      return literal(operator === 'IS NULL', types.boolean(false));
    if (operator === 'NOT') {
      rejectUntypedNull(operand, first);
      return bindNot(operand, node);
    }
    return bindScalar(operator, [operand], node.span);
  }
  if (operator.includes('BETWEEN'))
    return bindBetween(
      node,
      node.operands.map((operand) => bindExpression(operand, env)),
    );
  const args = operands.map((operand) => bindExpression(operand, env));
  if (PATTERNS.has(operator)) refusePattern(args, node);
  if (operator.startsWith('NOT ') && !BOOLEAN_TESTS.has(operator))
    return bindNot(bindScalar(operator.slice(4), args, node.span), node);
  return bindWithNulls(operator, args, node);
}

const PATTERNS = new Set(['LIKE', 'NOT LIKE', 'SIMILAR TO', 'NOT SIMILAR TO']);

/** NULL is no text; Calcite's message gives it the type of the first operand. */
function refusePattern(args: readonly Expression[], { operator, span }: Node<'operator'>): void {
  if (args.every((arg) => isText(arg.type))) return;
  const first = args[0] as Expression;
  const list = args.map((arg) => `<${describeType(arg.type.kind === 'NULL' ? first.type : arg.type)}>`).join(', ');
  throw bindError(
    `Cannot apply '${operator}' to arguments of type '${operator}(${list})'. Supported form(s): '${operator}(<STRING>, <STRING>, <STRING>)'`,
    span,
  );
}

const COMPARISONS = new Set(['=', '<>', '!=', '<', '<=', '>', '>=', 'IS DISTINCT FROM', 'IS NOT DISTINCT FROM']);

const NULL_COMPARISONS = new Set(['=', '<>', '!=', '<', '<=', '>', '>=']);

/** `(a, b) = (c, d)`, part by part; undefined for anything else. */
function bindRowEquality(
  operator: string,
  args: readonly Expression[],
  node: Node<'operator'>,
): Expression | undefined {
  const [left, right] = args;
  if (left?.kind !== 'call' || right?.kind !== 'call' || left.function !== 'ROW' || right.function !== 'ROW')
    return undefined;
  if ((operator !== '=' && operator !== '<>') || left.args.length !== right.args.length) return undefined;
  const parts = left.args.map((part, i) => bindScalar(operator, [part, right.args[i] as Expression], node.span));
  return parts.reduce((a, b) => bindScalar(operator === '=' ? 'AND' : 'OR', [a, b], node.span));
}

/** A comparison gives NULL the type of the other side; elsewhere NULL has none. */
function bindWithNulls(operator: string, args: readonly Expression[], node: Node<'operator'>): Expression {
  const rows = bindRowEquality(operator, args, node);
  if (rows) return rows;
  const typed = args.find((arg) => arg.type.kind !== 'NULL');
  if (typed === undefined && NULL_COMPARISONS.has(operator)) return literal(null, types.boolean());
  if (typed === undefined || !COMPARISONS.has(operator)) {
    if (!operator.endsWith('LIKE'))
      for (const [i, arg] of args.entries()) rejectUntypedNull(arg, node.operands[i] as SqlExpression);
    return bindScalar(operator, args, node.span);
  }
  const folded = args.some((arg) => arg.type.kind === 'NULL') ? compareWithNull(operator, typed) : undefined;
  return folded ?? bindScalar(operator === '!=' ? '<>' : operator, args, node.span);
}

/** Nothing equals NULL, and all but NULL is distinct from it. */
function compareWithNull(operator: string, other: Expression): Expression {
  if (operator === 'IS DISTINCT FROM') return call('IS NOT NULL', [other], types.boolean(false));
  if (operator === 'IS NOT DISTINCT FROM') return call('IS NULL', [other], types.boolean(false));
  return literal(null, types.boolean());
}

function negate(operand: Expression, node: Node<'operator'>, first: SqlExpression): Expression {
  rejectUntypedNull(operand, first);
  return bindScalar('NEGATE', [operand], node.span);
}

function plus(operand: Expression, { span }: Node<'operator'>, first: SqlExpression): Expression {
  rejectUntypedNull(operand, first);
  if (isNumeric(operand.type) || isInterval(operand.type)) return operand;
  const type = describeType(operand.type).toUpperCase();
  throw bindError(
    `Cannot apply '+' to arguments of type '+<${type}>'. Supported form(s): '+<NUMERIC>'\n'+<DATETIME_INTERVAL>'`,
    span,
  );
}

/** NOT of a comparison is the opposite comparison. */
function bindNot(operand: Expression, node: Node<'operator'>): Expression {
  const opposite = operand.kind === 'call' ? OPPOSITE_COMPARISONS[operand.function] : undefined;
  if (operand.kind === 'call' && opposite !== undefined) return { ...operand, function: opposite };
  return bindScalar('NOT', [operand], node.span);
}

function bindCase(node: Node<'case'>, env: BindEnv): Expression {
  const whens: Expression[] = [];
  const thens: Expression[] = [];
  const operand = node.operand && bindExpression(node.operand, env);
  for (const branch of node.branches) {
    const tests = branch.when.map((when) => bindWhen(bindExpression(when, env), operand, when, node));
    const condition = tests.reduce((left, right) => bindScalar('OR', [left, right], node.span));
    whens.push(condition);
    thens.push(bindExpression(branch.then, env));
  }
  const otherwise = node.otherwise ? bindExpression(node.otherwise, env) : literal(null, types.null());
  const results = [...thens, otherwise];
  if (results.every((result) => result.type.kind === 'NULL'))
    throw bindError('ELSE clause or at least one THEN clause must be non-NULL', node.span);
  const common = commonType(results.map((result) => result.type));
  if (!common) throw bindError('Illegal mixing of types in CASE or COALESCE statement', node.span);
  const type = withNullable(
    common,
    results.some((result) => result.type.nullable),
  );
  const casted = results.map((result) => castTo(result, withNullable(type, result.type.nullable)));
  const args = whens.flatMap((when, i) => [when, casted[i] as Expression]);
  return call('CASE', [...args, casted[casted.length - 1] as Expression], type);
}

function bindWhen(
  when: Expression,
  operand: Expression | undefined,
  node: SqlExpression,
  whole: Node<'case'>,
): Expression {
  if (operand && (operand.type.kind === 'NULL' || when.type.kind === 'NULL')) return literal(null, types.boolean());
  if (operand) return bindScalar('=', [operand, when], node.span);
  if (when.type.kind === 'NULL') return literal(null, types.boolean());
  if (when.type.kind !== 'BOOLEAN') throw bindError('Expected a boolean type', whole.span);
  return when;
}

/** A condition of WHERE, HAVING, ON or FILTER. */
export function bindCondition(node: SqlExpression, env: BindEnv, clause: string): Expression {
  const condition = bindExpression(node, env);
  if (condition.type.kind === 'NULL') return literal(null, types.boolean());
  if (condition.type.kind !== 'BOOLEAN') throw bindError(`${clause} clause must be a condition`, node.span);
  return condition;
}
