/** Bound expressions in EXPLAIN: `>(qty, 5)` in the physical section, `(qty > 5)` in the execution section. */
import type { Expression } from '../expressions/expression.ts';
import { type Field, type LogicalType, typeToString, withNullable } from '../types/logical-type.ts';
import type { Value } from '../types/value.ts';

type Style = 'physical' | 'execution';

export function expressionText(expression: Expression, fields: readonly Field[], style: Style): string {
  if (expression.kind === 'input') return fields[expression.index]?.name ?? `$${expression.index}`;
  if (expression.kind === 'literal') return literalText(expression.value, expression.type, style);
  const access = fieldText(expression, fields, style);
  if (access !== undefined) return access;
  const args = expression.args.map((arg) => expressionText(arg, fields, style));
  const type = typeText(expression.type);
  if (expression.function === 'CAST' || expression.function === 'TRY_CAST')
    return `${expression.function}(${args[0]} AS ${type})`;
  return style === 'execution' ? infix(expression.function, args) : `${expression.function}(${args.join(', ')})`;
}

/** `person.name` for a field of a row. */
function fieldText(
  expression: Extract<Expression, { kind: 'call' }>,
  fields: readonly Field[],
  style: Style,
): string | undefined {
  const [row, index] = expression.args;
  if (expression.function !== 'FIELD' || row?.type.kind !== 'ROW' || index?.kind !== 'literal') return undefined;
  const name = row.type.fields[Number(index.value)]?.name;
  return name === undefined ? undefined : `${expressionText(row, fields, style)}.${name}`;
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
  'AND',
  'OR',
  'LIKE',
  '||',
  'IS NOT DISTINCT FROM',
]);
const POSTFIX = new Set(['IS NULL', 'IS NOT NULL', 'IS TRUE', 'IS FALSE', 'IS NOT TRUE', 'IS NOT FALSE']);

function infix(name: string, args: readonly string[]): string {
  if (INFIX.has(name) && args.length > 1) return `(${args.join(` ${name} `)})`;
  if (POSTFIX.has(name) && args.length === 1) return `${args[0]} ${name}`;
  return `${name}(${args.join(', ')})`;
}

/** The type as Calcite writes it in plans. */
export function typeText(type: LogicalType): string {
  const name = typeToString(withNullable(type, true)).replace(/\bINT\b/g, 'INTEGER');
  const text = type.kind === 'CHAR' || type.kind === 'VARCHAR' ? `${name} CHARACTER SET "UTF-16LE"` : name;
  return type.nullable ? text : `${text} NOT NULL`;
}

const BARE = new Set(['INT', 'BOOLEAN', 'CHAR']);

function literalText(value: Value, type: LogicalType, style: Style): string {
  if (value === null) return `null:${typeText(withNullable(type, true))}`;
  const suffix =
    BARE.has(type.kind) || (style === 'execution' && type.kind !== 'INTERVAL_DAY_TIME')
      ? ''
      : `:${typeText(withNullable(type, true))}`;
  if (typeof value === 'string')
    return `${style === 'physical' ? "_UTF-16LE'" : "'"}${value.replaceAll("'", "''")}'${suffix}`;
  if (typeof value === 'bigint' && type.kind === 'DECIMAL') return decimalText(value, type.scale) + suffix;
  if (value instanceof Uint8Array) return `X'${Buffer.from(value).toString('hex')}'${suffix}`;
  if (Array.isArray(value)) return `[${value.map((item) => String(item)).join(', ')}]`;
  return `${String(value)}${suffix}`;
}

function decimalText(value: bigint, scale: number): string {
  if (scale === 0) return String(value);
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
