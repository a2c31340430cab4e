/** Types of the results of arithmetic, by Flink's rules for DECIMAL. */
import { type LogicalType, types } from '../types/logical-type.ts';
import { mergeNumbers } from '../types/type-coercion.ts';
import { asDecimal } from '../types/type-family.ts';

const MAX_PRECISION = 38;
const MIN_SCALE = 6;

/** DECIMAL of these digits; above 38 the scale gives way down to 6. */
function adjusted(precision: number, scale: number): LogicalType {
  if (precision <= MAX_PRECISION) return types.decimal(precision, scale, false);
  const whole = precision - scale;
  return types.decimal(MAX_PRECISION, Math.max(MAX_PRECISION - whole, Math.min(scale, MIN_SCALE)), false);
}

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';

/** The type of `a operator b` of two number types, NOT NULL. */
export function arithmeticType(operator: ArithmeticOperator, a: LogicalType, b: LogicalType): LogicalType {
  const left = asDecimal(a);
  const right = asDecimal(b);
  const decimals = left && right && (a.kind === 'DECIMAL' || b.kind === 'DECIMAL');
  if (!decimals) return { ...(operator === '%' ? b : mergeNumbers(a, b)), nullable: false };
  const { precision: p1, scale: s1 } = left;
  const { precision: p2, scale: s2 } = right;
  switch (operator) {
    case '*':
      return adjusted(p1 + p2 + 1, s1 + s2);
    case '/': {
      const scale = Math.max(MIN_SCALE, s1 + p2 + 1);
      return adjusted(p1 - s1 + s2 + scale, scale);
    }
    case '%': {
      if (s1 === 0 && s2 === 0) return { ...b, nullable: false };
      const scale = Math.max(s1, s2);
      return adjusted(Math.min(p1 - s1, p2 - s2) + scale, scale);
    }
    default: {
      const scale = Math.max(s1, s2);
      return adjusted(Math.max(p1 - s1, p2 - s2) + scale + 1, scale);
    }
  }
}

/** DECIMAL(precision, scale) rounded to `digits`, NOT NULL. */
export function roundType(precision: number, scale: number, digits: number): LogicalType {
  if (digits >= scale) return types.decimal(precision, scale, false);
  if (digits < 0) return types.decimal(Math.min(MAX_PRECISION, 1 + precision - scale), 0, false);
  return types.decimal(1 + precision - scale + digits, digits, false);
}
