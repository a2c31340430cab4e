/**
 * Expressions as EXPLAIN shows them, in three styles: Calcite's of the syntax tree (`=($0, 1)`, `CAST($1):BIGINT`), of the physical plan
 * (`=(a, 1)`, `CAST(b AS BIGINT)`), of the execution plan (`(a = 1)`).
 */
import { type LogicalType, types, withNullable } from '../types/logical-type.ts';
import { calciteType } from './calcite-type.ts';
import { commonEqualityType, isNumber, sameType } from './equality-type.ts';
import { type CallExpression, call, type Expression, literal } from './expression.ts';
import { printLiteral } from './print-literal.ts';
import { isPoint, type Range } from './range-set.ts';
import { type Search, type SearchForm, searchForm } from './search-form.ts';
import { withoutSugar } from './sugar.ts';

export interface PrintOptions {
  readonly style: 'logical' | 'physical' | 'execution';
  /** Name of an input column; `$0` … in the logical style when absent. */
  readonly inputName?: (index: number) => string;
  /** Conditions as Calcite's simplification leaves them; the filters of the syntax tree are not simplified. */
  readonly simplified?: boolean;
}

export function printExpression(expression: Expression, options: PrintOptions): string {
  return new Printer(options).print(expression);
}

const COMPARISONS = new Set(['=', '<>', '<', '<=', '>', '>=']);
const ARITHMETIC = new Set(['+', '-', '*', '/']);
const POSTFIX = new Set(['IS NULL', 'IS NOT NULL', 'IS TRUE', 'IS NOT TRUE', 'IS FALSE', 'IS NOT FALSE']);
/** Written without parentheses in the syntax tree. */
const NILADIC = new Set(['CURRENT_TIMESTAMP', 'CURRENT_DATE', 'CURRENT_TIME', 'LOCALTIME', 'LOCALTIMESTAMP']);
const NAMES: Readonly<Record<string, string>> = {
  '%': 'MOD',
  NEGATE: '-',
  'IS UNKNOWN': 'IS NULL',
  'IS NOT UNKNOWN': 'IS NOT NULL',
};
/** Arguments that are key words. */
const SYMBOLS: Readonly<Record<string, number>> = { EXTRACT: 0, TRIM: 0, FLOOR: 1, CEIL: 1 };

class Printer {
  readonly #style: PrintOptions['style'];
  readonly #isShort: boolean;
  readonly #inputName: (index: number) => string;
  readonly #isSimplified: boolean;

  constructor({ style, inputName, simplified }: PrintOptions) {
    this.#style = style;
    this.#isShort = style === 'execution';
    this.#inputName = inputName ?? ((index) => `$${index}`);
    this.#isSimplified = simplified ?? style !== 'logical';
  }

  print(expression: Expression): string {
    switch (expression.kind) {
      case 'input':
        return this.#inputName(expression.index);
      case 'literal':
        return printLiteral(expression.value, expression.type, this.#isShort);
      case 'call':
        return this.#isSimplified ? this.#form(searchForm(expression)) : this.#call(withoutSugar(expression));
    }
  }

  #form(form: SearchForm): string {
    switch (form.kind) {
      case 'leaf':
        return form.expression.kind === 'call' ? this.#call(form.expression) : this.print(form.expression);
      case 'not':
        return `NOT(${this.#form(form.term)})`;
      case 'search':
        return this.#search(form);
      case 'all':
      case 'any':
        return this.#joined(
          form.kind === 'all' ? 'AND' : 'OR',
          form.terms.map((term) => (term.kind === 'leaf' ? this.#term(term.expression, term) : this.#form(term))),
        );
    }
  }

  #joined(name: string, terms: readonly string[]): string {
    return this.#isShort ? `(${terms.join(` ${name} `)})` : `${name}(${terms.join(', ')})`;
  }

  #call(expression: CallExpression): string {
    const { args } = expression;
    const name = NAMES[expression.function] ?? expression.function;
    switch (name) {
      case 'CAST':
      case 'TRY_CAST':
        return this.#cast(name, expression);
      case 'FIELD':
        return this.#field(expression);
      case 'IN':
        return this.#call(inAsEquals(expression));
      case 'IS DISTINCT FROM':
      case 'IS NOT DISTINCT FROM':
        return this.#distinct(args, name === 'IS DISTINCT FROM');
      case 'AND':
      case 'OR':
        return this.#joined(
          name,
          flattened(name, name === 'OR' ? args.map(listAsOr) : args).map((arg) => this.#term(arg)),
        );
    }
    if (args.length === 0 && this.#style === 'logical' && NILADIC.has(name)) return name;
    if ((name === '=' || name === '<>') && args.length === 2) return this.#equality(name, args);
    const texts = args.map((arg, i) => this.#argument(expression, arg, i));
    if (!this.#isShort) return `${name}(${texts.join(', ')})`;
    if (args.length === 2 && (COMPARISONS.has(name) || ARITHMETIC.has(name))) return `(${texts.join(` ${name} `)})`;
    return POSTFIX.has(name) ? `${texts[0]} ${name}` : `${name}(${texts.join(', ')})`;
  }

  /** A term of AND and OR: everybody knows its type. */
  #term(arg: Expression, form?: SearchForm): string {
    if (arg.kind !== 'literal' || this.#style !== 'logical') return form ? this.#form(form) : this.print(arg);
    return printLiteral(arg.value, arg.type, false, false);
  }

  #argument(expression: CallExpression, arg: Expression, index: number): string {
    if (arg.kind !== 'literal') return this.print(arg);
    if (SYMBOLS[expression.function] === index && typeof arg.value === 'string')
      return this.#isShort ? arg.value : `FLAG(${arg.value})`;
    const other = expression.args.length === 2 ? (expression.args[1 - index] as Expression) : undefined;
    if (!other || other.kind === 'literal') return this.print(arg);
    const isBinary = COMPARISONS.has(expression.function) || ARITHMETIC.has(expression.function);
    const isTold = isBinary && this.#style === 'logical' && sameType(arg.type, other.type);
    return printLiteral(arg.value, arg.type, this.#isShort, !isTold);
  }

  #distinct(args: readonly Expression[], isDistinct: boolean): string {
    const [a, b] = args.map((arg) => this.print(arg));
    const postfix = (value: string | undefined, test: string) =>
      this.#isShort ? `${value} ${test}` : `${test}(${value})`;
    const equal = this.#isShort ? `(${a} = ${b})` : `=(${a}, ${b})`;
    const both = (name: string, test: string) => this.#joined(name, [postfix(a, test), postfix(b, test)]);
    return isDistinct
      ? this.#joined('AND', [both('OR', 'IS NOT NULL'), postfix(equal, 'IS NOT TRUE')])
      : this.#joined('OR', [both('AND', 'IS NULL'), postfix(equal, 'IS TRUE')]);
  }

  /** Both sides of an equality in their common type, as Flink's validator casts them. */
  #equality(name: string, args: readonly Expression[]): string {
    const [left, right] = args as readonly [Expression, Expression];
    const common = commonEqualityType(left.type, right.type);
    const [a, b] = [left, right].map((arg) => {
      if (arg.kind !== 'literal')
        return !common || sameType(arg.type, common) ? this.print(arg) : this.#castTo(arg, common);
      const other = arg === left ? right : left;
      const shown = common ?? arg.type;
      const isTold =
        this.#style === 'logical' &&
        other.kind !== 'literal' &&
        (common !== undefined || sameType(arg.type, other.type));
      return printLiteral(arg.value, arg.type, this.#isShort, !isTold, arg.value === null ? arg.type : shown);
    });
    return this.#isShort ? `(${a} ${name} ${b})` : `${name}(${a}, ${b})`;
  }

  #castTo(arg: Expression, type: LogicalType): string {
    return this.#cast('CAST', call('CAST', [arg], withNullable(type, arg.type.nullable)) as CallExpression);
  }

  #cast(name: string, { args, type }: CallExpression): string {
    const arg = args[0] as Expression;
    // Casts of constants and of BOOLEAN are gone before Flink prints anything.
    if (
      name === 'CAST' &&
      arg.kind === 'literal' &&
      isNumber(type) &&
      (isNumber(arg.type) || isTextual(arg)) &&
      arg.value !== null
    ) {
      const bare = isTextual(arg) ? literal(Number(arg.value), types.int(false)) : arg;
      return printLiteral((bare as typeof arg).value, bare.type, this.#isShort, true, type);
    }
    if (name === 'CAST' && arg.type.kind === 'BOOLEAN' && type.kind === 'INT')
      return this.print(booleanAsInt(arg, type));
    const value = this.print(arg);
    if (this.#style !== 'logical') return `${name}(${value} AS ${calciteType(type, this.#isShort)})`;
    return name === 'CAST' ? `CAST(${value}):${calciteType(type, false)}` : `${name}(${value})`;
  }

  #field({ args }: CallExpression): string {
    const [row, index] = args as readonly [Expression, Expression];
    const name =
      row.type.kind === 'ROW' && index.kind === 'literal' ? row.type.fields[Number(index.value)]?.name : undefined;
    return `${this.print(row)}.${name ?? this.print(index)}`;
  }

  #search({ operand, set, type }: Search): string {
    const only = set.length === 1 ? (set[0] as Range) : undefined;
    if (only && (isPoint(only) || only.lower === null || only.upper === null))
      return this.#comparison(operand, only, type);
    const hole = holeOf(set);
    if (hole !== undefined)
      return this.#call(
        call('<>', [operand, { kind: 'literal', value: hole, type }], types.boolean()) as CallExpression,
      );
    const isChar = type.kind === 'CHAR';
    // The execution plan keeps the prefix of texts here, and leaves types out.
    const item = (value: Range['lower']) => printLiteral(value, type, false, !isChar && !this.#isShort);
    const ranges = set.map((range) => {
      if (isPoint(range)) return item(range.lower);
      const low = range.lower === null ? '(-∞' : `${range.lowerOpen ? '(' : '['}${item(range.lower)}`;
      const high = range.upper === null ? '+∞)' : `${item(range.upper)}${range.upperOpen ? ')' : ']'}`;
      return `${low}..${high}`;
    });
    const bare = type.kind === 'INT' || type.kind === 'DATE' || this.#isShort;
    return `SEARCH(${this.print(operand)}, Sarg[${ranges.join(', ')}]${bare ? '' : `:${calciteType(type, false)}`})`;
  }

  #comparison(operand: Expression, range: Range, type: Expression['type']): string {
    const value = range.lower ?? range.upper;
    const name = isPoint(range)
      ? '='
      : range.lower === null
        ? `<${range.upperOpen ? '' : '='}`
        : `>${range.lowerOpen ? '' : '='}`;
    return this.#call(call(name, [operand, { kind: 'literal', value, type }], types.boolean()) as CallExpression);
  }
}

/** The one value that a set leaves out. */
function holeOf(set: readonly Range[]): Range['lower'] | undefined {
  const [below, above] = set;
  if (set.length !== 2 || !below || !above || below.lower !== null || above.upper !== null) return undefined;
  return below.upper === above.lower && below.upperOpen && above.lowerOpen ? below.upper : undefined;
}

function isTextual(expression: Expression): boolean {
  return expression.type.kind === 'CHAR' || expression.type.kind === 'VARCHAR';
}

/** A list in a disjunction is more of its terms. */
function listAsOr(arg: Expression): Expression {
  return arg.kind === 'call' && arg.function === 'IN' ? inAsEquals(arg) : arg;
}

/** Terms of nested ANDs or ORs as those of one. */
function flattened(name: string, args: readonly Expression[]): readonly Expression[] {
  return args.flatMap((arg) => (arg.kind === 'call' && arg.function === name ? flattened(name, arg.args) : [arg]));
}

function booleanAsInt(arg: Expression, type: LogicalType): Expression {
  const int = (value: number | null) => literal(value, withNullable(type, value === null));
  const value = call('CASE', [arg, int(1), int(0)], type);
  return arg.type.nullable
    ? call('CASE', [call('IS NOT NULL', [arg], types.boolean(false)), value, int(null)], type)
    : value;
}

function inAsEquals({ args, type }: CallExpression): CallExpression {
  const [operand, ...items] = args as readonly [Expression, ...Expression[]];
  const terms = items.map((item) => call('=', [operand, item], types.boolean()));
  return (terms.length === 1 ? terms[0] : call('OR', terms, type)) as CallExpression;
}
