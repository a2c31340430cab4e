/** Any expression, printed and read again, is the same tree. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseExpression } from '../../src/parser/sql-parser.ts';
import { unparseExpression } from '../../src/parser/unparse.ts';

const name = fc.oneof(fc.constantFrom('a', 'b', 'select', 'it`s', 'ä ö'), fc.string({ minLength: 1, maxLength: 6 }));
const quoted = name.map((text) => `\`${text.replaceAll('`', '``')}\``);
const literal = fc.oneof(
  fc.nat().map(String),
  fc.double({ noNaN: true, min: 0, max: 1e6 }).map((value) => value.toFixed(3)),
  fc
    .string({ unit: 'binary', maxLength: 8 })
    .filter((text) => !/[\ud800-\udfff]/.test(text))
    .map((text) => `'${text.replaceAll("'", "''")}'`),
  fc.constantFrom('TRUE', 'NULL', "DATE '2020-02-29'", "INTERVAL '1-2' YEAR TO MONTH", "X'00FF'", "INTERVAL -'3' DAY"),
);

const { expression } = fc.letrec<{ expression: string }>((tie) => {
  const inner = tie('expression').map((text) => `(${text})`);
  const binary = fc.constantFrom(
    '+',
    '-',
    '*',
    '/',
    '%',
    '||',
    '=',
    '<>',
    '<',
    '>=',
    'AND',
    'OR',
    'LIKE',
    'IS DISTINCT FROM',
  );
  return {
    expression: fc.oneof(
      { maxDepth: 5, depthIdentifier: 'expression' },
      literal,
      quoted,
      fc.tuple(inner, binary, inner).map((parts) => parts.join(' ')),
      fc.tuple(tie('expression'), binary, tie('expression')).map((parts) => parts.join(' ')),
      fc.tuple(fc.constantFrom('NOT', '-', '+'), inner).map((parts) => parts.join(' ')),
      fc
        .tuple(inner, fc.constantFrom('IS NULL', 'IS NOT TRUE', 'IN (1, 2)', 'NOT IN (`x`)'))
        .map((parts) => parts.join(' ')),
      fc.tuple(inner, inner, inner).map(([a, b, c]) => `${a} BETWEEN ASYMMETRIC ${b} AND ${c}`),
      fc
        .tuple(
          quoted.map((text) => `my.${text}`),
          fc.array(tie('expression'), { maxLength: 3 }),
        )
        .map(([f, args]) => `${f}(${args.join(', ')})`),
      fc.tuple(inner, inner).map(([a, b]) => `CASE WHEN ${a} THEN ${b} ELSE NULL END`),
      inner.map((text) => `CAST(${text} AS ROW<\`x\` DECIMAL(5, 2) NOT NULL, \`y\` MAP<STRING, BYTES>>)`),
      fc.tuple(inner, inner).map(([a, b]) => `ARRAY[${a}, ${b}][${a}]`),
    ),
  };
});

it('printing and reading again changes nothing', () => {
  fc.assert(
    fc.property(expression, (text) => {
      let tree: ReturnType<typeof parseExpression>;
      try {
        tree = parseExpression(text);
      } catch {
        return; // A text such as `a = b AND … BETWEEN` without its AND.
      }
      const printed = unparseExpression(tree);
      const again = parseExpression(printed);
      expect(unparseExpression(again)).toBe(printed);
      expect(withoutPlaces(again)).toEqual(withoutPlaces(tree));
    }),
    { numRuns: 1000 },
  );
});

function withoutPlaces(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutPlaces);
  if (typeof node !== 'object' || node === null || node instanceof Uint8Array) return node;
  const kept = Object.entries(node).filter(([key]) => !['span', 'operatorSpan', 'partSpans'].includes(key));
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutPlaces(value)]));
}
