/** The text at the prompt: moves, cuts, and the corners of words, lines and surrogate pairs. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyKey,
  type EditBuffer,
  EMPTY_BUFFER,
  insertText,
  isOnFirstLine,
  isOnLastLine,
  replaceText,
} from '../../src/shell/edit-buffer.ts';

/** `a|b`: the bar is the cursor. */
function buffer(marked: string, cut = ''): EditBuffer {
  const cursor = marked.indexOf('|');
  return { text: marked.replace('|', ''), cursor, cut };
}

function press(marked: string, ...names: string[]): string {
  let at = buffer(marked);
  for (const name of names) at = applyKey(at, name) ?? at;
  return `${at.text.slice(0, at.cursor)}|${at.text.slice(at.cursor)}`;
}

describe('moves', () => {
  it.each([
    ['ab|', 'left', 'a|b'],
    ['|ab', 'left', '|ab'],
    ['ab|', 'right', 'ab|'],
    ['a😀|b', 'left', 'a|😀b'],
    ['a|😀b', 'right', 'a😀|b'],
    ['x\nab|c', 'home', 'x\n|abc'],
    ['x|\nabc', 'end', 'x|\nabc'],
    ['a|b\nc', 'ctrl-e', 'ab|\nc'],
    ['SELECT col_1|', 'alt-b', 'SELECT |col_1'],
    ['SELECT |', 'alt-b', '|SELECT '],
    ['|SELECT col', 'alt-f', 'SELECT| col'],
    ['SELECT| größe, x', 'ctrl-right', 'SELECT größe|, x'],
    ['abcd\nef\ngh|', 'up', 'abcd\nef|\ngh'],
    ['abcd|\nef', 'down', 'abcd\nef|'],
    ['abc|', 'up', 'abc|'],
  ])('%j %s gives %j', (before, key, after) => expect(press(before, key)).toBe(after));
});

describe('edits', () => {
  it.each([
    ['ab|', 'backspace', 'a|'],
    ['|ab', 'backspace', '|ab'],
    ['a😀|', 'backspace', 'a|'],
    ['|😀b', 'delete', '|b'],
    ['a|bc\nd', 'ctrl-k', 'a|\nd'],
    ['a|\nd', 'ctrl-k', 'a|d'],
    ['a\nbc|d\ne', 'ctrl-u', 'a\n|\ne'],
    ['SELECT a.b|', 'ctrl-w', 'SELECT a.|'],
    ['|SELECT a', 'alt-d', '| a'],
    ['a|b', 'ctrl-t', 'ba|'],
    ['ab|', 'ctrl-t', 'ba|'],
    ['|select x', 'alt-u', 'SELECT| x'],
    ['|SELECT x', 'alt-l', 'select| x'],
    ['|select x', 'alt-c', 'Select| x'],
  ])('%j %s gives %j', (before, key, after) => expect(press(before, key)).toBe(after));

  it('gives back what was cut last', () => {
    expect(press('SELECT abc|', 'ctrl-w', 'ctrl-a', 'ctrl-y')).toBe('abc|SELECT ');
  });

  it('knows no other key', () => {
    expect(applyKey(EMPTY_BUFFER, 'f12')).toBeNull();
  });

  it('inserts at the cursor and replaces everything', () => {
    expect(insertText(buffer('a|c'), 'b')).toMatchObject({ text: 'abc', cursor: 2 });
    expect(replaceText(buffer('a|c', 'kept'), 'xy')).toEqual({ text: 'xy', cursor: 2, cut: 'kept' });
  });

  it('knows the first and the last line', () => {
    expect([isOnFirstLine(buffer('a|\nb')), isOnLastLine(buffer('a|\nb'))]).toEqual([true, false]);
    expect([isOnFirstLine(buffer('a\n|b')), isOnLastLine(buffer('a\n|b'))]).toEqual([false, true]);
  });
});

it('never leaves the text or splits a pair, whatever is pressed', () => {
  const names = ['left', 'right', 'home', 'end', 'up', 'down', 'alt-b', 'alt-f', 'backspace', 'delete'];
  const more = ['ctrl-k', 'ctrl-u', 'ctrl-w', 'alt-d', 'ctrl-y', 'alt-u', 'alt-l', 'alt-c'];
  const key = fc.constantFrom(...names, ...more);
  const text = fc.array(fc.constantFrom('a', '_', ' ', '\n', '😀', 'ß', '.')).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, fc.array(key, { maxLength: 30 }), (start, keys) => {
      let at = replaceText(EMPTY_BUFFER, start);
      for (const name of keys) at = applyKey(at, name) ?? at;
      expect(at.cursor).toBeGreaterThanOrEqual(0);
      expect(at.cursor).toBeLessThanOrEqual(at.text.length);
      expect(at.text.isWellFormed()).toBe(true);
      expect(at.text.slice(0, at.cursor).isWellFormed()).toBe(true);
    }),
  );
});
