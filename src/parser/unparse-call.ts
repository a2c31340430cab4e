/** Calls back to SQL: Calcite's spelling of functions, their clauses and their windows. */
import { quoteIdentifier } from '../types/logical-type.ts';
import type {
  FrameBound,
  JsonClause,
  OrderItem,
  Query,
  SqlExpression,
  TableReference,
  WindowDefinition,
} from './ast.ts';
import { OPERATOR_TABLE_NAMES } from './unparse-names.ts';
import { unparseType } from './unparse-type.ts';

/** How sub-queries and table arguments print: the part of `unparse.ts`. */
export interface QueryPrinter {
  query(query: Query): string;
  table(table: TableReference): string;
}

type Call = Extract<SqlExpression, { kind: 'function' }>;

/** Precedence of what never needs parentheses. */
export const ATOM = 200;

/** Prints an operand, in parentheses when it binds less than `minimum`. */
export type Print = (child: SqlExpression, minimum?: number) => string;

/** A function's name: bare and upper case when Calcite knows it, quoted otherwise. */
function unparseFunctionName(name: readonly string[]): string {
  const [only] = name;
  const upper = only?.toUpperCase() ?? '';
  if (name.length === 1 && OPERATOR_TABLE_NAMES.has(upper)) return upper;
  return name.map((part) => quoteIdentifier(part)).join('.');
}

const CLOCKS = new Set(['CURRENT_DATE', 'CURRENT_TIME', 'CURRENT_TIMESTAMP', 'LOCALTIME', 'LOCALTIMESTAMP']);

const FIELDS = new Set([
  'YEAR',
  'QUARTER',
  'MONTH',
  'WEEK',
  'DAYOFYEAR',
  'DAYOFMONTH',
  'DAYOFWEEK',
  'HOUR',
  'MINUTE',
  'SECOND',
]);

const FIELD_UNITS: Readonly<Record<string, string>> = { DAYOFYEAR: 'DOY', DAYOFMONTH: 'DAY', DAYOFWEEK: 'DOW' };

export function unparseCall(call: Call, print: Print): string {
  return unparseFunction(call, print) + unparseCallSuffix(call, print);
}

function unparseFunction(call: Call, print: Print): string {
  const name = unparseFunctionName(call.name);
  const args = call.args.map((arg) => print(arg));
  const [first = '', second = '', third = '', fourth] = args;
  if (CLOCKS.has(name) && args.length === 0) return name;
  if (FIELDS.has(name) && args.length === 1) return `EXTRACT(${FIELD_UNITS[name] ?? name} FROM ${first})`;
  switch (name) {
    case 'EXTRACT':
      return `EXTRACT(${first} FROM ${second})`;
    case 'CEIL':
    case 'CEILING':
    case 'FLOOR':
      return call.args[1]?.kind === 'symbol' ? `${name}(${first} TO ${second})` : `${name}(${args.join(', ')})`;
    case 'TRIM':
      return args.length === 3 ? `TRIM(${first} ${second} FROM ${third})` : `TRIM(${args.join(', ')})`;
    case 'OVERLAY':
      return `OVERLAY(${first} PLACING ${second} FROM ${third}${fourth === undefined ? '' : ` FOR ${fourth}`})`;
    case 'POSITION':
      return `POSITION(${print(call.args[0] as SqlExpression, ATOM)} IN ${second}${args.length > 2 ? ` FROM ${third}` : ''})`;
    case 'MULTISET':
      return `MULTISET[${args.join(', ')}]`;
    case 'MODEL':
      return `MODEL ${first}`;
    default:
      return name.startsWith('JSON_')
        ? unparseJson(name, args, call, print)
        : `${name}(${unparseArguments(call, args)})`;
  }
}

function unparseArguments(call: Call, args: readonly string[]): string {
  const named = args.map((arg, position) => {
    const argName = call.argNames?.[position];
    return argName ? `${argName.parts.map(quoteIdentifier).join('.')} => ${arg}` : arg;
  });
  return `${call.distinct ? 'DISTINCT ' : ''}${named.join(', ')}`;
}

function unparseCallSuffix(call: Call, print: Print): string {
  let text = '';
  if (call.nulls) text += ` ${call.nulls} NULLS`;
  if (call.withinGroup) text += ` WITHIN GROUP (ORDER BY ${unparseOrderItems(call.withinGroup, print)})`;
  if (call.filter) text += ` FILTER (WHERE ${print(call.filter)})`;
  if (call.over)
    text += ` OVER ${'name' in call.over ? quoteIdentifier(call.over.name) : unparseWindow(call.over, print)}`;
  return text;
}

function unparseJson(name: string, args: readonly string[], call: Call, print: Print): string {
  const clauses = (call.clauses ?? []).map((clause) => unparseClause(clause, print));
  const has = (pattern: RegExp): boolean => clauses.some((clause) => pattern.test(clause));
  switch (name) {
    case 'JSON_OBJECT': {
      const pairs: string[] = [];
      for (let i = 0; i < args.length; i += 2) pairs.push(`KEY ${args[i]} VALUE ${args[i + 1]}`);
      return `JSON_OBJECT(${[pairs.join(', '), clauses[0] ?? 'NULL ON NULL'].filter(Boolean).join(' ')})`;
    }
    case 'JSON_ARRAY':
      return `JSON_ARRAY(${[args.join(', '), clauses[0] ?? 'ABSENT ON NULL'].filter(Boolean).join(' ')})`;
    case 'JSON_OBJECTAGG':
      return `JSON_OBJECTAGG(KEY ${args[0]} VALUE ${args[1]} ${clauses[0] ?? 'NULL ON NULL'})`;
    case 'JSON_ARRAYAGG':
      return `JSON_ARRAYAGG(${args[0]} ${clauses[0] ?? 'ABSENT ON NULL'})`;
    case 'JSON_QUERY':
      if (!has(/WRAPPER/)) clauses.splice(has(/RETURNING/) ? 1 : 0, 0, 'WITHOUT ARRAY WRAPPER');
      if (!has(/ON EMPTY/)) clauses.push('NULL ON EMPTY');
      if (!has(/ON ERROR/)) clauses.push('NULL ON ERROR');
      return `JSON_QUERY(${[args.join(', '), ...clauses].join(' ')})`;
    default:
      return `${name}(${[args.join(', '), ...clauses].join(' ')})`;
  }
}

function unparseClause(clause: JsonClause, print: Print): string {
  if (clause.type) return `${clause.name} ${unparseType(clause.type)}`;
  return clause.value ? clause.name.replace('DEFAULT', `DEFAULT ${print(clause.value, ATOM)}`) : clause.name;
}

export function unparseTableArgument(
  argument: Extract<SqlExpression, { kind: 'table-argument' }>,
  print: Print,
  printer: QueryPrinter,
): string {
  let text = `TABLE ${printer.table(argument.table)}`;
  if (argument.partitionBy.length > 0)
    text += ` PARTITION BY (${argument.partitionBy.map((key) => print(key)).join(', ')})`;
  if (argument.orderBy.length > 0) text += ` ORDER BY (${unparseOrderItems(argument.orderBy, print)})`;
  return text;
}

export function unparseOrderItems(items: readonly OrderItem[], print: (child: SqlExpression) => string): string {
  return items
    .map((item) => {
      const nulls = item.nullsFirst === undefined ? '' : item.nullsFirst ? ' NULLS FIRST' : ' NULLS LAST';
      return `${print(item.expression)}${item.descending ? ' DESC' : ''}${nulls}`;
    })
    .join(', ');
}

/** `(PARTITION BY … ORDER BY … ROWS …)`. */
export function unparseWindow(window: WindowDefinition, print: (child: SqlExpression) => string): string {
  const parts: string[] = [];
  if (window.base !== undefined) parts.push(quoteIdentifier(window.base));
  if (window.partitionBy.length > 0)
    parts.push(`PARTITION BY ${window.partitionBy.map((key) => print(key)).join(', ')}`);
  if (window.orderBy.length > 0) parts.push(`ORDER BY ${unparseOrderItems(window.orderBy, print)}`);
  if (window.frame) {
    const { unit, start, end } = window.frame;
    parts.push(
      end ? `${unit} BETWEEN ${bound(start, print)} AND ${bound(end, print)}` : `${unit} ${bound(start, print)}`,
    );
  }
  return `(${parts.join(' ')})`;
}

function bound(limit: FrameBound, print: (child: SqlExpression) => string): string {
  if (limit.kind === 'preceding' || limit.kind === 'following')
    return `${print(limit.value)} ${limit.kind.toUpperCase()}`;
  return limit.kind.replace('-', ' ').toUpperCase();
}
