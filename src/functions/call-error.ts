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

/** A call that passes Flink's checks and for which its code generator has no code. */
export function unsupportedCall(name: string, argTypes: ReadonlyArray<LogicalType | string>): EngineError {
  const shown = argTypes.map((type) => (typeof type === 'string' ? type : typeSummary(type)));
  return codeError(
    `Unsupported call: ${name}(${shown.join(', ')}) \nIf you think this function should be supported, you can create an issue and start a discussion for it.`,
  );
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

/** Where the unit of a call is among its arguments; it shows as an interval. */
const UNIT_ARGUMENT: Readonly<Record<string, number>> = {
  EXTRACT: 0,
  TIMESTAMPADD: 0,
  TIMESTAMPDIFF: 0,
  FLOOR: 1,
  CEIL: 1,
};
/** Functions that are EXTRACT with a fixed unit. */
const EXTRACTS: Readonly<Record<string, string>> = {
  YEAR: 'YEAR',
  QUARTER: 'QUARTER',
  MONTH: 'MONTH',
  WEEK: 'WEEK',
  DAYOFYEAR: 'DOY',
  DAYOFMONTH: 'DAY',
  DAYOFWEEK: 'DOW',
  HOUR: 'HOUR',
  MINUTE: 'MINUTE',
  SECOND: 'SECOND',
};
/** Words between the arguments of calls with a grammar of their own. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  EXTRACT: [' FROM '],
  POSITION: [' IN ', ' FROM '],
  OVERLAY: [' PLACING ', ' FROM ', ' FOR '],
};

/**
 * `Cannot apply 'X' to arguments of type …`, or the own words of Flink's inference. A form that starts with `=` is shown without quotes.
 */
export function signatureError(fn: FunctionDescription, args: readonly ArgumentInfo[]): EngineError {
  if (fn.inference === 'flink') return inferenceError(fn.name, args);
  const unit = UNIT_ARGUMENT[fn.name];
  const types = args.map((arg, i) =>
    i === unit ? `<INTERVAL ${String(arg.literal?.value)}>` : `<${sqlTypeName(arg.type).toUpperCase()}>`,
  );
  const quoted = fn.signatures.map((form) => (form.startsWith('=') ? form.slice(1) : `'${form}'`));
  const fixed = EXTRACTS[fn.name];
  const name = fixed ? 'EXTRACT' : (PREFIX[fn.name] ?? fn.name);
  const text = fixed ? `EXTRACT(<INTERVAL ${fixed}> FROM ${types[0]})` : callText(fn.name, types);
  return validatorError(
    `Cannot apply '${name}' to arguments of type '${text}'. Supported form(s): ${quoted.join('\n')}`,
  );
}

function callText(name: string, types: readonly string[]): string {
  if (INFIX.has(name) && types.length === 2) return `${types[0]} ${name} ${types[1]}`;
  if (POSTFIX.test(name)) return `${types[0]} ${name}`;
  // Calcite counts from the word in front.
  if (name === 'TRIM') return `TRIM([BOTH|LEADING|TRAILING] <SYMBOL> FROM ${types[1]})`;
  const prefix = PREFIX[name];
  if (prefix) return `${prefix}${types[0]}`;
  const words = WORDS[name];
  if (words) return `${name}(${types.map((type, i) => (i === 0 ? type : `${words[i - 1]}${type}`)).join('')})`;
  return `${name}(${types.join(', ')})`;
}

/** The refusal of Flink's own type inference. */
export function inferenceError(
  name: string,
  args: readonly ArgumentInfo[],
  reason = 'Invalid input arguments.',
): EngineError {
  return invalidCall(
    name,
    args.map((arg) => typeSummary(arg.type)),
    reason,
  );
}

/** An argument that is not of the one family that will do. */
export function familyError(
  name: string,
  args: readonly ArgumentInfo[],
  family: string,
  actual: LogicalType,
): EngineError {
  return inferenceError(
    name,
    args,
    `Unsupported argument type. Expected type of family '${family}' but actual type was '${typeSummary(actual)}'.`,
  );
}

/** The same with the types already as texts. */
export function invalidCall(name: string, argTypes: readonly string[], reason: string): EngineError {
  const cause = new EngineError('SQL_VALIDATION', reason);
  const call = `${name}(${argTypes.join(', ')})`;
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
    case 'BITMAP':
      return type.nullable ? 'BITMAP' : 'BITMAP NOT NULL';
    default:
      return type.kind;
  }
}

export function noMatchError(name: string, args: readonly ArgumentInfo[]): EngineError {
  const types = args.map((arg) => `<${familyName(arg.type)}>`).join(', ');
  return validatorError(`No match found for function signature ${name}(${types})`);
}
