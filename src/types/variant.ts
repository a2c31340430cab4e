/** VARIANT: a value of a type of its own, as tagged bytes. Objects keep their keys sorted, so that equal values have equal bytes. */
import { ByteReader, ByteWriter } from './byte-buffer.ts';
import { decimalToText } from './decimal.ts';
import { doubleToText } from './java-double.ts';
import { timeZoneOf } from './time-zone.ts';
import { formatDate, formatTimestamp } from './timestamp.ts';

/** A variant taken apart. */
export type VariantNode =
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'integer'; readonly value: bigint }
  | { readonly kind: 'decimal'; readonly unscaled: bigint; readonly scale: number }
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }
  /** Days since the epoch. */
  | { readonly kind: 'date'; readonly value: number }
  /** Nanoseconds since the epoch; `timestamp` is local time, `instant` is not. */
  | { readonly kind: 'timestamp' | 'instant'; readonly value: bigint }
  | { readonly kind: 'array'; readonly items: readonly VariantNode[] }
  | { readonly kind: 'object'; readonly fields: ReadonlyMap<string, VariantNode> };

const TAGS = [
  'null',
  'boolean',
  'integer',
  'decimal',
  'double',
  'string',
  'bytes',
  'date',
  'timestamp',
  'instant',
  'array',
  'object',
] as const satisfies readonly VariantNode['kind'][];

export function encodeVariant(node: VariantNode): Uint8Array {
  const out = new ByteWriter();
  write(out, node);
  return out.result();
}

export function decodeVariant(bytes: Uint8Array): VariantNode {
  return read(new ByteReader(bytes));
}

function write(out: ByteWriter, node: VariantNode): void {
  out.u8(TAGS.indexOf(node.kind));
  if (node.kind === 'boolean') out.u8(node.value ? 1 : 0);
  else if (node.kind === 'integer') out.i64(node.value);
  else if (node.kind === 'decimal') {
    out.u8(node.scale);
    out.text(node.unscaled.toString());
  } else if (node.kind === 'double') out.f64(node.value);
  else if (node.kind === 'string') out.text(node.value);
  else if (node.kind === 'bytes') out.bytes(node.value);
  else if (node.kind === 'date') out.i32(node.value);
  else if (node.kind === 'timestamp' || node.kind === 'instant') out.text(node.value.toString());
  else if (node.kind === 'array') {
    out.i32(node.items.length);
    for (const item of node.items) write(out, item);
  } else if (node.kind === 'object') {
    out.i32(node.fields.size);
    for (const key of [...node.fields.keys()].sort(byBytes)) {
      out.text(key);
      write(out, node.fields.get(key) as VariantNode);
    }
  }
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function read(from: ByteReader): VariantNode {
  const kind = TAGS[from.u8()] ?? 'null';
  switch (kind) {
    case 'null':
      return { kind };
    case 'boolean':
      return { kind, value: from.u8() === 1 };
    case 'integer':
      return { kind, value: from.i64() };
    case 'decimal': {
      const scale = from.u8();
      return { kind, scale, unscaled: BigInt(from.text()) };
    }
    case 'double':
      return { kind, value: from.f64() };
    case 'string':
      return { kind, value: from.text() };
    case 'bytes':
      return { kind, value: from.bytes() };
    case 'date':
      return { kind, value: from.i32() };
    case 'timestamp':
    case 'instant':
      return { kind, value: BigInt(from.text()) };
    case 'array':
      return { kind, items: Array.from({ length: from.i32() }, () => read(from)) };
    default: {
      const fields = new Map<string, VariantNode>();
      for (let count = from.i32(); count > 0; count--) fields.set(from.text(), read(from));
      return { kind: 'object', fields };
    }
  }
}

/** The JSON text of a variant. */
export function variantToJson(bytes: Uint8Array, timeZone: string): string {
  return nodeToJson(decodeVariant(bytes), timeZone);
}

function nodeToJson(node: VariantNode, timeZone: string): string {
  switch (node.kind) {
    case 'null':
      return 'null';
    case 'boolean':
    case 'integer':
      return String(node.value);
    case 'decimal':
      return decimalToText(node.unscaled, node.scale);
    case 'double':
      return Number.isFinite(node.value) ? doubleToText(node.value) : JSON.stringify(doubleToText(node.value));
    case 'string':
      return JSON.stringify(node.value);
    case 'bytes':
      return JSON.stringify(Buffer.from(node.value).toString('base64'));
    case 'date':
      return JSON.stringify(formatDate(node.value));
    case 'timestamp':
      return JSON.stringify(formatTimestamp(node.value, 6).replace(' ', 'T'));
    case 'instant':
      return JSON.stringify(formatTimestamp(timeZoneOf(timeZone).nanosToLocal(node.value), 6).replace(' ', 'T'));
    case 'array':
      return `[${node.items.map((item) => nodeToJson(item, timeZone)).join(',')}]`;
    default:
      return `{${[...node.fields].map(([k, v]) => `${JSON.stringify(k)}:${nodeToJson(v, timeZone)}`).join(',')}}`;
  }
}
