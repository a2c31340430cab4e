/** CAST between any two types, over boxed values. Which pairs there are says `cast-check.ts`. */
import { EngineError } from '../base/error.ts';
import { bitmapText } from './bitmap.ts';
import { castBinary, castText, fitText } from './cast-bytes.ts';
import { madeCastProblem } from './cast-check.ts';
import type { Cast } from './cast-context.ts';
import { castNumeric } from './cast-number.ts';
import { castTemporal } from './cast-temporal.ts';
import type { LogicalType } from './logical-type.ts';
import { textPrinter } from './print-value.ts';
import { isDatetime, isInterval, isNumeric, sameType } from './type-family.ts';
import { MapValue, type Value } from './value.ts';

/** The cast of a pair of types that `castProblem` accepts. */
export function castFunction(from: LogicalType, to: LogicalType): Cast {
  const cast = castOf(from, to);
  return (value, context) => {
    if (value === null) return null;
    if (!context.legacyCast) return cast(value, context);
    try {
      return cast(value, context);
    } catch {
      return null;
    }
  };
}

/** The same, but failures give null. */
export function tryCastFunction(from: LogicalType, to: LogicalType): Cast {
  const cast = castFunction(from, to);
  // Flink takes these for casts that cannot fail, and guards them not.
  if (isNumeric(from) || isDatetime(from)) return cast;
  return (value, context) => {
    try {
      return cast(value, context);
    } catch {
      return null;
    }
  };
}

function castOf(from: LogicalType, to: LogicalType): Cast {
  if (from.kind === 'NULL') return () => null;
  if (sameType(from, to)) return (value) => value;
  switch (to.kind) {
    case 'CHAR':
    case 'VARCHAR':
      return toText(from, to);
    case 'BINARY':
    case 'VARBINARY':
      return castBinary(from, to);
    case 'BOOLEAN':
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'BIGINT':
    case 'FLOAT':
    case 'DOUBLE':
    case 'DECIMAL':
    case 'INTERVAL_YEAR_MONTH':
    case 'INTERVAL_DAY_TIME':
      return castNumeric(from, to);
    case 'DATE':
    case 'TIME':
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      refuseMade(from, to);
      return castTemporal(from, to);
    default:
      return castNested(from, to);
  }
}

/** Branches may be given the type of a time; whether they can be cast to it is asked here. */
function refuseMade(from: LogicalType, to: LogicalType): void {
  const problem = isNumeric(from) || isInterval(from) ? madeCastProblem(from, to) : undefined;
  if (problem) throw new EngineError('SQL_VALIDATION', problem.message, { exceptionClass: problem.exceptionClass });
}

function toText(from: LogicalType, to: LogicalType & { readonly length: number }): Cast {
  if (from.kind === 'CHAR' || from.kind === 'VARCHAR') {
    // A text is as long as its type says, or longer where Flink's type is too short for it (LISTAGG), and stays so.
    const isSame = to.kind === 'VARCHAR' && from.length <= to.length;
    return isSame ? (value) => value : castText(to);
  }
  if (from.kind === 'BITMAP') return (value, context) => fitText(bitmapText(value as Uint8Array), to, context);
  let zone: string | undefined;
  let print = (_value: Value): string => '';
  return (value, context) => {
    if (zone !== context.timeZone) {
      zone = context.timeZone;
      print = textPrinter(from, zone);
    }
    return fitText(print(value), to, context);
  };
}

function castNested(from: LogicalType, to: LogicalType): Cast {
  if (from.kind === 'ARRAY' && to.kind === 'ARRAY') {
    const cast = castFunction(from.element, to.element);
    return (value, context) => (value as readonly Value[]).map((item) => cast(item, context));
  }
  if (from.kind === 'ROW' && to.kind === 'ROW') {
    const casts = to.fields.map((field, i) => castFunction(from.fields[i]?.type ?? field.type, field.type));
    return (value, context) => casts.map((cast, i) => cast((value as readonly Value[])[i] ?? null, context));
  }
  if (from.kind === 'MAP' && to.kind === 'MAP')
    return castEntries(castFunction(from.key, to.key), castFunction(from.value, to.value));
  if (from.kind === 'MULTISET' && to.kind === 'MULTISET')
    return castEntries(castFunction(from.element, to.element), (count) => count);
  throw new EngineError('INTERNAL', `no cast from ${from.kind} to ${to.kind}`);
}

function castEntries(key: Cast, item: Cast): Cast {
  return (value, context) =>
    new MapValue((value as MapValue).entries.map(([k, v]) => [key(k, context), item(v, context)]));
}
