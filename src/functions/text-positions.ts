/** Parts of texts by code points, fast where a text has no surrogates. */

const SURROGATE = /[\ud800-\udfff]/;

/** Offsets in UTF-16 units of code points; undefined when both are the same. */
function pointsOf(text: string): string[] | undefined {
  return SURROGATE.test(text) ? [...text] : undefined;
}

export function pointCount(text: string): number {
  return pointsOf(text)?.length ?? text.length;
}

/** Code points [start, end). */
export function slicePoints(text: string, start: number, end: number): string {
  const points = pointsOf(text);
  return points ? points.slice(start, end).join('') : text.slice(start, end);
}

/** SQL's substring: positions from 1, negative from the end, 0 as 1. Null when the length is negative. */
export function substringSql(text: string, position: number, length: number): string | null {
  if (length < 0) return null;
  const count = pointCount(text);
  let start = position > 0 ? position - 1 : 0;
  if (position < 0) start = count + position;
  if (start < 0 || start >= count) return '';
  return slicePoints(text, start, Math.min(start + length, count));
}

/** Position (from 1) of a text in another at or behind `from` (from 1), or 0. */
export function positionOf(needle: string, text: string, from = 1): number {
  if (needle === '') return 1;
  if (!SURROGATE.test(text)) return text.indexOf(needle, Math.max(from - 1, 0)) + 1;
  const start = [...text].slice(0, Math.max(from - 1, 0)).join('').length;
  const at = text.indexOf(needle, start);
  return at < 0 ? 0 : pointCount(text.slice(0, at)) + 1;
}
