/** Patterns that explode end soon, and find what they would find. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { boundedRegex, groupCount } from '../../src/types/bounded-regex.ts';
import { javaRegex } from '../../src/types/java-regex.ts';

test.each([
  ['^(a+)+$', `${'a'.repeat(60)}!`],
  ['^(a|aa)+$', `${'a'.repeat(80)}!`],
  ['(x+x+)+y', 'x'.repeat(60)],
  ['^(?:[\\s\\S]*?a[\\s\\S]*?a[\\s\\S]*?a[\\s\\S]*?a[\\s\\S]*?a[\\s\\S]*?b)$', 'a'.repeat(300)],
  ['^((a|b)*)*c$', 'ab'.repeat(40)],
])('%s', (source, text) => {
  const started = performance.now();
  expect(boundedRegex(source, 'su').test(text)).toBe(false);
  expect(performance.now() - started).toBeLessThan(5000);
});

test.each(['^(a+)+$', '(a|aa)+\\Z', '\\A(a+)+\\z'])("Java's %s", (pattern) => {
  expect(javaRegex(pattern).test('a'.repeat(30))).toBe(true);
  expect(javaRegex(pattern).test(`${'a'.repeat(60)}!`)).toBe(false);
  expect(javaRegex(pattern).test('a\n')).toBe(pattern !== '\\A(a+)+\\z');
});

test('matches, groups, places and replacements are those of any expression', () => {
  const regex = boundedRegex('(a(b)?)+', 'gu');
  expect([...'xabaab'.matchAll(regex)].map((match) => [match[0], match[2], match.index])).toEqual([['abaab', 'b', 1]]);
  expect('ab-a'.replace(boundedRegex('(ab?)+', 'gu'), () => '.')).toBe('.-.');
  expect(boundedRegex('^(.)+$', 'su').exec('😀')?.[1]).toBe('😀');
  expect(boundedRegex('^(\\p{L})+$', 'su').test('é')).toBe(true);
});

test.each([
  ['(?i)(a+)+b', `${'a'.repeat(60)}!`],
  ['(a+)+(?=c)', `${'a'.repeat(60)}!`],
  ['((a+)+)\\1b', `${'a'.repeat(60)}!`],
  ['(a+)+b', `${'a'.repeat(60)}\n!`],
  ['(a+)+b', `${'a'.repeat(60)}😀`],
])('what neither engine ends is refused: %s', (pattern, text) => {
  const started = performance.now();
  expect(() => javaRegex(pattern).test(text)).toThrow('takes too many steps');
  expect(performance.now() - started).toBeLessThan(5000);
  expect(javaRegex(pattern).test('x')).toBe(false);
});

test.each([
  ['a++b', 'aaab', ['aaab']],
  ['(?>a+)b', 'aaab', ['aaab']],
  ['(?>a+)ab', 'aaab', null],
  ['a?+ab', 'ab', null],
  ['a{1,2}+a', 'aa', null],
  ['(x)(?>(a)(a))(b)', 'xaab', ['xaab', 'x', 'a', 'a', 'b']],
  ['(?>(abc))\\1', 'abcabc', ['abcabc', 'abc']],
  ['([a-z]++)([0-9]{1,2}+)', 'foo123', ['foo12', 'foo', '12']],
  ['\\Qa+\\E++b', 'a++b', ['a++b']],
  ['(?i)ax++b', 'aXXb', ['aXXb']],
  ['"(?:[^"\\\\]++|\\\\.)*+"', '"a\\"b"', ['"a\\"b"']],
  ['(?<first>a)++(?:b)', 'aab', ['aab', 'a']],
  ['😀++!', '😀😀!', ['😀😀!']],
])('what Java holds on to: %s', (pattern, text, groups) => {
  const match = javaRegex(pattern).exec(text);
  expect(match && Array.from(match)).toEqual(groups);
  expect(groupCount(javaRegex(pattern))).toBe((javaRegex(`(?:${pattern})|`).exec('')?.length ?? 0) - 1);
});

test('V8 may drop the code of what makes them', () => {
  const module = join(import.meta.dirname, '../../src/types/bounded-regex.ts');
  const script = `const { boundedRegex } = await import(${JSON.stringify(module)});
const ends = () => boundedRegex('^(a+)+$', 'su').test('a'.repeat(60) + '!');
const first = ends();
for (let i = 0; i < 10; i++) gc();
console.log(first, ends());`;
  const flags = ['--stress-flush-code', '--expose-gc', '--input-type=module', '-e', script];
  expect(execFileSync(process.execPath, flags, { encoding: 'utf8' })).toBe('false false\n');
});
