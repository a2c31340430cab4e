/** The input area: the prompt, the text with its cursor, and notices above it. Everything finished is plain output above. */
import { Box, render, Static, Text, useStdin } from 'ink';
import { useEffect, useRef, useState } from 'react';
import {
  applyKey,
  type EditBuffer,
  EMPTY_BUFFER,
  insertText,
  isOnFirstLine,
  isOnLastLine,
  replaceText,
} from './edit-buffer.ts';
import { type Key, KeyParser } from './key-parser.ts';

const PASTE_TIMEOUT_MS = 1000;

export interface PromptOptions {
  readonly history: readonly string[];
  /** Text to begin with. */
  readonly initial: string;
  /** True when the text can be run as it is. */
  isComplete(text: string): boolean;
  /** Candidates for the word at the cursor. */
  complete(text: string, position: number): Promise<readonly string[]>;
  /** Gives a way to show a line above the prompt while it waits. */
  onNotices(show: (line: string) => void): void;
}

export type PromptResult = { readonly kind: 'statement'; readonly text: string } | { readonly kind: 'end' };

/** Reads one statement. The last frame stays on the screen. */
export async function readStatement(options: PromptOptions): Promise<PromptResult> {
  const { promise, resolve } = Promise.withResolvers<PromptResult>();
  process.stdout.write('\u001b[?2004h');
  const app = render(<Prompt options={options} done={resolve} />, { exitOnCtrlC: false, patchConsole: false });
  const result = await promise;
  app.unmount();
  await app.waitUntilExit();
  process.stdout.write('\u001b[?2004l');
  return result;
}

function Prompt({ options, done }: { options: PromptOptions; done: (result: PromptResult) => void }) {
  const [buffer, setBuffer] = useState<EditBuffer>(replaceText(EMPTY_BUFFER, options.initial));
  const [notices, setNotices] = useState<readonly string[]>([]);
  const [candidates, setCandidates] = useState<readonly string[]>([]);
  const [finished, setFinished] = useState(false);
  const machine = useRef<PromptMachine | null>(null);
  machine.current ??= new PromptMachine(options, { setBuffer, setCandidates, finish: setFinished, done });
  const { stdin, setRawMode } = useStdin();
  useEffect(() => {
    options.onNotices((line) => setNotices((shown) => [...shown, line]));
    const onData = (chunk: Buffer | string): void => machine.current?.feed(String(chunk));
    setRawMode(true);
    stdin.on('data', onData);
    return () => {
      stdin.off('data', onData);
      setRawMode(false);
    };
  }, [options, stdin, setRawMode]);
  return (
    <Box flexDirection="column">
      <Static items={[...notices]}>{(line, i) => <Text key={i}>{line}</Text>}</Static>
      <Lines buffer={buffer} showCursor={!finished} />
      {candidates.length > 0 && !finished ? <Text dimColor>{candidates.slice(0, 8).join('  ')}</Text> : null}
    </Box>
  );
}

function Lines({ buffer, showCursor }: { buffer: EditBuffer; showCursor: boolean }) {
  let offset = 0;
  return buffer.text.split('\n').map((line, i) => {
    const start = offset;
    offset += line.length + 1;
    const column = buffer.cursor - start;
    const here = showCursor && column >= 0 && column <= line.length;
    const under = here ? (line.slice(column).match(/^[\s\S]/u)?.[0] ?? ' ') : '';
    return (
      <Text key={start}>
        <Text color="green">{i === 0 ? 'Flink SQL> ' : '         > '}</Text>
        {here ? line.slice(0, column) : line}
        {here ? <Text inverse>{under}</Text> : null}
        {here ? line.slice(column + under.length) : null}
      </Text>
    );
  });
}

interface PromptView {
  setBuffer(buffer: EditBuffer): void;
  setCandidates(candidates: readonly string[]): void;
  finish(finished: boolean): void;
  done(result: PromptResult): void;
}

/** Keys to changes of the view; holds the buffer and the place in the history. */
class PromptMachine {
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
    this.#buffer = replaceText(EMPTY_BUFFER, options.initial);
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
    if (key.kind !== 'key') return this.#show(insertText(this.#buffer, key.text));
    const name = key.name;
    if (name === 'enter') return this.#enter();
    if (name === 'alt-enter') return this.#show(insertText(this.#buffer, '\n'));
    if (name === 'tab') return this.#complete();
    if (name === 'ctrl-c') return this.#show({ ...this.#buffer, text: '', cursor: 0 });
    if (name === 'ctrl-d' && this.#buffer.text === '') return this.#finish({ kind: 'end' });
    if (name === 'ctrl-l') process.stdout.write('\u001b[2J\u001b[H');
    if (isBackward(name, this.#buffer)) return this.#recall(this.#place - 1);
    if (isForward(name, this.#buffer)) return this.#recall(this.#place + 1);
    const edited = applyKey(this.#buffer, name);
    if (edited) this.#show(edited);
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
