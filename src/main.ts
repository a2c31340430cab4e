/** The front door: reads which role this process plays (shell, gateway, engine, job) and opens it. The only reader of the environment. */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { getHeapStatistics } from 'node:v8';
import { isMainThread } from 'node:worker_threads';
import { systemClock } from './base/clock.ts';
import { EngineError, messageOf } from './base/error.ts';
import { defaultJobMemoryBytes } from './base/machine-memory.ts';
import { type Collectable, collectWhenQuiet } from './base/quiet-collection.ts';
import type { EngineLauncher } from './gateway/engine-finder.ts';

const program = fileURLToPath(import.meta.url);
/** This Node with the flags of every process of ours, and this program. */
const nodeFlags = ['--disable-warning=ExperimentalWarning'];
/** Small young generation: batches are typed arrays, and idle processes should cost little. A process that is quiet collects by itself. */
const jobHeapMb = Math.floor(defaultJobMemoryBytes() / 2 ** 20);
const jobFlags = [...nodeFlags, '--expose-gc', '--max-semi-space-size=4', `--max-old-space-size=${jobHeapMb}`];
const engineFlags = [...nodeFlags, '--expose-gc', '--max-semi-space-size=2'];
/**
 * The C library's heap keeps what checkpoints and merges have let go of, unless large blocks are mapped one by one. The fewer bytes count as
 * large, the less it keeps; in jobs that costs a few per cent of their time.
 */
const sparing = (largeBytes: number) => ({
  ...process.env,
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: String(largeBytes),
});
const jobEnvironment = sparing(32_768);
const engineEnvironment = sparing(32_768);

const launcher: EngineLauncher = {
  command: [process.execPath, ...engineFlags, program, 'engine'],
  environment: engineEnvironment,
  get build() {
    return createHash('sha256').update(readFileSync(program)).digest('hex').slice(0, 16);
  },
};

/** `catalogs/` beside the program's folder, as the project has it. */
function defaultHome(): string {
  return process.env['MILLRACE_HOME'] ?? resolve(fileURLToPath(new URL('..', import.meta.url)), 'catalogs');
}

async function main(argv: readonly string[]): Promise<number | undefined> {
  const [role, ...rest] = argv;
  if (isMainThread) process.umask(0o077);
  switch (role) {
    case 'job':
      return await runJobProcess(rest);
    case 'engine':
      return await runEngine(rest);
    case 'gateway':
      return await runGateway(rest);
    case 'shell':
      return await openShell(rest);
    case 'merge': {
      const { serveMerge } = await import('./runtime/merge-worker.ts');
      serveMerge();
      return undefined;
    }
    default:
      return await openShell(argv);
  }
}

const heap: Collectable = {
  bytes() {
    const { total_physical_size, external_memory } = getHeapStatistics();
    return total_physical_size + external_memory;
  },
  /** All that V8 can give back. */
  collect: () => globalThis.gc?.({ type: 'major', flavor: 'last-resort', execution: 'sync' }),
};

const LAST_WORDS_MS = 1000;

function atSignal(work: () => Promise<unknown>): void {
  const end = (code: number) => (): void => {
    setTimeout(() => process.exit(code), LAST_WORDS_MS);
    work().then(
      () => process.exit(code),
      () => process.exit(code),
    );
  };
  process.once('SIGTERM', end(143));
  process.once('SIGHUP', end(129));
}

async function openShell(argv: readonly string[]): Promise<number> {
  // Whoever read the output, such as `head`, has enough.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  const [{ runShell }, { connectEngine, stopEngine }] = await Promise.all([
    import('./shell/shell.ts'),
    import('./gateway/engine-finder.ts'),
  ]);
  // What fails behind a signal fails because of it.
  let isEnding = false;
  return await runShell(argv, {
    clock: systemClock,
    variables: process.env,
    defaultHome: defaultHome(),
    isTerminal: process.stdin.isTTY === true && process.stdout.isTTY === true,
    async readInput() {
      const chunks: Buffer[] = [];
      for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks).toString('utf8');
    },
    write: (text) => void process.stdout.write(text),
    writeError: (text) => void (isEnding || process.stderr.write(text)),
    connectEngine: (home) => connectEngine(home, launcher),
    atSignal: (work) =>
      atSignal(() => {
        isEnding = true;
        return work();
      }),
    stopEngine,
  });
}

async function runJobProcess(argv: readonly string[]): Promise<undefined> {
  const { values } = parseArgs({ args: [...argv], options: { socket: { type: 'string' }, home: { type: 'string' } } });
  const [{ JobProcess }, { defaultParts }, { crashPointOf }, { secretResolver }] = await Promise.all([
    import('./runtime/job-process.ts'),
    import('./runtime/default-parts.ts'),
    import('./runtime/crash-point.ts'),
    import('./runtime/secrets.ts'),
  ]);
  process.on('SIGINT', () => {});
  const stopCollecting = collectWhenQuiet(systemClock, heap);
  const job = new JobProcess({
    socketPath: values.socket ?? '',
    parts: defaultParts(secretResolver(values.home ?? ''), program),
    clock: systemClock,
    crash: crashPointOf(process.env['MILLRACE_CRASH_AT']),
    collectGarbage: () => globalThis.gc?.(),
    exit: () => {
      stopCollecting();
      process.exit(0);
    },
    print: (line) => void process.stdout.write(`${line}\n`),
  });
  await job.listen();
  return undefined;
}

interface EngineArguments {
  readonly home: string;
  readonly config: Readonly<Record<string, string>>;
  readonly rest: readonly string[];
}

/** `--home DIR` and `-Dkey=value`, in any order. */
function engineArguments(argv: readonly string[]): EngineArguments {
  let home = defaultHome();
  const config: Record<string, string> = {};
  const rest: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] as string;
    if (word === '--home') home = argv[++i] ?? home;
    else if (word.startsWith('--home=')) home = word.slice('--home='.length);
    else if (word.startsWith('-D')) {
      const definition = word === '-D' ? (argv[++i] ?? '') : word.slice(2);
      const at = definition.indexOf('=');
      if (at > 0) config[definition.slice(0, at)] = definition.slice(at + 1);
    } else rest.push(word);
  }
  return { home: resolve(home), config, rest };
}

async function runEngine(argv: readonly string[]): Promise<number> {
  const { home, config } = engineArguments(argv);
  // At once: the file may be replaced while the engine starts.
  const { build } = launcher;
  const [{ serveEngine }, { openStandardEngine }, { engineSocketPath, writeBuild }] = await Promise.all([
    import('./gateway/engine-server.ts'),
    import('./engine/standard-engine.ts'),
    import('./gateway/engine-finder.ts'),
  ]);
  const engine = await openStandardEngine({
    home,
    clock: systemClock,
    config,
    jobCommand: [process.execPath, ...jobFlags, program, 'job', '--home', home],
    environment: jobEnvironment,
  });
  writeBuild(home, build);
  const stop = (): void => void engine.stop();
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  const stopCollecting = collectWhenQuiet(systemClock, heap);
  await serveEngine(engine, { socketPath: engineSocketPath(home), clock: systemClock });
  await engine.ended;
  stopCollecting();
  return 0;
}

const ADDRESS = 'sql-gateway.endpoint.rest.address';
const BIND_ADDRESS = 'sql-gateway.endpoint.rest.bind-address';
const PORT = 'sql-gateway.endpoint.rest.port';
const TOKEN = 'millrace.gateway.token';
const DEFAULT_PORT = 8083;

async function runGateway(argv: readonly string[]): Promise<number> {
  const { home, config, rest } = engineArguments(argv);
  const [action = 'start'] = rest;
  const { connectEngine, engineEnd, stopEngine } = await import('./gateway/engine-finder.ts');
  if (action === 'stop' || action === 'stop-all') {
    const stopped = await stopEngine(home);
    process.stdout.write(stopped ? `The engine of ${home} has stopped.\n` : `No engine is running in ${home}.\n`);
    return 0;
  }
  if (action !== 'start' && action !== 'start-foreground') {
    process.stderr.write('Usage: sql-gateway.sh start|start-foreground|stop [--home DIR] [-Dkey=value]…\n');
    return 2;
  }
  const { GatewayClient } = await import('./gateway/client.ts');
  const definitions = Object.entries(config).map(([key, value]) => `-D${key}=${value}`);
  const address = await connectEngine(home, { ...launcher, command: [...launcher.command, ...definitions] });
  const client = new GatewayClient(address);
  const host = config[BIND_ADDRESS] ?? config[ADDRESS] ?? 'localhost';
  const isLoopback = /^(localhost|127\.\d+\.\d+\.\d+|::1|\[::1\])$/.test(host);
  const token = config[TOKEN] ?? (isLoopback ? undefined : randomBytes(32).toString('hex'));
  const names = [config[ADDRESS] ?? host];
  const { body } = await client.call('POST', '/v4/millrace/listen', {
    host,
    port: Number(config[PORT] ?? DEFAULT_PORT),
    names,
    ...(token === undefined ? {} : { token }),
  });
  client.close();
  const { port } = body as { port: number };
  process.stdout.write(`The SQL gateway of ${home} listens on http://${host}:${port}.\n`);
  if (token !== undefined && config[TOKEN] === undefined) process.stdout.write(`Token: ${token}\n`);
  if (action === 'start') return 0;
  process.on('SIGINT', () => void stopEngine(home));
  process.on('SIGTERM', () => void stopEngine(home));
  await engineEnd(home);
  return 0;
}

main(process.argv.slice(2)).then(
  (code) => {
    if (code !== undefined) process.exitCode = code;
    if (code !== undefined && process.argv[2] !== 'shell') process.exit();
  },
  (error: unknown) => {
    const name = error instanceof EngineError ? error.code : 'INTERNAL';
    process.stderr.write(`${messageOf(error)}\n`);
    process.exit(name.startsWith('GATEWAY') ? 3 : 1);
  },
);
