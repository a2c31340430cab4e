/** Which casts there are, and Flink's words for those that are not. */
import { type LogicalType, withNullable } from './logical-type.ts';
import {
  isBinary,
  isDatetime,
  isExactNumeric,
  isInteger,
  isInterval,
  isNested,
  isNumeric,
  isText,
  isTimestamp,
} from './type-family.ts';
import { sqlTypeName, typeSummary } from './type-name.ts';

/** Why a cast is refused; `exceptionClass` says who refuses it: Calcite's validator, Flink's, or its code generator. */
interface CastProblem {
  readonly message: string;
  readonly exceptionClass: string;
}

const VALIDATOR = 'org.apache.calcite.sql.validate.SqlValidatorException';
const VALIDATION = 'org.apache.flink.table.api.ValidationException';
const CODE_GENERATION = 'org.apache.flink.table.planner.codegen.CodeGenException';

/** Undefined when values of `from` can be cast to `to`. A NULL that is written there only passes the validator. */
export function castProblem(from: LogicalType, to: LogicalType, isNull = false): CastProblem | undefined {
  if (from.kind === 'NULL') return undefined;
  if (!validates(from, to))
    return {
      message: `Cast function cannot convert value of type ${sqlTypeName(from)} to type ${sqlTypeName(withNullable(to, false))}`,
      exceptionClass: VALIDATOR,
    };
  if (isNull) return undefined;
  const refusal = numericTimestamp(from, to);
  if (refusal) return { message: refusal, exceptionClass: VALIDATION };
  if (isSupported(from, to)) return undefined;
  return {
    message: `Unsupported cast from '${typeSummary(from)}' to '${typeSummary(to)}'.`,
    exceptionClass: CODE_GENERATION,
  };
}

/** Of a cast that Flink made itself, without asking its validator. */
export function madeCastProblem(from: LogicalType, to: LogicalType): CastProblem {
  const refusal = numericTimestamp(from, to);
  if (refusal) return { message: refusal, exceptionClass: VALIDATION };
  const pair = `cast from '${typeSummary(from)}' to '${typeSummary(to)}'.`;
  const message =
    isInteger(from) && to.kind === 'DATE' ? `Only legacy cast behaviour supports ${pair}` : `Unsupported ${pair}`;
  return { message, exceptionClass: CODE_GENERATION };
}

/** What Calcite lets through; Flink's generator may still refuse it. */
function validates(from: LogicalType, to: LogicalType): boolean {
  if (from.kind === 'VARIANT' || to.kind === 'VARIANT') return from.kind === to.kind;
  if (to.kind === 'BITMAP') return false;
  if (isText(to)) return true;
  if (from.kind === 'BITMAP') return to.kind === 'VARBINARY';
  if (isText(from)) return !isNested(to) || to.kind === 'ARRAY';
  if (isNested(from) || isNested(to)) return validatesNested(from, to);
  if (isBinary(from)) return isBinary(to) || isDatetime(to);
  if (from.kind === 'BOOLEAN') return to.kind === 'BOOLEAN' || isNumeric(to);
  if (isNumeric(from)) return fromNumber(from, to);
  if (isDatetime(from)) return fromDatetime(from, to);
  return isInterval(from) && from.kind === to.kind;
}

function validatesNested(from: LogicalType, to: LogicalType): boolean {
  if (from.kind !== to.kind) return false;
  if (from.kind === 'ROW' && to.kind === 'ROW' && from.fields.length !== to.fields.length) return false;
  return partsOf(from, to).every(([inner, target]) => validates(inner, target));
}

function fromNumber(from: LogicalType, to: LogicalType): boolean {
  if (isNumeric(to) || to.kind === 'BOOLEAN' || isTimestamp(to)) return true;
  return isInterval(to) && isExactNumeric(from) && 'fields' in to && !String(to.fields).includes(' TO ');
}

function fromDatetime(from: LogicalType, to: LogicalType): boolean {
  if (isTimestamp(from)) return isDatetime(to) || isNumeric(to);
  return to.kind === from.kind || isTimestamp(to);
}

function numericTimestamp(from: LogicalType, to: LogicalType): string | undefined {
  for (const [inner, target] of partsOf(from, to)) {
    const refusal = numericTimestamp(inner, target);
    if (refusal) return refusal;
  }
  if (isNumeric(from) && to.kind === 'TIMESTAMP')
    return "The cast from NUMERIC type to TIMESTAMP type is not allowed. It's recommended to use TO_TIMESTAMP(FROM_UNIXTIME(numeric_col)) instead, note the numeric is in seconds.";
  if (isNumeric(from) && to.kind === 'TIMESTAMP_LTZ')
    return "The cast from NUMERIC type to TIMESTAMP_LTZ type is not allowed. It's recommended to use TO_TIMESTAMP_LTZ(numeric_col, precision) instead.";
  if (from.kind === 'TIMESTAMP' && isNumeric(to))
    return "The cast from TIMESTAMP type to NUMERIC type is not allowed. It's recommended to use UNIX_TIMESTAMP(CAST(timestamp_col AS STRING)) instead.";
  if (from.kind === 'TIMESTAMP_LTZ' && isNumeric(to))
    return 'The cast from TIMESTAMP_LTZ type to NUMERIC type is not allowed.';
  return undefined;
}

/** The pairs of types inside two of one kind. */
function partsOf(from: LogicalType, to: LogicalType): ReadonlyArray<readonly [LogicalType, LogicalType]> {
  if (from.kind === 'ARRAY' && to.kind === 'ARRAY') return [[from.element, to.element]];
  if (from.kind === 'MULTISET' && to.kind === 'MULTISET') return [[from.element, to.element]];
  if (from.kind === 'MAP' && to.kind === 'MAP')
    return [
      [from.key, to.key],
      [from.value, to.value],
    ];
  if (from.kind !== 'ROW' || to.kind !== 'ROW') return [];
  return from.fields.map((field, i) => [field.type, to.fields[i]?.type ?? field.type]);
}

/** What Flink's rules can do, of what the validator lets through. */
function isSupported(from: LogicalType, to: LogicalType): boolean {
  if (from.kind === 'BITMAP') return isText(to);
  if (isText(from)) return !isNested(to) && !isInterval(to);
  if (isBinary(from)) return isBinary(to) || isText(to);
  return partsOf(from, to).every(([inner, target]) => isSupported(inner, target));
}
