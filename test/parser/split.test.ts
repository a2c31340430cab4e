import { describe, expect, it } from 'vitest';
import { splitStatements } from '../../src/parser/split.ts';

const texts = (script: string): string[] => splitStatements(script).map(({ text }) => text);

describe('a script', () => {
  it('is cut at semicolons outside quotes, names, comments and hints', () => {
    const script = "SELECT ';' AS `;`, /* ; */ 1; -- a;\nSELECT /*+ X(a) */ 2;\n\nSELECT 'it''s;'";
    expect(texts(script)).toEqual(["SELECT ';' AS `;`, /* ; */ 1", 'SELECT /*+ X(a) */ 2', "SELECT 'it''s;'"]);
  });

  it('keeps offsets and lines', () => {
    const [, second] = splitStatements('SELECT 1;\n\n  SELECT\n 2;');
    expect(second).toMatchObject({ text: 'SELECT\n 2', start: 13, line: 3, column: 3, isComplete: true });
  });

  it('says when the last statement is not finished', () => {
    expect(splitStatements('SELECT 1; SELECT 2')[1]?.isComplete).toBe(false);
    expect(splitStatements("SELECT 'a; b;")).toMatchObject([{ isComplete: false, text: "SELECT 'a; b;" }]);
    expect(splitStatements('SELECT 1 /* ;')).toMatchObject([{ isComplete: false }]);
    expect(splitStatements('  -- nothing\n;;')).toEqual([]);
  });

  it('takes EXECUTE STATEMENT SET BEGIN … END as one statement', () => {
    const block =
      'EXECUTE STATEMENT SET BEGIN\n INSERT INTO a SELECT CASE WHEN x THEN 1 END; INSERT INTO b SELECT 2;\nEND';
    expect(texts(`${block};\nSELECT 1;`)).toEqual([block, 'SELECT 1']);
    expect(texts(`EXPLAIN ${block};`)).toEqual([`EXPLAIN ${block}`]);
    expect(splitStatements('EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1;')[0]?.isComplete).toBe(false);
  });

  it('takes BEGIN STATEMENT SET and END as statements of their own', () => {
    expect(texts('BEGIN STATEMENT SET; INSERT INTO a SELECT 1; END;')).toEqual([
      'BEGIN STATEMENT SET',
      'INSERT INTO a SELECT 1',
      'END',
    ]);
  });
});
