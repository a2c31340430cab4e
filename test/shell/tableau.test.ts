/** Result tables: widths by type or by data, wide characters, cut texts, footers. */
import { describe, expect, it } from 'vitest';
import type { ColumnBody } from '../../src/gateway/api.ts';
import { finishedTable, footer, kindSign, StreamTable } from '../../src/shell/tableau.ts';
import { padLeft, textWidth, visible } from '../../src/shell/text-width.ts';

function column(name: string, type: string, precision?: number): ColumnBody {
  return {
    name,
    logicalType: { type, nullable: true, ...(precision === undefined ? {} : { precision }) },
    comment: null,
  } as ColumnBody;
}

describe('a stream', () => {
  it('has its head before its rows, and widths by type', () => {
    const table = new StreamTable([column('a', 'INTEGER'), column('b', 'BOOLEAN')], 30);
    expect(table.head()).toBe(
      ['+----+-------------+--------+', '| op |           a |      b |', '+----+-------------+--------+'].join('\n'),
    );
    expect(table.row('UPDATE_AFTER', ['1', null])).toBe('| +U |           1 | <NULL> |');
  });

  it.each([
    ['TINYINT', undefined, 6],
    ['SMALLINT', undefined, 6],
    ['INTEGER', undefined, 11],
    ['BIGINT', undefined, 20],
    ['DECIMAL', 10, 12],
    ['DATE', undefined, 10],
    ['TIME_WITHOUT_TIME_ZONE', 0, 8],
    ['TIMESTAMP_WITHOUT_TIME_ZONE', 0, 19],
    ['TIMESTAMP_WITHOUT_TIME_ZONE', 3, 23],
    ['TIMESTAMP_WITH_LOCAL_TIME_ZONE', 6, 26],
    ['TIMESTAMP_WITHOUT_TIME_ZONE', 9, 29],
    ['VARCHAR', undefined, 30],
  ])('%s(%s) takes %i', (type, precision, width) => {
    const border = new StreamTable([column('a', type, precision)], 30).border();
    expect(border).toBe(`+----+${'-'.repeat(width + 2)}+`);
  });

  it('cuts what is longer than its column', () => {
    const table = new StreamTable([column('a', 'VARCHAR')], 10);
    expect(table.row('INSERT', ['0123456789'])).toBe('| +I | 0123456789 |');
    expect(table.row('INSERT', ['01234567890'])).toBe('| +I | 0123456... |');
  });

  it('has a sign for each kind', () => {
    expect(['INSERT', 'UPDATE_BEFORE', 'UPDATE_AFTER', 'DELETE'].map(kindSign)).toEqual(['+I', '-U', '+U', '-D']);
  });
});

it('a finished result takes its widths from its data', () => {
  expect(finishedTable([column('n', 'VARCHAR'), column('long name', 'INTEGER')], [['abc', null]], 30, '<NULL>')).toBe(
    [
      '+-----+-----------+',
      '|   n | long name |',
      '+-----+-----------+',
      '| abc |    <NULL> |',
      '+-----+-----------+',
    ].join('\n'),
  );
});

describe('widths', () => {
  it('count wide characters twice', () => {
    expect([textWidth('abc'), textWidth('数据'), textWidth('a数'), textWidth('😀')]).toEqual([3, 4, 3, 2]);
  });

  it('pad and cut to columns', () => {
    expect(padLeft('数', 4)).toBe('  数');
    expect(padLeft('数据数据', 7)).toBe('数据...');
    expect(padLeft('数据数据', 6)).toBe(' 数...');
  });

  it('no cell can move the cursor', () => {
    expect(visible('a\u001b[2Jb\tc\rd\u0007')).toBe('a\\x1b[2Jb\\tc\\rd\\x07');
  });
});

it('footers count rows in words', () => {
  expect(footer('received', 0, null)).toBe('Received a total of 0 row');
  expect(footer('received', 1, 1234)).toBe('Received a total of 1 row (1.23 seconds)');
  expect(footer('set', 200, null)).toBe('200 rows in set');
  expect(footer('terminated', 2, 10)).toBe('Query terminated, received a total of 2 rows (0.01 seconds)');
});
