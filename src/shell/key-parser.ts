/** Bytes of a terminal to keys: escape sequences, control keys, pasted text. A small state machine; it draws nothing. */

export type Key =
  | { readonly kind: 'text'; readonly text: string }
  /** A pasted block, its line ends as `\n`. */
  | { readonly kind: 'paste'; readonly text: string }
  /** `enter`, `tab`, `shift-tab`, `backspace`, `delete`, `up`, `down`, `left`, `right`, `home`, `end`, `page-up`, `page-down`, `escape`, `ctrl-a` …, `alt-b` …, `ctrl-left`, `ctrl-right` */
  | { readonly kind: 'key'; readonly name: string };

const PASTE_START = '\u001b[200~';
const PASTE_END = '\u001b[201~';

const SEQUENCES: Readonly<Record<string, string>> = {
  '[A': 'up',
  '[B': 'down',
  '[C': 'right',
  '[D': 'left',
  '[H': 'home',
  '[F': 'end',
  OA: 'up',
  OB: 'down',
  OC: 'right',
  OD: 'left',
  OH: 'home',
  OF: 'end',
  OP: 'f1',
  OQ: 'f2',
  '[1~': 'home',
  '[3~': 'delete',
  '[4~': 'end',
  '[5~': 'page-up',
  '[6~': 'page-down',
  '[7~': 'home',
  '[8~': 'end',
  '[11~': 'f1',
  '[12~': 'f2',
  '[Z': 'shift-tab',
  '[1;5C': 'ctrl-right',
  '[1;5D': 'ctrl-left',
  '[1;3C': 'alt-f',
  '[1;3D': 'alt-b',
  '[1;3A': 'alt-up',
  '[1;3B': 'alt-down',
};

/** Feed it chunks as they come; an unfinished paste is kept until its end or until {@link flush}. */
export class KeyParser {
  #paste: string | null = null;

  /** True while the end of a paste is missing: the caller calls {@link flush} after a while. */
  get isPasting(): boolean {
    return this.#paste !== null;
  }

  parse(chunk: string): Key[] {
    const keys: Key[] = [];
    let rest = chunk;
    while (rest !== '') {
      if (this.#paste !== null) rest = this.#readPaste(rest, keys);
      else rest = this.#readOne(rest, keys);
    }
    return keys;
  }

  /** Gives what was pasted so far as if the paste had ended. */
  flush(): Key[] {
    const text = this.#paste;
    this.#paste = null;
    return text === null || text === '' ? [] : [{ kind: 'paste', text: normalEnds(text) }];
  }

  #readPaste(rest: string, keys: Key[]): string {
    const joined = this.#paste + rest;
    const end = joined.indexOf(PASTE_END);
    if (end < 0) {
      this.#paste = joined;
      return '';
    }
    keys.push({ kind: 'paste', text: normalEnds(joined.slice(0, end)) });
    this.#paste = null;
    return joined.slice(end + PASTE_END.length);
  }

  #readOne(rest: string, keys: Key[]): string {
    if (rest.startsWith(PASTE_START)) {
      this.#paste = '';
      return rest.slice(PASTE_START.length);
    }
    const code = rest.charCodeAt(0);
    if (code === 0x1b) return readEscape(rest, keys);
    if (code < 0x20 || code === 0x7f) {
      keys.push({ kind: 'key', name: controlName(code) });
      return rest.slice(1);
    }
    const text = /^\P{Cc}+/u.exec(rest)?.[0] ?? (rest[0] as string);
    keys.push({ kind: 'text', text });
    return rest.slice(text.length);
  }
}

function readEscape(rest: string, keys: Key[]): string {
  const sequence = /^(\[[0-9;?]*[A-Za-z~]|O[A-Za-z])/.exec(rest.slice(1))?.[0];
  if (sequence !== undefined) {
    const name = SEQUENCES[sequence];
    if (name !== undefined) keys.push({ kind: 'key', name });
    return rest.slice(1 + sequence.length);
  }
  const next = rest[1];
  if (next === undefined) {
    keys.push({ kind: 'key', name: 'escape' });
    return '';
  }
  keys.push({ kind: 'key', name: next === '\r' ? 'alt-enter' : `alt-${next.toLowerCase()}` });
  return rest.slice(2);
}

function controlName(code: number): string {
  if (code === 0x0d || code === 0x0a) return 'enter';
  if (code === 0x09) return 'tab';
  if (code === 0x7f || code === 0x08) return 'backspace';
  if (code === 0x1f) return 'ctrl-_';
  return `ctrl-${String.fromCharCode(code + 0x60)}`;
}

function normalEnds(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}
