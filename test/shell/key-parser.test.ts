/** Bytes of a terminal to keys: sequences, control keys, pasted blocks in one chunk or in many. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Key, KeyParser } from '../../src/shell/key-parser.ts';

function names(chunk: string): string[] {
  return new KeyParser().parse(chunk).map((key) => (key.kind === 'key' ? key.name : `${key.kind}:${key.text}`));
}

describe('keys', () => {
  it.each([
    ['\u001b[A', ['up']],
    ['\u001bOB', ['down']],
    ['\u001b[3~', ['delete']],
    ['\u001b[1;5D', ['ctrl-left']],
    ['\u001bb', ['alt-b']],
    ['\u001bB', ['alt-b']],
    ['\u001b', ['escape']],
    ['\u001b\r', ['alt-enter']],
    ['\u0003\u0004', ['ctrl-c', 'ctrl-d']],
    ['\u007f\t\r', ['backspace', 'tab', 'enter']],
    ['\u001b[99;1Z', []],
    ['größe 😀', ['text:größe 😀']],
  ])('%j', (chunk, expected) => expect(names(chunk)).toEqual(expected));

  it('reads a statement and Enter that come in one read', () => {
    expect(names('SELECT 1 AS a;\r')).toEqual(['text:SELECT 1 AS a;', 'enter']);
  });
});

describe('paste', () => {
  const block = '\u001b[200~SELECT\r\n1;\rx\u001b[201~';

  it('is one key with plain line ends', () => {
    expect(new KeyParser().parse(`a${block}\r`)).toEqual([
      { kind: 'text', text: 'a' },
      { kind: 'paste', text: 'SELECT\n1;\nx' },
      { kind: 'key', name: 'enter' },
    ]);
  });

  it('comes out the same however it is cut behind its opening', () => {
    const body = block.slice('\u001b[200~'.length);
    fc.assert(
      fc.property(fc.array(fc.nat(body.length), { maxLength: 5 }), (cuts) => {
        const parser = new KeyParser();
        const keys: Key[] = parser.parse('\u001b[200~');
        let from = 0;
        for (const cut of [...cuts.sort((a, b) => a - b), body.length]) {
          keys.push(...parser.parse(body.slice(from, cut)));
          from = cut;
        }
        expect(keys).toEqual([{ kind: 'paste', text: 'SELECT\n1;\nx' }]);
        expect(parser.isPasting).toBe(false);
      }),
    );
  });

  it('that never ends is given up by flush', () => {
    const parser = new KeyParser();
    expect(parser.parse('\u001b[200~abc')).toEqual([]);
    expect(parser.isPasting).toBe(true);
    expect(parser.flush()).toEqual([{ kind: 'paste', text: 'abc' }]);
    expect(parser.flush()).toEqual([]);
    expect(parser.parse('\u0003')).toEqual([{ kind: 'key', name: 'ctrl-c' }]);
  });
});
