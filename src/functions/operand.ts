/** Short words for what arguments a function takes. */
import type { LogicalType } from '../types/logical-type.ts';
import { isBinary, isInteger, isInterval, isNumeric, isText, isTimestamp } from '../types/type-family.ts';
import type { ArgumentInfo } from './function.ts';

/** Says whether a type will do. The untyped NULL does everywhere. */
export type OperandTest = (type: LogicalType) => boolean;

const orNull =
  (test: OperandTest): OperandTest =>
  (type) =>
    type.kind === 'NULL' || test(type);

export const text = orNull(isText);
export const binary = orNull(isBinary);
export const textOrBinary = orNull((type) => isText(type) || isBinary(type));
export const numeric = orNull(isNumeric);
export const integer = orNull(isInteger);
export const bool = orNull((type) => type.kind === 'BOOLEAN');
export const interval = orNull(isInterval);
export const timestamp = orNull(isTimestamp);
export const bitmap = orNull((type) => type.kind === 'BITMAP');
export const anything: OperandTest = () => true;

export function anyNullable(args: readonly ArgumentInfo[]): boolean {
  return args.some((arg) => arg.type.nullable);
}

export function typesOf(args: readonly ArgumentInfo[]): LogicalType[] {
  return args.map((arg) => arg.type);
}
