/** Bound expressions in Calcite's notation: `>($4, 5)`, `CAST($3):DECIMAL(12, 2)`, `$4.name`. */
import type { Expression } from '../expressions/expression.ts';
import type { LogicalType } from '../types/logical-type.ts';
import { sqlTypeName } from '../types/type-name.ts';
import type { Value } from '../types/value.ts';

/** The text of an input column. */
export type ColumnText = (index: number) => string;

export function printExpression(expression: Expression, column: ColumnText): string {
  if (expression.kind === 'input') return column(expression.index);
  if (expression.kind === 'literal') return literalText(expression.value, expression.type);
  const access = fieldAccess(expression, column);
  if (access !== undefined) return access;
  const args = expression.args.map((arg) => printExpression(arg, column));
  const { function: name } = expression;
  if (name === 'CAST' || name === 'TRY_CAST') return `${name}(${args[0]}):${resultTypeName(expression.type)}`;
  return `${name === 'NEGATE' ? '-' : name}(${args.join(', ')})`;
}

function fieldAccess(expression: Extract<Expression, { kind: 'call' }>, column: ColumnText): string | undefined {
  const [row, index] = expression.args;
  if (expression.function !== 'FIELD' || row?.type.kind !== 'ROW' || index?.kind !== 'literal') return undefined;
  const name = row.type.fields[Number(index.value)]?.name;
  return name === undefined ? undefined : `${printExpression(row, column)}.${name}`;
}

function resultTypeName(type: LogicalType): string {
  const name = typeName(type);
  return type.nullable ? name : `${name} NOT NULL`;
}

function typeName(type: LogicalType): string {
  const name = sqlTypeName(type).replace('TIMESTAMP_WITH_LOCAL_TIME_ZONE', 'TIMESTAMP_LTZ');
  return type.kind === 'CHAR' || type.kind === 'VARCHAR' ? `${name} CHARACTER SET "UTF-16LE"` : name;
}

function literalText(value: Value, type: LogicalType): string {
  if (value === null) return type.kind === 'NULL' ? 'null' : `null:${typeName(type)}`;
  if (typeof value === 'string') return `_UTF-16LE'${value.replaceAll("'", "''")}'`;
  const suffix = type.kind === 'INT' || type.kind === 'BOOLEAN' || type.kind === 'DATE' ? '' : `:${typeName(type)}`;
  if (value instanceof Uint8Array) return `X'${Buffer.from(value).toString('hex')}'`;
  if (type.kind === 'DECIMAL') return `${decimalText(BigInt(String(value)), type.scale)}${suffix}`;
  if (type.kind === 'DATE') return new Date(Number(value) * 86_400_000).toISOString().slice(0, 10);
  if (type.kind === 'TIMESTAMP') return `${timestampText(BigInt(String(value)), type.precision)}${suffix}`;
  if (type.kind === 'TIME') return `${new Date(Number(value)).toISOString().slice(11, 19)}${suffix}`;
  return `${String(value)}${suffix}`;
}

function decimalText(value: bigint, scale: number): string {
  if (scale === 0) return String(value);
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function timestampText(nanos: bigint, precision: number): string {
  const ms = nanos / 1_000_000n - (nanos % 1_000_000n < 0n ? 1n : 0n);
  const text = new Date(Number(ms)).toISOString().replace('T', ' ').slice(0, 19);
  if (precision === 0) return text;
  const fraction = (((nanos % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n).toString().padStart(9, '0');
  return `${text}.${fraction.slice(0, precision)}`;
}
