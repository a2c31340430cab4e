/** Which types can stand beside each other in a comparison. */
import type { LogicalType } from './logical-type.ts';
import { isBinary, isDatetime, isInterval, isNumeric, isText, isTimestamp } from './type-family.ts';

/** True when values of the two types may be compared at all; Flink may still refuse text with a number. */
export function isComparable(a: LogicalType, b: LogicalType): boolean {
  if (a.kind === 'NULL' || b.kind === 'NULL') return true;
  if (isText(a) && (isNumeric(b) || b.kind === 'BOOLEAN' || isDatetime(b))) return true;
  if (isText(b) && (isNumeric(a) || a.kind === 'BOOLEAN' || isDatetime(a))) return true;
  if (isText(a) || isText(b)) return isText(a) && isText(b);
  if (isBinary(a) || isBinary(b)) return isBinary(a) && isBinary(b);
  if (isNumeric(a)) return isNumeric(b);
  if (isTimestamp(a)) return isTimestamp(b);
  if (isInterval(a)) return a.kind === b.kind;
  if (a.kind === 'ROW' && b.kind === 'ROW')
    return (
      a.fields.length === b.fields.length && a.fields.every((f, i) => isComparable(f.type, b.fields[i]?.type ?? f.type))
    );
  if (a.kind === 'BITMAP' && b.kind === 'BITMAP') return a.nullable === b.nullable;
  return a.kind === b.kind;
}
