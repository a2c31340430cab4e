/** Cuts a text into statements at each `;` that stands outside quotes, comments and hints. Knows words only, no grammar. */

export interface StatementText {
  /** Without the closing `;`. Comments in front of the first word are left out. */
  readonly text: string;
  /** Of the first word, from 1. */
  readonly line: number;
  /** UTF-16 offset of the first word. */
  readonly start: number;
  /** It was closed by `;` (a statement set: by `END;`). */
  readonly isComplete: boolean;
}

/** What stands between two cuts: quoted text, comments, or one other character. */
const PIECE = /'(?:[^']|'')*(?:'|$)|`(?:[^`]|``)*(?:`|$)|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|;|[^'`;/-]+|[\s\S]/g;
/** `EXECUTE STATEMENT SET BEGIN …; …; END` is one statement, whatever stands in front of it. */
const SET_BEGINS = /\bSTATEMENT\s+SET\s+BEGIN\b/i;
/** The END that stands alone behind a `;`, not the one of a CASE. */
const SET_ENDS = /(?:;|\bBEGIN)\s*END\s*$/i;
const BLANKS = /^(?:\s+|--[^\n]*(?:\n|$)|\/\*(?!\+)[\s\S]*?(?:\*\/|$))*/;

export function splitStatements(text: string): StatementText[] {
  const statements: StatementText[] = [];
  let start = 0;
  for (const match of text.matchAll(PIECE)) {
    if (match[0] !== ';') continue;
    const piece = text.slice(start, match.index);
    if (SET_BEGINS.test(bare(piece)) && !SET_ENDS.test(bare(piece))) continue;
    add(statements, text, start, match.index, true);
    start = match.index + 1;
  }
  add(statements, text, start, text.length, false);
  return statements;
}

function add(statements: StatementText[], text: string, from: number, end: number, isComplete: boolean): void {
  const start = from + (BLANKS.exec(text.slice(from, end))?.[0].length ?? 0);
  if (start >= end) return;
  const line = text.slice(0, start).split('\n').length;
  statements.push({ text: text.slice(start, end), line, start, isComplete });
}

/** The text with quoted parts and comments blanked. */
function bare(text: string): string {
  return text.replace(PIECE, (piece) => (/^['`]|^--|^\/\*/.test(piece) ? ' ' : piece));
}
