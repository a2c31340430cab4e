/** Syntax trees of MATCH_RECOGNIZE's expressions: walking them, and the places that Calcite gives to what it has rewritten. */
import type { Span } from '../base/error.ts';
import type { SqlExpression } from '../parser/ast.ts';

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
