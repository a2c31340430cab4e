/** Queries and expressions back to text: what catalogs keep of views, computed columns and watermarks. */
import { unreachable } from '../base/error.ts';
import { quoteIdentifier } from '../types/logical-type.ts';
import type { GroupingElement, Hint, Query, QueryBody, SelectBody, SqlExpression, TableReference } from './ast.ts';
import { type QueryPrinter, unparseOrderItems, unparseWindow } from './unparse-call.ts';
import { unparseExpression as printExpression, unparseString } from './unparse-expression.ts';
import { unparseMatch } from './unparse-match.ts';

const PRINTER: QueryPrinter = { query: unparseQuery, table: unparseTable };

/** One line, names in back-ticks. */
export function unparseExpression(expression: SqlExpression): string {
  return printExpression(expression, PRINTER);
}

/** Flink's layout: a line for each clause. */
export function unparseQuery(query: Query): string {
  let text = unparseBody(query.body);
  if (query.with.length > 0) {
    const list = query.with.map(
      (item) => `${quoteIdentifier(item.name)}${columnList(item.columns)} AS (${unparseQuery(item.query)})`,
    );
    text = `WITH ${list.join(', ')} ${text}`;
  }
  if (query.orderBy.length > 0) text += `\nORDER BY ${unparseOrderItems(query.orderBy, unparseExpression)}`;
  if (query.offset) text += `\nOFFSET ${unparseExpression(query.offset)} ROWS`;
  if (query.fetch) text += `\nFETCH NEXT ${unparseExpression(query.fetch)} ROWS ONLY`;
  return text;
}

function columnList(columns: readonly string[]): string {
  return columns.length === 0 ? '' : ` (${columns.map(quoteIdentifier).join(', ')})`;
}

function unparseBody(body: QueryBody): string {
  switch (body.kind) {
    case 'select':
      return unparseSelect(body);
    case 'values':
      return `VALUES ${body.rows.map((row) => `ROW(${row.map(unparseExpression).join(', ')})`).join(',\n')}`;
    case 'set':
      return unparseSet(body);
    case 'nested':
      return isPlain(body.query) ? unparseBody(body.query.body) : `(${unparseQuery(body.query)})`;
    case 'table':
      return `TABLE ${unparseExpression(body.name)}`;
    default:
      return unreachable(body);
  }
}

/** Parentheses stand where INTERSECT's tighter binding or the order from the left would be lost. */
function unparseSet(body: Extract<QueryBody, { kind: 'set' }>): string {
  const { operator, left, right } = body;
  const binds = (side: QueryBody): boolean => side.kind === 'set' && side.operator === 'INTERSECT';
  const leftText =
    left.kind === 'set' && operator === 'INTERSECT' && !binds(left) ? `(${unparseBody(left)})` : unparseBody(left);
  const isTight = binds(right) && operator !== 'INTERSECT';
  const rightText = right.kind === 'set' && !isTight ? `(${unparseBody(right)})` : unparseBody(right);
  return `${leftText}\n${operator}${body.all ? ' ALL' : ''}\n${rightText}`;
}

/** A nested query whose parentheses mean nothing. */
function isPlain(query: Query): boolean {
  const { body } = query;
  return query.with.length === 0 && query.orderBy.length === 0 && !query.offset && !query.fetch && body.kind !== 'set';
}

function unparseSelect(body: SelectBody): string {
  const items = body.items.map((item) => {
    const text = unparseExpression(item.expression);
    return item.alias === undefined ? text : `${text} AS ${quoteIdentifier(item.alias)}`;
  });
  let text = `SELECT ${unparseHints(body.hints, '')}${body.distinct ? 'DISTINCT ' : ''}${items.join(', ')}`;
  if (body.from) text += `\nFROM ${unparseTable(body.from)}`;
  if (body.where) text += `\nWHERE ${unparseExpression(body.where)}`;
  if (body.groupBy) text += `\nGROUP BY ${body.groupBy.map(unparseGrouping).join(', ')}`;
  if (body.having) text += `\nHAVING ${unparseExpression(body.having)}`;
  if (body.windows.length > 0) {
    const windows = body.windows.map(
      ({ name, definition }) => `${quoteIdentifier(name)} AS ${unparseWindow(definition, unparseExpression)}`,
    );
    text += `\nWINDOW ${windows.join(', ')}`;
  }
  if (body.qualify) text += `\nQUALIFY ${unparseExpression(body.qualify)}`;
  return text;
}

function unparseGrouping(element: GroupingElement): string {
  switch (element.kind) {
    case 'expression':
      return unparseExpression(element.expression);
    case 'set':
      return `(${element.items.map(unparseExpression).join(', ')})`;
    case 'grouping-sets':
      return `GROUPING SETS(${element.sets.map(unparseGrouping).join(', ')})`;
    case 'rollup':
    case 'cube': {
      const items = element.items.map((item) => {
        const [only] = item;
        return only && item.length === 1 ? unparseExpression(only) : `(${item.map(unparseExpression).join(', ')})`;
      });
      return `${element.kind.toUpperCase()}(${items.join(', ')})`;
    }
    default:
      return unreachable(element);
  }
}

function unparseHints(hints: readonly Hint[], before: string): string {
  if (hints.length === 0) return '';
  const list = hints.map((hint) => {
    const options = Object.entries(hint.options).map(
      ([key, value]) => `${unparseString(key)} = ${unparseString(value)}`,
    );
    const items = [...hint.list.map((name) => (/^[A-Za-z_]\w*$/.test(name) ? name : unparseString(name))), ...options];
    return items.length === 0 ? hint.name : `${hint.name}(${items.join(', ')})`;
  });
  return `${before}/*+ ${list.join(', ')} */${before === '' ? ' ' : ''}`;
}

function unparseTable(table: TableReference): string {
  switch (table.kind) {
    case 'table-name': {
      const time = table.systemTime ? ` FOR SYSTEM_TIME AS OF ${unparseExpression(table.systemTime)}` : '';
      return `${unparseExpression(table.name)}${unparseHints(table.hints, ' ')}${time}`;
    }
    case 'derived':
      return `${table.lateral ? 'LATERAL ' : ''}(${unparseQuery(table.query)})`;
    case 'table-function':
      return `${table.lateral ? 'LATERAL ' : ''}TABLE(${unparseExpression(table.call)})`;
    case 'unnest': {
      const list = table.expressions.map(unparseExpression).join(', ');
      return `UNNEST(${list})${table.ordinality ? ' WITH ORDINALITY' : ''}`;
    }
    case 'aliased': {
      const inner = table.table.kind === 'join' ? `(${unparseTable(table.table)})` : unparseTable(table.table);
      return `${inner} AS ${quoteIdentifier(table.alias)}${columnList(table.columns)}`;
    }
    case 'join':
      return unparseJoin(table);
    case 'match-recognize':
      return `${unparseTable(table.table)} ${unparseMatch(table.clause, unparseExpression)}`;
    default:
      return unreachable(table);
  }
}

function unparseJoin(join: Extract<TableReference, { kind: 'join' }>): string {
  const right = join.right.kind === 'join' ? `(${unparseTable(join.right)})` : unparseTable(join.right);
  if (join.type === 'COMMA') return `${unparseTable(join.left)},\n${right}`;
  const left =
    join.left.kind === 'join' && join.left.type === 'COMMA' ? `(${unparseTable(join.left)})` : unparseTable(join.left);
  let text = `${left}\n${join.natural ? 'NATURAL ' : ''}${join.type} JOIN ${right}`;
  if (join.on) text += ` ON ${unparseExpression(join.on)}`;
  if (join.using) text += ` USING (${join.using.map(quoteIdentifier).join(', ')})`;
  return text;
}
