/** The warehouse, embedded or on real servers, under `kill -9`: processes die at random while the shop plays on, and after each death the indicators must be right. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../src/procedures/shop/random.ts';

export interface KillOptions {
  readonly home: string;
  readonly seed: number;
  readonly rounds: number;
  readonly orders: number;
  /** Changes of the shop that are played in each round. */
  readonly portion: number;
  /** Real servers: their ports; absent: all embedded. */
  readonly servers?: { readonly kafkaPort: number; readonly mysqlPort: number };
  report(line: string): void;
}

const ROOT = join(import.meta.dirname, '..');
const CLIENT = join(ROOT, 'bin/sql-client.sh');
const DEMO = join(ROOT, 'demo/warehouse');
const EPOCH = 250;
const EMBEDDED_LAYERS = ['ods', 'dim', 'dwd', 'ads'];
/** The shop is in MySQL: it is collected first. */
const REAL_LAYERS = ['ods', 'collect', 'dim', 'dwd', 'ads'];
const ROUND_LIMIT_MS = 120_000;
/** A kill falls within this time after the shop has begun to play. */
const KILL_WITHIN_MS = 1200;

/** Throws at the first round whose indicators differ, or that does not end. */
export async function runKills(options: KillOptions): Promise<void> {
  const random = new Random(options.seed);
  const size = `orders => ${options.orders}, seed => ${options.seed}`;
  // All base tables come first; without them no topic of theirs would exist.
  let changes = Math.ceil((2000 + options.orders / 4) / EPOCH) * EPOCH + options.portion;
  const target = options.servers
    ? `, url => 'jdbc:mysql://127.0.0.1:${options.servers.mysqlPort}/gma', username => 'root'`
    : '';
  const play = (): string => `CALL sys.play_shop(${size}, epoch => ${EPOCH}, changes => ${changes}${target})`;
  await client(options, ['-e', play()]);
  for (const layer of options.servers ? REAL_LAYERS : EMBEDDED_LAYERS)
    await client(options, ['-f', join(DEMO, `${layer}.sql`)]);
  for (let round = 1; round <= options.rounds; round++) {
    changes += options.portion;
    const player = start(options, ['-e', play()]);
    await sleep(random.below(KILL_WITHIN_MS));
    const victims = strike(random, options.home, player);
    await ended(player);
    await client(options, ['-e', play()]);
    await client(options, ['-e', 'CALL sys.await_jobs()']);
    await client(options, ['-e', `CALL sys.check_warehouse(${size}, changes => ${changes})`]);
    options.report(
      `round ${round} of ${options.rounds}: ${victims.join(', ') || 'nobody'} killed, ${changes} changes, no difference`,
    );
  }
}

/** Kills one to three processes at once, each chosen from all that live. Returns what they were. */
function strike(random: Random, home: string, player: ChildProcess): string[] {
  const killed: string[] = [];
  for (let i = 1 + random.below(3); i > 0; i--) {
    const all = [
      ...processesOf(home),
      ...(player.exitCode === null && player.pid ? [{ pid: player.pid, role: 'shell' }] : []),
    ];
    if (all.length === 0) break;
    const victim = random.pick(all);
    try {
      process.kill(victim.pid, 'SIGKILL');
      killed.push(victim.role);
    } catch {
      // It ended by itself meanwhile.
    }
  }
  return killed;
}

/** Engine and job processes of a home, from /proc. */
export function processesOf(home: string): Array<{ pid: number; role: string }> {
  const found: Array<{ pid: number; role: string }> = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
      const role = words.find((word) => word === 'engine' || word === 'job');
      if (role && words.includes(home)) found.push({ pid: Number(name), role });
    } catch {
      // It has ended since the folder was read.
    }
  }
  return found;
}

function start(options: KillOptions, args: readonly string[]): ChildProcess {
  return spawn(CLIENT, ['embedded', '--home', options.home, ...definitions(options), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function definitions({ servers }: KillOptions): string[] {
  if (!servers) return [];
  return [
    `-Dbootstrap=127.0.0.1:${servers.kafkaPort}`,
    `-Djdbc=jdbc:mysql://127.0.0.1:${servers.mysqlPort}/`,
    '-Djdbc_suffix=',
    '-Dmysql=127.0.0.1',
    `-Dmysql_port=${servers.mysqlPort}`,
  ];
}

async function client(options: KillOptions, args: readonly string[]): Promise<void> {
  const child = start(options, args);
  const { code, output } = await ended(child);
  if (code !== 0) throw new Error(`seed ${options.seed}: ${args.join(' ')} ended with ${code}:\n${output}`);
}

async function ended(child: ChildProcess): Promise<{ code: number | null; output: string }> {
  let output = '';
  const add = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-4000);
  };
  child.stdout?.on('data', add);
  child.stderr?.on('data', add);
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.once('close', resolve);
  const timer = setTimeout(() => {
    output += `\nno end within ${ROUND_LIMIT_MS} ms`;
    child.kill('SIGKILL');
  }, ROUND_LIMIT_MS);
  const code = child.exitCode !== null && child.stdout?.destroyed ? child.exitCode : await promise;
  clearTimeout(timer);
  return { code, output };
}

/** Ends everything that a home still runs. */
export async function stopHome(home: string): Promise<void> {
  const child = spawn(CLIENT, ['stop', '--home', home], { stdio: 'ignore' });
  await new Promise((resolve) => child.once('close', resolve));
  for (const { pid } of processesOf(home)) process.kill(pid, 'SIGKILL');
}
