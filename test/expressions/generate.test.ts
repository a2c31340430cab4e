import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EngineError } from '../../src/base/error.ts';
import { call, type Expression, inputReference, literal } from '../../src/expressions/expression.ts';
import { compileCalc, compilePredicate, compileScalar } from '../../src/expressions/generate.ts';
import { interpret } from '../../src/expressions/interpret.ts';
import { PackedTable } from '../../src/state/keyed-table.ts';
import { BATCH_ROWS, Batch, BatchWriter } from '../../src/types/batch.ts';
import { Column } from '../../src/types/column.ts';
import { Heap } from '../../src/types/heap.ts';
import { readValue, writeValue } from '../../src/types/lane-value.ts';
import { type LogicalType, types } from '../../src/types/logical-type.ts';
import { RowKind } from '../../src/types/row-kind.ts';
import type { Value } from '../../src/types/value.ts';
import { callsOfCounted, evaluation, findFunction } from './small-functions.ts';

const INPUT: readonly LogicalType[] = [
  types.int(),
  types.int(false),
  types.bigint(),
  types.bigint(false),
  types.string(),
  types.string(false),
  types.boolean(),
  types.timestamp(9),
  types.decimal(38, 2),
];

type Kind = 'int' | 'bigint' | 'text' | 'boolean';
const TYPE: Record<Kind, LogicalType> = {
  int: types.int(),
  bigint: types.bigint(),
  text: types.string(),
  boolean: types.boolean(),
};

const leaf: Record<Kind, fc.Arbitrary<Expression>> = {
  int: fc.oneof(input(0), input(1), constant(fc.integer({ min: -3, max: 3 }), types.int(false)), nothing(types.int())),
  bigint: fc.oneof(input(2), input(3), constant(fc.bigInt(-5n, 5n), types.bigint(false)), nothing(types.bigint())),
  text: fc.oneof(input(4), input(5), constant(fc.constantFrom('', 'ab', 'é'), types.string(false))),
  boolean: fc.oneof(input(6), constant(fc.boolean(), types.boolean(false)), nothing(types.boolean())),
};

function input(index: number): fc.Arbitrary<Expression> {
  return fc.constant(inputReference(index, INPUT[index] as LogicalType));
}
function constant(value: fc.Arbitrary<Value>, type: LogicalType): fc.Arbitrary<Expression> {
  return value.map((v) => literal(v, type));
}
function nothing(type: LogicalType): fc.Arbitrary<Expression> {
  return fc.constant(literal(null, type));
}

function tree(kind: Kind, depth: number): fc.Arbitrary<Expression> {
  if (depth === 0) return leaf[kind];
  const sub = (of: Kind) => tree(of, depth - 1);
  const make = (name: string, ...args: Kind[]) =>
    fc.tuple(...args.map(sub)).map((list) => call(name, list, TYPE[kind]));
  const lazy = [
    make('CASE', 'boolean', kind, 'boolean', kind, kind),
    make('CASE', 'boolean', kind),
    make('IF', 'boolean', kind, kind),
    make('COALESCE', kind, kind, kind),
  ];
  const own: Record<Kind, fc.Arbitrary<Expression>[]> = {
    int: [
      make('+', 'int', 'int'),
      make('*', 'int', 'int'),
      make('/', 'int', 'int'),
      make('LENGTH', 'text'),
      make('NULL_IF_ODD', 'int'),
    ],
    bigint: [make('+', 'bigint', 'bigint'), make('*', 'bigint', 'bigint'), make('/', 'bigint', 'bigint')],
    text: [make('CONCAT', 'text', 'text')],
    boolean: [
      make('AND', 'boolean', 'boolean', 'boolean'),
      make('OR', 'boolean', 'boolean', 'boolean'),
      make('NOT', 'boolean'),
      make('=', 'int', 'int'),
      make('<', 'bigint', 'bigint'),
      make('=', 'text', 'text'),
      make('IN', 'int', 'int', 'int'),
      make('IS NULL', 'int'),
      make('IS NULL', 'text'),
    ],
  };
  return fc.oneof({ maxDepth: 3 }, leaf[kind], ...lazy, ...own[kind]);
}

const columnValues: readonly fc.Arbitrary<Value>[] = [
  fc.option(fc.integer({ min: -3, max: 3 })),
  fc.integer(),
  fc.option(fc.bigInt(-3n, 3n)),
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
  fc.option(fc.string({ maxLength: 5 })),
  fc.constantFrom('', 'ab', 'é'),
  fc.option(fc.boolean()),
  fc.option(fc.bigInt(-(10n ** 18n), 10n ** 18n)),
  fc.option(fc.bigInt(-(10n ** 37n), 10n ** 37n)),
];
const rowArb = fc.tuple(...columnValues);

function batchOf(heap: Heap, inputTypes: readonly LogicalType[], rows: ReadonlyArray<readonly Value[]>): Batch {
  const batch = new Batch(inputTypes);
  rows.forEach((row, r) => {
    row.forEach((value, i) => {
      writeValue(inputTypes[i] as LogicalType, batch.columns[i] as Column, r, value, heap);
    });
  });
  batch.rowCount = rows.length;
  return batch;
}

function rowsOf(heap: Heap, batch: Batch): Value[][] {
  return Array.from({ length: batch.rowCount }, (_, r) =>
    batch.types.map((type, i) => readValue(type, batch.columns[i] as Column, r, heap)),
  );
}

/** Rows by the interpreter, or the message of the first error of each row. */
function expected(
  condition: Expression | null,
  projection: readonly Expression[],
  rows: ReadonlyArray<readonly Value[]>,
): Value[][] | string {
  const test = condition ? interpret(condition, findFunction) : () => true;
  const columns = projection.map((expression) => interpret(expression, findFunction));
  try {
    return rows
      .filter((row) => test(row, evaluation) === true)
      .map((row) => columns.map((column) => column(row, evaluation)));
  } catch (error) {
    return (error as Error).message;
  }
}

function run(
  condition: Expression | null,
  projection: readonly Expression[] | null,
  inputTypes: readonly LogicalType[],
  rows: ReadonlyArray<readonly Value[]>,
): Value[][] | string {
  const heap = new Heap();
  const outputTypes = projection ? projection.map((expression) => expression.type) : inputTypes;
  const calc = compileCalc({ inputTypes, condition, projection, outputTypes }, { heap, evaluation, findFunction });
  let result: Value[][] = [];
  const writer = new BatchWriter(outputTypes, (batch) => {
    result = rowsOf(heap, batch);
  });
  try {
    calc(batchOf(heap, inputTypes, rows), writer);
  } catch (error) {
    expect(error).toBeInstanceOf(EngineError);
    return (error as Error).message;
  }
  writer.flush();
  return result;
}

describe('a compiled calc', () => {
  test('computes what the interpreter computes, errors included', () => {
    const shape = fc.record({
      condition: fc.option(tree('boolean', 3)),
      projection: fc.array(fc.oneof(tree('int', 3), tree('bigint', 3), tree('text', 2), tree('boolean', 3)), {
        minLength: 1,
        maxLength: 5,
      }),
      rows: fc.array(rowArb, { maxLength: 12 }),
    });
    fc.assert(
      fc.property(shape, ({ condition, projection, rows }) => {
        expect(run(condition, projection, INPUT, rows)).toEqual(expected(condition, projection, rows));
      }),
      { numRuns: 1500 },
    );
  });

  test('does the same in several loops when it is large', () => {
    const shape = fc.record({
      condition: fc.option(tree('boolean', 2)),
      projection: fc.array(fc.oneof(tree('int', 2), tree('bigint', 2), tree('text', 1)), {
        minLength: 17,
        maxLength: 40,
      }),
      rows: fc.array(rowArb, { maxLength: 4 }),
    });
    fc.assert(
      fc.property(shape, ({ condition, projection, rows }) => {
        expect(run(condition, projection, INPUT, rows)).toEqual(expected(condition, projection, rows));
      }),
      { numRuns: 60 },
    );
  });

  test('without a projection hands every column on', () => {
    fc.assert(
      fc.property(fc.array(rowArb, { maxLength: 5 }), (rows) => {
        expect(run(null, null, INPUT, rows)).toEqual(rows);
      }),
    );
  });

  test.each([1, 20])('keeps kinds and the places of watermarks (%i columns)', (columns) => {
    const heap = new Heap();
    const inputTypes = [types.int(false)];
    const column = inputReference(0, types.int(false));
    const projection = Array.from({ length: columns }, () => column);
    const condition = call('<', [column, literal(5, types.int(false))], types.boolean(false));
    const outputTypes = projection.map((expression) => expression.type);
    const calc = compileCalc({ inputTypes, condition, projection, outputTypes }, { heap, evaluation, findFunction });
    const batch = batchOf(heap, inputTypes, [[9], [1], [9], [2], [3], [9]]);
    batch.insertOnly = false;
    batch.kinds.set([0, RowKind.DELETE, 0, RowKind.UPDATE_BEFORE, RowKind.UPDATE_AFTER, 0]);
    batch.markCount = 5;
    batch.markRows.set([0, 2, 3, 3, 6]);
    batch.markValues.set([10, 20, 30, 40, 50]);
    const writer = new BatchWriter(outputTypes, () => {});
    calc(batch, writer);
    const out = writer.batch;
    expect(rowsOf(heap, out).map((row) => row[0])).toEqual([1, 2, 3]);
    expect([...out.kinds.subarray(0, 3)]).toEqual([RowKind.DELETE, RowKind.UPDATE_BEFORE, RowKind.UPDATE_AFTER]);
    expect(out.insertOnly).toBe(false);
    expect([...out.markRows.subarray(0, 5)]).toEqual([0, 1, 1, 1, 3]);
    expect([...out.markValues.subarray(0, 5)]).toEqual([10, 20, 30, 40, 50]);
    // A batch of inserts after one of other kinds of which no row was left.
    writer.flush();
    batch.rowCount = 1;
    batch.markCount = 0;
    calc(batch, writer);
    writer.flush();
    calc(batchOf(heap, inputTypes, [[1]]), writer);
    expect([writer.batch.rowCount, writer.batch.insertOnly]).toEqual([1, true]);
  });

  test('computes a shared call once a row, a volatile one each time', () => {
    const shared = call('COUNTED', [inputReference(0, types.int())], types.int());
    const twice = call('+', [shared, shared], types.int());
    callsOfCounted();
    expect(
      run(call('=', [shared, shared], types.boolean()), [twice, shared], [types.int()], [[2], [3], [null]]),
    ).toEqual([
      [4, 2],
      [6, 3],
    ]);
    expect(callsOfCounted()).toBe(2);
    const volatile = call('VOLATILE', [], types.int(false));
    run(null, [volatile, call('+', [volatile, volatile], types.int())], [types.int()], [[1]]);
    expect(callsOfCounted()).toBe(3);
  });

  test('holds a full batch', () => {
    const rows = Array.from({ length: BATCH_ROWS }, (_, i) => [i]);
    const twice = call('*', [inputReference(0, types.int(false)), literal(2, types.int(false))], types.int(false));
    const result = run(null, [twice], [types.int(false)], rows) as Value[][];
    expect(result.at(-1)).toEqual([2 * BATCH_ROWS - 2]);
  });
});

describe('a null of a NOT NULL type', () => {
  const odd = call('NULL_IF_ODD', [inputReference(0, types.int(false))], types.int(false));

  function run(value: number, outputType: LogicalType): Value {
    const heap = new Heap();
    const inputTypes = [types.int(false)];
    const spec = { inputTypes, condition: null, projection: [odd], outputTypes: [outputType], outputNames: ['odd'] };
    const batch = new Batch(inputTypes);
    writeValue(types.int(false), batch.columns[0] as Column, 0, value, heap);
    batch.rowCount = 1;
    const output = new BatchWriter([outputType], () => undefined);
    compileCalc(spec, { heap, evaluation, findFunction })(batch, output);
    return readValue(outputType, output.batch.columns[0] as Column, 0, heap);
  }

  test('fails the job with the name of the column', () => {
    expect(run(2, types.int(false))).toBe(2);
    expect(() => run(3, types.int(false))).toThrow("Column 'odd' is NOT NULL, however, a null value is being written");
  });

  test('is kept where the output may be null', () => {
    expect(run(3, types.int())).toBe(null);
  });
});

describe('short circuits', () => {
  const int = (value: number) => literal(value, types.int(false));
  const a = inputReference(0, types.int(false));
  const fails = call(
    '<',
    [call('/', [int(1), call('+', [a, int(-1)], types.int())], types.int()), int(9)],
    types.boolean(),
  );
  const isOne = call('=', [a, int(1)], types.boolean(false));
  const unknown = literal(null, types.boolean());
  const yes = types.boolean();
  test.each<[string, Expression, Value | 'error']>([
    ['TRUE OR error', call('OR', [isOne, fails], yes), true],
    ['FALSE AND error', call('AND', [call('NOT', [isOne], yes), fails], yes), false],
    ['NULL OR error', call('OR', [unknown, fails], yes), 'error'],
    ['NULL AND error', call('AND', [unknown, fails], yes), 'error'],
    ['error OR TRUE', call('OR', [fails, isOne], yes), 'error'],
    ['CASE TRUE ELSE error', call('CASE', [isOne, isOne, fails], yes), true],
    ['COALESCE(TRUE, error)', call('COALESCE', [isOne, fails], yes), true],
    ['IN (1, error)', call('IN', [a, a, call('/', [a, int(0)], types.int())], yes), true],
  ])('%s', (_name, expression, result) => {
    const got = run(null, [expression], [types.int(false)], [[1]]);
    expect(got).toEqual(result === 'error' ? '/ by zero' : [[result]]);
    const filtered = run(expression, [a], [types.int(false)], [[1]]);
    expect(filtered).toEqual(result === 'error' ? '/ by zero' : result === true ? [[1]] : []);
  });
});

describe('a compiled predicate', () => {
  const condition = call(
    'AND',
    [
      call('<', [inputReference(0, types.bigint()), inputReference(2, types.bigint())], types.boolean()),
      call('=', [inputReference(1, types.string()), inputReference(3, types.string())], types.boolean()),
    ],
    types.boolean(),
  );
  const side = [types.bigint(), types.string()];
  const rows: Value[][] = [
    [1n, 'a'],
    [2n, 'a'],
    [null, 'a'],
    [3n, null],
    [5n, 'b'],
  ];
  const evaluate = interpret(condition, findFunction);

  test('over two batches', () => {
    const heap = new Heap();
    const batch = batchOf(heap, side, rows);
    const other = batchOf(heap, side, rows);
    const predicate = compilePredicate(condition, { types: side }, { types: side }, { heap, evaluation, findFunction });
    for (let l = 0; l < rows.length; l++)
      for (let r = 0; r < rows.length; r++)
        expect(predicate(batch, l, other, r)).toBe(
          evaluate([...(rows[l] as Value[]), ...(rows[r] as Value[])], evaluation) === true,
        );
  });

  test('over a batch and the records of a table', () => {
    const heap = new Heap();
    const batch = batchOf(heap, side, rows);
    const table = new PackedTable({ name: 't', version: 1, key: side, value: [], prefix: 0, ttlMs: 0 }, heap);
    const predicate = compilePredicate(
      condition,
      { types: side, record: table.layout.key },
      { types: side },
      { heap, evaluation, findFunction },
    );
    for (let l = 0; l < rows.length; l++) {
      const address = table.findOrInsert(batch, [0, 1], l);
      for (let r = 0; r < rows.length; r++)
        expect(predicate(null, address, batch, r)).toBe(
          evaluate([...(rows[l] as Value[]), ...(rows[r] as Value[])], evaluation) === true,
        );
    }
  });
});

test('a compiled scalar fills a column', () => {
  const heap = new Heap();
  const batch = batchOf(heap, [types.int()], [[1], [null], [3]]);
  const target = new Column(types.int(), BATCH_ROWS);
  const scalar = compileScalar(
    call('+', [inputReference(0, types.int()), literal(1, types.int(false))], types.int()),
    [types.int()],
    { heap, evaluation, findFunction },
  );
  scalar(batch, 1, 3, target);
  expect([1, 2].map((row) => readValue(types.int(), target, row, heap))).toEqual([null, 4]);
});
