import { describe, expect, it } from 'vitest';
import type { SqlExpression } from '../../src/parser/ast.ts';
import { parseDataType, parseExpression, parseQuery } from '../../src/parser/sql-parser.ts';
import { unparseExpression, unparseQuery } from '../../src/parser/unparse.ts';
import { typeToString } from '../../src/types/logical-type.ts';

/** The tree as nested text, so that precedence shows. */
function tree(expression: SqlExpression): string {
  if (expression.kind === 'operator') return `(${expression.operator} ${expression.operands.map(tree).join(' ')})`;
  if (expression.kind === 'in') return `(in ${tree(expression.left)} ${expression.list?.map(tree).join(' ')})`;
  return unparseExpression(expression);
}

describe('precedence', () => {
  it.each([
    ['a + b * c - d', '(- (+ `a` (* `b` `c`)) `d`)'],
    ['a OR b AND NOT c = d', '(OR `a` (AND `b` (NOT (= `c` `d`))))'],
    ['-a * b', '(* (- `a`) `b`)'],
    ['-a[1]', '(- `a`[1])'],
    ['a BETWEEN 1 AND 2 AND b', '(AND (BETWEEN `a` 1 2) `b`)'],
    ['a = b IS NULL', '(IS NULL (= `a` `b`))'],
    ['a IS NOT DISTINCT FROM b + 1', '(+ (IS NOT DISTINCT FROM `a` `b`) 1)'],
    ["a LIKE 'x' || b ESCAPE '!' AND c", "(AND (LIKE `a` (|| 'x' `b`) '!') `c`)"],
    ['NOT a IN (1, 2)', '(NOT (in `a` 1 2))'],
    ['a = NOT b', '(= `a` (NOT `b`))'],
    ['(a - b) DAY TO SECOND', '(MINUS_DATE `a` `b` DAY TO SECOND)'],
  ])('%s', (sql, expected) => {
    expect(tree(parseExpression(sql))).toBe(expected);
  });
});

describe('unparse', () => {
  it.each([
    ['(a + 1) * 2', '(`a` + 1) * 2'],
    ['- (-a)', '- (- `a`)'],
    ['a * -1', '`a` * -1'],
    ['upper(b)', 'UPPER(`b`)'],
    ['greatest(a, 1)', '`greatest`(`a`, 1)'],
    ['cast(a as int)', 'CAST(`a` AS INTEGER)'],
    ['CAST(b AS STRING)', 'CAST(`b` AS STRING)'],
    ["CASE a WHEN 1 THEN 'x' END", "CASE WHEN `a` = 1 THEN 'x' ELSE NULL END"],
    ['a NOT BETWEEN 1 AND 2', '`a` NOT BETWEEN ASYMMETRIC 1 AND 2'],
    ["ts - INTERVAL '5' SECOND", "`ts` - INTERVAL '5' SECOND"],
    ["ts + INTERVAL -'1' DAY", "`ts` + INTERVAL -'1' DAY"],
    ['YEAR(d)', 'EXTRACT(YEAR FROM `d`)'],
    ['TRIM(b)', "TRIM(BOTH ' ' FROM `b`)"],
    ['SUBSTRING(b FROM 2)', 'SUBSTRING(`b`, 2)'],
    ['(1, a)', 'ROW(1, `a`)'],
    ["'ä'", "u&'\\00e4'"],
    ["x'0aff'", "X'0AFF'"],
    [
      "JSON_QUERY(b, '$.a' WITH WRAPPER)",
      "JSON_QUERY(`b`, '$.a' WITH UNCONDITIONAL ARRAY WRAPPER NULL ON EMPTY NULL ON ERROR)",
    ],
    ["JSON_OBJECT('a' VALUE a)", "JSON_OBJECT(KEY 'a' VALUE `a` NULL ON NULL)"],
    ['current_date', 'CURRENT_DATE'],
    ['f(x => 1, tab => TABLE t PARTITION BY k)', '`f`(`x` => 1, `tab` => TABLE `t` PARTITION BY (`k`))'],
  ])('%s', (sql, expected) => {
    expect(unparseExpression(parseExpression(sql))).toBe(expected);
  });

  it('lays a query out as Flink does', () => {
    const sql =
      'WITH q AS (SELECT a FROM t) SELECT DISTINCT q.a, COUNT(*) FILTER (WHERE a > 1) AS c FROM q LEFT JOIN u AS x ON q.a = x.a WHERE a > 1 GROUP BY q.a HAVING COUNT(*) > 1 ORDER BY c DESC NULLS LAST LIMIT 5';
    expect(unparseQuery(parseQuery(sql))).toBe(
      'WITH `q` AS (SELECT `a`\nFROM `t`) SELECT DISTINCT `q`.`a`, COUNT(*) FILTER (WHERE `a` > 1) AS `c`\nFROM `q`\nLEFT JOIN `u` AS `x` ON `q`.`a` = `x`.`a`\nWHERE `a` > 1\nGROUP BY `q`.`a`\nHAVING COUNT(*) > 1\nORDER BY `c` DESC NULLS LAST\nFETCH NEXT 5 ROWS ONLY',
    );
  });
});

describe('queries', () => {
  it.each([
    'SELECT * FROM a, b AS x (c, d), LATERAL TABLE(f(a.x)) AS t(y)',
    'SELECT * FROM t CROSS JOIN UNNEST(ar) WITH ORDINALITY AS u (x, i)',
    'SELECT * FROM o JOIN r FOR SYSTEM_TIME AS OF o.ts AS r ON o.k = r.k',
    "SELECT * FROM t /*+ OPTIONS('a' = 'b', 'c' = 'd') */ AS x",
    "SELECT /*+ STATE_TTL('a' = '1d'), BROADCAST(b) */ * FROM a JOIN b ON TRUE",
    'SELECT a FROM t GROUP BY GROUPING SETS ((a, b), ROLLUP (a, (b, c)), CUBE (a), ())',
    'SELECT SUM(a) OVER w FROM t WINDOW w AS (PARTITION BY b ORDER BY c RANGE UNBOUNDED PRECEDING) QUALIFY a > 1',
    "SELECT * FROM TABLE(HOP(DATA => TABLE t, TIMECOL => DESCRIPTOR(ts), SLIDE => INTERVAL '5' MINUTE, SIZE => INTERVAL '10' MINUTE))",
    'SELECT a FROM t UNION ALL SELECT b FROM u INTERSECT SELECT c FROM v EXCEPT (SELECT d FROM w LIMIT 1)',
    'VALUES (1, 2), (3, 4)',
    "SELECT * FROM t MATCH_RECOGNIZE (PARTITION BY k ORDER BY ts MEASURES FIRST(A.x) AS f, LAST(B.x) AS l ONE ROW PER MATCH AFTER MATCH SKIP TO LAST B PATTERN (A B+? (C | D){2,3}) WITHIN INTERVAL '1' HOUR DEFINE A AS A.x > 1, B AS B.x < LAST(A.x, 1)) AS m",
    'SELECT * FROM (SELECT a FROM t) NATURAL JOIN (u JOIN v USING (a, b))',
    'SELECT (SELECT MAX(a) FROM t), EXISTS (SELECT 1 FROM u), a IN (SELECT b FROM v), a > ALL (SELECT c FROM w) FROM x',
  ])('%s keeps its meaning when it is printed', (sql) => {
    const query = parseQuery(sql);
    const printed = unparseQuery(query);
    expect(withoutPlaces(parseQuery(printed))).toEqual(withoutPlaces(query));
  });

  it('keeps places, lines and columns from 1, the end on the last character', () => {
    const query = parseQuery('SELECT a,\n  foo(b) FROM t');
    const items = query.body.kind === 'select' ? query.body.items : [];
    expect(items[1]?.span).toMatchObject({ line: 2, column: 3, endLine: 2, endColumn: 8, start: 12, end: 18 });
  });
});

function withoutPlaces(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutPlaces);
  if (typeof node !== 'object' || node === null || node instanceof Uint8Array) return node;
  const kept = Object.entries(node).filter(([key]) => !['span', 'operatorSpan', 'partSpans'].includes(key));
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutPlaces(value)]));
}

describe('types', () => {
  it.each([
    ['VARCHAR', 'VARCHAR(2147483647)'],
    ['CHAR', 'CHAR(1)'],
    ['DECIMAL(39, 2) NOT NULL', 'DECIMAL(38, 2) NOT NULL'],
    ['TIMESTAMP(3) WITH LOCAL TIME ZONE', 'TIMESTAMP(3) WITH LOCAL TIME ZONE'],
    ["ROW<a INT NOT NULL, b ROW(c INT 'text')>", 'ROW<`a` INT NOT NULL, `b` ROW<`c` INT>>'],
    ['MAP<STRING, INT ARRAY NOT NULL>', 'MAP<VARCHAR(2147483647), ARRAY<INT> NOT NULL>'],
    ['DOUBLE PRECISION MULTISET', 'MULTISET<DOUBLE>'],
  ])('%s', (sql, expected) => {
    expect(typeToString(parseDataType(sql))).toBe(expected);
  });
});
