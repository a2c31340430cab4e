/** Tools of functions that generate code over lanes. */
import type { Heap } from '../types/heap.ts';
import type { CodeSite, Operand } from './generated-code.ts';

/** `a.isNull || b.isNull`, or `false`. */
export function nullOf(args: readonly Operand[]): string {
  const tests = [...new Set(args.map((arg) => arg.isNull).filter((test) => test !== 'false'))];
  if (tests.length === 0) return 'false';
  return tests.length === 1 ? (tests[0] as string) : `(${tests.join(' || ')})`;
}

/** The lane of an operand of one lane. */
export function lane(operand: Operand | undefined): string {
  return operand?.lanes[0] ?? '0';
}

/** A result whose lanes are expressions without effects. */
export function pure(site: CodeSite, lanes: readonly string[], isNull: string = nullOf(site.args)): Operand {
  return { type: site.type, lanes, isNull };
}

/** A result that is computed by statements, only where no argument is null. */
export function guarded(
  site: CodeSite,
  lanes: number,
  body: (targets: readonly string[]) => string,
  args: readonly Operand[] = site.args,
): Operand {
  const targets = Array.from({ length: lanes }, () => site.local());
  const isNull = nullOf(args);
  const code = body(targets);
  if (isNull === 'false') site.emit(code);
  else site.emit(`if (!${isNull}) { ${code} }`);
  return { type: site.type, lanes: targets, isNull };
}

/** Are the bytes at two places of the heap the same. */
export function bytesEqual(u8: Uint8Array, a: number, aLength: number, b: number, bLength: number): number {
  if (aLength !== bLength) return 0;
  if (a === b) return 1;
  for (let i = 0; i < aLength; i++) if (u8[a + i] !== u8[b + i]) return 0;
  return 1;
}

/** Order of the bytes at two places of the heap: negative, 0 or positive. */
export function bytesCompare(u8: Uint8Array, a: number, aLength: number, b: number, bLength: number): number {
  const length = Math.min(aLength, bLength);
  for (let i = 0; i < length; i++) {
    const difference = (u8[a + i] as number) - (u8[b + i] as number);
    if (difference !== 0) return difference;
  }
  return aLength - bLength;
}

/** Copies bytes within the heap, after all room has been taken. */
export function copyWithin(heap: Heap, target: number, source: number, length: number): void {
  const u8 = heap.u8;
  if (length > 64) u8.copyWithin(target, source, source + length);
  else for (let i = 0; i < length; i++) u8[target + i] = u8[source + i] as number;
}
