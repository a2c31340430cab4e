/** Syntax trees of MATCH_RECOGNIZE's expressions: walking them, and the places that Calcite gives to what it has rewritten. */
import type { Span } from '../base/error.ts';
import type { Identifier, SqlExpression } from '../parser/ast.ts';
import { unparseExpression } from '../parser/unparse.ts';
import { bindError } from './bind-error.ts';

export type FunctionNode = Extract<SqlExpression, { kind: 'function' }>;

/** All rows, of whatever variable. */
export const ANY_VARIABLE = '*';

export const NAVIGATIONS: ReadonlySet<string> = new Set(['FIRST', 'LAST', 'PREV', 'NEXT']);
/** Functions that mean nothing elsewhere. */
const MATCH_FUNCTIONS = new Set([...NAVIGATIONS, 'MATCH_ROWTIME', 'MATCH_PROCTIME', 'CLASSIFIER']);

export function isMatchFunction(name: string): boolean {
  return MATCH_FUNCTIONS.has(name);
}

/** What Calcite says of such a function in any other place. */
export function onlyInMatch(node: FunctionNode, qualified: (name: Identifier) => Identifier): Error {
  const shown = mapChildren(node, function qualify(child): SqlExpression {
    return child.kind === 'identifier' ? qualified(child) : mapChildren(child, qualify);
  }) as FunctionNode;
  return bindError(`Function '${shownCall(shown)}' can only be used in MATCH_RECOGNIZE`, node.span);
}

/** The node with each child replaced; itself when none changes. A changed call stands where its last changed part ends. */
export function mapChildren(node: SqlExpression, map: (child: SqlExpression) => SqlExpression): SqlExpression {
  let span: Span | undefined;
  const visit = (value: unknown): unknown => {
    if (Array.isArray(value)) {
      const mapped = value.map(visit);
      return mapped.every((item, i) => item === value[i]) ? value : mapped;
    }
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
    if (!isExpression(value)) return entries(value);
    const child = map(value);
    span = later(span, child.span);
    return child;
  };
  const entries = (value: object): object => {
    const before = Object.entries(value);
    const after = before.map(([key, item]) => [key, NO_CHILDREN.has(key) ? item : visit(item)] as const);
    return after.every(([, item], i) => item === before[i]?.[1]) ? value : Object.fromEntries(after);
  };
  const mapped = entries(node) as SqlExpression;
  return mapped === node || span === undefined ? mapped : { ...mapped, span: withoutStart(span) };
}

const NO_CHILDREN = new Set(['span', 'operatorSpan', 'type', 'over', 'query', 'partSpans']);

function isExpression(value: object): value is SqlExpression {
  return 'kind' in value && 'span' in value;
}

function later(a: Span | undefined, b: Span): Span {
  if (a === undefined) return b;
  return b.endLine > a.endLine || (b.endLine === a.endLine && b.endColumn > a.endColumn) ? b : a;
}

/** Calcite's place of what it has made of something: it begins nowhere. */
export function withoutStart(span: Span): Span {
  return { ...span, line: 0, column: 0 };
}

/** The expression as Calcite shows it: calls with the offset that was left out. */
export function shownExpression(node: SqlExpression): string {
  return node.kind === 'function' ? shownCall(node) : unparseExpression(node);
}

export function shownCall(node: FunctionNode): string {
  const name = node.name.join('.').toUpperCase();
  const offset = name === 'PREV' || name === 'NEXT' ? '1' : '0';
  const needsOffset = NAVIGATIONS.has(name) && node.args.length === 1;
  const args = needsOffset ? [...node.args, { kind: 'number', text: offset, span: node.span } as const] : node.args;
  return unparseExpression({ ...node, name: [name], args });
}

export function forEachCall(node: SqlExpression, visit: (call: FunctionNode, name: string) => void): void {
  if (node.kind === 'function') visit(node, node.name.join('.').toUpperCase());
  mapChildren(node, (child) => {
    forEachCall(child, visit);
    return child;
  });
}

export function forEachIdentifier(node: SqlExpression, visit: (identifier: Identifier) => void): void {
  mapChildren(node, (child) => {
    if (child.kind === 'identifier') visit(child);
    else forEachIdentifier(child, visit);
    return child;
  });
}
