/**
 * Flink's words for wrong calls. Errors of class `SqlValidatorException` are Calcite's: the binder puts the place of the call in front of
 * them (`SQL validation failed. From line …: text`). All others are complete as they are.
 */
import { EngineError } from '../base/error.ts';
import type { LogicalType } from '../types/logical-type.ts';
import { sqlTypeName, typeSummary } from '../types/type-name.ts';
import type { ArgumentInfo, FunctionDescription } from './function.ts';

export const VALIDATOR_EXCEPTION = 'org.apache.calcite.sql.validate.SqlValidatorException';

/** An error of Calcite's validator; the binder adds the place. */
export function validatorError(message: string): EngineError {
  return new EngineError('SQL_VALIDATION', message, { exceptionClass: VALIDATOR_EXCEPTION });
}

/** A refusal of Flink's code generator. */
export function codeError(message: string): EngineError {
  return new EngineError('SQL_VALIDATION', message, {
    exceptionClass: 'org.apache.flink.table.planner.codegen.CodeGenException',
  });
}

/** A failure of one evaluation. */
export function runtimeError(message: string, exceptionClass: string): EngineError {
  return new EngineError('JOB_FAILED', message, { exceptionClass });
}

const INFIX = new Set([
  '=',
  '<>',
  '<',
  '<=',
  '>',
  '>=',
  '+',
  '-',
  '*',
  '/',
  '%',
  '||',
  'AND',
  'OR',
  'IS DISTINCT FROM',
  'IS NOT DISTINCT FROM',
]);
const PREFIX: Readonly<Record<string, string>> = { NEGATE: '-', NOT: 'NOT' };
const POSTFIX = /^IS (?!DISTINCT|NOT DISTINCT)/;

/** `Cannot apply 'X' to arguments of type …`, or the own words of Flink's inference. A form that starts with `=` is shown without quotes. */
export function signatureError(fn: FunctionDescription, args: readonly ArgumentInfo[]): EngineError {
  if (fn.inference === 'flink') return inferenceError(fn.name, args);
  const types = args.map((arg) => `<${sqlTypeName(arg.type)}>`);
  const quoted = fn.signatures.map((form) => (form.startsWith('=') ? form.slice(1) : `'${form}'`));
  const shown = PREFIX[fn.name] ?? fn.name;
  return validatorError(
    `Cannot apply '${shown}' to arguments of type '${callText(fn.name, types)}'. Supported form(s): ${quoted.join('\n')}`,
  );
}

function callText(name: string, types: readonly string[]): string {
  if (INFIX.has(name) && types.length === 2) return `${types[0]} ${name} ${types[1]}`;
  if (POSTFIX.test(name)) return `${types[0]} ${name}`;
  const prefix = PREFIX[name];
  if (prefix === '-') return `-${types[0]}`;
  if (prefix) return `${prefix}${types[0]}`;
  return `${name}(${types.join(', ')})`;
}

/** The refusal of Flink's own type inference. */
export function inferenceError(
  name: string,
  args: readonly ArgumentInfo[],
  reason = 'Invalid input arguments.',
): EngineError {
  const cause = new EngineError('SQL_VALIDATION', reason);
  const call = `${name}(${args.map((arg) => typeSummary(arg.type)).join(', ')})`;
  return new EngineError('SQL_VALIDATION', `SQL validation failed. Invalid function call:\n${call}`, { cause });
}

export function countError(fn: FunctionDescription, args: readonly ArgumentInfo[]): EngineError {
  if (fn.inference !== 'flink')
    return validatorError(
      `Invalid number of arguments to function '${fn.name}'. Was expecting ${fn.minArgs} arguments`,
    );
  const types = args.map((arg) => `<${familyName(arg.type)}>`).join(', ');
  return validatorError(
    `No match found for function signature ${fn.name}(${types}).\nSupported signatures are:\n${fn.signatures.join('\n')}`,
  );
}

/** The family of a type as Calcite shows it in signatures of unknown functions. */
export function familyName(type: LogicalType): string {
  switch (type.kind) {
    case 'CHAR':
    case 'VARCHAR':
      return 'CHARACTER';
    case 'BINARY':
    case 'VARBINARY':
      return 'BINARY';
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'BIGINT':
    case 'DECIMAL':
    case 'FLOAT':
    case 'DOUBLE':
      return 'NUMERIC';
    case 'TIMESTAMP_LTZ':
      return 'TIMESTAMP';
    case 'ROW':
      return sqlTypeName(type);
    case 'ARRAY':
    case 'MULTISET':
    case 'MAP':
      return sqlTypeName(type);
    default:
      return type.kind;
  }
}

export function noMatchError(name: string, args: readonly ArgumentInfo[]): EngineError {
  const types = args.map((arg) => `<${familyName(arg.type)}>`).join(', ');
  return validatorError(`No match found for function signature ${name}(${types})`);
}
