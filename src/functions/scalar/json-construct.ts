/** JSON made of values, quoted and unquoted; VARIANT. */
import { type LogicalType, types } from '../../types/logical-type.ts';
import { isNested, isNumeric, isText } from '../../types/type-family.ts';
import { typeSummary } from '../../types/type-name.ts';
import type { Value } from '../../types/value.ts';
import { encodeVariant, type VariantNode, variantToJson } from '../../types/variant.ts';
import { codeError, familyError, inferenceError, runtimeError, validatorError } from '../call-error.ts';
import { type ArgumentInfo, type CallSite, defineScalar, type Eval, type ScalarFunction } from '../function.ts';
import { type Json, JsonNumber, jsonTextOf, parseJson } from '../json-tree.ts';
import { isJsonText, jsonText, jsonTextType, jsonWriter } from '../json-value.ts';
import { bool, text } from '../operand.ts';
import { plain, result } from '../plain-function.ts';

const ON_NULL = new Set(['NULL ON NULL', 'ABSENT ON NULL']);

/** The arguments without the clause at the end. */
function valuesOf<T>(items: readonly T[], literalAt: (index: number) => Value | undefined): readonly T[] {
  const last = literalAt(items.length - 1);
  return typeof last === 'string' && ON_NULL.has(last) && items.length % 2 === 1 ? items.slice(0, -1) : items;
}

function clauseOf(site: CallSite): string | undefined {
  const value = site.literals.at(-1)?.value;
  return typeof value === 'string' && ON_NULL.has(value) ? value : undefined;
}

/** The type of a key in it that is no text. */
function keyOf(type: LogicalType): LogicalType | undefined {
  if (type.kind === 'MAP') return isText(type.key) ? keyOf(type.value) : type.key;
  if (type.kind === 'ARRAY') return keyOf(type.element);
  return type.kind === 'ROW' ? type.fields.map((field) => keyOf(field.type)).find((key) => key) : undefined;
}

function itemWriter(type: LogicalType): (value: Value) => string {
  if (
    !(
      isText(type) ||
      isNumeric(type) ||
      isNested(type) ||
      ['BOOLEAN', 'BINARY', 'VARBINARY', 'TIMESTAMP', 'TIMESTAMP_LTZ', 'NULL', 'VARIANT'].includes(type.kind)
    )
  )
    throw codeError(`Type '${typeSummary(type)}' is not scalar or cannot be converted into JSON.`);
  const key = keyOf(type);
  if (key)
    throw codeError(
      `Type '${typeSummary(key)}' is not supported for JSON conversion. The key type must be a character string.`,
    );
  return isJsonText(type) ? (value) => value as string : jsonWriter(type);
}

function bindObject(site: CallSite): Eval {
  const count = site.argTypes.length - (clauseOf(site) && site.argTypes.length % 2 === 1 ? 1 : 0);
  const absent = clauseOf(site) === 'ABSENT ON NULL';
  const writers = site.argTypes.slice(0, count).map((type, i) => (i % 2 === 1 ? itemWriter(type) : undefined));
  return (args) => {
    const fields = new Map<string, string>();
    for (let i = 0; i + 1 < count; i += 2) {
      const value = args[i + 1] ?? null;
      if (value === null && absent) continue;
      fields.set(args[i] as string, value === null ? 'null' : (writers[i + 1] as (value: Value) => string)(value));
    }
    return `{${[...fields]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, json]) => `${jsonText(key)}:${json}`)
      .join(',')}}`;
  };
}

function bindArray(site: CallSite): Eval {
  const clause = clauseOf(site);
  const count = site.argTypes.length - (clause ? 1 : 0);
  const keep = clause === 'NULL ON NULL';
  const writers = site.argTypes.slice(0, count).map(itemWriter);
  return (args) => {
    const items = writers.flatMap((write, i) => {
      const value = args[i] ?? null;
      return value === null ? (keep ? ['null'] : []) : [write(value)];
    });
    return `[${items.join(',')}]`;
  };
}

/** Backslashes before quotes, slashes and control characters; others as `\u00e9` beyond ASCII, as Flink does. */
function quoteJson(value: string): string {
  const short: Record<string, string> = {
    '"': '\\"',
    '\\': '\\\\',
    '/': '\\/',
    '\b': '\\b',
    '\f': '\\f',
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
  };
  let out = '';
  for (let i = 0; i < value.length; i++) {
    const char = value[i] as string;
    // Flink writes a code point for the first half of a pair, and the second half again.
    const code = value.codePointAt(i) as number;
    out += short[char] ?? (code > 127 ? `\\u${code.toString(16).padStart(4, '0')}` : char);
  }
  return `"${out}"`;
}

/** The text in a JSON string; what is none stays as it is. */
function unquoteJson(value: string): string {
  if (value.length < 2 || !value.startsWith('"') || !value.endsWith('"')) return value;
  try {
    const parsed = parseJson(value);
    return typeof parsed === 'string' ? parsed : value;
  } catch {
    return value;
  }
}

/** A value needs a type. */
function refuseUntyped(values: readonly ArgumentInfo[]): void {
  if (values.some((value) => value.type.kind === 'NULL'))
    throw runtimeError('Type is not supported: ANY', 'org.apache.flink.table.api.TableException');
}

const construct: readonly ScalarFunction[] = [
  defineScalar({
    name: 'JSON_OBJECT',
    category: 'json',
    signatures: ['JSON_OBJECT([KEY] <CHARACTER> VALUE <ANY>...)'],
    summary: 'A JSON object of keys and values; NULLs are kept unless told otherwise.',
    example: "JSON_OBJECT(KEY 'a' VALUE 1)",
    minArgs: 0,
    maxArgs: Number.MAX_SAFE_INTEGER,
    nullPropagating: false,
    inferType(args) {
      const values = valuesOf(args, (i) => args[i]?.literal?.value);
      if (values.some((arg, i) => i % 2 === 0 && !text(arg.type))) throw validatorError('Expected a character type');
      refuseUntyped(values);
      return jsonTextType(false);
    },
    bind: bindObject,
  }),
  defineScalar({
    name: 'JSON_ARRAY',
    category: 'json',
    signatures: ['JSON_ARRAY(<ANY>...)'],
    summary: 'A JSON array of values; NULLs are left out unless told otherwise.',
    example: "JSON_ARRAY(1, 'a')",
    minArgs: 0,
    maxArgs: Number.MAX_SAFE_INTEGER,
    nullPropagating: false,
    inferType(args) {
      refuseUntyped(args);
      return jsonTextType(false);
    },
    bind: bindArray,
  }),
  defineScalar({
    name: 'JSON',
    category: 'json',
    inference: 'flink',
    signatures: ['JSON(value <CHARACTER_STRING>)'],
    summary: 'A text as JSON inside of JSON_OBJECT and JSON_ARRAY.',
    example: "JSON_OBJECT('a' VALUE JSON('{\"b\": 1}'))",
    minArgs: 1,
    maxArgs: 1,
    inferType(args) {
      const { type } = args[0] as ArgumentInfo;
      if (!text(type)) throw familyError('JSON', args, 'CHARACTER_STRING', type);
      return jsonTextType(type.nullable);
    },
    bind:
      () =>
      ([value]) =>
        jsonTextOf(parseJson(value as string), jsonText),
  }),
  defineScalar({
    name: 'JSON_STRING',
    category: 'json',
    inference: 'flink',
    signatures: [
      'JSON_STRING([<CHARACTER_STRING> | <BINARY_STRING> | <TIMESTAMP> | <CONSTRUCTED> | <NUMERIC> | <STRUCTURED_TYPE> | <DISTINCT_TYPE> | <BOOLEAN> | <VARIANT>])',
    ],
    summary: 'A value as JSON.',
    example: "JSON_STRING('a')",
    minArgs: 1,
    maxArgs: 1,
    inferType(args) {
      const type = args[0]?.type as LogicalType;
      if (['DATE', 'TIME', 'INTERVAL_YEAR_MONTH', 'INTERVAL_DAY_TIME', 'BITMAP'].includes(type.kind))
        throw inferenceError(
          'JSON_STRING',
          args,
          `Unsupported argument type. Expected type of family 'CHARACTER_STRING' but actual type was '${typeSummary(type)}'.`,
        );
      return types.string(type.nullable);
    },
    bind(site) {
      const type = site.argTypes[0] as LogicalType;
      if (type.kind === 'VARIANT') return ([value], context) => variantToJson(value as Uint8Array, context.timeZone);
      const write = jsonWriter(type);
      return ([value]) => write(value as Value);
    },
  }),
  plain({
    name: 'JSON_QUOTE',
    category: 'json',
    inference: 'flink',
    forms: ['JSON_QUOTE(value <CHARACTER_STRING>)'],
    summary: 'A text as a JSON string.',
    example: "JSON_QUOTE('a')",
    args: [text],
    returns: result.string,
    eval: ([value]) => quoteJson(value as string),
  }),
  plain({
    name: 'JSON_UNQUOTE',
    category: 'json',
    inference: 'flink',
    forms: ['JSON_UNQUOTE(value <CHARACTER_STRING>)'],
    summary: 'The text of a JSON string.',
    example: 'JSON_UNQUOTE(\'"a"\')',
    args: [text],
    returns: result.string,
    eval: ([value]) => unquoteJson(value as string),
  }),
];

/** A JSON value as a variant: whole numbers, decimals up to 38 digits, else doubles. */
function variantOf(json: Json): VariantNode {
  if (json === null) return { kind: 'null' };
  if (typeof json === 'boolean') return { kind: 'boolean', value: json };
  if (typeof json === 'string') return { kind: 'string', value: json };
  if (json instanceof JsonNumber) return variantNumber(json.text);
  if (Array.isArray(json)) return { kind: 'array', items: json.map(variantOf) };
  return { kind: 'object', fields: new Map([...json].map(([key, value]) => [key, variantOf(value)])) };
}

function variantNumber(text: string): VariantNode {
  if (/E/.test(text)) return { kind: 'double', value: Number(text) };
  const [whole = '0', fraction = ''] = text.split('.');
  if (fraction === '' && BigInt.asIntN(64, BigInt(whole)) === BigInt(whole))
    return { kind: 'integer', value: BigInt(whole) };
  const digits = fraction.replace(/0+$/, '');
  if ((whole + digits).replace(/^-?0*/, '').length > 38) return { kind: 'double', value: Number(text) };
  return { kind: 'decimal', unscaled: BigInt(whole + digits), scale: digits.length };
}

function parseVariant(input: string, allowDuplicates: boolean): Uint8Array {
  const json = parseJson(input, () => {
    if (!allowDuplicates)
      throw runtimeError('VARIANT_DUPLICATE_KEY', 'org.apache.flink.types.variant.VariantTypeException');
  });
  return encodeVariant(variantOf(json));
}

function parseFunction(name: string, safe: boolean): ScalarFunction {
  return plain({
    name,
    category: 'variant',
    inference: 'flink',
    forms: [`${name}(<CHARACTER_STRING>)`, `${name}(<CHARACTER_STRING>, <BOOLEAN>)`],
    summary: `A JSON text as a VARIANT; ${safe ? 'NULL' : 'fails'} when it is broken.`,
    example: `${name}('{"a": 1}')`,
    args: [text],
    optional: [bool],
    returns: (args) => types.variant(safe || args.some((arg) => arg.type.nullable)),
    eval([input, duplicates]) {
      try {
        return parseVariant(input as string, duplicates === true);
      } catch (error) {
        if (safe) return null;
        throw error;
      }
    },
  });
}

export const jsonConstructs: readonly ScalarFunction[] = [
  ...construct,
  parseFunction('PARSE_JSON', false),
  parseFunction('TRY_PARSE_JSON', true),
];
