/** Paths into JSON in the dialect of Jayway: `$.a['b'][0,1][1:3][*]..c[?(@.x > 1)].length()`. */
import { runtimeError } from './call-error.ts';
import { type Json, JsonNumber } from './json-tree.ts';

type Step =
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'indexes'; readonly indexes: readonly number[] }
  | { readonly kind: 'slice'; readonly from: number | undefined; readonly to: number | undefined }
  | { readonly kind: 'wildcard' | 'deep' }
  | { readonly kind: 'filter'; readonly test: (item: Json) => boolean }
  | { readonly kind: 'length' };

/** A compiled path. A definite path leads to one value at most, others to a list. */
export interface JsonPath {
  readonly steps: readonly Step[];
  readonly definite: boolean;
}

/** What is no path, or none that can be taken through these values. */
export class InvalidPath extends Error {}

function pathNotFound(path: string): Error {
  return runtimeError(
    `No results for path: ${path}`,
    'org.apache.flink.shaded.com.jayway.jsonpath.PathNotFoundException',
  );
}

/** Throws InvalidPath. */
export function compilePath(path: string): JsonPath {
  const text = path.trim();
  if (text[0] !== '$' && text[0] !== '@') return compilePath(`$.${text}`.replace(/^\$\.(?=.*\s)/, '\u0000'));
  const steps: Step[] = [];
  let rest = text.slice(1);
  while (rest !== '') {
    const [step, length] = nextStep(rest, path);
    if (step.kind === 'deep') {
      steps.push(step);
      rest = rest.slice(rest[2] === '[' ? 2 : 1);
      continue;
    }
    steps.push(step);
    rest = rest.slice(length);
  }
  const definite = steps.every(
    (step) =>
      step.kind === 'length' ||
      (step.kind === 'names' && step.names.length >= 1) ||
      (step.kind === 'indexes' && step.indexes.length === 1),
  );
  return { steps, definite };
}

function nextStep(rest: string, path: string): [Step, number] {
  if (rest.startsWith('..')) return [{ kind: 'deep' }, 1];
  const fn = /^\.(length|size)\(\)/.exec(rest);
  if (fn) return [{ kind: 'length' }, fn[0].length];
  const star = /^(?:\.\*|\[\s*\*\s*\])/.exec(rest);
  if (star) return [{ kind: 'wildcard' }, star[0].length];
  const name = /^\.([^.[\]()\s?*,'"@$]+)/.exec(rest);
  if (name) return [{ kind: 'names', names: [name[1] as string] }, name[0].length];
  const quoted =
    /^\[\s*((?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")(?:\s*,\s*(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))*)\s*\]/.exec(
      rest,
    );
  if (quoted) return [{ kind: 'names', names: namesOf(quoted[1] as string) }, quoted[0].length];
  const indexes = /^\[\s*(-?\d+(?:\s*,\s*-?\d+)*)\s*\]/.exec(rest);
  if (indexes) return [{ kind: 'indexes', indexes: (indexes[1] as string).split(',').map(Number) }, indexes[0].length];
  const slice = /^\[\s*(-?\d+)?\s*:\s*(-?\d+)?\s*\]/.exec(rest);
  if (slice) return [{ kind: 'slice', from: numberOf(slice[1]), to: numberOf(slice[2]) }, slice[0].length];
  const filter = /^\[\?\s*\((.*?)\)\s*\]/.exec(rest);
  if (filter) return [{ kind: 'filter', test: filterOf(filter[1] as string, path) }, filter[0].length];
  throw new InvalidPath(path);
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function namesOf(list: string): string[] {
  return [...list.matchAll(/'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/g)].map((match) =>
    (match[1] ?? match[2] ?? '').replace(/\\(.)/g, '$1'),
  );
}

/** `@.a > 1 && @.b == 'x'`, also with `||` and `!`, or a path that must exist. */
function filterOf(text: string, path: string): (item: Json) => boolean {
  const alternatives = text.split('||').map((part) => part.split('&&').map((term) => termOf(term.trim(), path)));
  return (item) => alternatives.some((terms) => terms.every((term) => term(item)));
}

function termOf(text: string, path: string): (item: Json) => boolean {
  if (text.startsWith('!')) {
    const inner = termOf(text.slice(1).trim(), path);
    return (item) => !inner(item);
  }
  const match = /^(@[^<>=!~]*?|'[^']*'|"[^"]*"|[\w.+-]+)\s*(?:(==|!=|<=|>=|<|>|=~)\s*(.+))?$/.exec(text);
  if (!match) throw new InvalidPath(path);
  const left = operandOf((match[1] as string).trim());
  const operator = match[2];
  if (operator === undefined) return (item) => left(item) !== undefined;
  const right = operandOf((match[3] as string).trim());
  return (item) => compare(operator, left(item), right(item));
}

type Operand = (item: Json) => Json | undefined;

function operandOf(text: string): Operand {
  if (text.startsWith('@')) {
    const path = compilePath(text);
    return (item) => {
      const found = evaluate(path.steps, 0, item, false);
      return found[0];
    };
  }
  const quoted = /^(['"])(.*)\1$/.exec(text);
  if (quoted) return () => quoted[2] as string;
  if (text === 'true' || text === 'false') return () => text === 'true';
  if (text === 'null') return () => null;
  const regex = /^\/(.*)\/(i?)$/.exec(text);
  if (regex) return () => new JsonNumber(`/${regex[1]}/${regex[2]}`);
  return () => new JsonNumber(text);
}

function compare(operator: string, a: Json | undefined, b: Json | undefined): boolean {
  if (operator === '=~' && b instanceof JsonNumber) {
    const parts = /^\/(.*)\/(i?)$/.exec(b.text);
    return typeof a === 'string' && parts !== null && new RegExp(`^(?:${parts[1]})$`, parts[2]).test(a);
  }
  const left = a instanceof JsonNumber ? Number(a.text) : a;
  const right = b instanceof JsonNumber ? Number(b.text) : b;
  if (operator === '==') return left === right;
  if (operator === '!=') return left !== right;
  if (typeof left !== typeof right || (typeof left !== 'number' && typeof left !== 'string')) return false;
  const order = (left as number) < (right as number) ? -1 : left === right ? 0 : 1;
  if (operator === '<') return order < 0;
  if (operator === '<=') return order <= 0;
  return operator === '>' ? order > 0 : order >= 0;
}

/** Values that the steps from `at` lead to. With `strict` a definite step that leads nowhere throws. */
function evaluate(steps: readonly Step[], at: number, value: Json, strict: boolean): Json[] {
  const step = steps[at];
  if (!step) return [value];
  if (step.kind === 'deep') return descend(steps, at + 1, value);
  const found = apply(step, value, strict, at === steps.length - 1);
  return found.flatMap((item) => evaluate(steps, at + 1, item, strict && isDefinite(step)));
}

function isDefinite(step: Step): boolean {
  return step.kind === 'names' || step.kind === 'indexes' || step.kind === 'length';
}

function descend(steps: readonly Step[], at: number, value: Json): Json[] {
  const here = evaluate(steps, at, value, false);
  const children = Array.isArray(value) ? value : value instanceof Map ? [...value.values()] : [];
  return [...here, ...children.flatMap((child) => descend(steps, at, child))];
}

function apply(step: Step, value: Json, strict: boolean, _leaf: boolean): Json[] {
  switch (step.kind) {
    case 'names':
      return namesIn(step.names, value, strict);
    case 'indexes':
      return indexesIn(step.indexes, value, strict);
    case 'slice':
      return Array.isArray(value) ? value.slice(step.from, step.to) : missing(strict, 'slice');
    case 'wildcard':
      return Array.isArray(value) ? value : value instanceof Map ? [...value.values()] : [];
    case 'filter':
      if (!Array.isArray(value) && !(value instanceof Map)) throw new InvalidPath('a filter of a scalar');
      return (Array.isArray(value) ? value : [value]).filter(step.test);
    case 'length':
      if (Array.isArray(value)) return [new JsonNumber(String(value.length))];
      if (value instanceof Map) return [new JsonNumber(String(value.size))];
      return typeof value === 'string' ? [new JsonNumber(String(value.length))] : [null];
    default:
      return [];
  }
}

function missing(strict: boolean, step: string): Json[] {
  if (strict) throw pathNotFound(step);
  return [];
}

function namesIn(names: readonly string[], value: Json, strict: boolean): Json[] {
  if (!(value instanceof Map)) return missing(strict, names.map((name) => `$['${name}']`).join());
  if (names.length === 1) {
    const found = value.get(names[0] as string);
    return found === undefined ? missing(strict, `$['${names[0]}']`) : [found];
  }
  return [new Map(names.filter((name) => value.has(name)).map((name) => [name, value.get(name) as Json]))];
}

function indexesIn(indexes: readonly number[], value: Json, strict: boolean): Json[] {
  if (!Array.isArray(value)) return missing(strict, `$[${indexes[0]}]`);
  const found = indexes.flatMap((index) => {
    const item = value[index < 0 ? value.length + index : index];
    return item === undefined ? [] : [item];
  });
  return found.length === 0 && indexes.length === 1 ? missing(strict, `$[${indexes[0]}]`) : found;
}

/** The value at a path, or the list of values of an indefinite one. Throws PathNotFoundException. */
export function readPath(path: JsonPath, root: Json): Json {
  const found = evaluate(path.steps, 0, root, true);
  if (!path.definite) return found;
  const value = found[0];
  if (value === undefined) throw pathNotFound('$');
  return value;
}
