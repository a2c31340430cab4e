/** An error as the shell shows it: Flink's words, the line of the statement, a caret under the place. */
import { EngineError, messageOf } from '../base/error.ts';
import { GatewayError } from '../gateway/client.ts';

const HEAD = '[ERROR] Could not execute SQL statement. Reason:';

/** `statement` is the text that failed, as it was sent. */
export function errorText(error: unknown, statement: string): string {
  const message = messageOf(error);
  const place = placeOf(message, error);
  const lines = [HEAD, message];
  const source = place === null ? undefined : statement.split('\n')[place.line - 1];
  if (place !== null && source !== undefined) {
    const label = `LINE ${place.line}: `;
    const blanks = source.slice(0, place.column - 1).replace(/[^\t]/g, ' ');
    lines.push(`${label}${source}`, `${' '.repeat(label.length)}${blanks}^`);
  }
  return lines.join('\n');
}

/** From the span of a parse, or from the words `line l, column c` of a gateway's text. */
function placeOf(message: string, error: unknown): { line: number; column: number } | null {
  if (error instanceof EngineError && error.span) return { line: error.span.line, column: error.span.column };
  // A gateway names the place in an outer link of its chain of causes.
  const text = error instanceof GatewayError ? error.errors.join('\n') : message;
  const match = /line (\d+),? column (\d+)/i.exec(text);
  return match ? { line: Number(match[1]), column: Number(match[2]) } : null;
}
