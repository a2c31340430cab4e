/** The rows of a running query: always what all its changes amount to. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LiveRows } from '../../src/shell/live-rows.ts';

it('follow updates and deletes, and count equal rows', () => {
  const rows = new LiveRows(0);
  rows.add('INSERT', ['a', '1']);
  rows.add('INSERT', ['b', '1']);
  rows.add('INSERT', ['b', '1']);
  rows.add('UPDATE_BEFORE', ['a', '1']);
  rows.add('UPDATE_AFTER', ['a', '2']);
  rows.add('DELETE', ['b', '1']);
  expect(rows.current().map((row) => row.fields)).toEqual([
    ['b', '1'],
    ['a', '2'],
  ]);
  expect(rows.count).toBe(6);
  expect(rows.changes().map((row) => row.kind)).toEqual([
    'INSERT',
    'INSERT',
    'INSERT',
    'UPDATE_BEFORE',
    'UPDATE_AFTER',
    'DELETE',
  ]);
});

it('drop the oldest above their limit', () => {
  const rows = new LiveRows(2);
  for (const name of ['a', 'b', 'c']) rows.add('INSERT', [name]);
  expect(rows.current().map((row) => row.fields[0])).toEqual(['b', 'c']);
});

it('keep the newest thousand changes', () => {
  const rows = new LiveRows(10);
  for (let i = 0; i < 5000; i++) rows.add('INSERT', [String(i)]);
  expect(rows.changes().length).toBe(1000);
  expect(rows.changes().at(-1)?.fields).toEqual(['4999']);
});

it('hold the same rows as a plain bag', () => {
  const change = fc.record({ isInsert: fc.boolean(), value: fc.constantFrom('x', 'y', null) });
  fc.assert(
    fc.property(fc.array(change), (changes) => {
      const rows = new LiveRows(0);
      const bag: Array<string | null> = [];
      for (const { isInsert, value } of changes) {
        if (isInsert) bag.push(value);
        else if (bag.includes(value)) bag.splice(bag.indexOf(value), 1);
        else continue;
        rows.add(isInsert ? 'INSERT' : 'DELETE', [value]);
      }
      const sorted = (values: ReadonlyArray<string | null>): string[] => values.map(String).sort();
      expect(sorted(rows.current().map((row) => row.fields[0] as string | null))).toEqual(sorted(bag));
    }),
  );
});
