/** Expressions, constant and over rows, and what Flink answers: type and value, or its error. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import type { Session } from '../../src/engine/session.ts';
import { rowWriter } from '../../src/gateway/row-body.ts';
import { EngineError, openEngine } from '../../src/index.ts';
import { typeToString } from '../../src/types/logical-type.ts';

let home: string;
let engine: Engine;
let session: Session;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'expressions-'));
  engine = await openEngine(home);
  session = await engine.openSession('s', { 'table.local-time-zone': 'UTC' });
});
afterAll(async () => {
  await engine.stop();
  rmSync(home, { recursive: true, force: true });
});

async function rowsAndType(expression: string, from = ''): Promise<string> {
  const operation = session.execute(`SELECT ${expression}${from && ` FROM ${from}`}`);
  await operation.finished();
  const texts: string[] = [];
  let type = '';
  for (let token: number | null = 0; token !== null; ) {
    const fetched: Awaited<ReturnType<typeof operation.fetch>> = await operation.fetch(token);
    const columns = fetched?.description.columns ?? [];
    type = columns.map((column) => typeToString(column.type)).join(', ');
    const write = rowWriter(columns, 'PLAIN_TEXT', 'UTC');
    texts.push(...(fetched?.page.rows ?? []).map((row) => String(write(row).fields[0] ?? 'NULL')));
    token = fetched?.page.next ?? null;
  }
  return `${texts.join(' ; ')} ${type}`;
}

async function rootOf(expression: string, from?: string): Promise<string> {
  try {
    return `no error: ${await rowsAndType(expression, from)}`;
  } catch (error) {
    let root = error;
    while (root instanceof EngineError && root.cause instanceof EngineError) root = root.cause;
    return (root as Error).message;
  }
}

const S = 'VARCHAR(2147483647)';

describe('values', () => {
  it.each([
    ['CAST(CAST(NULL AS INT) AS TIMESTAMP(3))', 'NULL TIMESTAMP(3)'],
    ['CAST(CAST(NULL AS STRING) AS ARRAY<STRING>)', `NULL ARRAY<${S}>`],
    ['CAST(2 AS INTERVAL HOUR)', '+0 02:00:00.000 INTERVAL SECOND(3) NOT NULL'],
    ['CAST(2 AS INTERVAL YEAR)', '+2-00 INTERVAL MONTH NOT NULL'],
    ["LPAD('äöü€😀', 5, 'x')", `äöü€? ${S} NOT NULL`],
    ["SPLIT('a😀', '')", `[a, ?, ?] ARRAY<${S}> NOT NULL`],
    ["'a\nc' LIKE 'a_c'", 'FALSE BOOLEAN NOT NULL'],
    ["'a\nc' LIKE 'a%c'", 'TRUE BOOLEAN NOT NULL'],
    ["'abc' LIKE 'a%' ESCAPE ''", 'TRUE BOOLEAN NOT NULL'],
    ["'abc' SIMILAR TO 'a.c'", 'TRUE BOOLEAN NOT NULL'],
    ["'a\nc' SIMILAR TO 'a%c'", 'TRUE BOOLEAN NOT NULL'],
    ["'$' SIMILAR TO '$'", 'TRUE BOOLEAN NOT NULL'],
    ["'a+c' SIMILAR TO 'a!+c' ESCAPE '!'", 'TRUE BOOLEAN NOT NULL'],
    ["REGEXP_EXTRACT('Hello', '[a-z&&[^el]]', 0)", `o ${S}`],
    ['COSH(-1)', '1.543080634815244 DOUBLE NOT NULL'],
    ['CAST(1.5 AS FLOAT) * 123456789.987654321', '1.8518518498148146E8 DOUBLE NOT NULL'],
    ['0.00000000000000000000000000000000000001', '0.00000000000000000000000000000000000001 DECIMAL(38, 38) NOT NULL'],
    ["CAST('NaN' AS DOUBLE) = CAST('NaN' AS DOUBLE)", 'TRUE BOOLEAN NOT NULL'],
    ["CAST('NaN' AS DOUBLE) = SQRT(-1)", 'FALSE BOOLEAN NOT NULL'],
    ["TRUE < 'abc'", 'FALSE BOOLEAN NOT NULL'],
    ["JSON_QUERY('not json', 'lax $' EMPTY ARRAY ON EMPTY)", `[] ${S}`],
    ["JSON_VALUE('null', '$' DEFAULT 'd' ON ERROR)", `d ${S}`],
    ["JSON_EXISTS('{\"n\": null}', '$.n' UNKNOWN ON ERROR)", 'NULL BOOLEAN'],
    ["JSON_VALUE(1.5, '$')", `1.5 ${S}`],
    ['JSON_STRING(CAST(1.1 AS FLOAT))', `1.100000023841858 ${S} NOT NULL`],
    ['JSON_ARRAY(0.0000001)', `[1E-7] ${S} NOT NULL`],
    ['URL_ENCODE(NULL)', `NULL ${S}`],
    ['IFNULL(NULL, 1)', '1 INT NOT NULL'],
    ["CONVERT_TZ('2021-03-28 02:30:00', 'GMT+02:00', '+08:00')", `2021-03-28 00:30:00 ${S}`],
    ["UNIX_TIMESTAMP('2020-01-02', '')", '-9223372036854775808 BIGINT NOT NULL'],
    ["TIMESTAMP '20-1-2'", '0020-01-02 00:00:00 TIMESTAMP(0) NOT NULL'],
    ["EXTRACT(CENTURY FROM INTERVAL '1200' MONTH(4))", '1 BIGINT NOT NULL'],
    ["TIMESTAMPDIFF(DOY, DATE '1900-02-28', DATE '2021-01-03')", '44139 INT NOT NULL'],
    [
      "CASE WHEN TRUE THEN TIMESTAMP '2020-01-01 00:00:00' ELSE TO_TIMESTAMP_LTZ(0, 3) END",
      '2020-01-01 00:00:00.000 TIMESTAMP(3) WITH LOCAL TIME ZONE',
    ],
    ["CASE WHEN TRUE THEN DATE '2020-01-01' ELSE 1 END", '2020-01-01 DATE NOT NULL'],
    ["IF(TRUE, TIME '00:00:00', TIME '00:00:00.5')", '00:00:00 TIME(0) NOT NULL'],
    ["ARRAY_SORT(ARRAY[CAST('NaN' AS DOUBLE), 1E0])", '[1.0, NaN] ARRAY<DOUBLE NOT NULL> NOT NULL'],
    ["STR_TO_MAP('aa', 'a', 'b')", `{} MAP<${S}, ${S}>`],
    ["UNHEX('ß')", 'NULL VARBINARY(2147483647)'],
    ["PRINTF('%h', 'abc')", `4ed2cbb4 ${S}`],
    ['TO_TIMESTAMP_LTZ(1234567.891, 6)', '1970-01-01 00:00:01.234567 TIMESTAMP(6) WITH LOCAL TIME ZONE'],
    ['TO_TIMESTAMP_LTZ(-0.5E0)', '1969-12-31 23:59:59.999 TIMESTAMP(3) WITH LOCAL TIME ZONE'],
    ['BITMAP_BUILD(ARRAY[1]) = BITMAP_BUILD(ARRAY[1])', 'TRUE BOOLEAN NOT NULL'],
    ["JSON_VALUE('{\"n\": null}', '$.n' DEFAULT 'e' ON ERROR)", `e ${S}`],
    ["JSON_QUERY('{\"a\": 1}', 'lax $.a[?(@.b>1)]' EMPTY OBJECT ON ERROR)", `{} ${S}`],
  ])('%s', async (expression, wanted) => {
    expect(await rowsAndType(expression)).toBe(wanted);
  });

  it('are those of a row too', async () => {
    const from = "(VALUES ('a\nc', 'äöü€😀'), ('abc', 'x')) AS t(a, b)";
    expect(await rowsAndType("a LIKE '_' || '_c'", from)).toBe('FALSE ; TRUE BOOLEAN NOT NULL');
    expect(await rowsAndType("a SIMILAR TO '_%c'", from)).toBe('TRUE ; TRUE BOOLEAN NOT NULL');
    expect(await rowsAndType("LPAD(b, 5, 'x')", from)).toBe(`äöü€? ; xxxxx ${S} NOT NULL`);
    expect(await rowsAndType("REGEXP(a, 'a(?s:.)c')", from)).toBe('TRUE ; TRUE BOOLEAN NOT NULL');
  });
});

describe('a text beside a time', () => {
  const from = "(VALUES ('2020-01-01', DATE '2020-01-01'), ('abc', DATE '2020-01-02')) AS t(s, d)";

  it.each([
    ['s = d', 'TRUE ; FALSE BOOLEAN NOT NULL'],
    ['s <> d', 'FALSE ; FALSE BOOLEAN NOT NULL'],
    ["DATE '2020-01-01' = s", 'TRUE ; FALSE BOOLEAN NOT NULL'],
    ['CASE s WHEN d THEN 1 ELSE 2 END', '1 ; 2 INT NOT NULL'],
    ["s IN (DATE '2020-01-01', DATE '2020-01-02')", 'TRUE ; FALSE BOOLEAN NOT NULL'],
  ])('%s', async (expression, wanted) => {
    expect(await rowsAndType(expression, from)).toBe(wanted);
  });

  it('has no order where it cannot be read', async () => {
    expect(await rootOf('s > d', from)).toBe("For input string: 'abc'.");
  });
});

describe('errors', () => {
  it.each([
    ["CAST('a' AS BITMAP)", 'Cast function cannot convert value of type CHAR(1) to type BITMAP NOT NULL'],
    ['CAST(ARRAY[1] AS ARRAY<TIMESTAMP(3)>)', 'The cast from NUMERIC type to TIMESTAMP type is not allowed.'],
    ['CAST(ARRAY[1] AS ARRAY<INTERVAL DAY>)', "Incorrect syntax near the keyword 'INTERVAL'"],
    ['CAST(1 AS NULL)', "Incorrect syntax near the keyword 'NULL'"],
    [
      "TO_TIMESTAMP_LTZ('2020-01-02', 'Europe')",
      'Invalid pattern for parsing TIMESTAMP_LTZ: Unknown pattern letter: r',
    ],
    [
      "TO_TIMESTAMP_LTZ('2020-01-02', 'yyyy-MM-dd', 'europe/berlin')",
      'Invalid timezone for parsing TIMESTAMP_LTZ: Unknown time-zone ID: europe/berlin',
    ],
    [
      "TO_TIMESTAMP_LTZ('2020-01-02', 'yyyy-MM-dd', '+25:00')",
      'Invalid timezone for parsing TIMESTAMP_LTZ: Zone offset hours not in valid range: value 25 is not in the range -18 to 18',
    ],
    ['ATAN2(1, 1.5)', 'Unsupported call: ATAN2(INT NOT NULL, DECIMAL(2, 1) NOT NULL)'],
    ['RAND(1.5)', 'Unsupported call: RAND(DECIMAL(2, 1) NOT NULL)'],
    ['PI(1)', 'No match found for function signature PI(<NUMERIC>)'],
    ["(DATE '2020-01-01' - TIMESTAMP '2020-01-01 00:00:00') DAY", 'Parameters must be of the same type'],
    [
      "(DATE '2020-01-01', DATE '2020-01-02') OVERLAPS (TIME '01:00:00', TIME '02:00:00')",
      "Cannot apply 'OVERLAPS' to arguments of type '<RECORDTYPE:PEEK_NO_EXPAND(DATE EXPR$0, DATE EXPR$1)> OVERLAPS",
    ],
    ["INTERVAL '1' DAY + TO_TIMESTAMP_LTZ(0, 3)", 'Unsupported temporal arithmetic.'],
    [
      "EXTRACT(YEAR FROM INTERVAL '12' HOUR)",
      "Cannot apply 'EXTRACT' to arguments of type 'EXTRACT(<INTERVAL YEAR> FROM <INTERVAL HOUR>)'",
    ],
    ["EXTRACT(DOW FROM INTERVAL '12' HOUR)", "Unit 'DOW' is not supported."],
    [
      "TIME '01:00:00' BETWEEN 1 AND 2E0",
      "Cannot apply 'BETWEEN ASYMMETRIC' to arguments of type '<TIME(0)> BETWEEN ASYMMETRIC <INTEGER> AND <DOUBLE>'",
    ],
    ["1 NOT LIKE 'a'", "Cannot apply 'NOT LIKE' to arguments of type 'NOT LIKE(<INTEGER>, <CHAR(1)>)'"],
    ["'a' IN (ARRAY['a'])", 'Values passed to IN operator must have compatible types'],
    ["1 IN (DATE '2020-01-01', 2)", 'Values passed to IN operator must have compatible types'],
    ["PARSE_JSON('5')['a']", 'String key access on variant requires an object variant'],
    ["PARSE_JSON('{}')[1]", 'Integer index access on variant requires an array variant'],
    ["PARSE_JSON('[1]')[1.5]", "Cannot apply 'ITEM' to arguments of type 'ITEM(<VARIANT>, <DECIMAL(2, 1)>)'"],
    ['ARRAY[1][CAST(1 AS BIGINT)]', 'Integer expression type expected.'],
    ["JSON_VALUE('null', '$' ERROR ON ERROR)", 'json object can not be null'],
    ["JSON_VALUE('{}', 1)", "Cannot apply 'JSON_VALUE' to arguments of type 'JSON_VALUE(<CHAR(2)>, <INTEGER>)'"],
    ['JSON_OBJECT(CAST(NULL AS STRING) VALUE 1)', "Argument to function 'CAST(NULL AS STRING)' must not be NULL"],
    ['JSON_ARRAY(NULL)', 'Type is not supported: ANY'],
    ['JSON_ARRAY(MAP[1.5, 1])', "Type 'DECIMAL(2, 1) NOT NULL' is not supported for JSON conversion."],
    ['JSON(1)', "Expected type of family 'CHARACTER_STRING' but actual type was 'INT NOT NULL'."],
    ["+'a'", "Cannot apply '+' to arguments of type '+<CHAR(1)>'"],
    ['NULL IS TRUE', "Illegal use of 'NULL'"],
    ['BITMAP_AND(NULL, BITMAP_BUILD(ARRAY[1]))', "Illegal use of 'NULL'"],
    ["ELT(-2, 'a')", "Index must be an integer starting from '0', but was '-2'."],
    ["TIMESTAMP '2020-01-02 '", "Illegal TIMESTAMP literal '2020-01-02 '"],
    ["DATE '10000-01-01'", 'Year out of range: [10000]'],
    ["INTERVAL '5-20' YEAR TO MONTH", "Illegal interval literal format '5-20' for INTERVAL YEAR TO MONTH"],
    ["INTERVAL '10000000000' SECOND", 'Interval field value 10,000,000,000 exceeds precision of SECOND(2) field'],
    ['MOD(2.5, 0)', 'Division by zero'],
    ["'a' SIMILAR TO 'a[-+]c'", "Invalid regular expression 'a[-+]c'"],
    ["'a' SIMILAR TO 'a%' ESCAPE 'ab'", "Invalid escape character 'ab'"],
    ["UNIX_TIMESTAMP('x', 'bad')", "Illegal pattern character 'b'"],
    ['CASE WHEN TRUE THEN 1 ELSE TO_TIMESTAMP_LTZ(0, 3) END', 'The cast from NUMERIC type to TIMESTAMP_LTZ type'],
    ['ARRAY_MAX(ARRAY[TRUE])', "Type 'BOOLEAN NOT NULL' should support both 'EQUALS' and 'ORDER' comparison"],
    ["BITMAP_FROM_BYTES(x'01020304')", 'I failed to find one of the right cookies. 67305985'],
    ["POSITION(x'01' IN 'a')", 'Parameters must be of the same type'],
  ])('%s', async (expression, wanted) => {
    expect(await rootOf(expression)).toContain(wanted);
  });

  it.each(["DATE '9999-12-31' + INTERVAL '1' DAY", "CEIL(DATE '9999-12-31' TO YEAR)"])(
    '%s leaves the calendar',
    async (expression) => {
      expect(await rootOf(expression)).toBe('Year out of range: [0]');
    },
  );

  it('of a key of JSON_OBJECT that a row may leave out', async () => {
    const from = '(VALUES (CAST(NULL AS STRING))) AS t(a)';
    expect(await rootOf('JSON_OBJECT(a VALUE 1)', from)).toContain("Argument to function 't.a' must not be NULL");
  });
});
