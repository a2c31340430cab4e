/** MATCH_RECOGNIZE: plans as Flink prints them, and its refusals in Flink's words. */
import { beforeAll, describe, expect, it } from 'vitest';
import { EngineError } from '../../src/base/error.ts';
import { parseQuery } from '../../src/parser/sql-parser.ts';
import { explain, planQuery } from '../../src/planner/planner.ts';
import { sqlTables } from './sql-tables.ts';

const tables = sqlTables();

beforeAll(async () => {
  await tables.create(
    "CREATE TABLE t (id INT, k STRING, tag STRING, v INT, p DOUBLE, ts TIMESTAMP(3), pt AS PROCTIME(), WATERMARK FOR ts AS ts) WITH ('connector' = 'datagen')",
  );
});

const clause = (parts: { order?: string; measures?: string; after?: string; pattern?: string; define?: string }) => {
  const {
    order = 'ORDER BY ts',
    measures = 'a.id AS x',
    after = '',
    pattern = 'a b',
    define = "a AS a.tag = 'a'",
  } = parts;
  return `SELECT * FROM t MATCH_RECOGNIZE (${order} MEASURES ${measures} ${after} PATTERN (${pattern}) DEFINE ${define})`;
};

async function failure(sql: string): Promise<string> {
  try {
    await planQuery(parseQuery(sql), tables.context, { sql });
  } catch (error) {
    if (error instanceof EngineError) return error.message;
    throw error;
  }
  throw new Error(`no error: ${sql}`);
}

describe('MATCH_RECOGNIZE', () => {
  it('is explained as in Flink', async () => {
    const sql =
      "SELECT * FROM t MATCH_RECOGNIZE (PARTITION BY k ORDER BY ts, v DESC MEASURES FIRST(a.id) AS ai, LAST(b.v, 1) + 1 AS bl, SUM(b.p) AS s, MATCH_ROWTIME() AS rt AFTER MATCH SKIP TO LAST b PATTERN (a b+? c{2,3} d) WITHIN INTERVAL '10' SECOND DEFINE a AS a.tag = 'a', b AS b.v > LAST(b.v, 1) AND SUM(b.v) < 100, c AS c.v > FIRST(v))";
    const text = await explain(parseQuery(sql), [], tables.context);
    const lines = text.split('\n');
    expect(lines.find((line) => line.includes('LogicalMatch'))).toBe(
      "+- LogicalMatch(partition=[[1]], order=[[5 ASC-nulls-first, 3 DESC-nulls-last]], outputFields=[[k, ai, bl, s, rt]], allRows=[false], after=[SKIP TO LAST(_UTF-16LE'b')], pattern=[(((_UTF-16LE'a', PATTERN_QUANTIFIER(_UTF-16LE'b', 1, -1, true)), PATTERN_QUANTIFIER(_UTF-16LE'c', 2, 3, false)), _UTF-16LE'd')], isStrictStarts=[false], isStrictEnds=[false], interval=[10000:INTERVAL SECOND], subsets=[[]], patternDefinitions=[[=(PREV(a.$2, 0), _UTF-16LE'a'), AND(>(PREV(b.$3, 0), LAST(b.$3, 1)), <(SUM(b.$3), 100)), >(PREV(c.$3, 0), FIRST(*.$3, 0))]], inputFields=[[id, k, tag, v, p, ts, pt]])",
    );
    expect(lines.find((line) => line.startsWith('Match('))).toBe(
      "Match(partitionBy=[k], orderBy=[ts ASC, v DESC], measures=[FINAL(FIRST(a.id, 0)) AS ai, FINAL(+(LAST(b.v, 1), 1)) AS bl, FINAL(SUM(b.p)) AS s, FINAL(MATCH_ROWTIME()) AS rt], rowsPerMatch=[ONE ROW PER MATCH], after=[SKIP TO LAST _UTF-16LE'b'], pattern=[(((_UTF-16LE'a', PATTERN_QUANTIFIER(_UTF-16LE'b', 1, -1, true)), PATTERN_QUANTIFIER(_UTF-16LE'c', 2, 3, false)), _UTF-16LE'd')], define=[{a==(PREV(a.$2, 0), _UTF-16LE'a'), b=AND(>(PREV(b.$3, 0), LAST(b.$3, 1)), <(SUM(b.$3), 100)), c=>(PREV(c.$3, 0), FIRST(*.$3, 0))}])",
    );
  });

  it.each([
    [
      { pattern: 'a | b' },
      "Expression not supported: |(_UTF-16LE'a', _UTF-16LE'b'). Currently, CEP doesn't support branching patterns.",
    ],
    [
      { pattern: '(a b)+ c' },
      "Expression not supported: (_UTF-16LE'a', _UTF-16LE'b') Group patterns are not supported yet.",
    ],
    [
      { pattern: 'PERMUTE(a, b)' },
      "Expression not supported: PATTERN_PERMUTE(_UTF-16LE'a', _UTF-16LE'b'). Currently, CEP doesn't support PERMUTE patterns.",
    ],
    [
      { pattern: '{- a -} b' },
      "Expression not supported: PATTERN_EXCLUDE(_UTF-16LE'a'). Currently, CEP doesn't support '{-' '-}' patterns.",
    ],
    [{ pattern: 'a b a' }, 'Pattern variables must be unique. That might change in the future.'],
    [{ pattern: 'a b??' }, 'Reluctant optional variables are not supported yet.'],
    [
      { pattern: 'a?' },
      'Patterns that can produce empty matches are not supported. There must be at least one non-optional state.',
    ],
    [
      { pattern: 'a b+' },
      'Greedy quantifiers are not allowed as the last element of a Pattern yet. Finish your pattern with either a simple variable or reluctant quantifier.',
    ],
    [{ pattern: 'a+ b? c' }, 'Optional pattern cannot be preceded by greedy pattern'],
    [{ pattern: 'a{,2} b' }, 'The from should be a positive number greater than 0.'],
    [{ pattern: 'a{2,1} b' }, 'The to should be a number greater than or equal to from: 2.'],
    [{ order: 'ORDER BY v' }, 'You must specify either rowtime or proctime for order by as the first one.'],
    [{ order: 'ORDER BY ts DESC' }, 'Primary sort order of a streaming table must be ascending on time.'],
    [{ order: '' }, 'You must specify either rowtime or proctime for order by.'],
    [{ measures: 'a.id AS x, a.v AS x' }, 'Multiple entries with same key: x=FINAL(a.$3) and x=FINAL(a.$0)'],
    [{ order: 'PARTITION BY k ORDER BY ts', measures: 'a.id AS k' }, 'Columns ambiguously defined: {k}'],
    [{ measures: 'COUNT(1) AS x' }, 'No pattern variable specified in aggregate'],
    [{ define: 'b AS b.v > PREV(b.v)' }, 'Flink does not support physical offsets within partition.'],
    [{ measures: 'PREV(b.v) AS x' }, "Cannot use PREV/NEXT in MEASURE 'PREV(`b`.`v`, 1)'"],
    [{ measures: 'LAST(a.v + b.v) AS x' }, "Multiple pattern variables in 'LAST(`a`.`v` + `b`.`v`, 0)'"],
    [{ measures: 'FIRST(FIRST(b.v)) AS x' }, "Cannot nest PREV/NEXT under LAST/FIRST 'FIRST(`b`.`v`, 0)'"],
    [{ measures: 'LAST(SUM(b.v)) AS x' }, "Cannot use aggregation in navigation 'SUM(`b`.`v`)'"],
    [{ measures: 'SUM(DISTINCT b.v) AS x' }, 'DISTINCT/ALL not allowed with SUM(DISTINCT `b`.`v`) function'],
    [{ measures: 'z.v AS x' }, "Table 'z' not found"],
    [{ after: 'AFTER MATCH SKIP TO z' }, "Unknown pattern 'z'"],
    [{ define: 'a AS a.v' }, 'DEFINE clause must be a condition'],
    [{ define: 'a AS a.v > 1, a AS a.v < 3' }, "Pattern variable 'a' has already been defined"],
  ])('refuses %o', async (parts, text) => {
    expect(await failure(clause(parts))).toContain(text);
  });

  it('takes neither updates, nor its functions elsewhere', async () => {
    const counts = '(SELECT k, COUNT(*) AS v, MAX(pt) AS pt FROM t GROUP BY k)';
    expect(
      await failure(
        `SELECT * FROM (SELECT v, PROCTIME() AS pt FROM ${counts}) MATCH_RECOGNIZE (ORDER BY pt MEASURES a.v AS x PATTERN (a b) DEFINE a AS a.v > 1)`,
      ),
    ).toContain("Match Recognize doesn't support consuming update changes which is produced by node GroupAggregate(");
    expect(await failure('SELECT LAST(v, 1) FROM t')).toContain(
      "Function 'LAST(`t`.`v`, 1)' can only be used in MATCH_RECOGNIZE",
    );
  });
});
