/** Brings the lanes of a value to those of a wider type of the same family, where a tree leaves it to the generator. */
import { EngineError } from '../base/error.ts';
import type { Operand } from '../functions/generated-code.ts';
import { type ColumnKind, columnKind } from '../types/column.ts';
import { type LogicalType, typeToString } from '../types/logical-type.ts';
import type { ExpressionCode } from './expression-code.ts';

const INTEGERS: readonly ColumnKind[] = ['i8', 'i16', 'i32'];

/** The operand as a value of `type`. Throws INTERNAL where a cast would be needed. */
export function fitOperand(code: ExpressionCode, operand: Operand, type: LogicalType): Operand {
  if (operand.type.kind === 'NULL') return code.literal(null, type);
  const from = columnKind(operand.type);
  const to = columnKind(type);
  const [first, second] = operand.lanes as [string, string?];
  const lanes = widened(from, to, first, second);
  if (!lanes || scaleOf(operand.type) !== scaleOf(type))
    throw new EngineError('INTERNAL', `${typeToString(operand.type)} needs a cast to ${typeToString(type)}`);
  return code.simple({ type, lanes, isNull: operand.isNull });
}

function widened(from: ColumnKind, to: ColumnKind, first: string, second: string | undefined): string[] | undefined {
  if (from === to) return second === undefined ? [first] : [first, second];
  if (INTEGERS.includes(from)) {
    if (INTEGERS.indexOf(to) > INTEGERS.indexOf(from)) return [first];
    if (to === 'i64') return [`BigInt(${first})`];
  }
  if (from === 'f32' && to === 'f64') return [first];
  if (from === 'millis' && to === 'nanos') return [first, '0'];
  if (from === 'i64' && to === 'i128') return [`${first} >> 63n`, `BigInt.asUintN(64, ${first})`];
  return undefined;
}

function scaleOf(type: LogicalType): number {
  return type.kind === 'DECIMAL' ? type.scale : 0;
}
