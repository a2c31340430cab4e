/** What keys do at the prompt: editing, history, completion, and when a statement is ready. It draws through a view. */
import { applyKey, type EditBuffer, insertText, isOnFirstLine, isOnLastLine, replaceText } from './edit-buffer.ts';
import { type Key, KeyParser } from './key-parser.ts';

const PASTE_TIMEOUT_MS = 1000;

export interface PromptOptions {
  readonly history: readonly string[];
  /** What to begin with. */
  readonly initial: EditBuffer;
  /** True when the text can be run as it is. */
  isComplete(text: string): boolean;
  /** Candidates for the word at the cursor. */
  complete(text: string, position: number): Promise<readonly string[]>;
  /** Gives a way to show a line above the prompt while it waits. */
  onNotices(show: (line: string) => void): void;
}

export type PromptResult =
  | { readonly kind: 'statement'; readonly text: string }
  /** The screen is to be cleared; the prompt goes on with what was typed. */
  | { readonly kind: 'clear'; readonly buffer: EditBuffer }
  | { readonly kind: 'end' };

interface PromptView {
  setBuffer(buffer: EditBuffer): void;
  setCandidates(candidates: readonly string[]): void;
  finish(finished: boolean): void;
  done(result: PromptResult): void;
}

/** Keys to changes of the view; holds the buffer and the place in the history. */
export class PromptMachine {
  readonly #options: PromptOptions;
  readonly #view: PromptView;
  readonly #parser = new KeyParser();
  #buffer: EditBuffer;
  #place: number;
  #draft = '';
  #isDone = false;

  constructor(options: PromptOptions, view: PromptView) {
    this.#options = options;
    this.#view = view;
    this.#buffer = options.initial;
    this.#place = options.history.length;
  }

  feed(chunk: string): void {
    this.#all(this.#parser.parse(chunk));
    if (this.#parser.isPasting) setTimeout(() => this.#all(this.#parser.flush()), PASTE_TIMEOUT_MS).unref();
  }

  #all(keys: readonly Key[]): void {
    for (const key of keys) if (!this.#isDone) this.#one(key);
  }

  #one(key: Key): void {
    if (key.kind !== 'key') this.#show(insertText(this.#buffer, key.text));
    else if (!this.#command(key.name)) {
      const edited = applyKey(this.#buffer, key.name);
      if (edited) this.#show(edited);
    }
  }

  /** False when the key is one of plain editing. */
  #command(name: string): boolean {
    if (name === 'enter') this.#enter();
    else if (name === 'alt-enter') this.#show(insertText(this.#buffer, '\n'));
    else if (name === 'tab') this.#complete();
    else if (name === 'ctrl-c') this.#show({ ...this.#buffer, text: '', cursor: 0 });
    else if (name === 'ctrl-d' && this.#buffer.text === '') this.#finish({ kind: 'end' });
    else if (name === 'ctrl-l') this.#finish({ kind: 'clear', buffer: this.#buffer });
    else if (isBackward(name, this.#buffer)) this.#recall(this.#place - 1);
    else if (isForward(name, this.#buffer)) this.#recall(this.#place + 1);
    else return false;
    return true;
  }

  #enter(): void {
    if (this.#options.isComplete(this.#buffer.text)) {
      this.#buffer = replaceText(this.#buffer, this.#buffer.text);
      this.#finish({ kind: 'statement', text: this.#buffer.text });
    } else this.#show(insertText(this.#buffer, '\n'));
  }

  #recall(place: number): void {
    const { history } = this.#options;
    if (place < 0 || place > history.length) return;
    if (this.#place === history.length) this.#draft = this.#buffer.text;
    this.#place = place;
    this.#show(replaceText(this.#buffer, place === history.length ? this.#draft : (history[place] as string)));
  }

  #complete(): void {
    const { text, cursor } = this.#buffer;
    this.#options.complete(text, cursor).then(
      (candidates) => {
        if (this.#buffer.text !== text || this.#buffer.cursor !== cursor) return;
        const typed = /[\p{L}\p{N}_$]*$/u.exec(text.slice(0, cursor))?.[0] ?? '';
        const shared = sharedPrefix(candidates);
        if (shared.length > typed.length && shared.toLowerCase().startsWith(typed.toLowerCase()))
          this.#show(insertText(this.#buffer, shared.slice(typed.length)));
        this.#view.setCandidates(candidates.length > 1 ? candidates : []);
      },
      () => undefined,
    );
  }

  #show(buffer: EditBuffer): void {
    this.#buffer = buffer;
    this.#view.setBuffer(buffer);
    this.#view.setCandidates([]);
  }

  #finish(result: PromptResult): void {
    this.#isDone = true;
    this.#view.setBuffer(this.#buffer);
    this.#view.finish(true);
    // One turn later, so that the frame without a cursor is the one that stays.
    setTimeout(() => this.#view.done(result), 20);
  }
}

function isBackward(name: string, buffer: EditBuffer): boolean {
  return name === 'ctrl-p' || name === 'alt-up' || (name === 'up' && isOnFirstLine(buffer));
}

function isForward(name: string, buffer: EditBuffer): boolean {
  return name === 'ctrl-n' || name === 'alt-down' || (name === 'down' && isOnLastLine(buffer));
}

function sharedPrefix(texts: readonly string[]): string {
  const first = texts[0] ?? '';
  let length = first.length;
  for (const text of texts) while (!text.startsWith(first.slice(0, length))) length--;
  return first.slice(0, length);
}
