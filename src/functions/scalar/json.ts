/**
 * SQL/JSON: JSON_EXISTS, JSON_VALUE, JSON_QUERY and IS JSON. Clauses arrive as texts behind the other arguments, in the parser's normal form:
 * `NULL ON EMPTY`, `DEFAULT ON ERROR` followed by the default, `WITH UNCONDITIONAL ARRAY WRAPPER`, `EMPTY ARRAY ON EMPTY`, …
 */
import { decimalToText } from '../../types/decimal.ts';
import { type LogicalType, types, withNullable } from '../../types/logical-type.ts';
import { isBinary, isNested, isText } from '../../types/type-family.ts';
import { sqlTypeName, typeSummary } from '../../types/type-name.ts';
import type { Value } from '../../types/value.ts';
import { codeError, runtimeError, unsupportedCall, validatorError } from '../call-error.ts';
import { type ArgumentInfo, type CallSite, defineScalar, type Eval, type ScalarFunction } from '../function.ts';
import { compilePath, InvalidPath, type JsonPath, readPath } from '../json-path.ts';
import { type Json, JsonNumber, jsonTextOf, parseJson } from '../json-tree.ts';
import { jsonText } from '../json-value.ts';
import { text } from '../operand.ts';
import { plain } from '../plain-function.ts';

/** Clause texts of a call, and the position of the default that follows one. */
interface Clauses {
  readonly names: ReadonlySet<string>;
  defaultAt(name: string): number | undefined;
}

function clausesOf(site: CallSite): Clauses {
  const names = new Set<string>();
  const defaults = new Map<string, number>();
  site.literals.forEach((literal, i) => {
    if (i < 2 || typeof literal?.value !== 'string') return;
    if (defaults.size > 0 && [...defaults.values()].includes(i)) return;
    names.add(literal.value);
    if (literal.value.startsWith('DEFAULT ')) defaults.set(literal.value, i + 1);
  });
  return { names, defaultAt: (name) => defaults.get(name) };
}

interface Mode {
  readonly strict: boolean;
  readonly path: JsonPath;
}

const compiled = new Map<string, Mode>();

function modeOf(spec: string): Mode {
  let mode = compiled.get(spec);
  if (!mode) {
    const match = /^\s*(strict|lax)\s+(\S.*)$/is.exec(spec);
    mode = { strict: match?.[1]?.toLowerCase() !== 'lax', path: compilePath(match ? (match[2] as string) : spec) };
    if (compiled.size > 1000) compiled.clear();
    compiled.set(spec, mode);
  }
  return mode;
}

/** For a lax path a text that is no JSON has nothing in it. */
function tryParse(input: string): Json | undefined {
  try {
    return parseJson(input);
  } catch {
    return undefined;
  }
}

/** A strict path leads to a value; a lax one that leads nowhere finds nothing. */
function valueAt({ strict, path }: Mode, root: Json): Found {
  let value: Json;
  try {
    value = readPath(path, root);
  } catch (error) {
    if (strict || error instanceof InvalidPath) throw error;
    value = path.definite ? null : [];
  }
  if (strict && value === null)
    return { error: failure('Strict jsonpath mode requires a non empty returned value, but is null') };
  return { value, strict };
}

function illegalPath(spec: string): Error {
  if (spec === '') return runtimeError('path can not be null or empty', 'java.lang.IllegalArgumentException');
  return failure(`Illegal jsonpath spec ''${spec}'', format of the spec should be: ''<lax|strict> $'{'expr'}'''`);
}

/** What a path found, or why not. A lax path that leads nowhere finds nothing. */
type Found = { readonly value: Json; readonly strict: boolean } | { readonly error: unknown };

function find(input: string, spec: string): Found {
  let strict = true;
  try {
    const mode = modeOf(spec);
    strict = mode.strict;
    const root = strict ? parseJson(input) : tryParse(input);
    if (root === undefined) return { value: null, strict };
    if (root === null)
      return { error: runtimeError('json object can not be null', 'java.lang.IllegalArgumentException') };
    return valueAt(mode, root);
  } catch (error) {
    return { error: error instanceof InvalidPath ? illegalPath(spec) : error };
  }
}

/** A value as Java prints it: `{a=1, b=[2]}`. */
function javaText(value: Json): string {
  if (value instanceof JsonNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map(javaText).join(', ')}]`;
  if (value instanceof Map) return `{${[...value].map(([key, item]) => `${key}=${javaText(item)}`).join(', ')}}`;
  return String(value);
}

function isScalar(value: Json): boolean {
  return !Array.isArray(value) && !(value instanceof Map);
}

function failure(message: string): Error {
  return runtimeError(message, 'org.apache.flink.table.api.TableRuntimeException');
}

function bindExists(site: CallSite): Eval {
  if (site.literals[1] === undefined) throw unsupportedCall('JSON_EXISTS', site.argTypes);
  const { names } = clausesOf(site);
  return ([input, path]) => {
    const found = find(input as string, path as string);
    if (!('error' in found)) return found.value !== null;
    if (names.has('TRUE ON ERROR')) return true;
    if (names.has('UNKNOWN ON ERROR')) return null;
    if (names.has('ERROR ON ERROR')) throw found.error;
    return false;
  };
}

/** The value that RETURNING asks for. */
function returned(value: Json, type: LogicalType): Value {
  if (isText(type)) return value instanceof JsonNumber ? value.text : String(value);
  if (type.kind === 'BOOLEAN' && typeof value === 'boolean') return value;
  if (value instanceof JsonNumber) {
    if (type.kind === 'DOUBLE' && /[.E]/.test(value.text)) return Number(value.text);
    const whole = Number(value.text);
    if (type.kind === 'INT' && !/[.E]/.test(value.text) && Math.abs(whole) < 2147483648) return whole;
  }
  throw runtimeError('class of the JSON value cannot be cast to the type of RETURNING', 'java.lang.ClassCastException');
}

function bindValue(site: CallSite): Eval {
  const { names, defaultAt } = clausesOf(site);
  const { type } = site;
  const behave = (event: 'EMPTY' | 'ERROR', args: readonly Value[], error: unknown): Value => {
    const position = defaultAt(`DEFAULT ON ${event}`);
    if (position !== undefined) return defaultOf(args[position] ?? null, site.argTypes[position], type);
    if (names.has(`ERROR ON ${event}`)) throw error;
    return null;
  };
  return (args) => {
    const found = find(args[0] as string, args[1] as string);
    if ('error' in found) return behave('ERROR', args, found.error);
    const { value, strict } = found;
    if (value === null || (!strict && !isScalar(value)))
      return behave('EMPTY', args, failure('Empty result of JSON_VALUE function is not allowed'));
    if (isScalar(value)) return returned(value, type);
    const message = `Strict jsonpath mode requires scalar value, and the actual value is: ''${javaText(value)}''`;
    return behave('ERROR', args, failure(message));
  };
}

function defaultOf(value: Value, from: LogicalType | undefined, to: LogicalType): Value {
  if (value === null || !isText(to) || !from || isText(from)) return value;
  return String(value);
}

function wrap(value: Json, names: ReadonlySet<string>): Json {
  if (value === null) return null;
  if (names.has('WITH UNCONDITIONAL ARRAY WRAPPER')) return [value];
  return names.has('WITH CONDITIONAL ARRAY WRAPPER') && !Array.isArray(value) ? [value] : value;
}

function bindQuery(site: CallSite): Eval {
  const { names } = clausesOf(site);
  const list = site.type.kind === 'ARRAY';
  const finish = (json: Json): Value =>
    list
      ? (json as Json[]).map((item) =>
          item === null ? null : typeof item === 'string' ? item : jsonTextOf(item, jsonText),
        )
      : jsonTextOf(json, jsonText);
  const behave = (event: 'EMPTY' | 'ERROR', error: unknown): Value => {
    if (names.has(`ERROR ON ${event}`)) throw error;
    if (names.has(`EMPTY ARRAY ON ${event}`)) return list ? [] : '[]';
    if (names.has(`EMPTY OBJECT ON ${event}`)) return '{}';
    return null;
  };
  return ([input, path]) => {
    const found = find(input as string, path as string);
    if ('error' in found) return behave('ERROR', found.error);
    const value = wrap(found.value, names);
    if (value === null || (!found.strict && isScalar(value)))
      return behave('EMPTY', failure('Empty result of JSON_QUERY function is not allowed'));
    if (!isScalar(value) && !(list && !Array.isArray(value))) return finish(value);
    const message = `Strict jsonpath mode requires array or object value, and the actual value is: ''${javaText(value)}''`;
    return behave('ERROR', failure(message));
  };
}

const FORMS: Readonly<Record<string, string>> = {
  JSON_EXISTS: '=JSON_EXISTS(json_doc, path [{TRUE | FALSE| UNKNOWN | ERROR} ON ERROR])',
  JSON_VALUE:
    '=JSON_VALUE(json_doc, path [RETURNING type] [{NULL | ERROR | DEFAULT value} ON EMPTY] [{NULL | ERROR | DEFAULT value} ON ERROR])',
};

/** Types that Flink's generator passes on as Java's objects, whose text is read. */
function hasText(type: LogicalType): boolean {
  return text(type) || type.kind === 'DECIMAL' || isBinary(type) || isNested(type);
}

/** A clause is a symbol to Flink's generator. */
function shownType({ type, literal }: ArgumentInfo, place: number): LogicalType | 'SYMBOL NOT NULL' {
  return place > 1 && / ON (?:EMPTY|ERROR)$/.test(String(literal?.value)) ? 'SYMBOL NOT NULL' : type;
}

/** The text of an argument. Only that of a number is JSON. */
function textOf(type: LogicalType | undefined): (value: Value) => Value {
  if (type === undefined || text(type)) return (value) => value;
  return type.kind === 'DECIMAL' ? (value) => decimalToText(value as bigint, type.scale) : () => type.kind;
}

/** A path function: two texts, then clauses. */
function pathFunction(
  name: string,
  summary: string,
  fallback: LogicalType,
  allowed: (type: LogicalType) => boolean,
  bind: (site: CallSite) => Eval,
): ScalarFunction {
  return defineScalar({
    name,
    category: 'json',
    signatures: [FORMS[name] ?? `${name}(<CHARACTER>, <CHARACTER>)`],
    summary,
    example: `${name}('{"a": true}', '$.a')`,
    minArgs: 2,
    maxArgs: 10,
    nullPropagating: false,
    inferType(args, target) {
      if (name !== 'JSON_QUERY' && !text(args[1]?.type ?? types.null())) return undefined;
      const type = withNullable(target ?? fallback, true);
      if (name === 'JSON_QUERY' && type.kind === 'ARRAY' && !isText(type.element))
        throw validatorError(
          `Unsupported array element type '${sqlTypeName(type.element)}' for RETURNING ARRAY in JSON_QUERY().`,
        );
      if (!allowed(type)) throw codeError(`Unsupported type '${typeSummary(type)}' for RETURNING in JSON_VALUE().`);
      const suits = name === 'JSON_EXISTS' ? text : hasText;
      if (!args.slice(0, 2).every((arg) => suits(arg.type))) throw unsupportedCall(name, args.map(shownType));
      return type;
    },
    bind(site) {
      const evaluate = bind(site);
      const [document, path] = [textOf(site.argTypes[0]), textOf(site.argTypes[1])];
      return ([input = null, spec = null, ...clauses], context) =>
        input === null || spec === null ? null : evaluate([document(input), path(spec), ...clauses], context);
    },
  });
}

const RETURNABLE = new Set(['BOOLEAN', 'INT', 'DOUBLE', 'VARCHAR', 'CHAR']);

function isJson(value: Value, kind: string): boolean {
  if (typeof value !== 'string') return false;
  try {
    const json = parseJson(value);
    if (kind === 'OBJECT') return json instanceof Map;
    if (kind === 'ARRAY') return Array.isArray(json);
    return kind === 'SCALAR' ? isScalar(json) : true;
  } catch {
    return false;
  }
}

/** `x IS [NOT] JSON [VALUE | SCALAR | ARRAY | OBJECT]`; FALSE for NULL. */
function jsonTest(kind: string, negated: boolean, alias: boolean): ScalarFunction {
  const name = `IS ${negated ? 'NOT ' : ''}JSON ${kind}`;
  return plain({
    name,
    ...(alias ? { aliases: [`IS ${negated ? 'NOT ' : ''}JSON`] } : {}),
    category: 'json',
    forms: [`<CHARACTER> ${name}`],
    summary: `Whether a text is ${negated ? 'no' : 'a'} JSON ${kind.toLowerCase()}.`,
    example: `'1' ${name}`,
    args: [text],
    returns: () => types.boolean(false),
    nullPropagating: false,
    eval: ([value = null]) => isJson(value, kind) !== negated,
  });
}

export const jsonPaths: readonly ScalarFunction[] = [
  pathFunction(
    'JSON_EXISTS',
    'Whether a path leads to a value in a JSON text.',
    types.boolean(),
    (type) => type.kind === 'BOOLEAN',
    bindExists,
  ),
  pathFunction(
    'JSON_VALUE',
    'The scalar at a path of a JSON text.',
    types.string(),
    (type) => RETURNABLE.has(type.kind),
    bindValue,
  ),
  pathFunction(
    'JSON_QUERY',
    'The object or array at a path of a JSON text.',
    types.string(),
    (type) => type.kind === 'VARCHAR' || (type.kind === 'ARRAY' && isText(type.element)),
    bindQuery,
  ),
  ...['VALUE', 'SCALAR', 'ARRAY', 'OBJECT'].flatMap((kind) => [
    jsonTest(kind, false, kind === 'VALUE'),
    jsonTest(kind, true, kind === 'VALUE'),
  ]),
];
