/** A few functions in both forms, so that compiled code is tested without the shelf. */
import { EngineError } from '../../src/base/error.ts';
import { defineScalar, type EvalContext, type ScalarFunction } from '../../src/functions/function.ts';
import type { Generate } from '../../src/functions/generated-code.ts';
import { type LogicalType, types } from '../../src/types/logical-type.ts';
import type { Value } from '../../src/types/value.ts';

type Compute = (args: readonly Value[], type: LogicalType) => Value;

function define(name: string, compute: Compute, extra: Partial<ScalarFunction> = {}): ScalarFunction {
  return defineScalar({
    name,
    category: 'arithmetic',
    signatures: [],
    summary: '',
    example: '',
    minArgs: 0,
    maxArgs: 9,
    inferType: () => types.int(),
    bind: (site) => (args) => compute(args, site.type),
    ...extra,
  });
}

function divisionByZero(): never {
  throw new EngineError('JOB_EXPRESSION', '/ by zero', { exceptionClass: 'java.lang.ArithmeticException' });
}

const binary =
  (int: (a: string, b: string) => string, long: (a: string, b: string) => string): Generate =>
  ({ type, args }) => {
    const [a, b] = args.map((arg) => arg.lanes[0] as string) as [string, string];
    if (type.kind === 'INT') return { type, lanes: [int(a, b)], isNull: 'false' };
    if (type.kind === 'BIGINT') return { type, lanes: [`BigInt.asIntN(64, ${long(a, b)})`], isNull: 'false' };
    return undefined;
  };

const wrap = (value: bigint | number, type: LogicalType): Value =>
  type.kind === 'INT' ? Number(BigInt.asIntN(32, BigInt(value))) : BigInt.asIntN(64, BigInt(value));
const big = (value: Value | undefined) => BigInt(value as bigint | number);

const compare =
  (operator: string): Generate =>
  ({ type, args }) => {
    const [a, b] = args.map((arg) => arg.lanes[0] as string);
    if (args[0]?.type.kind === 'VARCHAR') return undefined;
    return { type, lanes: [`${a} ${operator} ${b} ? 1 : 0`], isNull: 'false' };
  };

let calls = 0;
export function callsOfCounted(): number {
  const before = calls;
  calls = 0;
  return before;
}

const shelf: readonly ScalarFunction[] = [
  define('+', (args, type) => wrap(big(args[0]) + big(args[1]), type), {
    generate: binary(
      (a, b) => `(${a} + ${b}) | 0`,
      (a, b) => `${a} + ${b}`,
    ),
  }),
  define('*', (args, type) => wrap(big(args[0]) * big(args[1]), type), {
    generate: binary(
      (a, b) => `Math.imul(${a}, ${b})`,
      (a, b) => `${a} * ${b}`,
    ),
  }),
  define('/', (args, type) => (big(args[1]) === 0n ? divisionByZero() : wrap(big(args[0]) / big(args[1]), type)), {
    generate: (site) => {
      const [a, b] = site.args.map((arg) => arg.lanes[0]);
      if (site.type.kind !== 'INT') return undefined;
      site.emit(`if (${b} === 0) ${site.constant(divisionByZero)}();`);
      return { type: site.type, lanes: [`(${a} / ${b}) | 0`], isNull: 'false' };
    },
  }),
  define('=', (args) => args[0] === args[1], { generate: compare('===') }),
  define('<', (args) => (args[0] as number) < (args[1] as number), { generate: compare('<') }),
  define('NOT', (args) => !args[0], {
    generate: ({ type, args }) => ({ type, lanes: [`1 - ${args[0]?.lanes[0]}`], isNull: 'false' }),
  }),
  define('IS NULL', (args) => args[0] === null, {
    nullPropagating: false,
    generate: ({ type, args }) => ({ type, lanes: [`${args[0]?.isNull} ? 1 : 0`], isNull: 'false' }),
  }),
  define(
    'IN',
    ([value, ...items]) =>
      value === null || value === undefined ? null : items.includes(value) ? true : items.includes(null) ? null : false,
    {
      nullPropagating: false,
    },
  ),
  define('CONCAT', (args) => args.join('')),
  define('LENGTH', (args) => (args[0] as string).length),
  define('NULL_IF_ODD', (args) => (Number(args[0]) % 2 === 0 ? (args[0] as number) : null)),
  define('COUNTED', (args) => {
    calls++;
    return args[0] as number;
  }),
  define(
    'VOLATILE',
    () => {
      calls++;
      return 1;
    },
    { deterministic: false },
  ),
];

export function findFunction(name: string): ScalarFunction | undefined {
  return shelf.find((fn) => fn.name === name);
}

export const evaluation: EvalContext = {
  timeZone: 'UTC',
  now: () => 0,
  random: () => 0,
  watermark: () => null,
  legacyCast: false,
};
