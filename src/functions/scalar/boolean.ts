/** AND, OR, NOT and the tests of truth. */
import { types } from '../../types/logical-type.ts';
import type { Value } from '../../types/value.ts';
import { lane, pure } from '../code-helpers.ts';
import { defineScalar, type ScalarFunction } from '../function.ts';
import type { CodeSite, Operand } from '../generated-code.ts';
import { anyNullable, anything, bool } from '../operand.ts';
import { plain } from '../plain-function.ts';

/** `decisive` alone decides the result: FALSE for AND, TRUE for OR. */
function junction(name: 'AND' | 'OR', decisive: boolean): ScalarFunction {
  return defineScalar({
    name,
    category: 'logical',
    signatures: [`<BOOLEAN> ${name} <BOOLEAN>`],
    summary: `${name} of three-valued logic.`,
    example: `TRUE ${name} FALSE`,
    minArgs: 2,
    maxArgs: Number.MAX_SAFE_INTEGER,
    nullPropagating: false,
    inferType: (args) => (args.every((arg) => bool(arg.type)) ? types.boolean(anyNullable(args)) : undefined),
    bind: () => (args) => {
      let result: Value = !decisive;
      for (const arg of args) {
        if (arg === decisive) return decisive;
        if (arg === null) result = null;
      }
      return result;
    },
    generate: (site) => junctionCode(site, decisive),
  });
}

function junctionCode(site: CodeSite, decisive: boolean): Operand {
  const wins = decisive ? '1' : '0';
  const decided = site.args
    .map((arg) =>
      arg.isNull === 'false' ? `${lane(arg)} === ${wins}` : `(!${arg.isNull} && ${lane(arg)} === ${wins})`,
    )
    .join(' || ');
  const value = site.local();
  site.emit(`${value} = ${decided} ? ${wins} : ${decisive ? '0' : '1'};`);
  const unknown = site.args.map((arg) => arg.isNull).filter((test) => test !== 'false');
  if (unknown.length === 0) return { type: site.type, lanes: [value], isNull: 'false' };
  return { type: site.type, lanes: [value], isNull: `(${value} !== ${wins} && (${unknown.join(' || ')}))` };
}

/** A test whose result is never NULL. */
function truthTest(
  name: string,
  form: string,
  test: (value: Value) => boolean,
  code: (arg: Operand) => string,
): ScalarFunction {
  return plain({
    name,
    category: 'logical',
    forms: [form],
    summary: `Whether the value ${name.toLowerCase()}.`,
    example: `(1 > 2) ${name}`,
    args: [form.startsWith('<BOOLEAN>') ? bool : anything],
    returns: () => types.boolean(false),
    nullPropagating: false,
    eval: ([value = null]) => test(value),
    generate(site) {
      const arg = site.args[0] as Operand;
      return { type: site.type, lanes: [code(arg)], isNull: 'false' };
    },
  });
}

const isTrue = (wanted: number) => (arg: Operand) =>
  arg.isNull === 'false'
    ? `(${lane(arg)} === ${wanted} ? 1 : 0)`
    : `(!${arg.isNull} && ${lane(arg)} === ${wanted} ? 1 : 0)`;
const isNotTrue = (wanted: number) => (arg: Operand) =>
  arg.isNull === 'false'
    ? `(${lane(arg)} !== ${wanted} ? 1 : 0)`
    : `(${arg.isNull} || ${lane(arg)} !== ${wanted} ? 1 : 0)`;

export const booleans: readonly ScalarFunction[] = [
  junction('AND', false),
  junction('OR', true),
  plain({
    name: 'NOT',
    category: 'logical',
    forms: ['NOT<BOOLEAN>'],
    summary: 'The opposite of a truth value; NULL of NULL.',
    example: 'NOT TRUE',
    args: [bool],
    returns: types.boolean(false),
    eval: ([value]) => !value,
    generate: (site) => pure(site, [`(1 - ${lane(site.args[0])})`]),
  }),
  truthTest(
    'IS NULL',
    '<ANY> IS NULL',
    (value) => value === null,
    (arg) => `(${arg.isNull} ? 1 : 0)`,
  ),
  truthTest(
    'IS NOT NULL',
    '<ANY> IS NOT NULL',
    (value) => value !== null,
    (arg) => `(${arg.isNull} ? 0 : 1)`,
  ),
  truthTest(
    'IS UNKNOWN',
    '<BOOLEAN> IS UNKNOWN',
    (value) => value === null,
    (arg) => `(${arg.isNull} ? 1 : 0)`,
  ),
  truthTest(
    'IS NOT UNKNOWN',
    '<BOOLEAN> IS NOT UNKNOWN',
    (value) => value !== null,
    (arg) => `(${arg.isNull} ? 0 : 1)`,
  ),
  truthTest('IS TRUE', '<BOOLEAN> IS TRUE', (value) => value === true, isTrue(1)),
  truthTest('IS FALSE', '<BOOLEAN> IS FALSE', (value) => value === false, isTrue(0)),
  truthTest('IS NOT TRUE', '<BOOLEAN> IS NOT TRUE', (value) => value !== true, isNotTrue(1)),
  truthTest('IS NOT FALSE', '<BOOLEAN> IS NOT FALSE', (value) => value !== false, isNotTrue(0)),
];
