/** `${name}` in SQL files, and the properties files that give the values. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readStatements } from '../../src/shell/sql-file.ts';
import { fillVariables, parseProperties } from '../../src/shell/variables.ts';

const none = { definitions: {}, properties: {}, environment: {} };

describe('variables', () => {
  it('come from -D before the properties before the environment', () => {
    const sources = { definitions: { a: 'D' }, properties: { a: 'P', b: 'P' }, environment: { b: 'E', c: 'E' } };
    expect(fillVariables('${a} ${b} ${c}', sources)).toBe('D P E');
  });

  it('double their quotes', () => {
    expect(fillVariables("'${a}'", { ...none, definitions: { a: "it's" } })).toBe("'it''s'");
  });

  it('that nobody gives are an error with their line, but not in a comment', () => {
    expect(() => fillVariables("SELECT 1;\nSELECT '${who}';", none)).toThrow(/no value for \$\{who\} \(line 2\)/);
    expect(fillVariables('-- ${who}\n', none)).toBe('-- ${who}\n');
  });
});

it('a properties file is read as Java reads it', () => {
  const text = ['# note', '! note', 'a=1', 'b : two words ', 'c 3', 'empty=', 'long=x\\', '   y', 'path=a\\:b', ''];
  expect(parseProperties(text.join('\n'))).toEqual({
    a: '1',
    b: 'two words',
    c: '3',
    empty: '',
    long: 'xy',
    path: 'a:b',
  });
});

describe('files', () => {
  it('are cut into statements that know their place, SOURCE followed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sql-'));
    try {
      writeFileSync(join(folder, 'inner.sql'), '\nSELECT ${n};\n');
      const text = "SELECT 1;\nSOURCE 'inner.sql';\n\nSELECT ';' AS x;";
      const statements = await readStatements(text, 'a.sql', folder, { ...none, definitions: { n: '7' } });
      expect(statements.map(({ text: words, file, line }) => [words.trim(), file, line])).toEqual([
        ['SELECT 1', 'a.sql', 1],
        ['SELECT 7', 'inner.sql', 2],
        ["SELECT ';' AS x", 'a.sql', 4],
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('that include themselves are an error', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sql-'));
    try {
      writeFileSync(join(folder, 'me.sql'), "SOURCE 'me.sql';");
      await expect(readStatements("SOURCE 'me.sql';", 'a.sql', folder, none)).rejects.toThrow(/nested too deeply/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
