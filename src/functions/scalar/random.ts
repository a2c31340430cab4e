/** Random numbers. */
import { type LogicalType, types } from '../../types/logical-type.ts';
import type { Value } from '../../types/value.ts';
import { unsupportedCall } from '../call-error.ts';
import type { ArgumentInfo, CallSite, Eval, ScalarFunction } from '../function.ts';
import { JavaRandom } from '../java-random.ts';
import { anyNullable, numeric } from '../operand.ts';
import { plain } from '../plain-function.ts';

/** With a literal seed one sequence per call; else a new one for every row. */
function seeded(site: CallSite, index: number, draw: (random: JavaRandom, args: readonly Value[]) => number): Eval {
  const seed = site.literals[index]?.value;
  if (seed === undefined || seed === null) return (args) => draw(new JavaRandom(Number(args[index])), args);
  const random = new JavaRandom(Number(seed));
  return (args) => draw(random, args);
}

/** There is code for integers and approximate numbers. */
function withoutDecimals(name: string, returns: LogicalType): (args: readonly ArgumentInfo[]) => LogicalType {
  return (args) => {
    const argTypes = args.map((arg) => arg.type);
    if (argTypes.some((type) => type.kind === 'DECIMAL')) throw unsupportedCall(name, argTypes);
    return { ...returns, nullable: anyNullable(args) };
  };
}

export const randoms: readonly ScalarFunction[] = [
  plain({
    name: 'RAND',
    category: 'arithmetic',
    forms: ['RAND()', 'RAND(<NUMERIC>)'],
    summary: 'A random number from 0 to below 1, of a sequence that a seed may fix.',
    example: 'RAND(1)',
    args: [],
    optional: [numeric],
    returns: withoutDecimals('RAND', types.double()),
    deterministic: false,
    bind: (site) =>
      site.argTypes.length === 0
        ? (_args, context) => context.random()
        : seeded(site, 0, (random) => random.nextDouble()),
  }),
  plain({
    name: 'RAND_INTEGER',
    category: 'arithmetic',
    forms: ['RAND_INTEGER(<NUMERIC>)', 'RAND_INTEGER(<NUMERIC>, <NUMERIC>)'],
    summary: 'A random integer from 0 to below a bound, of a sequence that a seed may fix.',
    example: 'RAND_INTEGER(1, 100)',
    args: [numeric],
    optional: [numeric],
    returns: withoutDecimals('RAND_INTEGER', types.int()),
    deterministic: false,
    bind: (site) =>
      site.argTypes.length === 1
        ? ([bound], context) => Math.floor(context.random() * Number(bound))
        : seeded(site, 0, (random, args) => random.nextInt(Number(args[1]))),
  }),
];
