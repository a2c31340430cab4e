/** Divisions that have no result, in Java's words. */
import type { Value } from '../types/value.ts';
import { runtimeError } from './call-error.ts';

/** The remainder of decimals says it in other words. */
export function divisionByZero(message: '/ by zero' | 'Division by zero' | 'Division undefined' = '/ by zero'): Error {
  return runtimeError(message, 'java.lang.ArithmeticException');
}

export function noRemainder(value: Value): Error {
  return divisionByZero(isZero(value) ? 'Division undefined' : 'Division by zero');
}

export function isZero(value: Value | undefined): boolean {
  return value === 0 || value === 0n;
}
