/** Turns text into a function. Values reach it by name only; nothing of a user's statement becomes text. */
import type { Heap } from '../types/heap.ts';

/** Helpers that every generated function may name. */
const HELPERS = { sameBytes, orderBytes };

/**
 * Compiles `body` as the body of a function with `parameters`. `constants` are values at names; `H` is the heap. Each call gives a
 * function with feedback of its own.
 */
export function generatedFunction<F>(
  heap: Heap,
  parameters: string,
  body: string,
  constants: Readonly<Record<string, unknown>> = {},
): F {
  const scope: Record<string, unknown> = { H: heap, ...HELPERS, ...constants };
  const names = Object.keys(scope);
  const build = new Function(...names, `'use strict'; return function (${parameters}) {\n${body}\n};`);
  return build(...names.map((name) => scope[name])) as F;
}

/**
 * The statements of a loop with its columns' arrays fetched once, before it: `batches` are the names of its batches, whose columns stay the
 * same while the function runs.
 */
export function hoistColumns(batches: readonly string[], text: string): { head: string; text: string } {
  const arrays = new Map<string, string>();
  const pattern = new RegExp(`\\b(${batches.join('|')})\\.columns\\[(\\d+)\\]\\.(lane0|lane1|nulls)\\b`, 'g');
  const replaced = text.replace(pattern, (access, batch: string, index: string, array: string) => {
    const name = `${batch}${index}_${array}`;
    arrays.set(name, access);
    return name;
  });
  const head = [...arrays].map(([name, access]) => `const ${name} = ${access};`).join('\n');
  return { head, text: replaced };
}

/** True when two byte strings of the heap are equal. */
function sameBytes(heap: Heap, a: number, aLength: number, b: number, bLength: number): boolean {
  if (aLength !== bLength) return false;
  if (a === b) return true;
  const bytes = heap.u8;
  for (let i = 0; i < aLength; i++) if (bytes[a + i] !== bytes[b + i]) return false;
  return true;
}

/** -1, 0 or 1: the order of two byte strings by unsigned bytes, which for UTF-8 is the order of code points. */
function orderBytes(heap: Heap, a: number, aLength: number, b: number, bLength: number): number {
  const bytes = heap.u8;
  const shared = Math.min(aLength, bLength);
  for (let i = 0; i < shared; i++) {
    const difference = (bytes[a + i] as number) - (bytes[b + i] as number);
    if (difference !== 0) return difference < 0 ? -1 : 1;
  }
  return aLength === bLength ? 0 : aLength < bLength ? -1 : 1;
}
