/** How a user's word finds a job. */
import { expect, test } from 'vitest';
import { type Entry, findEntry } from '../../src/runtime/job-entry.ts';

function entriesOf(jobs: ReadonlyArray<readonly [id: string, name: string, isRunning: boolean]>): Map<string, Entry> {
  return new Map(
    jobs.map(([id, name, isRunning]) => [
      id,
      { record: { id, name }, running: isRunning ? {} : null } as unknown as Entry,
    ]),
  );
}

test('an id, then a name, then a prefix of an id', () => {
  const entries = entriesOf([
    ['abc1', 'orders', true],
    ['abd2', 'abc', false],
    ['fff3', 'orders', false],
  ]);
  const find = (reference: string): string => findEntry(entries, reference).record.id;
  expect(find('fff3')).toBe('fff3');
  expect(find('abc')).toBe('abd2');
  expect(find('abc1')).toBe('abc1');
  expect(find('ABD')).toBe('abd2');
  expect(find('orders')).toBe('abc1');
  expect(() => find('ab')).toThrow("'ab' fits 2 jobs: abc1, abd2.");
  expect(() => find('')).toThrow('Job () not found.');
});
