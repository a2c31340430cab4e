import { describe, expect, it } from 'vitest';
import { EngineError } from '../../src/base/error.ts';
import { parseExpression, parseQuery, parseStatement } from '../../src/parser/sql-parser.ts';
import { statements } from '../../src/statements/index.ts';
import type { Statement, StatementNode } from '../../src/statements/statement.ts';

function failure(sql: string): EngineError {
  try {
    parseStatement<StatementNode, Statement>(sql, statements);
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
  throw new Error(`parsed: ${sql}`);
}

const PARSER = 'org.apache.flink.table.api.SqlParserException';
const EOF = 'org.apache.flink.table.api.SqlParserEOFException';

describe('the first line of a syntax error', () => {
  it.each([
    ['SELECT a b c FROM t', 'Encountered "c" at line 1, column 12.'],
    ['SELECT a FROM t LIMIT -1', 'Encountered "-" at line 1, column 23.'],
    ['SELECT a\nFROM t\nGROUP a', 'Encountered "a" at line 3, column 7.'],
    ['SELECT a FROM t WHERE a = = 1', 'Encountered "= =" at line 1, column 25.'],
    ['SELECT a FROM t WHERE a >', 'Encountered "> <EOF>" at line 1, column 25.'],
    ['SELECT a FROM t WHERE a = (', 'Encountered "= ( <EOF>" at line 1, column 25.'],
    ['SELECT a FROM t WHERE a IS', 'Encountered "IS <EOF>" at line 1, column 25.'],
    ['SELECT a FROM t,', 'Encountered ", <EOF>" at line 1, column 16.'],
    ['SELECT a.', 'Encountered ". <EOF>" at line 1, column 9.'],
    ['SELECT order_id AS select FROM t', 'Encountered "select" at line 1, column 20.'],
    ['SELECT year', 'Encountered "year <EOF>" at line 1, column 8.'],
    ["SELECT 'abc", 'Encountered "\\\'" at line 1, column 8.'],
    ['CREATE TABEL x (a INT)', 'Encountered "TABEL" at line 1, column 8.'],
    ['SHOW CREATE orders', 'Encountered "orders" at line 1, column 13.'],
    ['SELECT a, FROM t', "Incorrect syntax near the keyword 'FROM' at line 1, column 11."],
    ['SELECT a FROM t WHERE a AND', "Incorrect syntax near the keyword 'AND' at line 1, column 25."],
    ['SELECT a FROM t LEFT u', "Incorrect syntax near the keyword 'LEFT' at line 1, column 17."],
    ['SHOW FOO', "Incorrect syntax near the keyword 'SHOW' at line 1, column 1."],
    ['SELEC 1', 'Non-query expression encountered in illegal context'],
    ['EXPLAIN SELEC 1', 'Non-query expression encountered in illegal context'],
    ['SELECT a FROM t WHERE a != 1', "Bang equal '!=' is not allowed under the current SQL conformance level"],
    ['SELECT a BETWEEN 1', 'BETWEEN operator has no terminating AND'],
    ['SELECT a & b', 'Lexical error at line 1, column 10.  Encountered: "&" (38), after : ""'],
    ['SELECT a FROM t LIMIT 2, 3', "'LIMIT start, count' is not allowed under the current SQL conformance level"],
  ])('%s', (sql, message) => {
    const error = failure(sql);
    expect(error.message.split('\n')[0]).toBe(`SQL parse failed. ${message}`);
    expect(error.exceptionClass).toBe(PARSER);
  });

  it.each([
    ['SELECT', 'Encountered "<EOF>" at line 1, column 6.'],
    ['', 'Encountered "<EOF>" at line 0, column 0.'],
    ['-- only a comment', 'Encountered "<EOF>" at line 1, column 17.'],
    ['SELECT * FROM t WHERE', 'Encountered "<EOF>" at line 1, column 21.'],
    ['SELECT (a\n', 'Encountered "<EOF>" at line 1, column 10.'],
  ])('at the end of %j', (sql, message) => {
    const error = failure(sql);
    expect(error.message.split('\n')[0]).toBe(message);
    expect(error.exceptionClass).toBe(EOF);
  });

  it('lists what would have done', () => {
    const { message } = failure('SELECT a FROM t GROUP a');
    expect(message).toContain('Was expecting:\n    "BY" ...');
    expect(failure('DROP INDEX x').message).toMatch(/"TABLE" \.\.\.\n {4}"TEMPORARY" \.\.\.\n {4}"VIEW" \.\.\./);
  });

  it.each([
    ['SELECT a b c FROM t', '<EOF> EXCEPT FETCH FROM INTERSECT LIMIT OFFSET ORDER MINUS UNION ; ,'],
    ['SELECT a FROM t LIMIT 5 6', '<EOF> OFFSET ; ,'],
    ['SELECT a FROM t ORDER BY a NULLS', 'LAST FIRST'],
    ['SELECT a FROM t CROSS t', 'APPLY JOIN'],
    [
      'SELECT a FROM t x y',
      '<EOF> CROSS EXCEPT FETCH FULL GROUP HAVING INNER INTERSECT JOIN LEFT LIMIT NATURAL OFFSET ORDER OUTER QUALIFY RIGHT MINUS TABLESAMPLE UNION WHERE WINDOW ( ; ,',
    ],
    [
      'SELECT CASE a FROM t',
      'WHEN . NOT IN < <= > >= = <> != BETWEEN LIKE ILIKE RLIKE SIMILAR + - * / % || AND OR IS MEMBER SUBMULTISET CONTAINS OVERLAPS EQUALS PRECEDES SUCCEEDS IMMEDIATELY MULTISET [ FORMAT (',
    ],
    ['CREATE FOO', 'CATALOG CONNECTION DATABASE OR SYSTEM TABLE TEMPORARY VIEW MODEL MATERIALIZED FUNCTION'],
    ['CREATE TABLE t (a INT FOO)', 'CONSTRAINT NOT NULL PRIMARY UNIQUE COMMENT METADATA ) , MULTISET ARRAY'],
    [
      'CREATE TABLE t LIKE u (EXCLUDING FOO)',
      'ALL CONSTRAINTS GENERATED OPTIONS DISTRIBUTION METADATA PARTITIONS WATERMARKS',
    ],
    ['ALTER TABLE t FOO', 'ADD DROP RESET SET MODIFY RENAME .'],
    ['INSERT INTO t SELECT 1 ON CONFLICT DO UPDATE', 'ERROR DEDUPLICATE NOTHING'],
    ["COMPILE PLAN 'x'", 'FOR UESCAPE <QUOTED_STRING> IF'],
  ])('in the order of Flink: %s', (sql, expected) => {
    const [, list = ''] = failure(sql).message.split(/Was expecting.*\n/);
    const words = list.split('\n').map((line) =>
      line
        .trim()
        .replace(/ \.\.\.$/, '')
        .replaceAll('"', ''),
    );
    expect(words.filter((word) => word !== '').join(' ')).toBe(expected);
  });

  it('bears the bare text as its cause', () => {
    expect(failure('SELECT a b c FROM t').cause).toMatchObject({
      message: expect.stringMatching(/^Encountered "c"/),
      exceptionClass: 'org.apache.flink.sql.parser.impl.ParseException',
    });
  });
});

describe('what is refused after reading', () => {
  it('names a type it does not know, unless the text is wrong elsewhere', () => {
    expect(failure('CREATE TABLE x (a NOPE)').message).toBe(
      "From line 1, column 19 to line 1, column 22: Unknown identifier 'NOPE'",
    );
    expect(failure('CREATE TABLE x (a NOPE').exceptionClass).toBe(EOF);
    expect(() => parseExpression('CAST(a AS NOPE)')).toThrow('SQL validation failed. From line 1, column 11');
  });

  it('takes one statement only', () => {
    expect(failure('SELECT 1; SELECT 2').message).toBe('only single statement supported');
    expect(failure('SELECT 1; SELECT').exceptionClass).toBe(EOF);
    expect(() => parseQuery('SELECT 1;;')).not.toThrow();
  });

  it.each([
    ['CREATE TABLE x (a INT(11))', 'INT, not INT(11)'],
    ['CREATE TABLE x (a INT AUTO_INCREMENT)', 'AUTO_INCREMENT is MySQL'],
    ['CREATE TABLE x (a INT) ENGINE=InnoDB', "'connector' = 'jdbc'"],
    ['CREATE TABLE x (a INT, KEY k (a))', 'Indexes are MySQL'],
  ])('tells where the words of MySQL belong: %s', (sql, hint) => {
    expect(failure(sql).message).toContain(hint);
  });
});

describe('size and depth', () => {
  it('reads hundreds of sub-queries inside each other', () => {
    let sql = 'SELECT 1 AS a';
    for (let i = 0; i < 300; i++) sql = `SELECT * FROM (${sql})`;
    expect(parseQuery(sql).kind).toBe('query');
  });

  it('refuses what is nested beyond reason with a clear error', () => {
    const sql = `SELECT ${'('.repeat(50_000)}1${')'.repeat(50_000)}`;
    expect(() => parseQuery(sql)).toThrow(/nested/);
  });

  it('reads a statement of megabytes', () => {
    const list = Array.from({ length: 200_000 }, (_, i) => `'value ${i}'`).join(', ');
    expect(parseQuery(`SELECT a FROM t WHERE a IN (${list})`).kind).toBe('query');
  });
});
