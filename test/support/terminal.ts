/** A shell in a real terminal: tmux holds the screen, tests type and read. Each terminal has a tmux server and a home of its own. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { stopHome } from '../../scripts/warehouse-kills.ts';

const run = promisify(execFile);
const CLIENT = join(import.meta.dirname, '../../bin/sql-client.sh');
const POLL_MS = 50;
/** Generous: machines that run tests are busy. What is waited for is a condition, never time. */
const LIMIT_MS = 60_000;

export class Terminal {
  /** HOME of the shell; the engine's home is in it. */
  readonly folder: string;
  readonly #socket: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.#socket = join(folder, 'tmux');
  }

  static async open(): Promise<Terminal> {
    const terminal = new Terminal(mkdtempSync(join(tmpdir(), 'millrace-terminal-')));
    await terminal.start();
    return terminal;
  }

  /** Starts the shell; again after it has ended, over the same home. */
  async start(): Promise<void> {
    const command = `env -u CI LANG=C.UTF-8 HOME=${this.folder} MILLRACE_HOME=${this.home} ${CLIENT}`;
    await this.#tmux('-f', '/dev/null', 'new-session', '-d', '-x', '80', '-y', '24', '-c', this.folder, command);
  }

  get home(): string {
    return join(this.folder, 'home');
  }

  /** Text or keys as tmux names them, all in one write; a `;` at the end of a text is quoted here. */
  async keys(...keys: string[]): Promise<void> {
    await this.#tmux('send-keys', ...keys.map((key) => key.replace(/;$/, '\\;')));
  }

  async raw(text: string): Promise<void> {
    await this.#tmux('send-keys', '-H', ...[...Buffer.from(text)].map((byte) => byte.toString(16)));
  }

  /** A paste of any length; the terminal marks it for a shell that has asked for that. */
  async paste(text: string): Promise<void> {
    const file = join(this.folder, 'pasted');
    writeFileSync(file, text);
    await this.#tmux('load-buffer', file);
    await this.#tmux('paste-buffer', '-p');
  }

  /** Empty when the shell has ended. */
  async screen(): Promise<string> {
    return await this.#tmux('capture-pane', '-p').catch(() => '');
  }

  /** The screen and everything that has scrolled off it. */
  async scrollback(): Promise<string> {
    return await this.#tmux('capture-pane', '-p', '-J', '-S', '-');
  }

  async resize(width: number, height: number): Promise<void> {
    await this.#tmux('resize-window', '-x', String(width), '-y', String(height));
  }

  async isAlternate(): Promise<boolean> {
    return (await this.#tmux('display-message', '-p', '#{alternate_on}')).trim() === '1';
  }

  async isOpen(): Promise<boolean> {
    return await this.#tmux('has-session').then(
      () => true,
      () => false,
    );
  }

  /** Waits until the screen satisfies a condition, and returns it. Throws with the last screen. */
  async until(condition: RegExp | ((screen: string) => boolean | Promise<boolean>)): Promise<string> {
    let screen = '';
    for (const began = Date.now(); Date.now() - began < LIMIT_MS; await sleep(POLL_MS)) {
      screen = await this.screen();
      if (condition instanceof RegExp ? condition.test(screen) : await condition(screen)) return screen;
    }
    throw new Error(`The screen did not show ${String(condition)}:\n${screen}`);
  }

  /** Waits until the shell asks for the next statement. */
  async untilPrompt(): Promise<string> {
    return await this.until((screen) => screen.trimEnd().split('\n').at(-1)?.trimEnd() === 'Flink SQL>');
  }

  /** Clears the screen, runs a statement, and gives what is on the screen once `expected` has come and the prompt is back. */
  async execute(statement: string, expected: RegExp): Promise<string> {
    await this.keys('C-l');
    await this.until((screen) => screen.trim() === 'Flink SQL>');
    await this.keys(statement, 'Enter');
    await this.until(expected);
    return await this.untilPrompt();
  }

  async close(): Promise<void> {
    await this.#tmux('kill-server').catch(() => undefined);
    await stopHome(this.home);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #tmux(...args: string[]): Promise<string> {
    return (await run('tmux', ['-S', this.#socket, ...args])).stdout;
  }
}
