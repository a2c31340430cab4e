/** The text at the prompt and its cursor, as a pure reducer over keys. It knows neither terminal nor history. */

export interface EditBuffer {
  readonly text: string;
  /** UTF-16 offset into `text`. */
  readonly cursor: number;
  /** What Ctrl-K, Ctrl-U and Ctrl-W cut last, for Ctrl-Y. */
  readonly cut: string;
}

export const EMPTY_BUFFER: EditBuffer = { text: '', cursor: 0, cut: '' };

export function insertText(buffer: EditBuffer, text: string): EditBuffer {
  return {
    ...buffer,
    text: buffer.text.slice(0, buffer.cursor) + text + buffer.text.slice(buffer.cursor),
    cursor: buffer.cursor + text.length,
  };
}

export function replaceText(buffer: EditBuffer, text: string): EditBuffer {
  return { ...buffer, text, cursor: text.length };
}

/** The buffer after a named editing key, or null when the key edits nothing. */
export function applyKey(buffer: EditBuffer, name: string): EditBuffer | null {
  return MOVES[name]?.(buffer) ?? EDITS[name]?.(buffer) ?? null;
}

/** True when the cursor is on the first or on the last line: there Up and Down go through the history. */
export function isOnFirstLine(buffer: EditBuffer): boolean {
  return !buffer.text.slice(0, buffer.cursor).includes('\n');
}
export function isOnLastLine(buffer: EditBuffer): boolean {
  return !buffer.text.slice(buffer.cursor).includes('\n');
}

type Edit = (buffer: EditBuffer) => EditBuffer;

const at = (buffer: EditBuffer, cursor: number): EditBuffer => ({ ...buffer, cursor });

const MOVES: Readonly<Record<string, Edit>> = {
  left: (b) => at(b, stepBack(b)),
  'ctrl-b': (b) => at(b, stepBack(b)),
  right: (b) => at(b, stepForward(b)),
  'ctrl-f': (b) => at(b, stepForward(b)),
  home: (b) => at(b, lineStart(b)),
  'ctrl-a': (b) => at(b, lineStart(b)),
  end: (b) => at(b, lineEnd(b)),
  'ctrl-e': (b) => at(b, lineEnd(b)),
  'alt-b': (b) => at(b, wordStart(b)),
  'ctrl-left': (b) => at(b, wordStart(b)),
  'alt-f': (b) => at(b, wordEnd(b)),
  'ctrl-right': (b) => at(b, wordEnd(b)),
  up: (b) => at(b, verticalTo(b, lineStart(b) - 1)),
  down: (b) => at(b, verticalTo(b, lineEnd(b) + 1)),
};

const EDITS: Readonly<Record<string, Edit>> = {
  backspace: (b) => remove(b, stepBack(b), b.cursor, false),
  delete: (b) => remove(b, b.cursor, stepForward(b), false),
  'ctrl-d': (b) => remove(b, b.cursor, stepForward(b), false),
  'ctrl-k': (b) => remove(b, b.cursor, b.cursor === lineEnd(b) ? stepForward(b) : lineEnd(b), true),
  'ctrl-u': (b) => remove(b, lineStart(b), lineEnd(b), true),
  'ctrl-w': (b) => remove(b, wordStart(b), b.cursor, true),
  'alt-d': (b) => remove(b, b.cursor, wordEnd(b), true),
  'ctrl-y': (b) => insertText(b, b.cut),
  'ctrl-t': transpose,
  'alt-u': (b) => changeWord(b, (word) => word.toUpperCase()),
  'alt-l': (b) => changeWord(b, (word) => word.toLowerCase()),
  'alt-c': (b) => changeWord(b, (word) => word.replace(/\w/, (c) => c.toUpperCase())),
};

/** Surrogate pairs move as one. */
function stepBack(b: EditBuffer): number {
  const low = b.text.charCodeAt(b.cursor - 1);
  return Math.max(0, b.cursor - (low >= 0xdc00 && low <= 0xdfff ? 2 : 1));
}

function stepForward(b: EditBuffer): number {
  const high = b.text.charCodeAt(b.cursor);
  return Math.min(b.text.length, b.cursor + (high >= 0xd800 && high <= 0xdbff ? 2 : 1));
}

function lineStart(b: EditBuffer): number {
  return b.text.lastIndexOf('\n', b.cursor - 1) + 1;
}

function lineEnd(b: EditBuffer): number {
  const end = b.text.indexOf('\n', b.cursor);
  return end < 0 ? b.text.length : end;
}

function wordStart(b: EditBuffer): number {
  return (/[\s\S]*?(?=[\p{L}\p{N}_]*[^\p{L}\p{N}_]*$)/u.exec(b.text.slice(0, b.cursor))?.[0] ?? '').length;
}

function wordEnd(b: EditBuffer): number {
  return b.cursor + (/^[^\p{L}\p{N}_]*[\p{L}\p{N}_]*/u.exec(b.text.slice(b.cursor))?.[0] ?? '').length;
}

/** The same column on the line that holds `within`, or where the cursor is when there is none. */
function verticalTo(b: EditBuffer, within: number): number {
  if (within < 0 || within > b.text.length) return b.cursor;
  const column = b.cursor - lineStart(b);
  const target = at(b, within);
  const cursor = Math.min(lineStart(target) + column, lineEnd(target));
  return isInsidePair(b.text, cursor) ? cursor - 1 : cursor;
}

function isInsidePair(text: string, offset: number): boolean {
  const low = text.charCodeAt(offset);
  const high = text.charCodeAt(offset - 1);
  return low >= 0xdc00 && low <= 0xdfff && high >= 0xd800 && high <= 0xdbff;
}

function remove(b: EditBuffer, start: number, end: number, keep: boolean): EditBuffer {
  return {
    text: b.text.slice(0, start) + b.text.slice(end),
    cursor: start,
    cut: keep ? b.text.slice(start, end) : b.cut,
  };
}

function transpose(b: EditBuffer): EditBuffer {
  if (b.cursor === 0 || b.text.length < 2) return b;
  const right = Math.min(b.cursor, b.text.length - 1);
  const swapped = (b.text[right] as string) + (b.text[right - 1] as string);
  return { ...b, text: b.text.slice(0, right - 1) + swapped + b.text.slice(right + 1), cursor: right + 1 };
}

function changeWord(b: EditBuffer, change: (word: string) => string): EditBuffer {
  const end = wordEnd(b);
  return {
    ...b,
    text: b.text.slice(0, b.cursor) + change(b.text.slice(b.cursor, end)) + b.text.slice(end),
    cursor: end,
  };
}
