/** The type in which Flink's validator compares two values for equality. Other comparisons stay as they are. */
import { type LogicalType, typeToString, withNullable } from '../types/logical-type.ts';

const DIGITS: Readonly<Record<string, number>> = { TINYINT: 3, SMALLINT: 5, INT: 10, BIGINT: 19 };

export function isNumber(type: LogicalType): boolean {
  return type.kind in DIGITS || type.kind === 'DECIMAL' || type.kind === 'FLOAT' || type.kind === 'DOUBLE';
}

export function sameType(a: LogicalType, b: LogicalType): boolean {
  return typeToString(withNullable(a, true)) === typeToString(withNullable(b, true));
}

/** Undefined where the two are of one type, or of none in common. */
export function commonEqualityType(a: LogicalType, b: LogicalType): LogicalType | undefined {
  if (sameType(a, b)) return undefined;
  return texts(a, b) ?? bytes(a, b) ?? (isNumber(a) && isNumber(b) ? numbers(a, b) : undefined);
}

function texts(a: LogicalType, b: LogicalType): LogicalType | undefined {
  const isText = (type: LogicalType) => type.kind === 'CHAR' || type.kind === 'VARCHAR';
  return isText(a) && isText(b) ? { kind: 'VARCHAR', length: longest(a, b), nullable: true } : undefined;
}

function bytes(a: LogicalType, b: LogicalType): LogicalType | undefined {
  const isBinary = (type: LogicalType) => type.kind === 'BINARY' || type.kind === 'VARBINARY';
  return isBinary(a) && isBinary(b) ? { kind: 'VARBINARY', length: longest(a, b), nullable: true } : undefined;
}

function longest(...list: readonly LogicalType[]): number {
  return Math.max(...list.map((type) => ('length' in type ? type.length : 0)));
}

function numbers(a: LogicalType, b: LogicalType): LogicalType {
  if (a.kind === 'DOUBLE' || b.kind === 'DOUBLE') return { kind: 'DOUBLE', nullable: true };
  if (a.kind === 'FLOAT' || b.kind === 'FLOAT') return { kind: a.kind === b.kind ? 'FLOAT' : 'DOUBLE', nullable: true };
  if (a.kind !== 'DECIMAL' && b.kind !== 'DECIMAL')
    return withNullable((DIGITS[a.kind] as number) > (DIGITS[b.kind] as number) ? a : b, true);
  const [x, y] = [a, b].map((type) =>
    type.kind === 'DECIMAL' ? type : { precision: DIGITS[type.kind] as number, scale: 0 },
  ) as [{ precision: number; scale: number }, { precision: number; scale: number }];
  const scale = Math.max(x.scale, y.scale);
  const precision = Math.min(38, Math.max(x.precision - x.scale, y.precision - y.scale) + scale);
  return { kind: 'DECIMAL', precision, scale, nullable: true };
}
