/** Between bound expressions and the functions shelf: calls with their casts, and errors with the place of the call. */
import { EngineError, type Span } from '../base/error.ts';
import { call, type Expression, literal } from '../expressions/expression.ts';
import { bindAggregate, bindCall } from '../functions/bind-call.ts';
import { noMatchError, VALIDATOR_EXCEPTION } from '../functions/call-error.ts';
import type { ArgumentInfo } from '../functions/function.ts';
import { lookupAggregate, lookupScalar } from '../functions/index.ts';
import { type Field, type LogicalType, types, withNullable } from '../types/logical-type.ts';
import { commonType } from '../types/type-coercion.ts';
import { isDatetime, isInteger, isNumeric, isText, sameType } from '../types/type-family.ts';
import { sqlTypeName } from '../types/type-name.ts';
import { bindError } from './bind-error.ts';
import { intervalOfNumber } from './bind-literal.ts';

/** Operators that have a name and are written another way. */
const NOT_CALLED = new Set(['ARRAY', 'FIELD', 'ITEM', 'MAP', 'MINUS_DATE', 'NEGATE']);

/** Whether a user may call it by its name. */
export function isKnownFunction(name: string): boolean {
  return lookupScalar(name) !== undefined && !NOT_CALLED.has(name);
}

/** Whether Flink itself infers the types of its arguments; it takes a NULL without a type. */
export function ownsInference(name: string): boolean {
  return lookupScalar(name)?.inference === 'flink';
}

export function isAggregateFunction(name: string): boolean {
  return lookupAggregate(name) !== undefined;
}

export function isStringType(type: LogicalType): boolean {
  return isText(type);
}

const WITHOUT_PARENS = new Set(['CURRENT_DATE', 'CURRENT_TIME', 'CURRENT_TIMESTAMP', 'LOCALTIME', 'LOCALTIMESTAMP']);

export function isFunctionWithoutParens(name: string): boolean {
  return WITHOUT_PARENS.has(name.toUpperCase());
}

/** The type as Calcite's messages show it. */
export function describeType(type: LogicalType): string {
  return sqlTypeName(type);
}

/** A row type in upper case, as Calcite shows tables among arguments. */
export function describeRecord(fields: readonly Field[]): string {
  return `RECORDTYPE(${fields.map((field) => `${sqlTypeName(field.type)} ${field.name}`).join(', ')})`.toUpperCase();
}

function infoOf(expression: Expression): ArgumentInfo {
  return expression.kind === 'literal'
    ? { type: expression.type, literal: { value: expression.value } }
    : { type: expression.type };
}

/** Calcite's errors get the place of the call. */
function located(error: unknown, span: Span): unknown {
  if (!(error instanceof EngineError) || error.exceptionClass !== VALIDATOR_EXCEPTION) return error;
  return bindError(error.message, span);
}

/** A scalar call with its arguments cast as the function wants them. */
export function bindScalar(
  name: string,
  args: readonly Expression[],
  span: Span,
  resultType?: LogicalType,
): Expression {
  const compared = textWithTime(name, args, span);
  if (compared) return compared;
  try {
    const { fn, coercions, type } = bindCall(name, args.map(infoOf), resultType);
    const casted = args.map((arg, i) => castArgument(arg, coercions[i]));
    return call(fn.name, casted, type);
  } catch (error) {
    throw located(error, span);
  }
}

const EQUALITIES = new Set(['=', '<>', 'IS DISTINCT FROM', 'IS NOT DISTINCT FROM']);

function isConstant(expression: Expression): boolean {
  return (
    expression.kind === 'literal' ||
    (expression.kind === 'call' && expression.args.length > 0 && expression.args.every(isConstant))
  );
}

/** A text of a row equals a time when it can be read as one; what cannot is unknown, or FALSE where nothing may be unknown. */
function textWithTime(name: string, args: readonly Expression[], span: Span): Expression | undefined {
  const [first, second] = args;
  if (!EQUALITIES.has(name) || !first || !second || isText(first.type) === isText(second.type)) return undefined;
  const [text, time] = isText(first.type) ? [first, second] : [second, first];
  if (!isDatetime(time.type) || isConstant(text)) return undefined;
  const read = bindScalar('TRY_CAST', [text], span, withNullable(time.type, true));
  const compared = bindScalar(name, text === first ? [read, time] : [time, read], span);
  return first.type.nullable || second.type.nullable ? compared : bindScalar('IS TRUE', [compared], span);
}

function castArgument(arg: Expression, type: LogicalType | undefined): Expression {
  return type ? castTo(arg, withNullable(type, arg.type.nullable)) : arg;
}

export interface TypedCall {
  readonly function: string;
  readonly args: readonly Expression[];
  readonly type: LogicalType;
}

export function aggregateCall(name: string, args: readonly Expression[], span: Span): TypedCall {
  try {
    const { fn, coercions, type } = bindAggregate(name, args.map(infoOf));
    return { function: fn.name, args: args.map((arg, i) => castArgument(arg, coercions[i])), type };
  } catch (error) {
    throw located(error, span);
  }
}

/** ROW_NUMBER and the other functions of OVER alone. */
export function rankCall(name: string, args: readonly Expression[], span: Span): TypedCall {
  switch (name) {
    case 'LAG':
    case 'LEAD':
      return shiftCall(name, args, span);
    case 'PERCENT_RANK':
    case 'CUME_DIST':
      return { function: name, args: [], type: types.double(false) };
    default:
      return { function: name, args, type: types.bigint(false) };
  }
}

function shiftCall(name: string, args: readonly Expression[], span: Span): TypedCall {
  const [value, offset, otherwise] = args;
  if (!value || args.length > 3)
    throw bindError(`Invalid number of arguments to function '${name}'. Was expecting 1 arguments`, span);
  if (offset && !isNumeric(offset.type)) throw signature(name, args, span);
  if (!otherwise) return { function: name, args, type: withNullable(value.type, true) };
  const common = commonType([value.type, otherwise.type]);
  if (!common) throw signature(name, args, span);
  // NOT NULL in Flink where the default is, which makes values up for the nulls of the argument.
  const type = withNullable(value.type, value.type.nullable || otherwise.type.nullable);
  return { function: name, args: [value, offset as Expression, castTo(otherwise, type)], type };
}

function signature(name: string, args: readonly Expression[], span: Span): Error {
  const given = args.map((arg) => `<${sqlTypeName(arg.type)}>`).join(', ');
  return bindError(
    `Cannot apply '${name}' to arguments of type '${name}(${given})'. Supported form(s): '${name}(<ANY>)'\n'${name}(<ANY>, <NUMERIC>)'\n'${name}(<ANY>, <NUMERIC>, <ANY>)'`,
    span,
  );
}

export function functionNotFound(name: string, args: readonly Expression[], span: Span): EngineError {
  const { message } = noMatchError(name.slice(name.lastIndexOf('.') + 1), args.map(infoOf));
  if (name !== 'ARRAY' && name !== 'MAP') return bindError(message, span);
  const form = `'${name}(<EQUIVALENT_TYPE>, <EQUIVALENT_TYPE>, <...>)'`;
  return bindError(`${message}.\nSupported signatures are:\n${form}`, span);
}

/** CAST and TRY_CAST as typed by the user. */
export function explicitCast(operand: Expression, target: LogicalType, safe: boolean, span: Span): Expression {
  if (operand.type.kind === 'NULL') return literal(null, withNullable(target, true));
  const type = withNullable(target, safe || operand.type.nullable);
  if (!safe && operand.kind === 'literal' && operand.value === null)
    return literal(null, bindScalar('CAST', [operand], span, type).type);
  const cast = bindScalar(safe ? 'TRY_CAST' : 'CAST', [operand], span, type);
  return (safe ? undefined : intervalOfNumber(operand, type)) ?? cast;
}

/** The expression as a value of another type, without asking whether that may be; literals are converted at once where that is plain. */
export function castTo(expression: Expression, type: LogicalType): Expression {
  if (expression.kind === 'literal' && expression.value === null) return literal(null, withNullable(type, true));
  if (sameType(expression.type, type)) return expression;
  const converted = expression.kind === 'literal' ? convertLiteral(expression, type) : undefined;
  return converted ?? call('CAST', [expression], type);
}

function convertLiteral(expression: Expression & { kind: 'literal' }, type: LogicalType): Expression | undefined {
  const { value, type: from } = expression;
  if (from.kind === 'CHAR' && type.kind === 'VARCHAR' && from.length <= type.length) return literal(value, type);
  if (from.kind === 'DECIMAL' && type.kind === 'DECIMAL' && typeof value === 'bigint') {
    const fits = from.scale <= type.scale && from.precision - from.scale <= type.precision - type.scale;
    return fits ? literal(value * 10n ** BigInt(type.scale - from.scale), type) : undefined;
  }
  if (!isInteger(from) || (typeof value !== 'number' && typeof value !== 'bigint')) return undefined;
  if (type.kind === 'BIGINT') return literal(BigInt(value), type);
  if (type.kind === 'VARCHAR' && String(value).length <= type.length) return literal(String(value), type);
  if (type.kind === 'DOUBLE') return literal(Number(value), type);
  if (type.kind !== 'DECIMAL' || String(value).replace('-', '').length > type.precision - type.scale) return undefined;
  return literal(BigInt(value) * 10n ** BigInt(type.scale), type);
}
