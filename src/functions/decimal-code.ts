/** Exact numbers in generated code, as bigint expressions. */
import { columnKind } from '../types/column.ts';
import { decimalToNumber, fitsPrecision, powerOfTen, rescale } from '../types/decimal.ts';
import type { LogicalType } from '../types/logical-type.ts';
import type { CodeSite, Operand } from './generated-code.ts';

/** The unscaled value of an integer or DECIMAL operand as a bigint expression; undefined for others. */
export function bigOf(operand: Operand): string | undefined {
  const [first = '0', second = '0'] = operand.lanes;
  switch (columnKind(operand.type)) {
    case 'i8':
    case 'i16':
    case 'i32':
      return `BigInt(${first})`;
    case 'i64':
      return first;
    case 'i128':
      return `((${first} << 64n) | ${second})`;
    default:
      return undefined;
  }
}

/** A number operand as a double; exact numbers as Java rounds their text. */
export function doubleOf(site: CodeSite, operand: Operand): string {
  if (operand.type.kind === 'DECIMAL')
    return `${site.constant(decimalToNumber)}(${bigOf(operand)}, ${operand.type.scale})`;
  const [first = '0'] = operand.lanes;
  return columnKind(operand.type) === 'i64' ? `Number(${first})` : first;
}

export function scaleOf(type: LogicalType): number {
  return type.kind === 'DECIMAL' ? type.scale : 0;
}

/** Statements that put the bigint `value` of a decimal type into the lanes. */
export function storeBig(type: LogicalType, targets: readonly string[], value: string): string {
  if (columnKind(type) !== 'i128') return `${targets[0]} = ${value};`;
  return `${targets[0]} = BigInt.asIntN(64, ${value} >> 64n); ${targets[1]} = BigInt.asUintN(64, ${value});`;
}

/**
 * A DECIMAL result out of the exact bigint `value` of scale `from`: rounded to the type's scale, null when it has too many digits.
 */
export function decimalResult(site: CodeSite, value: string, from: number, argsNull: string): Operand {
  if (site.type.kind !== 'DECIMAL') return { type: site.type, lanes: ['0n'], isNull: 'true' };
  const { precision, scale } = site.type;
  const targets = columnKind(site.type) === 'i128' ? [site.local(), site.local()] : [site.local()];
  const whole = site.local();
  const isNull = site.local();
  const rounded =
    from === scale
      ? value
      : from < scale
        ? `(${value}) * ${powerOfTen(scale - from)}n`
        : `${site.constant(rescale)}(${value}, ${from}, ${scale})`;
  const store = storeBig(site.type, targets, whole);
  const body = `${whole} = ${rounded}; ${isNull} = !${site.constant(fitsPrecision)}(${whole}, ${precision}); if (!${isNull}) { ${store} }`;
  site.emit(argsNull === 'false' ? body : `${isNull} = true; if (!${argsNull}) { ${body} }`);
  return { type: site.type, lanes: targets, isNull };
}
