/** Casts out of VARIANT: the value it holds, taken for a value of the target's family. */
import { EngineError } from '../base/error.ts';
import type { Cast } from './cast-context.ts';
import { castNumeric } from './cast-number.ts';
import { castTemporal } from './cast-temporal.ts';
import { type LogicalType, types } from './logical-type.ts';
import { isInteger, isNumeric, isTimestamp } from './type-family.ts';
import type { Value } from './value.ts';
import { decodeVariant, type VariantNode, variantToJson } from './variant.ts';

function mismatch(node: VariantNode, to: LogicalType): EngineError {
  return new EngineError('JOB_FAILED', `Expected type ${to.kind} but got ${node.kind.toUpperCase()}`, {
    exceptionClass: 'org.apache.flink.types.variant.VariantTypeException',
  });
}

export function castVariant(to: LogicalType): Cast {
  return (value, context) => {
    const node = decodeVariant(value as Uint8Array);
    if (node.kind === 'null') return null;
    if (to.kind === 'CHAR' || to.kind === 'VARCHAR')
      return node.kind === 'string' ? node.value : variantToJson(value as Uint8Array, context.timeZone);
    const held = heldValue(node, to);
    if (!held) throw mismatch(node, to);
    if (isNumeric(to)) return castNumeric(held.type, to)(held.value, context);
    return isTimestamp(to) ? castTemporal(held.type, to)(held.value, context) : held.value;
  };
}

interface Held {
  readonly type: LogicalType;
  readonly value: Value;
}

function heldValue(node: VariantNode, to: LogicalType): Held | undefined {
  if (isNumeric(to)) return heldNumber(node, isInteger(to));
  if (to.kind === 'BOOLEAN') return node.kind === 'boolean' ? { type: types.boolean(), value: node.value } : undefined;
  if (to.kind === 'DATE') return node.kind === 'date' ? { type: types.date(), value: node.value } : undefined;
  if (to.kind === 'TIMESTAMP')
    return node.kind === 'timestamp' ? { type: types.timestamp(9), value: node.value } : undefined;
  if (to.kind === 'TIMESTAMP_LTZ')
    return node.kind === 'instant' ? { type: types.timestampLtz(9), value: node.value } : undefined;
  return node.kind === 'bytes' ? { type: types.bytes(), value: node.value } : undefined;
}

function heldNumber(node: VariantNode, _whole: boolean): Held | undefined {
  if (node.kind === 'integer') return { type: types.bigint(), value: node.value };
  if (node.kind === 'double') return { type: types.double(), value: node.value };
  if (node.kind === 'decimal') return { type: types.decimal(38, node.scale), value: node.unscaled };
  return undefined;
}
