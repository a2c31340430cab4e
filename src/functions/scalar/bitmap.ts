/** Bitmaps: sets of 32-bit integers. */
import { EngineError } from '../../base/error.ts';
import {
  type BitmapOperation,
  bitmapCardinality,
  bitmapText,
  combineBitmaps,
  decodeBitmap,
  encodeBitmap,
} from '../../types/bitmap.ts';
import { type LogicalType, types } from '../../types/logical-type.ts';
import type { Value } from '../../types/value.ts';
import { inferenceError, runtimeError } from '../call-error.ts';
import type { ArgumentInfo, ScalarFunction } from '../function.ts';
import { binary, bitmap } from '../operand.ts';
import { plain, result } from '../plain-function.ts';

const BITMAP = types.bitmap(false);

function combination(name: string, operation: BitmapOperation, word: string): ScalarFunction {
  return plain({
    name,
    category: 'bitmap',
    inference: 'flink',
    forms: [`${name}(bitmap1 <BITMAP>, bitmap2 <BITMAP>)`],
    summary: `The ${word} of two bitmaps.`,
    example: `${name}(BITMAP_BUILD(ARRAY[1, 2]), BITMAP_BUILD(ARRAY[2]))`,
    args: [bitmap, bitmap],
    returns: BITMAP,
    eval: ([a, b]) => combineBitmaps(operation, a as Uint8Array, b as Uint8Array),
  });
}

function bitmapFunction(
  name: string,
  summary: string,
  returns: LogicalType,
  compute: (bytes: Uint8Array) => Value,
): ScalarFunction {
  return plain({
    name,
    category: 'bitmap',
    inference: 'flink',
    forms: [`${name}(bitmap <BITMAP>)`],
    summary,
    example: `${name}(BITMAP_BUILD(ARRAY[1, 2]))`,
    args: [bitmap],
    returns,
    eval: ([bytes]) => compute(bytes as Uint8Array),
  });
}

function integersOf(args: readonly ArgumentInfo[]): LogicalType {
  const type = args[0]?.type;
  if (type?.kind === 'NULL') return types.bitmap();
  if (type?.kind === 'ARRAY' && ['TINYINT', 'SMALLINT', 'INT'].includes(type.element.kind))
    return types.bitmap(type.nullable);
  throw inferenceError('BITMAP_BUILD', args);
}

function fromBytes(bytes: Uint8Array): Uint8Array {
  try {
    return encodeBitmap(decodeBitmap(bytes));
  } catch (error) {
    if (error instanceof EngineError && error.message.endsWith('unexpected end'))
      throw runtimeError('', 'java.nio.BufferUnderflowException');
    throw error;
  }
}

export const bitmaps: readonly ScalarFunction[] = [
  plain({
    name: 'BITMAP_BUILD',
    category: 'bitmap',
    inference: 'flink',
    forms: ['BITMAP_BUILD(array <ARRAY<INT>>)'],
    summary: 'A bitmap of an array of integers.',
    example: 'BITMAP_BUILD(ARRAY[1, 2])',
    args: [() => true],
    returns: integersOf,
    eval: ([items]) => encodeBitmap((items as readonly Value[]).filter((item) => item !== null).map(Number)),
  }),
  combination('BITMAP_AND', 'and', 'intersection'),
  combination('BITMAP_OR', 'or', 'union'),
  combination('BITMAP_XOR', 'xor', 'symmetric difference'),
  combination('BITMAP_ANDNOT', 'andnot', 'difference'),
  bitmapFunction('BITMAP_CARDINALITY', 'The number of values of a bitmap.', result.bigint, (bytes) =>
    BigInt(bitmapCardinality(bytes)),
  ),
  bitmapFunction('BITMAP_TO_BYTES', 'A bitmap as bytes of the Roaring format.', result.bytes, (bytes) => bytes),
  bitmapFunction('BITMAP_TO_STRING', 'The values of a bitmap as text.', result.string, bitmapText),
  bitmapFunction('BITMAP_TO_ARRAY', 'The values of a bitmap as an array.', types.array(types.int(), false), (bytes) =>
    [...decodeBitmap(bytes)].map((value) => value | 0),
  ),
  plain({
    name: 'BITMAP_FROM_BYTES',
    category: 'bitmap',
    inference: 'flink',
    forms: ['BITMAP_FROM_BYTES(bytes <BINARY_STRING>)'],
    summary: 'A bitmap out of bytes of the Roaring format.',
    example: "BITMAP_FROM_BYTES(x'3a3000000100000000000000100000000100')",
    args: [binary],
    returns: BITMAP,
    eval: ([bytes]) => fromBytes(bytes as Uint8Array),
  }),
];
