/** What Calcite says of wrong frames of OVER. */
import type { Span } from '../base/error.ts';
import type { Expression } from '../expressions/expression.ts';
import type { FrameBound, SqlExpression, WindowDefinition } from '../parser/ast.ts';
import type { LogicalType } from '../types/logical-type.ts';
import { bindError } from './bind-error.ts';

type Frame = NonNullable<WindowDefinition['frame']>;

/** `span`: the window's, for bounds that have none of their own. */
export function checkFrame({ unit, start, end }: Frame, order: readonly Expression[], span: Span): void {
  const values = [start, end].flatMap((bound) => (bound !== undefined && 'value' in bound ? [bound.value] : []));
  if (unit === 'ROWS') values.forEach(checkRows);
  else if (values.length > 0) checkRange(values, order, span);
  const wrong = wrongOrder(start, end);
  if (wrong !== undefined) throw bindError(wrong, end !== undefined && 'value' in end ? boundSpan(end) : span);
}

function checkRows(value: SqlExpression): void {
  const isNegative = value.kind === 'operator' && value.operator === '-';
  const isBroken = value.kind === 'number' && !/^\d+$/.test(value.text);
  if (isNegative || isBroken) throw bindError('ROWS value must be a non-negative integral constant', value.span);
}

function checkRange(values: readonly SqlExpression[], order: readonly Expression[], span: Span): void {
  if (order.length > 1) throw bindError('RANGE clause cannot be used with compound ORDER BY clause', span);
  const type = order[0]?.type;
  if (type !== undefined && !hasDistances(type))
    throw bindError('Data type of ORDER BY prohibits use of RANGE clause', span);
  const number = values.find((value) => value.kind === 'number');
  if (number !== undefined && (type?.kind === 'TIMESTAMP' || type?.kind === 'TIMESTAMP_LTZ'))
    throw bindError('Data Type mismatch between ORDER BY and RANGE clause', number.span);
}

function hasDistances({ kind }: LogicalType): boolean {
  return kind !== 'CHAR' && kind !== 'VARCHAR' && kind !== 'BOOLEAN' && kind !== 'BINARY' && kind !== 'VARBINARY';
}

function wrongOrder(start: FrameBound, end: FrameBound | undefined): string | undefined {
  if (start.kind === 'unbounded-following')
    return 'UNBOUNDED FOLLOWING cannot be specified for the lower frame boundary';
  if (end?.kind === 'unbounded-preceding')
    return 'UNBOUNDED PRECEDING cannot be specified for the upper frame boundary';
  const upper = (word: string) => `Upper frame boundary cannot be ${word} when lower boundary is`;
  if (start.kind === 'current-row' && end?.kind === 'preceding') return `${upper('PRECEDING')} CURRENT ROW`;
  if (start.kind !== 'following') return undefined;
  if (end?.kind === 'current-row') return `${upper('CURRENT ROW')} FOLLOWING`;
  return end?.kind === 'preceding' ? `${upper('PRECEDING')} FOLLOWING` : undefined;
}

/** The bound with its word. */
function boundSpan(bound: Extract<FrameBound, { readonly value: SqlExpression }>): Span {
  const { span } = bound.value;
  const word = bound.kind.length + 1;
  return { ...span, end: span.end + word, endColumn: span.endColumn + word };
}
