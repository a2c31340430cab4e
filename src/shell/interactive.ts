/** The prompt's loop: reads a statement with Ink, runs it with plain output, and again. */
import type { Clock } from '../base/clock.ts';
import type { GatewayClient, GatewaySession } from '../gateway/client.ts';
import { splitStatements } from '../parser/split.ts';
import type { Arguments } from './arguments.ts';
import { clientCommand } from './client-command.ts';
import { EMPTY_BUFFER } from './edit-buffer.ts';
import { errorText } from './error-text.ts';
import { helpText } from './help.ts';
import { History } from './history.ts';
import { historyPath } from './shell.ts';
import { type PlacedStatement, readConfig, readStatements } from './sql-file.ts';
import { StatementRunner } from './statement-runner.ts';

interface InteractiveEnvironment {
  readonly clock: Clock;
  readonly variables: Readonly<Record<string, string | undefined>>;
  write(text: string): void;
}

const HEARTBEAT_MS = 2000;
const CLEAR_SCREEN = '\u001b[2J\u001b[H';

/** `connect` opens the session while the prompt is already there: an engine that has to be started costs half a second. */
export async function runInteractive(
  args: Arguments,
  environment: InteractiveEnvironment,
  connect: () => Promise<{
    readonly client: GatewayClient;
    readonly session: GatewaySession;
    readonly notice: string | undefined;
  }>,
): Promise<number> {
  const connection = connect();
  try {
    environment.write(`Millrace: Flink SQL on this machine. HELP; lists the commands, QUIT; leaves.\n\n`);
    const loop = new PromptLoop(
      args,
      connection.then(({ session }) => session),
      environment,
    );
    connection.then(
      ({ notice }) => notice !== undefined && loop.show(notice),
      () => {},
    );
    await loop.run();
    environment.write('[INFO] Exiting Flink SQL CLI Client...\n');
    return 0;
  } finally {
    const { client, session } = await connection;
    await session.close().catch(() => undefined);
    client.close();
  }
}

class PromptLoop {
  readonly #args: Arguments;
  readonly #session: Promise<GatewaySession>;
  readonly #environment: InteractiveEnvironment;
  readonly #history: History;
  #runner: StatementRunner | null = null;
  #showNotice: ((line: string) => void) | null = null;

  constructor(args: Arguments, session: Promise<GatewaySession>, environment: InteractiveEnvironment) {
    this.#args = args;
    this.#session = session;
    this.#environment = environment;
    this.#history = new History(historyPath(args));
    session.catch((error: unknown) => this.#showNotice?.(errorText(error, '')));
  }

  /** Throws when the gateway could not be reached. */
  async #connected(): Promise<StatementRunner> {
    if (this.#runner) return this.#runner;
    const print = (text: string): void => this.#environment.write(`${text}\n`);
    const runner = new StatementRunner(await this.#session, { data: print, word: print }, this.#environment.clock);
    runner.liveViewer = async (columns, rows, widthMax, ended) => {
      const { showLive } = await import('./live-view.tsx');
      await showLive({ columns, rows, widthMax, title: '' }, ended);
    };
    this.#runner = runner;
    return runner;
  }

  async run(): Promise<void> {
    const { readStatement } = await import('./prompt.tsx');
    const heartbeat = setInterval(() => void this.#beat(), HEARTBEAT_MS);
    const onInterrupt = (): void => void this.#runner?.interrupt();
    process.on('SIGINT', onInterrupt);
    try {
      for (let initial = EMPTY_BUFFER; ; ) {
        const result = await readStatement({
          history: this.#history.entries,
          initial,
          isComplete,
          complete: async (text, position) => (await this.#session).complete(text, position),
          onNotices: (show) => {
            this.#showNotice = show;
          },
        });
        this.#showNotice = null;
        initial = result.kind === 'clear' ? result.buffer : EMPTY_BUFFER;
        if (result.kind === 'clear') this.#environment.write(CLEAR_SCREEN);
        else if (result.kind === 'end' || (await this.#runText(result.text))) return;
      }
    } finally {
      process.off('SIGINT', onInterrupt);
      clearInterval(heartbeat);
    }
  }

  /** True when the shell is to end. */
  async #runText(text: string): Promise<boolean> {
    this.#history.add(text);
    const runner = await this.#connected();
    for (const statement of await this.#statements(text)) {
      const command = clientCommand(statement.text);
      if (command?.kind === 'quit') return true;
      if (command?.kind === 'clear') this.#environment.write(CLEAR_SCREEN);
      else if (command?.kind === 'help') this.#environment.write(await helpText(process.stdout.columns ?? 100));
      else if (!(await this.#runOne(runner, statement.text))) return false;
    }
    return false;
  }

  async #statements(text: string): Promise<PlacedStatement[]> {
    const sources = {
      definitions: this.#args.definitions,
      properties: await readConfig(this.#args.config, null),
      environment: this.#environment.variables,
    };
    try {
      return await readStatements(text, 'the prompt', process.cwd(), sources);
    } catch (error) {
      this.#environment.write(`${errorText(error, text)}\n\n`);
      return [];
    }
  }

  /** False when it failed: the statements behind it on the line are not run. */
  async #runOne(runner: StatementRunner, statement: string): Promise<boolean> {
    try {
      await runner.run(statement);
      this.#environment.write('\n');
      return true;
    } catch (error) {
      this.#environment.write(`${errorText(error, statement)}\n\n`);
      return false;
    }
  }

  /** Keeps the session alive, and shows what has happened to jobs meanwhile above the prompt. */
  async #beat(): Promise<void> {
    const notices = await this.#session.then((session) => session.heartbeat()).catch(() => []);
    for (const notice of notices) this.show(notice);
  }

  /** A line above the prompt. */
  show(notice: string): void {
    if (this.#showNotice) this.#showNotice(notice);
    else this.#environment.write(`${notice}\n`);
  }
}

/** A statement is complete when it ends in `;`, or is a word that needs none. */
function isComplete(text: string): boolean {
  if (clientCommand(text) !== null) return true;
  const statements = splitStatements(text);
  return statements.length > 0 && statements.every((statement) => statement.isComplete);
}
