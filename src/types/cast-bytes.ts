/** Casts to CHAR, VARCHAR, BINARY and VARBINARY: cut to the length, CHAR and BINARY also filled up. */
import type { Cast, CastContext } from './cast-context.ts';
import { bytesOf } from './heap-bytes.ts';
import { type LogicalType, MAX_LENGTH } from './logical-type.ts';
import type { Value } from './value.ts';

interface Sized {
  readonly kind: string;
  readonly length: number;
}

/** A text cut to the type's length in code points, and padded with blanks if it is a CHAR. */
export function fitText(text: string, to: Sized, context: CastContext): string {
  if (to.length === MAX_LENGTH || context.legacyCast) return text;
  const size = text.length;
  if (size <= to.length && to.kind === 'VARCHAR') return text;
  const points = codePoints(text);
  if (points > to.length) return [...text].slice(0, to.length).join('');
  return to.kind === 'CHAR' ? text + ' '.repeat(to.length - points) : text;
}

/** Number of code points. */
function codePoints(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length - 1; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit < 0xdc00 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      count--;
      i++;
    }
  }
  return count;
}

export function castText(to: Sized): Cast {
  return (value, context) => fitText(value as string, to, context);
}

/** Casts to bytes, from text (its UTF-8), bytes, and BITMAP. */
export function castBinary(from: LogicalType, to: Sized): Cast {
  const bytes: (value: Value) => Uint8Array =
    from.kind === 'CHAR' || from.kind === 'VARCHAR'
      ? (value) => new Uint8Array(bytesOf(value as string))
      : (value) => value as Uint8Array;
  return (value, context) => fitBytes(bytes(value), to, context);
}

function fitBytes(bytes: Uint8Array, to: Sized, context: CastContext): Uint8Array {
  if (to.length === MAX_LENGTH || context.legacyCast || bytes.length === to.length) return bytes;
  if (bytes.length > to.length) return bytes.slice(0, to.length);
  if (to.kind === 'VARBINARY') return bytes;
  const padded = new Uint8Array(to.length);
  padded.set(bytes);
  return padded;
}
