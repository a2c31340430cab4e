/** JSON to boxed values by Flink's rules, from a tree (the change-data formats, and json with `decode.json-parser.enabled` = false): in small ways not those of the token stream. */

import { EngineError, unreachable } from '../base/error.ts';
import type { Field, LogicalType } from '../types/logical-type.ts';
import type { Value } from '../types/value.ts';
import { contentError } from './format-error.ts';
import { fitDecimal, parseBigDecimal } from './java-number.ts';
import { boxInteger, fromText, INT_TYPE, type JsonRules, jsonMap, truncated } from './json-text.ts';
import { type JsonNode, nodeToJson, textOfNode } from './json-tree.ts';
import { nodeToVariant } from './json-variant.ts';

export type NodeConverter = (node: JsonNode) => Value;

/** The converter of a node, null-safe, which swallows errors when the rules say so. */
export function nodeConverter(type: LogicalType, rules: JsonRules): NodeConverter {
  const convert = notNullNodeConverter(type, rules);
  return (node) => {
    if (node.kind === 'null') return null;
    if (!rules.ignoreParseErrors) return convert(node);
    try {
      return convert(node);
    } catch (error) {
      if (error instanceof EngineError) return null;
      throw error;
    }
  };
}

function notNullNodeConverter(type: LogicalType, rules: JsonRules): NodeConverter {
  switch (type.kind) {
    case 'ARRAY': {
      const convert = nodeConverter(type.element, rules);
      return (node) => {
        if (node.kind !== 'array') throw castError(node, 'ArrayNode');
        return node.elements.map(convert);
      };
    }
    case 'MAP':
      return mapFromNode(type.value, rules);
    case 'MULTISET':
      return mapFromNode(INT_TYPE, rules);
    case 'ROW':
      return rowFromNode(type.fields, rules);
    case 'NULL':
      return () => null;
    default:
      return (node) => scalarFromNode(type, node, rules);
  }
}

function scalarFromNode(type: LogicalType, node: JsonNode, rules: JsonRules): Value {
  const isContainer = node.kind === 'object' || node.kind === 'array';
  switch (type.kind) {
    case 'INT':
    case 'INTERVAL_YEAR_MONTH':
    case 'BIGINT':
    case 'INTERVAL_DAY_TIME':
      if (node.kind === 'number') {
        const bits = type.kind === 'INT' || type.kind === 'INTERVAL_YEAR_MONTH' ? 32 : 64;
        const value = truncated(node.text, node.isFloat, bits);
        if (value !== null) return boxInteger(value, type);
      }
      break;
    case 'VARIANT':
      return nodeToVariant(node);
    case 'CHAR':
    case 'VARCHAR':
      if (isContainer) return nodeToJson(node, rules.exactFloats);
      break;
    case 'BINARY':
    case 'VARBINARY':
      if (node.kind !== 'string') return null;
      break;
    case 'DECIMAL':
      if (node.kind === 'number') return fitDecimal(parseBigDecimal(node.text), type.precision, type.scale);
      break;
    case 'DOUBLE':
    case 'FLOAT':
      if (node.kind === 'number') return fromText(type, node.text, rules);
      break;
    default:
      break;
  }
  return fromText(type, textOfNode(node, rules.exactFloats), rules);
}

function mapFromNode(valueType: LogicalType, rules: JsonRules): NodeConverter {
  const convert = nodeConverter(valueType, rules);
  return (node) => {
    const entries = node.kind === 'object' ? [...node.entries] : [];
    return jsonMap(entries.map(([key, value]) => [key, convert(value)] as const));
  };
}

/** Fields of an object node by name; absent ones are null or refused. */
export function rowFromNode(fields: readonly Field[], rules: JsonRules): NodeConverter {
  const converters = fields.map((field) => nodeConverter(field.type, rules));
  return (node) => {
    if (node.kind !== 'object') throw castError(node, 'ObjectNode');
    return fields.map((field, index) => {
      const part = node.entries.get(field.name);
      try {
        if (part === undefined) {
          if (rules.failOnMissingField)
            throw contentError('flinkJsonParse', `Could not find field with name '${field.name}'.`);
          return null;
        }
        return (converters[index] as NodeConverter)(part);
      } catch (error) {
        throw contentError('flinkJsonParse', `Fail to deserialize at field: ${field.name}.`, error);
      }
    });
  };
}

const NODE_PACKAGE = 'org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node';

function nodeClass(node: JsonNode): string {
  switch (node.kind) {
    case 'object':
      return 'ObjectNode';
    case 'array':
      return 'ArrayNode';
    case 'string':
      return 'TextNode';
    case 'boolean':
      return 'BooleanNode';
    case 'null':
      return 'NullNode';
    case 'number':
      if (node.isFloat) return 'DoubleNode';
      return truncated(node.text, false, 32) !== null
        ? 'IntNode'
        : truncated(node.text, false, 64) !== null
          ? 'LongNode'
          : 'BigIntegerNode';
    default:
      return unreachable(node);
  }
}

function castError(node: JsonNode, wanted: string): EngineError {
  const from = `${NODE_PACKAGE}.${nodeClass(node)}`;
  const to = `${NODE_PACKAGE}.${wanted}`;
  return contentError(
    'classCast',
    `class ${from} cannot be cast to class ${to} (${from} and ${to} are in unnamed module of loader 'app')`,
  );
}
