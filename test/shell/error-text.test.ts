/** Errors as the shell shows them: Flink's words, the line, a caret under the place. */
import { describe, expect, it } from 'vitest';
import { EngineError } from '../../src/base/error.ts';
import { parseQuery } from '../../src/parser/sql-parser.ts';
import { clientCommand } from '../../src/shell/client-command.ts';
import { errorText } from '../../src/shell/error-text.ts';

function failure(statement: string): string[] {
  try {
    parseQuery(statement);
  } catch (error) {
    return errorText(error, statement).split('\n');
  }
  return [];
}

describe('an error', () => {
  it('has a caret under its place', () => {
    const lines = failure('SELECT 1\n  FROM WHERE x');
    expect(lines[0]).toBe('[ERROR] Could not execute SQL statement. Reason:');
    const at = lines.findIndex((line) => line.startsWith('LINE 2: '));
    expect(lines[at]).toBe('LINE 2:   FROM WHERE x');
    expect(lines[at + 1]?.indexOf('^')).toBe('LINE 2:   FROM '.length);
  });

  it('keeps tabs before the caret', () => {
    const lines = failure('SELECT\n\tFROM WHERE x');
    expect(lines.at(-1)).toMatch(/^ {8}\t\^$/);
  });

  it('without a place has none', () => {
    expect(errorText(new EngineError('INTERNAL', 'broken'), 'SELECT 1')).not.toContain('^');
  });
});

describe('words of the shell', () => {
  it.each([
    ['QUIT', { kind: 'quit' }],
    ['-- bye\nexit;', { kind: 'quit' }],
    ['clear', { kind: 'clear' }],
    ['HELP', { kind: 'help' }],
    ["SOURCE 'it''s.sql'", { kind: 'source', file: "it's.sql" }],
    ['SELECT 1', null],
    ['SHOW TABLES', null],
  ])('%j', (statement, command) => expect(clientCommand(statement)).toEqual(command));
});
