/** The comparison operators. */
import { EngineError } from '../../base/error.ts';
import { castFunction } from '../../types/cast.ts';
import { columnKind } from '../../types/column.ts';
import { isComparable } from '../../types/comparable.ts';
import { powerOfTen } from '../../types/decimal.ts';
import { floatToText } from '../../types/java-double.ts';
import { type LogicalType, types } from '../../types/logical-type.ts';
import { isDatetime, isNumeric, isText, isTimestamp } from '../../types/type-family.ts';
import { typeSummary } from '../../types/type-name.ts';
import type { Value } from '../../types/value.ts';
import { codeError } from '../call-error.ts';
import { bytesCompare, bytesEqual, lane, pure } from '../code-helpers.ts';
import { comparatorOf, equalityOf } from '../compare-values.ts';
import { bigOf } from '../decimal-code.ts';
import { type ArgumentInfo, type CallSite, defineScalar, type Eval, type ScalarFunction } from '../function.ts';
import type { CodeSite, Generate, Operand } from '../generated-code.ts';

interface Operator {
  readonly name: string;
  readonly word: string;
  /** From the sign of `a ? b`. */
  readonly test: (order: number) => boolean;
  readonly code: string;
}

const isEquality = (name: string) => name === '=' || name === '<>' || name.includes('DISTINCT');

/** The type that the text of a comparison is cast to, or undefined. */
function textCoercion(name: string, a: LogicalType, b: LogicalType): LogicalType | undefined {
  const other = isText(a) ? b : a;
  if (isText(a) === isText(b) || other.kind === 'NULL' || !isComparable(a, b)) return undefined;
  if (isEquality(name) && !isDatetime(other)) return undefined;
  return other.kind === 'DECIMAL' ? types.decimal(38, 18, other.nullable) : other;
}

function coerceText(name: string, args: readonly ArgumentInfo[]): (LogicalType | undefined)[] {
  const [a, b] = args as [ArgumentInfo, ArgumentInfo];
  const target = textCoercion(name, a.type, b.type);
  if (!target || args.some((arg) => arg.literal?.value === null)) return [];
  const source = isText(a.type) ? a : b;
  if (isEquality(name)) checkLiteral(source, target);
  return isText(a.type) ? [target, undefined] : [undefined, target];
}

/** A literal is cast while the query is planned. */
function checkLiteral(source: ArgumentInfo, target: LogicalType): void {
  if (!source.literal || source.literal.value === null) return;
  try {
    castFunction(source.type, target)(source.literal.value, { timeZone: 'UTC', legacyCast: false });
  } catch (cause) {
    const text = `Error when casting literal. Error when casting ${typeSummary(source.type)} to ${typeSummary({ ...target, nullable: source.type.nullable })}.`;
    throw new EngineError('SQL_VALIDATION', text, { cause });
  }
}

function kindName(type: LogicalType): string {
  return type.kind === 'INT' ? 'INTEGER' : type.kind;
}

/** Flink's generator refuses these pairs, unless one side is a NULL that was folded before. */
function refuseMixed(name: string, site: CallSite): void {
  const [a, b] = site.argTypes as [LogicalType, LogicalType];
  if (site.literals.some((literal) => literal?.value === null)) return;
  if ((isText(a) && isNumeric(b)) || (isText(b) && isNumeric(a)))
    throw new EngineError(
      'SQL_VALIDATION',
      `implicit type conversion between ${kindName(a)} and ${kindName(b)} is not supported now`,
    );
  const unordered = a.kind === 'ARRAY' || a.kind === 'ROW' || a.kind === 'BITMAP';
  if (!isEquality(name) && unordered && a.kind === b.kind)
    throw codeError(`Comparable type expected, but was '${typeSummary(a)}'.`);
}

/** A FLOAT literal beside a number of another type is compared by its digits. */
function byDigits(site: CallSite): CallSite & { readonly digits: boolean } {
  const [a, b] = site.argTypes as [LogicalType, LogicalType];
  const digits =
    (a.kind === 'FLOAT') !== (b.kind === 'FLOAT') &&
    isNumeric(a) &&
    isNumeric(b) &&
    site.literals[0] !== undefined &&
    site.literals[1] !== undefined;
  if (!digits) return { ...site, digits };
  return { ...site, digits, argTypes: site.argTypes.map((type) => (type.kind === 'FLOAT' ? types.double() : type)) };
}

function evaluator(operator: Operator, given: CallSite): (a: Value, b: Value, zone: string) => boolean {
  refuseMixed(operator.name, given);
  const site = byDigits(given);
  const evaluate = evaluatorOf(operator, site);
  if (!site.digits) return evaluate;
  const wide = (value: Value, type: LogicalType | undefined): Value =>
    type?.kind === 'FLOAT' ? Number(floatToText(value as number)) : value;
  return (a, b, zone) => evaluate(wide(a, given.argTypes[0]), wide(b, given.argTypes[1]), zone);
}

function evaluatorOf(operator: Operator, site: CallSite): (a: Value, b: Value, zone: string) => boolean {
  const [a, b] = site.argTypes as [LogicalType, LogicalType];
  let timeZone = 'UTC';
  const zone = () => timeZone;
  if (a.kind === 'NULL' || b.kind === 'NULL') return () => false;
  if (isText(a) !== isText(b)) return () => !operator.test(0);
  if (operator.name === '=' || operator.name === '<>') {
    const equal = equalityOf(a, b, zone);
    const wanted = operator.name === '=';
    return (x, y, id) => {
      timeZone = id;
      return equal(x, y) === wanted;
    };
  }
  if (a.kind === 'MAP' || a.kind === 'MULTISET') return () => false;
  const compare = comparatorOf(a, b, zone);
  return (x, y, id) => {
    timeZone = id;
    return operator.test(compare(x, y));
  };
}

function comparison(operator: Operator): ScalarFunction {
  const { name } = operator;
  return defineScalar({
    name,
    category: 'comparison',
    signatures: [`<COMPARABLE_TYPE> ${name} <COMPARABLE_TYPE>`],
    summary: `Whether value1 is ${operator.word} value2; NULL when one of them is.`,
    example: `1 ${name} 2`,
    minArgs: 2,
    maxArgs: 2,
    coerce: (args) => coerceText(name, args),
    inferType: (args) => booleanOf(args),
    bind(site): Eval {
      const evaluate = evaluator(operator, site);
      return ([a, b], context) => evaluate(a as Value, b as Value, context.timeZone);
    },
    generate: generateComparison(operator),
  });
}

function booleanOf(args: readonly ArgumentInfo[]): LogicalType | undefined {
  const [a, b] = args as [ArgumentInfo, ArgumentInfo];
  return isComparable(a.type, b.type) ? types.boolean(a.type.nullable || b.type.nullable) : undefined;
}

const SMALL = new Set(['i8', 'i16', 'i32']);
const FLOATING = new Set(['f32', 'f64']);

function generateComparison(operator: Operator): Generate {
  return (site) => {
    const [a, b] = site.args as [Operand, Operand];
    const test = comparisonCode(site, operator, a, b);
    return test === undefined ? undefined : pure(site, [`(${test} ? 1 : 0)`]);
  };
}

/** A JavaScript condition, or undefined where the types have no generated form. */
function comparisonCode(site: CodeSite, operator: Operator, a: Operand, b: Operand): string | undefined {
  const left = columnKind(a.type);
  const right = columnKind(b.type);
  if (isText(a.type) && isText(b.type)) return textCode(site, operator, a, b);
  if (isTimestamp(a.type) && a.type.kind === b.type.kind) return timestampCode(operator, a, b);
  if (a.type.kind === 'DECIMAL' || b.type.kind === 'DECIMAL') return decimalCode(operator, a, b);
  const code = `${lane(a)} ${operator.code} ${lane(b)}`;
  if (left === right && (SMALL.has(left) || FLOATING.has(left) || left === 'i64' || left === 'boolean')) return code;
  if (
    (SMALL.has(left) && SMALL.has(right)) ||
    (left === 'f64' && SMALL.has(right)) ||
    (SMALL.has(left) && right === 'f64')
  )
    return code;
  if (left === 'i64' && SMALL.has(right)) return `${lane(a)} ${operator.code} BigInt(${lane(b)})`;
  if (SMALL.has(left) && right === 'i64') return `BigInt(${lane(a)}) ${operator.code} ${lane(b)}`;
  return undefined;
}

function textCode(site: CodeSite, operator: Operator, a: Operand, b: Operand): string {
  const args = `${site.heap}.u8, ${a.lanes.join(', ')}, ${b.lanes.join(', ')}`;
  if (operator.name === '=' || operator.name === '<>')
    return `${site.constant(bytesEqual)}(${args}) ${operator.name === '=' ? '===' : '!=='} 1`;
  return `${site.constant(bytesCompare)}(${args}) ${operator.code} 0`;
}

function timestampCode(operator: Operator, a: Operand, b: Operand): string {
  const [aMs, aNs = '0'] = a.lanes as [string, string?];
  const [bMs, bNs = '0'] = b.lanes as [string, string?];
  if (aNs === '0' && bNs === '0') return `${aMs} ${operator.code} ${bMs}`;
  if (operator.name === '=') return `${aMs} === ${bMs} && ${aNs} === ${bNs}`;
  if (operator.name === '<>') return `(${aMs} !== ${bMs} || ${aNs} !== ${bNs})`;
  return `(${aMs} !== ${bMs} ? ${aMs} ${operator.code} ${bMs} : ${aNs} ${operator.code} ${bNs})`;
}

function decimalCode(operator: Operator, a: Operand, b: Operand): string | undefined {
  const left = bigOf(a);
  const right = bigOf(b);
  if (left === undefined || right === undefined) return undefined;
  const aScale = a.type.kind === 'DECIMAL' ? a.type.scale : 0;
  const bScale = b.type.kind === 'DECIMAL' ? b.type.scale : 0;
  return `${aligned(left, bScale - aScale)} ${operator.code} ${aligned(right, aScale - bScale)}`;
}

function aligned(code: string, digits: number): string {
  return digits > 0 ? `${code} * ${powerOfTen(digits)}n` : code;
}

function distinctFrom(name: string, negated: boolean): ScalarFunction {
  const operator: Operator = { name, word: '', test: (order) => order === 0, code: '===' };
  return defineScalar({
    name,
    category: 'comparison',
    signatures: [`<COMPARABLE_TYPE> ${name} <COMPARABLE_TYPE>`],
    summary: 'Whether two values are different, where NULL is a value like others.',
    example: `1 ${name} NULL`,
    minArgs: 2,
    maxArgs: 2,
    nullPropagating: false,
    coerce: (args) => coerceText(name, args),
    inferType: (args) => (booleanOf(args) ? types.boolean(false) : undefined),
    bind(site): Eval {
      refuseMixed(name, site);
      const [aType, bType] = site.argTypes as [LogicalType, LogicalType];
      const mixed = isText(aType) !== isText(bType) || aType.kind === 'NULL' || bType.kind === 'NULL';
      const equal = mixed ? () => false : equalityOf(aType, bType);
      return ([a = null, b = null]) => (a === null || b === null ? a === b : equal(a, b)) === negated;
    },
    generate(site) {
      const [a, b] = site.args as [Operand, Operand];
      const test = comparisonCode(site, operator, { ...a, isNull: 'false' }, { ...b, isNull: 'false' });
      if (test === undefined) return undefined;
      const same =
        a.isNull === 'false' && b.isNull === 'false'
          ? `(${test})`
          : `(${a.isNull} ? ${b.isNull} : !${b.isNull} && (${test}))`;
      return { type: site.type, lanes: [negated ? `(${same} ? 1 : 0)` : `(${same} ? 0 : 1)`], isNull: 'false' };
    },
  });
}

export const comparisons: readonly ScalarFunction[] = [
  comparison({ name: '=', word: 'equal to', test: (order) => order === 0, code: '===' }),
  comparison({ name: '<>', word: 'not equal to', test: (order) => order !== 0, code: '!==' }),
  comparison({ name: '<', word: 'less than', test: (order) => order < 0, code: '<' }),
  comparison({ name: '<=', word: 'less than or equal to', test: (order) => order <= 0, code: '<=' }),
  comparison({ name: '>', word: 'greater than', test: (order) => order > 0, code: '>' }),
  comparison({ name: '>=', word: 'greater than or equal to', test: (order) => order >= 0, code: '>=' }),
  distinctFrom('IS DISTINCT FROM', false),
  distinctFrom('IS NOT DISTINCT FROM', true),
];
