/** A JSON value as a tree, numbers as written: what the change-data formats look into. */
import { contentError } from './format-error.ts';
import { bigDecimalToString, doubleToString, parseBigDecimal, stripZeros } from './java-number.ts';
import { type JsonScanner, JsonToken, quoteJson } from './json-scanner.ts';

export type JsonNode =
  | { readonly kind: 'object'; readonly entries: Map<string, JsonNode> }
  | { readonly kind: 'array'; readonly elements: JsonNode[] }
  | { readonly kind: 'string'; readonly text: string }
  /** `isFloat`: written with a point or an exponent. */
  | { readonly kind: 'number'; readonly text: string; readonly isFloat: boolean }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' };

const NULL: JsonNode = { kind: 'null' };

/** Reads the value whose first token is the current one. */
export function readTree(scanner: JsonScanner): JsonNode {
  switch (scanner.token) {
    case JsonToken.START_OBJECT: {
      const entries = new Map<string, JsonNode>();
      while (scanner.next() !== JsonToken.END_OBJECT) {
        const name = scanner.text;
        scanner.next();
        entries.set(name, readTree(scanner));
      }
      return { kind: 'object', entries };
    }
    case JsonToken.START_ARRAY: {
      const elements: JsonNode[] = [];
      while (scanner.next() !== JsonToken.END_ARRAY) elements.push(readTree(scanner));
      return { kind: 'array', elements };
    }
    case JsonToken.STRING:
      return { kind: 'string', text: scanner.text };
    case JsonToken.INTEGER:
      return { kind: 'number', text: scanner.text, isFloat: false };
    case JsonToken.FLOAT:
      return { kind: 'number', text: scanner.text, isFloat: true };
    case JsonToken.TRUE:
      return { kind: 'boolean', value: true };
    case JsonToken.FALSE:
      return { kind: 'boolean', value: false };
    case JsonToken.NULL:
      return NULL;
    default:
      throw contentError('jacksonMapping', `No content to map due to end-of-input${scanner.location()}`);
  }
}

/** `asText()`: empty for containers. `exactFloats`: fractions were read as BigDecimal. */
export function textOfNode(node: JsonNode, exactFloats: boolean): string {
  switch (node.kind) {
    case 'string':
      return node.text;
    case 'number':
      return numberText(node.text, node.isFloat, exactFloats);
    case 'boolean':
      return node.value ? 'true' : 'false';
    case 'null':
      return 'null';
    default:
      return '';
  }
}

function numberText(text: string, isFloat: boolean, exactFloats: boolean): string {
  if (!isFloat) return text === '-0' ? '0' : text;
  return exactFloats ? bigDecimalToString(stripZeros(parseBigDecimal(text))) : doubleToString(Number(text));
}

/** The node as compact JSON. */
export function nodeToJson(node: JsonNode, exactFloats: boolean): string {
  switch (node.kind) {
    case 'object':
      return `{${[...node.entries].map(([name, value]) => `${quoteJson(name)}:${nodeToJson(value, exactFloats)}`).join(',')}}`;
    case 'array':
      return `[${node.elements.map((element) => nodeToJson(element, exactFloats)).join(',')}]`;
    case 'string':
      return quoteJson(node.text);
    default:
      return textOfNode(node, exactFloats);
  }
}
