import { describe, expect, it } from 'vitest';
import { bindAggregate, bindCall } from '../../src/functions/bind-call.ts';
import type { ArgumentInfo } from '../../src/functions/function.ts';
import { type LogicalType, types, typeToString } from '../../src/types/logical-type.ts';

const args = (...list: LogicalType[]): ArgumentInfo[] => list.map((type) => ({ type }));
const typeOf = (name: string, ...list: LogicalType[]) => typeToString(bindCall(name, args(...list)).type);

describe('types of results', () => {
  it.each<[string, LogicalType[], string]>([
    ['+', [types.int(false), types.decimal(10, 2, false)], 'DECIMAL(13, 2) NOT NULL'],
    ['*', [types.decimal(38, 10), types.int()], 'DECIMAL(38, 6)'],
    ['/', [types.decimal(3, 1, false), types.int(false)], 'DECIMAL(14, 12) NOT NULL'],
    ['%', [types.bigint(), types.smallint()], 'SMALLINT'],
    ['+', [types.float(false), types.bigint(false)], 'FLOAT NOT NULL'],
    ['+', [types.timestamp(3, false), types.intervalDay('DAY', false)], 'TIMESTAMP(3) NOT NULL'],
    ['UPPER', [types.char(3, false)], 'CHAR(3) NOT NULL'],
    ['SUBSTRING', [types.char(3, false), types.int(false)], 'VARCHAR(3)'],
    ['CONCAT', [types.char(3, false), types.string()], 'VARCHAR(2147483647)'],
    ['||', [types.char(1, false), types.char(2, false)], 'CHAR(3) NOT NULL'],
    ['COALESCE', [types.int(), types.int(false)], 'INT NOT NULL'],
    ['CARDINALITY', [types.array(types.int())], 'INT'],
    ['ARRAY', [types.int(false), types.bigint()], 'ARRAY<BIGINT> NOT NULL'],
    ['MAP_KEYS', [types.map(types.string(), types.int(), false)], 'ARRAY<VARCHAR(2147483647)> NOT NULL'],
  ])('%s of %j', (name, list, wanted) => {
    expect(typeOf(name, ...list)).toBe(wanted);
  });

  it.each<[string, LogicalType[], string]>([
    ['SUM', [types.decimal(10, 2, false)], 'DECIMAL(38, 2) NOT NULL'],
    ['SUM', [types.int()], 'INT'],
    ['AVG', [types.decimal(10, 2)], 'DECIMAL(38, 6)'],
    ['COUNT', [types.string()], 'BIGINT NOT NULL'],
    ['COLLECT', [types.int()], 'MULTISET<INT> NOT NULL'],
    ['LISTAGG', [types.varchar(3, false)], 'VARCHAR(3) NOT NULL'],
    ['ARRAY_AGG', [types.int(false)], 'ARRAY<INT NOT NULL> NOT NULL'],
  ])('aggregate %s of %j', (name, list, wanted) => {
    expect(typeToString(bindAggregate(name, args(...list)).type)).toBe(wanted);
  });
});

describe('refusals', () => {
  it.each<[string, LogicalType[], string]>([
    [
      '+',
      [types.int(), types.char(1)],
      "Cannot apply '+' to arguments of type '<INTEGER> + <CHAR(1)>'. Supported form(s): '<NUMERIC> + <NUMERIC>'\n'<DATETIME_INTERVAL> + <DATETIME_INTERVAL>'\n'<DATETIME> + <DATETIME_INTERVAL>'\n'<DATETIME_INTERVAL> + <DATETIME>'",
    ],
    [
      'UPPER',
      [types.int()],
      "Cannot apply 'UPPER' to arguments of type 'UPPER(<INTEGER>)'. Supported form(s): 'UPPER(<CHARACTER>)'",
    ],
    ['NOT', [types.int()], "Cannot apply 'NOT' to arguments of type 'NOT<INTEGER>'. Supported form(s): 'NOT<BOOLEAN>'"],
    ['LPAD', [types.string()], "Invalid number of arguments to function 'LPAD'. Was expecting 3 arguments"],
    ['NOSUCH', [types.int()], 'No match found for function signature NOSUCH(<NUMERIC>)'],
    ['URL_ENCODE', [types.int(false)], 'SQL validation failed. Invalid function call:\nURL_ENCODE(INT NOT NULL)'],
    [
      'BTRIM',
      [],
      'No match found for function signature BTRIM().\nSupported signatures are:\nBTRIM(str <CHARACTER_STRING>)\nBTRIM(str <CHARACTER_STRING>, trimStr <CHARACTER_STRING>)',
    ],
    ['ARRAY', [types.int(), types.string()], 'Parameters must be of the same type'],
  ])('%s of %j', (name, list, text) => {
    expect(() => bindCall(name, args(...list))).toThrow(new RegExp(`^${text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}$`));
  });

  it('an index below 1', () => {
    const index = { type: types.int(false), literal: { value: 0 } };
    expect(() => bindCall('ITEM', [{ type: types.array(types.int()) }, index])).toThrow(
      'Array element access needs an index starting at 1 but was 0.',
    );
  });
});

describe('casts of arguments', () => {
  it('a text beside a number or a time', () => {
    const kinds = bindCall('<', args(types.string(), types.int())).coercions.map((type) => type?.kind);
    expect(kinds).toEqual(['INT', undefined]);
    expect(bindCall('=', args(types.date(), types.string())).coercions.map((type) => type?.kind)).toEqual([
      undefined,
      'DATE',
    ]);
    const { fn } = bindCall('=', args(types.int(), types.char(1)));
    expect(() => fn.bind({ type: types.boolean(), argTypes: [types.int(), types.char(1)], literals: [] })).toThrow(
      'implicit type conversion between INTEGER and CHAR is not supported now',
    );
  });
});
