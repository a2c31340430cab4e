/** CAST and TRY_CAST. */
import { EngineError } from '../../base/error.ts';
import { castFunction, tryCastFunction } from '../../types/cast.ts';
import { castProblem } from '../../types/cast-check.ts';
import { columnKind } from '../../types/column.ts';

import { powerOfTen } from '../../types/decimal.ts';
import type { Heap } from '../../types/heap.ts';
import { integerAt, toInt, toLong } from '../../types/java-number.ts';
import { type LogicalType, withNullable } from '../../types/logical-type.ts';
import { textPrinter } from '../../types/print-value.ts';
import { timeZoneOf } from '../../types/time-zone.ts';
import { MILLIS_OF_DAY } from '../../types/timestamp.ts';
import { integerBits, isInteger, isNumeric, isText, sameType } from '../../types/type-family.ts';
import type { Value } from '../../types/value.ts';
import { runtimeError } from '../call-error.ts';
import { guarded, lane, pure } from '../code-helpers.ts';
import { bigOf, decimalResult, doubleOf, scaleOf } from '../decimal-code.ts';
import { folding } from '../folded-value.ts';
import { type CallSite, defineScalar, type Eval, type ScalarFunction } from '../function.ts';
import type { CodeSite, Operand } from '../generated-code.ts';
import { literalCast } from '../literal-cast.ts';

function bindCast(site: CallSite, safe: boolean): Eval {
  const from = site.argTypes[0] as LogicalType;
  const literal = literalCast(site);
  if (literal) return literal;
  const cast = safe ? tryCastFunction(from, site.type) : castFunction(from, site.type);
  const evaluate: Eval = ([value = null], context) => cast(value, context);
  // The digits of a number literal stay as written.
  return site.type.kind === 'FLOAT' && isNumeric(from) && site.literals[0]
    ? checked(evaluate)
    : folding(site, evaluate);
}

/** A FLOAT literal of what is no number is refused; a number that is too large is infinite. */
function checked(evaluate: Eval): Eval {
  return (args, context) => {
    const value = evaluate(args, context);
    const isNumber = typeof args[0] !== 'number' || Number.isFinite(args[0]);
    if (typeof value === 'number' && !Number.isFinite(value) && !isNumber)
      throw runtimeError('Infinite or NaN', 'java.lang.NumberFormatException');
    return value === 0 ? 0 : value;
  };
}

function castType(name: string, safe: boolean, summary: string, example: string): ScalarFunction {
  return defineScalar({
    name,
    category: 'conversion',
    signatures: [`${name}(<ANY> AS <TYPE>)`],
    summary,
    example,
    minArgs: 1,
    maxArgs: 1,
    nullPropagating: false,
    inferType([arg], target) {
      if (!arg || !target) return undefined;
      const type = withNullable(target, safe || arg.type.nullable || arg.type.kind === 'NULL');
      const problem = castProblem(arg.type, type, !safe && arg.literal?.value === null);
      if (problem) throw new EngineError('SQL_VALIDATION', problem.message, { exceptionClass: problem.exceptionClass });
      return type;
    },
    bind: (site) => bindCast(site, safe),
    generate: (site) => generateCast(site, safe),
  });
}

/** Casts between numbers and times that cannot fail, and of texts to integers. */
function generateCast(site: CodeSite, safe: boolean): Operand | undefined {
  const arg = site.args[0] as Operand;
  const from = columnKind(arg.type);
  const to = columnKind(site.type);
  if (arg.type.kind === 'NULL') return undefined;
  if (sameType(arg.type, site.type) || textStays(arg.type, site.type)) return { ...arg, type: site.type };
  if (isInteger(arg.type) && isInteger(site.type)) return integerToInteger(site, arg, from, to);
  if (site.type.kind === 'DECIMAL') return toDecimalCode(site, arg);
  if (site.type.kind === 'DOUBLE' || site.type.kind === 'FLOAT') return toFloating(site, arg, from);
  if (isInteger(site.type)) return isText(arg.type) ? textToInteger(site, arg, safe) : toInteger(site, arg, from, to);
  if (site.type.kind === 'VARCHAR') return toTextCode(site, arg);
  return temporal(site, zoned(site, arg), from, to);
}

/** Any number or date as text is shorter. */
const LONGEST_TEXT = 64;

/** Numbers and dates, whose text is ASCII, to a VARCHAR that holds them all. */
function toTextCode(site: CodeSite, arg: Operand): Operand | undefined {
  if (site.type.kind !== 'VARCHAR' || site.type.length < LONGEST_TEXT) return undefined;
  if (!isNumeric(arg.type) && arg.type.kind !== 'DATE') return undefined;
  const print = textPrinter(arg.type, 'UTC');
  const write = site.constant((heap: Heap, value: Value): number => {
    const text = print(value);
    const address = heap.scratch(text.length);
    for (let i = 0; i < text.length; i++) heap.u8[address + i] = text.charCodeAt(i);
    return address * LONGEST_TEXT + text.length;
  });
  const value = arg.type.kind === 'DECIMAL' ? bigOf(arg) : lane(arg);
  const packed = site.local();
  return guarded(
    site,
    2,
    ([address, length]) =>
      `${packed} = ${write}(${site.heap}, ${value}); ${address} = Math.floor(${packed} / ${LONGEST_TEXT}); ${length} = ${packed} % ${LONGEST_TEXT};`,
  );
}

/** A time on the clock of the session's zone, or the instant of one, where the cast goes between the two. */
function zoned(site: CodeSite, arg: Operand): Operand {
  const zone = timeZoneOf(site.evaluation.timeZone);
  const [millis = '0', ...nanos] = arg.lanes;
  const moved = (move: (ms: number) => number): Operand => ({
    ...arg,
    type: site.type,
    lanes: [`${site.constant(move)}(${millis})`, ...nanos],
  });
  if (arg.type.kind === 'TIMESTAMP_LTZ' && site.type.kind === 'TIMESTAMP') return moved((ms) => zone.toLocal(ms));
  if (arg.type.kind === 'TIMESTAMP' && site.type.kind === 'TIMESTAMP_LTZ') return moved((ms) => zone.toInstant(ms));
  return arg;
}

/** A text fits as it is when the target is a VARCHAR no shorter. */
function textStays(from: LogicalType, to: LogicalType): boolean {
  return (from.kind === 'CHAR' || from.kind === 'VARCHAR') && to.kind === 'VARCHAR' && to.length >= from.length;
}

function narrow(kind: string, code: string): string {
  if (kind === 'i8') return `(${code} << 24 >> 24)`;
  return kind === 'i16' ? `(${code} << 16 >> 16)` : code;
}

function integerToInteger(site: CodeSite, arg: Operand, from: string, to: string): Operand {
  if (to === 'i64') return pure(site, [from === 'i64' ? lane(arg) : `BigInt(${lane(arg)})`]);
  if (from === 'i64') return pure(site, [`Number(BigInt.asIntN(${integerBits(site.type)}, ${lane(arg)}))`]);
  return pure(site, [narrow(to, lane(arg))]);
}

function toDecimalCode(site: CodeSite, arg: Operand): Operand | undefined {
  const value = bigOf(arg);
  if (value === undefined || arg.type.kind === 'BOOLEAN') return undefined;
  return decimalResult(site, value, scaleOf(arg.type), arg.isNull);
}

function toFloating(site: CodeSite, arg: Operand, from: string): Operand | undefined {
  if (from === 'bytes') return undefined;
  const code = doubleOf(site, arg);
  return pure(site, [site.type.kind === 'FLOAT' ? `Math.fround(${code})` : code]);
}

function toInteger(site: CodeSite, arg: Operand, from: string, to: string): Operand | undefined {
  if (from === 'f32' || from === 'f64') {
    if (to === 'i64') return pure(site, [`${site.constant(toLong)}(${lane(arg)})`]);
    return pure(site, [narrow(to, `${site.constant(toInt)}(${lane(arg)})`)]);
  }
  if (arg.type.kind === 'DECIMAL') {
    const code = `BigInt.asIntN(64, ${bigOf(arg)} / ${powerOfTen(arg.type.scale)}n)`;
    return pure(site, [to === 'i64' ? code : `Number(BigInt.asIntN(${integerBits(site.type)}, ${code}))`]);
  }
  if (arg.type.kind === 'BOOLEAN') return pure(site, [to === 'i64' ? `BigInt(${lane(arg)})` : lane(arg)]);
  return undefined;
}

function textToInteger(site: CodeSite, arg: Operand, safe: boolean): Operand | undefined {
  if (safe || site.literal(0)) return undefined;
  const call = `${site.constant(integerAt)}(H, ${arg.lanes.join(', ')}, ${integerBits(site.type)})`;
  const code = site.type.kind === 'BIGINT' ? call : `Number(${call})`;
  return guarded(site, 1, ([target]) => `${target} = ${code};`);
}

/** TIMESTAMP to a TIMESTAMP of other precision, and DATE to TIMESTAMP. */
function temporal(site: CodeSite, arg: Operand, from: string, to: string): Operand | undefined {
  if (site.type.kind === 'TIMESTAMP' && arg.type.kind === 'DATE')
    return pure(
      site,
      to === 'nanos' ? [`(${lane(arg)} * ${MILLIS_OF_DAY})`, '0'] : [`(${lane(arg)} * ${MILLIS_OF_DAY})`],
    );
  if (site.type.kind !== arg.type.kind || (site.type.kind !== 'TIMESTAMP' && site.type.kind !== 'TIMESTAMP_LTZ'))
    return site.type.kind === 'DATE' && arg.type.kind === 'TIMESTAMP'
      ? pure(site, [`(Math.trunc(${lane(arg)} / ${MILLIS_OF_DAY}) + 0)`])
      : undefined;
  const { precision } = site.type;
  const [millis = '0', nanos = '0'] = arg.lanes;
  if (precision > 3) {
    const unit = 10 ** (9 - precision);
    const cut = from === 'nanos' && precision < 9 ? `(${nanos} - ${nanos} % ${unit})` : nanos;
    return pure(site, [millis, cut]);
  }
  const unit = 10 ** (3 - precision);
  return pure(site, [unit === 1 ? millis : `(Math.floor(${millis} / ${unit}) * ${unit})`]);
}

export const conversions: readonly ScalarFunction[] = [
  castType('CAST', false, 'A value as another type; fails where it cannot be.', "CAST('42' AS INT)"),
  castType('TRY_CAST', true, 'A value as another type; NULL where it cannot be.', "TRY_CAST('x' AS INT)"),
];
