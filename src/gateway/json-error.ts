/** What Jackson, Flink's JSON reader, says of a text that is no JSON, for the mistakes that people make. */

const SOURCE = '[Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: ';
const TOKENS = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

/** The message for a text that `JSON.parse` refused with `reason`. */
export function jacksonMessage(text: string, reason: string): string {
  const at = Number(/position (\d+)/.exec(reason)?.[1] ?? text.length);
  if (/end of JSON|Unterminated/i.test(reason) || at >= text.length) return endOfInput(text);
  const char = text[at] ?? '';
  const place = located(text, at);
  if (/property name/i.test(reason))
    return `${unexpected(char)}: was expecting double-quote to start field name\n at ${place}`;
  if (/Expected ':'/.test(reason))
    return `${unexpected(char)}: was expecting a colon to separate field name and value\n at ${place}`;
  if (/Expected ','/.test(reason))
    return `${unexpected(char)}: was expecting comma to separate ${isInArray(text, at) ? 'Array' : 'Object'} entries\n at ${place}`;
  const word = /^[A-Za-z_$][\w$]*/.exec(text.slice(at))?.[0];
  if (word) return `Unrecognized token '${word}': was expecting ${TOKENS}\n at ${located(text, at + word.length - 1)}`;
  return `${unexpected(char)}: expected a valid value ${TOKENS}\n at ${place}`;
}

function unexpected(char: string): string {
  return `Unexpected character ('${char}' (code ${char.codePointAt(0) ?? 0}))`;
}

function endOfInput(text: string): string {
  const open = Math.max(text.lastIndexOf('{'), text.lastIndexOf('['));
  if (open < 0) return `Unexpected end-of-input\n at ${located(text, text.length)}`;
  const kind = text[open] === '{' ? 'Object' : 'Array';
  return `Unexpected end-of-input: expected close marker for ${kind} (start marker at ${located(text, open - 1)})\n at ${located(text, text.length)}`;
}

/** Whether the innermost open bracket before a place is an array's. */
function isInArray(text: string, at: number): boolean {
  const open: string[] = [];
  for (const char of text.slice(0, at).replace(/"(?:\\.|[^"\\])*"/g, '')) {
    if (char === '{' || char === '[') open.push(char);
    else if (char === '}' || char === ']') open.pop();
  }
  return open.at(-1) === '[';
}

/** Line and column count from 1; Jackson's column is the one behind the character. */
function located(text: string, at: number): string {
  const before = text.slice(0, at + 1).split('\n');
  return `${SOURCE}${before.length}, column: ${(before.at(-1) ?? '').length}]`;
}
