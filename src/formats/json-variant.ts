/** JSON read as a VARIANT: whole numbers of 64 bits, decimals of up to 38 digits, else doubles. */
import { encodeVariant, type VariantNode } from '../types/variant.ts';
import { parseBigDecimal, stripZeros } from './java-number.ts';
import type { JsonNode } from './json-tree.ts';

const DIGITS_MAX = 38;

export function nodeToVariant(node: JsonNode): Uint8Array {
  return encodeVariant(variantOf(node));
}

function variantOf(node: JsonNode): VariantNode {
  switch (node.kind) {
    case 'object':
      return { kind: 'object', fields: new Map([...node.entries].map(([name, value]) => [name, variantOf(value)])) };
    case 'array':
      return { kind: 'array', items: node.elements.map(variantOf) };
    case 'string':
      return { kind: 'string', value: node.text };
    case 'number':
      return numberOf(node.text, node.isFloat);
    default:
      return node;
  }
}

function numberOf(text: string, isFloat: boolean): VariantNode {
  if (!isFloat) {
    const value = BigInt(text);
    if (BigInt.asIntN(64, value) === value) return { kind: 'integer', value };
  }
  const exact = stripZeros(parseBigDecimal(text));
  const unscaled = exact.scale < 0 ? exact.unscaled * 10n ** BigInt(-exact.scale) : exact.unscaled;
  const scale = Math.max(0, exact.scale);
  const digits = unscaled.toString().replace('-', '').length;
  if (/[eE]/.test(text) || digits > DIGITS_MAX || scale > DIGITS_MAX) return { kind: 'double', value: Number(text) };
  return { kind: 'decimal', unscaled, scale };
}
