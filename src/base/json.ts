/** JSON for plain data that also holds bigints, bytes and the numbers that JSON lacks: what a JobGraph and a manifest are written with. */

const BIGINT = '$bigint';
const BYTES = '$bytes';
const NUMBER = '$number';

/** Plain data to text. Bigint, Uint8Array, NaN, ±Infinity and -0 survive the round trip. */
export function encodeJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, replace, indent);
}

/** The inverse of {@link encodeJson}. Throws SyntaxError on text that is no JSON. */
export function decodeJson<T>(text: string): T {
  return JSON.parse(text, revive) as T;
}

function replace(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return { [BIGINT]: value.toString() };
  if (value instanceof Uint8Array) return { [BYTES]: Buffer.from(value).toString('base64') };
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)))
    return { [NUMBER]: Object.is(value, -0) ? '-0' : String(value) };
  return value;
}

function revive(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const tagged = value as Record<string, unknown>;
  if (typeof tagged[BIGINT] === 'string') return BigInt(tagged[BIGINT]);
  if (typeof tagged[BYTES] === 'string') return new Uint8Array(Buffer.from(tagged[BYTES], 'base64'));
  if (typeof tagged[NUMBER] === 'string') return Number(tagged[NUMBER]);
  return value;
}
