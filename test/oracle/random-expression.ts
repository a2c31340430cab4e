/** Random expressions of a wanted kind over the columns of a scope: the shelf's functions, and the forms of SQL that are no plain calls. */
import type { Chooser } from './choices.ts';
import { scalarCalls } from './function-catalogue.ts';
import { type Kind, type RandomColumn, SQL_TYPES } from './random-tables.ts';

const TEXTS = [
  "'a'",
  "'b'",
  "''",
  "'12'",
  "'2024-01-05'",
  "'[a-b]+'",
  '\'{"a": 1}\'',
  "'$.a'",
  "'yyyy-MM-dd'",
  "'x,y'",
  "','",
];
const UNITS = ['DAY', 'HOUR', 'MINUTE', 'SECOND', 'MONTH', 'YEAR'];
const DATE_UNITS = ['DAY', 'MONTH', 'YEAR', 'QUARTER', 'WEEK'];
const PARTS = [
  'YEAR',
  'QUARTER',
  'MONTH',
  'WEEK',
  'DAY',
  'DOY',
  'DOW',
  'HOUR',
  'MINUTE',
  'SECOND',
  'EPOCH',
  'DECADE',
  'CENTURY',
  'MILLENNIUM',
  'ISOYEAR',
  'ISODOW',
];
const DATE_PARTS = PARTS.filter((part) => !['HOUR', 'MINUTE', 'SECOND', 'EPOCH'].includes(part));
const COMPARISONS = ['=', '<>', '<', '<=', '>', '>=', 'IS DISTINCT FROM', 'IS NOT DISTINCT FROM'];
const NUMBERS: readonly Kind[] = ['INT', 'BIGINT', 'DECIMAL', 'DOUBLE', 'SMALLINT', 'TINYINT', 'FLOAT'];
const COMPARED: readonly Kind[] = [
  'INT',
  'STRING',
  'BIGINT',
  'DECIMAL',
  'DOUBLE',
  'DATE',
  'TIMESTAMP',
  'LTZ',
  'TIME',
  'BOOLEAN',
];
const CAST_SOURCES: Readonly<Partial<Record<Kind, readonly Kind[]>>> = {
  STRING: [
    'INT',
    'BIGINT',
    'DECIMAL',
    'DOUBLE',
    'BOOLEAN',
    'DATE',
    'TIMESTAMP',
    'TIME',
    'FLOAT',
    'INTS',
    'MAP',
    'ROW',
    'TEXTS',
    'LTZ',
    'SMALLINT',
  ],
  INT: ['SMALLINT', 'TINYINT', 'STRING', 'BIGINT', 'DECIMAL', 'DOUBLE', 'BOOLEAN'],
  BIGINT: ['INT', 'STRING', 'DECIMAL', 'DOUBLE'],
  DOUBLE: ['INT', 'BIGINT', 'DECIMAL', 'STRING', 'FLOAT'],
  DECIMAL: ['INT', 'BIGINT', 'DOUBLE', 'STRING'],
  BOOLEAN: ['INT', 'STRING'],
  DATE: ['TIMESTAMP', 'STRING', 'LTZ'],
  TIMESTAMP: ['DATE', 'STRING', 'LTZ'],
  LTZ: ['TIMESTAMP', 'DATE', 'STRING'],
  TIME: ['TIMESTAMP', 'STRING'],
  SMALLINT: ['INT', 'STRING'],
  TINYINT: ['INT'],
  FLOAT: ['DOUBLE', 'INT', 'STRING'],
  BYTES: ['STRING'],
};

export class RandomExpression {
  readonly #choose: Chooser;

  constructor(choose: Chooser) {
    this.#choose = choose;
  }

  /** An expression of the kind; `scope` names columns as they are written. */
  of(kind: Kind, scope: readonly RandomColumn[], depth: number): string {
    const columns = scope.filter((column) => column.kind === kind);
    const choose = this.#choose;
    if (depth <= 0) return columns.length > 0 && !choose.once(4) ? choose.of(columns).name : this.literal(kind);
    const inner = (wanted: Kind) => this.of(wanted, scope, depth - 1);
    return choose.weighted<() => string>([
      [4, () => (columns.length > 0 ? choose.of(columns).name : this.literal(kind))],
      [1, () => this.literal(kind)],
      [4, () => this.#special(kind, inner)],
      [5, () => this.#call(kind, inner)],
      [1, () => this.#conditional(kind, inner)],
      [2, () => this.#cast(kind, inner)],
    ])();
  }

  literal(kind: Kind): string {
    const choose = this.#choose;
    switch (kind) {
      case 'INT':
        return choose.of(['1', '0', '2', '3', '-1', '10']);
      case 'STRING':
        return choose.of(TEXTS);
      case 'DOUBLE':
        return choose.of(['0.5E0', '1E0', '0E0', '-2.25E0']);
      case 'BOOLEAN':
        return choose.of(['TRUE', 'FALSE']);
      case 'DATE':
        return choose.of(["DATE '2024-01-05'", "DATE '2024-02-29'"]);
      case 'TIMESTAMP':
        return choose.of(["TIMESTAMP '2024-01-01 00:30:00.123'", "TIMESTAMP '2024-03-31 02:30:00.000'"]);
      case 'TIME':
        return "TIME '10:20:30'";
      case 'INTS':
        return choose.of(['ARRAY[1, 2]', 'ARRAY[3, CAST(NULL AS INT)]']);
      case 'TEXTS':
        return choose.of(["ARRAY['a', 'b']", "ARRAY['x', CAST(NULL AS STRING)]"]);
      case 'MAP':
        return "MAP['p', 1, 'q', 2]";
      case 'ROW':
        return `CAST(ROW(1, 'a') AS ${SQL_TYPES.ROW})`;
      case 'LTZ':
        return "CAST(TIMESTAMP '2024-01-01 10:30:00.123' AS TIMESTAMP_LTZ(3))";
      case 'BYTES':
        return choose.of(["x'00ff'", "x''"]);
      case 'DECIMAL':
        return choose.of(['1.50', '0.00', '-2.25']);
      default:
        return `CAST(${choose.of(['1', '0', '3'])} AS ${SQL_TYPES[kind]})`;
    }
  }

  #call(kind: Kind, inner: (kind: Kind) => string): string {
    const forms = scalarCalls.get(kind);
    if (!forms) return this.literal(kind);
    const { name, args } = this.#choose.of(this.#choose.of(forms));
    return `${name}(${args.map(inner).join(', ')})`;
  }

  #cast(kind: Kind, inner: (kind: Kind) => string): string {
    const from = this.#choose.of(CAST_SOURCES[kind] ?? [kind]);
    const isSure = from !== 'STRING' && !this.#choose.once(4);
    return `${isSure ? 'CAST' : 'TRY_CAST'}(${inner(from)} AS ${SQL_TYPES[kind]})`;
  }

  #conditional(kind: Kind, inner: (kind: Kind) => string): string {
    return this.#choose.weighted<() => string>([
      [2, () => `CASE WHEN ${inner('BOOLEAN')} THEN ${inner(kind)} ELSE ${inner(kind)} END`],
      [1, () => `CASE WHEN ${inner('BOOLEAN')} THEN ${inner(kind)} WHEN ${inner('BOOLEAN')} THEN ${inner(kind)} END`],
      [1, () => `CASE ${inner('INT')} WHEN 1 THEN ${inner(kind)} WHEN 2 THEN ${inner(kind)} END`],
      [1, () => `CAST(NULL AS ${SQL_TYPES[kind]})`],
    ])();
  }

  /** The forms of SQL that are no plain calls. */
  #special(kind: Kind, inner: (kind: Kind) => string): string {
    const choose = this.#choose;
    if (NUMBERS.includes(kind) && choose.once(2)) return this.#arithmetic(kind, inner);
    switch (kind) {
      case 'BOOLEAN':
        return this.#condition(inner);
      case 'STRING':
        return this.#text(inner);
      case 'BIGINT':
        return choose.weighted<() => string>([
          [2, () => `EXTRACT(${choose.of(PARTS)} FROM ${inner('TIMESTAMP')})`],
          [1, () => `EXTRACT(${choose.of(DATE_PARTS)} FROM ${inner('DATE')})`],
          [1, () => `CAST(COALESCE(CARDINALITY(${inner('INTS')}), 0) AS BIGINT)`],
        ])();
      case 'INT':
        return choose.weighted<() => string>([
          [1, () => `POSITION(${inner('STRING')} IN ${inner('STRING')})`],
          [1, () => `TIMESTAMPDIFF(${choose.of(UNITS)}, ${inner('TIMESTAMP')}, ${inner('TIMESTAMP')})`],
          [1, () => `${inner('ROW')}.a`],
          [1, () => `${inner('INTS')}[${choose.of(['1', '2', '3'])}]`],
          [1, () => `${inner('MAP')}[${inner('STRING')}]`],
        ])();
      case 'TIMESTAMP':
        return choose.weighted<() => string>([
          [2, () => `${inner('TIMESTAMP')} ${choose.of(['+', '-'])} INTERVAL '3' ${choose.of(UNITS)}`],
          [1, () => `${choose.of(['FLOOR', 'CEIL'])}(${inner('TIMESTAMP')} TO ${choose.of(UNITS)})`],
          [1, () => `TIMESTAMPADD(${choose.of(UNITS)}, ${inner('INT')}, ${inner('TIMESTAMP')})`],
        ])();
      case 'DATE':
        return choose.weighted<() => string>([
          [1, () => `${inner('DATE')} + INTERVAL '2' ${choose.of(['DAY', 'MONTH', 'YEAR'])}`],
          [1, () => `${choose.of(['FLOOR', 'CEIL'])}(${inner('DATE')} TO ${choose.of(DATE_UNITS)})`],
        ])();
      case 'LTZ':
        return `${inner('LTZ')} + INTERVAL '90' MINUTE`;
      case 'TIME':
        return `${inner('TIME')} + INTERVAL '90' MINUTE`;
      default:
        return this.#conditional(kind, inner);
    }
  }

  #arithmetic(kind: Kind, inner: (kind: Kind) => string): string {
    const operator = this.#choose.of(['+', '-', '*', '/']);
    const left = inner(kind);
    const right = inner(kind);
    const sum =
      operator === '/' ? `${left} / NULLIF(${right}, ${this.literal('INT')})` : `${left} ${operator} ${right}`;
    return `CAST((${sum}) AS ${SQL_TYPES[kind]})`;
  }

  #text(inner: (kind: Kind) => string): string {
    const choose = this.#choose;
    return choose.weighted<() => string>([
      [2, () => `${inner('STRING')} || ${inner('STRING')}`],
      [1, () => `SUBSTRING(${inner('STRING')} FROM ${inner('INT')} FOR ${choose.of(['1', '2', '3'])})`],
      [
        1,
        () =>
          `TRIM(${choose.of(['BOTH', 'LEADING', 'TRAILING'])} ${choose.of(["' '", "'a'", "'ab'"])} FROM ${inner('STRING')})`,
      ],
      [1, () => `OVERLAY(${inner('STRING')} PLACING ${inner('STRING')} FROM ${choose.of(['1', '2'])} FOR 1)`],
      [1, () => `LPAD(${inner('STRING')}, ${choose.of(['0', '3', '5'])}, ${inner('STRING')})`],
      [1, () => `REPEAT(${inner('STRING')}, ${choose.of(['0', '1', '3'])})`],
      [1, () => `${inner('ROW')}.b`],
      [1, () => `${inner('TEXTS')}[1]`],
      [1, () => `JSON_OBJECT('k' VALUE ${inner(choose.of(['INT', 'STRING']))})`],
      [1, () => `DATE_FORMAT(${inner('TIMESTAMP')}, 'yyyy-MM-dd HH:mm:ss')`],
    ])();
  }

  #condition(inner: (kind: Kind) => string): string {
    const choose = this.#choose;
    const kind = choose.of(COMPARED);
    return choose.weighted<() => string>([
      [6, () => `(${inner(kind)} ${choose.of(COMPARISONS)} ${inner(kind)})`],
      [2, () => `(${inner('BOOLEAN')} ${choose.of(['AND', 'OR'])} ${inner('BOOLEAN')})`],
      [1, () => `(NOT ${inner('BOOLEAN')})`],
      [1, () => `(${inner('BOOLEAN')} IS ${choose.of(['TRUE', 'FALSE', 'NOT TRUE', 'NOT FALSE', 'UNKNOWN'])})`],
      [2, () => `(${inner(kind)} IS ${choose.of(['NULL', 'NOT NULL'])})`],
      [1, () => `(${inner('STRING')} LIKE ${choose.of(["'a%'", "'%b'", "'_'", "'%'", "'%a%b%'", "'a'"])})`],
      [1, () => `(${inner('STRING')} SIMILAR TO ${choose.of(["'(a|b)%'", "'[ab]+'"])})`],
      [1, () => `(${inner(kind)} ${choose.of(['', 'NOT '])}BETWEEN ${inner(kind)} AND ${inner(kind)})`],
      [1, () => `(${inner('INT')} ${choose.of(['', 'NOT '])}IN (1, 2, ${inner('INT')}))`],
      [1, () => `(${inner('STRING')} IN ('a', 'b', 'ab', '12', 'zz'))`],
    ])();
  }
}
