/** Patterns that explode end soon, and find what they would find. */
import { expect, test } from 'vitest';
import { boundedRegex } from '../../src/types/bounded-regex.ts';
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
