/** The terminal face: chooses between the prompt, a script and the small commands, and gives the exit code. */
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { EngineError, messageOf } from '../base/error.ts';
import { type GatewayAddress, GatewayClient, type GatewaySession } from '../gateway/client.ts';
import { type Arguments, parseArguments, USAGE, usageError } from './arguments.ts';
import { errorText } from './error-text.ts';
import { runStatements } from './script.ts';
import { type PlacedStatement, readConfig, readSqlFile, readStatements } from './sql-file.ts';
import { fillVariables } from './variables.ts';

/** What the shell needs of its surroundings. */
export interface ShellEnvironment {
  readonly clock: Clock;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** The home that is used when none is named. */
  readonly defaultHome: string;
  readonly isTerminal: boolean;
  readInput(): Promise<string>;
  write(text: string): void;
  writeError(text: string): void;
  /** Finds the engine of a home, or starts it. */
  connectEngine(home: string): Promise<GatewayAddress>;
  /** Work for the case that the shell is ended by a signal. */
  atSignal(work: () => Promise<unknown>): void;
  /** Ends the engine of a home with a last checkpoint of each job; false when none was running. */
  stopEngine(home: string): Promise<boolean>;
}

const STARS = '*'.repeat(50);

/** Runs `sql-client.sh` with its arguments. The result is the exit code: 0, 1 (a statement failed), 2 (usage), 3 (cannot start or connect). */
export async function runShell(argv: readonly string[], environment: ShellEnvironment): Promise<number> {
  let args: Arguments;
  try {
    args = parseArguments(argv);
    if (args.help) {
      environment.write(USAGE);
      return 0;
    }
    return await runMode(args, environment);
  } catch (error) {
    const code = error instanceof EngineError ? error.code : 'INTERNAL';
    if (code === 'OPTION_USAGE') {
      environment.writeError(`${messageOf(error)}\n`);
      return 2;
    }
    environment.writeError(`${errorText(error, '')}\n`);
    return code === 'GATEWAY_UNREACHABLE' || code.startsWith('GATEWAY_ENGINE') ? 3 : 1;
  }
}

async function runMode(args: Arguments, environment: ShellEnvironment): Promise<number> {
  const home = resolve(args.home ?? environment.variables['MILLRACE_HOME'] ?? environment.defaultHome);
  if (args.mode === 'stop') {
    const stopped = await environment.stopEngine(home);
    environment.write(stopped ? `The engine of ${home} has stopped.\n` : `No engine is running in ${home}.\n`);
    return 0;
  }
  if (args.mode === 'run') return runFile(args, home, environment);
  const script = await readScript(args, environment);
  if (script === null) {
    const { runInteractive } = await import('./interactive.ts');
    return runInteractive(args, environment, async () => {
      const address = await readAddress(args, home, environment);
      const client = new GatewayClient(address);
      return { client, session: await openSession(client, args, environment), notice: noticeOf(address) };
    });
  }
  return withSession(args, home, environment, (session) => runStatements(session, script, environment));
}

async function readAddress(args: Arguments, home: string, environment: ShellEnvironment): Promise<GatewayAddress> {
  if (args.mode !== 'gateway') return environment.connectEngine(home);
  if (args.endpoint === null)
    throw usageError(
      "Please specify the address of the SQL Gateway with command line option '-e,--endpoint <SQL Gateway address>' in the gateway mode.",
    );
  return { url: args.endpoint.includes('://') ? args.endpoint : `http://${args.endpoint}` };
}

function noticeOf(address: GatewayAddress): string | undefined {
  return 'notice' in address ? address.notice : undefined;
}

async function withSession(
  args: Arguments,
  home: string,
  environment: ShellEnvironment,
  use: (session: GatewaySession) => Promise<number>,
): Promise<number> {
  const address = await readAddress(args, home, environment);
  const notice = noticeOf(address);
  if (notice !== undefined) environment.writeError(`${notice}\n`);
  const client = new GatewayClient(address);
  try {
    const session = await openSession(client, args, environment);
    try {
      return await use(session);
    } finally {
      await session.close().catch(() => undefined);
    }
  } finally {
    client.close();
  }
}

/** Opens the session with -D and the properties file, and runs the init file in it. */
async function openSession(
  client: GatewayClient,
  args: Arguments,
  environment: ShellEnvironment,
): Promise<GatewaySession> {
  const session = await client.openSession(args.session, args.definitions);
  // A terminal that is closed takes its running SELECT along.
  environment.atSignal(() => session.close());
  if (args.init !== null) {
    const statements = await readStatements(
      await readSqlFile(args.init),
      args.init,
      dirname(resolve(args.init)),
      await sourcesOf(args, environment),
    );
    for (const statement of statements) await session.configure(statement.text);
  }
  return session;
}

async function sourcesOf(args: Arguments, environment: ShellEnvironment) {
  return {
    definitions: args.definitions,
    properties: await readConfig(args.config, args.file),
    environment: environment.variables,
  };
}

/** The statements of -f, -e or standard input; null when there is a terminal and none was given. */
async function readScript(args: Arguments, environment: ShellEnvironment): Promise<PlacedStatement[] | null> {
  const sources = await sourcesOf(args, environment);
  if (args.statement !== null) return readStatements(args.statement, '-e', process.cwd(), sources);
  if (args.file !== null && args.file !== '-')
    return readStatements(await readSqlFile(args.file), args.file, dirname(resolve(args.file)), sources);
  if (args.file === null && environment.isTerminal) return null;
  return readStatements(await environment.readInput(), 'standard input', process.cwd(), sources);
}

/** `run FILE`: the SQL between banners, then its jobs. */
async function runFile(args: Arguments, home: string, environment: ShellEnvironment): Promise<number> {
  if (args.file === null) {
    environment.write('Please specify sql File path\n');
    return 2;
  }
  const sources = await sourcesOf(args, environment);
  const text = fillVariables(await readSqlFile(args.file), sources);
  if (args.printOnly) {
    environment.write(text.endsWith('\n') ? text : `${text}\n`);
    return 0;
  }
  environment.write(`${STARS}\nExecuting sql\n${STARS}\n${text.trimEnd()}\n${STARS}${STARS}\n`);
  const statements = await readStatements(text, args.file, dirname(resolve(args.file)), sources);
  const settings = Object.fromEntries(Object.entries(sources.properties).filter(([key]) => key.includes('.')));
  const withSettings = { ...args, definitions: { ...settings, ...args.definitions } };
  return withSession(withSettings, home, environment, (session) => runStatements(session, statements, environment));
}

/** Where statements typed before are kept. */
export function historyPath(args: Arguments): string {
  return args.history ?? join(homedir(), '.millrace-history');
}
